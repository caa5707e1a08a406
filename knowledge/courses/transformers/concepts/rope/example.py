"""The numbers of the worked example of rope."""

import math
from typing import Any

given: list[float] = [0, 1, 2, 3, 5, 30, 128, 10000, 500000]


def rotated(position: int) -> tuple[float, float]:  # [1, 0] turned by 30 degrees at each position
    angle = math.radians(30 * position)
    return math.cos(angle), math.sin(angle)


def score(query: int, key: int) -> float:
    return sum(a * b for a, b in zip(rotated(query), rotated(key), strict=True))


def slowest(base: float, size: int) -> float:  # positions for a full turn of the last pair
    turn: float = 2 * math.pi * base ** ((size - 2) / size)
    return turn


assert math.isclose(score(3, 1), score(5, 3))
assert math.isclose(score(3, 1), math.cos(math.radians(60)))
assert math.isclose(score(3, 3), 1)
assert math.isclose(-rotated(5)[0], rotated(1)[0])
computed: dict[str, Any] = {
    "90": 30 * 3,
    "150": 30 * 5,
    "60": 30 * (3 - 1),
    "0.866": rotated(1)[0],
    "0.5": score(3, 1),
    "54,410": slowest(10000, 128),
    "2.56": slowest(500000, 128) / 1e6,
}
