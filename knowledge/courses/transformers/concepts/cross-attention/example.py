"""The numbers of the worked example of cross-attention."""

import math
from typing import Any

given: list[float] = [0, 1, 2, 3, 4]

query: list[float] = [1, 2]
keys: list[list[float]] = [[1, 0], [0, 1], [1, 1]]
values: list[list[float]] = [[2, 0], [0, 2], [4, 4]]


def dot(left: list[float], right: list[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


products = [dot(query, key) for key in keys]
assert products == [1, 2, 3]
scores = [product / math.sqrt(2) for product in products]
weights = [math.exp(score) / sum(map(math.exp, scores)) for score in scores]
output = [dot(weights, [value[column] for value in values]) for column in (0, 1)]
computed: dict[str, Any] = {
    "0.707": scores[0],
    "1.414": scores[1],
    "2.121": scores[2],
    "0.140": weights[0],
    "0.284": weights[1],
    "0.576": weights[2],
    "2.584": output[0],
    "2.872": output[1],
    "12": 4 * len(keys),
}
