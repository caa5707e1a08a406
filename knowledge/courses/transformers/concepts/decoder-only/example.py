"""The numbers of the worked example of decoder-only."""

import math

given: list[float] = [0, 1, 0.2, 0.5, 0.1]
scores = [0.0, 0.0, 0.0]
weights = [math.exp(score) / sum(math.exp(other) for other in scores) for score in scores]
probabilities = [0.2, 0.5, 0.1]
surprise = -sum(math.log(probability) for probability in probabilities) / 3
computed: dict[str, float] = {
    "0.333": weights[0],
    "0.01": math.prod(probabilities),
    "1.535": surprise,
    "4.64": math.exp(surprise),
}
