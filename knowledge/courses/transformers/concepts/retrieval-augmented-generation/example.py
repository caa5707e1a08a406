"""The numbers of the worked example of retrieval-augmented-generation."""

import math

given: list[float] = [2, 1, 0, 1958, 0.8, 0.3, 0.1, 4, 3]
weights = [math.exp(score) / sum(map(math.exp, (2, 1, 0))) for score in (2, 1, 0)]
answers = [0.8, 0.3, 0.1]
computed: dict[str, float] = {
    "0.665": weights[0],
    "0.245": weights[1],
    "0.090": weights[2],
    "0.615": sum(w * p for w, p in zip(weights, answers, strict=True)),
    "0.532": weights[0] * answers[0],
    "0.5": 2 / 4,
    "0.667": 2 / 3,
}
