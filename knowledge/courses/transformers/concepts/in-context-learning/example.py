"""The numbers of the worked example of in-context-learning."""

import math

given: list[float] = [0.7, 0.3, 0.6, 0.4]
scores = [0.6 / 0.7, 0.4 / 0.3]
calibrated = [math.exp(score) / sum(map(math.exp, scores)) for score in scores]
computed: dict[str, float] = {
    "0.857": scores[0],
    "1.333": scores[1],
    "0.383": calibrated[0],
    "0.617": calibrated[1],
}
