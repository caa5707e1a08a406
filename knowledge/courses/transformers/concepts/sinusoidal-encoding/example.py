"""The numbers of the worked example of sinusoidal-encoding."""

import math
from typing import Any

given: list[float] = [1, 2, 3, 4, 11, 13]

rates = [10000 ** (-2 * i / 4) for i in (0, 1)]


def encoding(position: float) -> list[float]:
    return [wave(rate * position) for rate in rates for wave in (math.sin, math.cos)]


def dot(left: list[float], right: list[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


one, three = encoding(1), encoding(3)
assert math.isclose(math.cos(2) * one[0] + math.sin(2) * one[1], three[0])
assert math.isclose(-math.sin(2) * one[0] + math.cos(2) * one[1], three[1])
assert math.isclose(dot(encoding(11), encoding(13)), dot(one, three))
computed: dict[str, Any] = {
    "0.01": rates[1],
    "6.28": 2 * math.pi / rates[0],
    "628.3": 2 * math.pi / rates[1],
    "0.841": one[0],
    "0.540": one[1],
    "0.010": one[2],
    "1.000": one[3],
    "0.141": three[0],
    "0.990": -three[1],
    "0.030": three[2],
    "0.416": -math.cos(2),
    "0.909": math.sin(2),
    "0.02": 2 * rates[1],
    "0.584": dot(one, three),
}
