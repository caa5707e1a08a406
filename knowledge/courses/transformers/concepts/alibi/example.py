"""The numbers of the worked example of alibi."""

import math
from typing import Any

given: list[float] = [0, 1, 2, 4, 5, 8, 128]


def softmax(scores: list[float]) -> list[float]:
    return [math.exp(score) / sum(map(math.exp, scores)) for score in scores]


slopes = [2 ** (-8 * h / 8) for h in range(1, 9)]
penalties = [slopes[0] * (4 - j) for j in (1, 2, 3, 4)]
near = softmax([2 - penalty for penalty in penalties])
far = softmax([score - penalty for score, penalty in zip([5, 2, 2, 2], penalties, strict=True)])
assert slopes[:3] == [1 / 2, 1 / 4, 1 / 8]
assert penalties == [1.5, 1, 0.5, 0]
computed: dict[str, Any] = {
    "0.25": softmax([2, 2, 2, 2])[0],
    "0.5": slopes[0],
    "1.5": penalties[0],
    "0.102": near[0],
    "0.167": near[1],
    "0.276": near[2],
    "0.455": near[3],
    "0.694": far[0],
    "256": 1 / slopes[-1],
    "64": slopes[0] * 128,
}
assert slopes[-1] * 128 == 0.5
