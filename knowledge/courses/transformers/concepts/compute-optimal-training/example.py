"""The numbers of the worked example of compute-optimal-training."""

import math

given: list[float] = [5.76, 10, 23, 20, 6, 2, 70, 1.4, 280, 300, 100, 12]
budget = 5.76e23
size = math.sqrt(budget / (6 * 20))
tokens = 20 * size
computed: dict[str, float] = {
    "120": 6 * 20,
    "6.93": size / 1e10,
    "69": size / 1e9,
    "1.39": tokens / 1e12,
    "1.07": 300 / 280,
    "5.04": 6 * 280e9 * 300e9 / 1e23,
    "1.41": math.sqrt(2),
    "3": 6 / 2,
    "4.2": 3 * 1.4,
}
