"""The numbers of the worked example of distillation."""

import numpy as np
from numpy.typing import NDArray

given: list[float] = [4, 2, 1, 110, 40]


def softened(logits: list[float], tau: float) -> NDArray[np.float64]:
    powers: NDArray[np.float64] = np.exp(np.array(logits, dtype=np.float64) / tau)
    shares: NDArray[np.float64] = powers / powers.sum()
    return shares


sharp, teacher, student = softened([4, 2, 1], 1), softened([4, 2, 1], 2), softened([2, 2, 1], 2)
distance = float((teacher * np.log(teacher / student)).sum())
computed: dict[str, float] = {
    "0.844": sharp[0],
    "0.114": sharp[1],
    "0.042": sharp[2],
    "0.629": teacher[0],
    "0.231": teacher[1],
    "0.140": teacher[2],
    "0.384": student[0],
    "0.233": student[2],
    "0.122": distance,
    "0.489": 4 * distance,
    "66": 110 * (1 - 0.40),
    "440": 110 * 4,
    "264": 110 * 0.6 * 4,
}
