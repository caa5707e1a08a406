"""The numbers of the worked example of attention-masks."""

import math
from typing import Any

given: list[float] = [1, 2, 3, 0]


def softmax(scores: list[float]) -> list[float]:
    exponents = [math.exp(score) for score in scores]
    return [value / sum(exponents) for value in exponents]


full = softmax([1, 2, 3])
masked = softmax([1, 2, -math.inf])
zeroed = softmax([1, 2, 0])
assert masked[2] == 0
assert all(math.isclose(left, right) for left, right in zip(sorted(full), sorted(zeroed), strict=True))
computed: dict[str, Any] = {
    "0.090": full[0],
    "0.245": full[1],
    "0.665": full[2],
    "0.269": masked[0],
    "0.731": masked[1],
    "6": 3 * (3 + 1) / 2,
    "9": 3**2,
    "0.335": full[0] + full[1],
}
