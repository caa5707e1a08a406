"""The numbers of the worked example of model-evaluation."""

import math

given: list[float] = [320, 400, 0.20, 1.96, 95, 0.82, 2, 10, 3, 1]
accuracy = 320 / 400
error = math.sqrt(accuracy * (1 - accuracy) / 400)
computed: dict[str, float] = {
    "0.80": accuracy,
    "0.020": error,
    "0.039": 1.96 * error,
    "0.761": accuracy - 1.96 * error,
    "0.839": accuracy + 1.96 * error,
    "0.3": 3 / 10,
    "21": math.comb(10 - 3, 2),
    "45": math.comb(10, 2),
    "0.533": 1 - math.comb(7, 2) / math.comb(10, 2),
}
