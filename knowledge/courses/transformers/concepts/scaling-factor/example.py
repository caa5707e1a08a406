"""The numbers of the worked example of scaling-factor."""

import math
from typing import Any

given: list[float] = [64, 0, 1]  # the key size, the second score and the numerator of the factor


def weight(score: float) -> float:
    """The softmax weight of a score against a score of 0."""
    return math.exp(score) / (math.exp(score) + 1)


def gradient(score: float) -> float:
    """The derivative of the weight with respect to its score."""
    return weight(score) * (1 - weight(score))


spread = math.sqrt(64)
computed: dict[str, Any] = {
    "8": spread,
    "0.125": 1 / spread,
    "0.99966": weight(spread),
    "0.00034": 1 - weight(spread),
    "0.000335": gradient(spread),
    "1": spread / math.sqrt(64),
    "0.731": weight(1),
    "0.269": 1 - weight(1),
    "0.197": gradient(1),
    "586": gradient(1) / gradient(spread),
    "0.531": weight(spread / 64),
    "0.469": 1 - weight(spread / 64),
}
