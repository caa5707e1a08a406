"""The numbers of the worked example of education."""

import math
from typing import Any

given: list[float] = [60, 10, 0.79, 2]  # the mean and the deviation of the class, and the two effect sizes


def below(effect: float) -> float:
    """Per cent of the class below the average tutored student, with normal scores."""
    return 50 * (1 + math.erf(effect / math.sqrt(2)))


computed: dict[str, Any] = {
    "7.9": 0.79 * 10,
    "67.9": 60 + 0.79 * 10,
    "78.5": below(0.79),
    "80": 60 + 2 * 10,
    "97.7": below(2),
}
