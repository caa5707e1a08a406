"""The numbers of the worked example of positional-encoding."""

import math
from typing import Any

given: list[float] = [0, 1, 2, 4]


def encoding(position: int) -> list[float]:
    rates = [10000 ** (-2 * i / 4) for i in (0, 1)]
    return [wave(rate * position) for rate in rates for wave in (math.sin, math.cos)]


def dot(left: list[float], right: list[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


zero, one, two = (encoding(position) for position in (0, 1, 2))
assert zero == [0, 1, 0, 1]
assert math.isclose(dot(zero, one), dot(one, two))
computed: dict[str, Any] = {
    "100": 10000 ** (2 / 4),
    "0.841": one[0],
    "0.540": one[1],
    "0.010": one[2],
    "1.000": one[3],
    "0.909": two[0],
    "0.416": -two[1],
    "0.020": two[2],
    "1.540": dot(zero, one),
}
