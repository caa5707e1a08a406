"""The numbers of the worked example of encoder-decoder."""

import math
from typing import Any

given: list[float] = [0, 1, 2, 3, 4]

weights = [math.exp(score) / sum(map(math.exp, [0, 1, 2])) for score in [0, 1, 2]]
computed: dict[str, Any] = {
    "9": 3 * 3,
    "16": 4 * 4,
    "10": sum(range(1, 4 + 1)),
    "12": 4 * 3,
    "0.090": weights[0],
    "0.245": weights[1],
    "0.665": weights[2],
}
