"""The numbers of the worked example of chain-of-thought."""

import math
from collections import Counter

given: list[float] = [23, 8, 3, 6, 29, 35, 5, 0.6]
votes = Counter([33, 33, 29, 33, 35])
computed: dict[str, float] = {
    "15": 23 - 8,
    "18": 3 * 6,
    "33": 23 - 8 + 3 * 6,
    "3": max(votes.values()),
    "0.683": sum(math.comb(5, right) * 0.6**right * 0.4 ** (5 - right) for right in (3, 4, 5)),
}
