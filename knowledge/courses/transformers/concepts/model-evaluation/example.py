"""The numbers of the worked example of model-evaluation."""

import math

given: list[float] = [320, 328, 400, 0.20, 1.96, 95, 2, 10, 3, 1]
accuracy = 320 / 400
error = math.sqrt(accuracy * (1 - accuracy) / 400)
accuracy_b = 328 / 400
error_b = math.sqrt(accuracy_b * (1 - accuracy_b) / 400)
error_of_difference = math.hypot(error, error_b)
computed: dict[str, float] = {
    "0.80": accuracy,
    "0.020": error,
    "0.039": 1.96 * error,
    "0.761": accuracy - 1.96 * error,
    "0.839": accuracy + 1.96 * error,
    "0.82": accuracy_b,
    "0.0192": error_b,
    "0.0200": error,
    "0.0277": error_of_difference,
    "0.054": 1.96 * error_of_difference,
    "0.02": accuracy_b - accuracy,
    "0.3": 3 / 10,
    "21": math.comb(10 - 3, 2),
    "45": math.comb(10, 2),
    "0.533": 1 - math.comb(7, 2) / math.comb(10, 2),
}
