"""The numbers of the worked example of rlhf."""

import math

given: list[float] = [2.0, 1.0, 4, 9, 0.5, 0.2, 0.1]


def sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value))


penalty = 0.1 * math.log(0.5 / 0.2)
computed: dict[str, float] = {
    "0.731": sigmoid(2.0 - 1.0),
    "0.313": -math.log(sigmoid(2.0 - 1.0)),
    "0.269": sigmoid(1.0 - 2.0),
    "1.313": -math.log(sigmoid(1.0 - 2.0)),
    "6": math.comb(4, 2),
    "36": math.comb(9, 2),
    "0.092": penalty,
    "1.908": 2.0 - penalty,
}
