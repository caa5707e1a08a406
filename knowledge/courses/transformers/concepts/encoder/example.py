"""The numbers of the worked example of encoder."""

import math
from typing import Any

given: list[float] = [0, 1, 2, 3, 4, 6, 8]


def normalized(vector: list[float]) -> list[float]:
    mean = sum(vector) / len(vector)
    deviation = math.sqrt(sum((value - mean) ** 2 for value in vector) / len(vector))
    return [(value - mean) / deviation for value in vector]


def product(vector: list[float], rows: list[list[float]]) -> list[float]:
    return [sum(value * row[column] for value, row in zip(vector, rows, strict=True)) for column in range(len(rows[0]))]


x, attended = [1.0, 3.0], [1.0, 1.0]
first_sum = [a + b for a, b in zip(x, attended, strict=True)]
y = normalized(first_sum)
hidden = [max(0.0, value) for value in product(y, [[1, 0], [0, 1]])]
returned = product(hidden, [[1, 1], [4, 0]])
second_sum = [a + b for a, b in zip(y, returned, strict=True)]
assert (first_sum, y, hidden) == ([2, 4], [-1, 1], [0, 1])
assert (returned, second_sum, normalized(second_sum)) == ([4, 0], [3, 1], [1, -1])
computed: dict[str, Any] = {
    "48": 6 * 8,
    "9": 3**2,
    "432": 6 * 8 * 3**2,
}
