"""The numbers of the worked example of relative-positions."""

import math
from typing import Any

given: list[float] = [0, 1, 2, 3, 4, 6, 8, 32, 128, 0.5, 20, 100, 200]


def clipped(distance: int, k: int) -> int:
    return max(-k, min(k, distance))


def bucket(distance: int) -> int:  # one direction of the encoder of T5
    return distance if distance < 8 else min(8 + math.floor(8 * math.log(distance / 8) / math.log(128 / 8)), 15)


assert (clipped(6 - 1, 2), clipped(3 - 4, 2)) == (2, -1)
assert [bucket(distance) for distance in (5, 10, 20, 100, 200)] == [5, 8, 10, 15, 15]
computed: dict[str, Any] = {
    "5": 2 * 2 + 1,
    "0.707": (1 * 1 + 0 * 1) / math.sqrt(2),
    "1.5": 1 * (1 + 0.5) + 0 * 1,
    "1.061": (1 * (1 + 0.5) + 0 * 1) / math.sqrt(2),
    "16": 32 / 2,
    "10": bucket(20),
    "15": bucket(100),
}
