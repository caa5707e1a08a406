"""The numbers of the worked example of activation-functions."""

import math

import numpy as np

given: list[float] = [-1, 0, 1, 2, 3, 512, 2048]  # inputs, entries of W and V, the counts and sizes of the matrices


def normal(z: float) -> float:
    return 0.5 * (1 + math.erf(z / math.sqrt(2)))


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


x, w, v = np.array([1, 2]), np.array([[1, -1], [0, 1]]), np.array([[2, 0], [-1, 3]])
assert (x @ w).tolist() == [1, 1]
branch = x @ v
assert branch[0] == 0
narrow = 2048 * 2 // 3
computed: dict[str, float] = {
    "0.159": normal(-1),  # and the size of GELU(-1)
    "0.5": normal(0),
    "0.977": normal(2),
    "1.954": 2 * normal(2),
    "0.269": sigmoid(-1),  # and the size of Swish(-1)
    "0.881": sigmoid(2),
    "1.762": 2 * sigmoid(2),
    "0.731": sigmoid(1),
    "6": float(branch[1]),
    "4.386": float(branch[1]) * sigmoid(1),
    "1365": narrow,
    "2,097,152": 2 * 512 * 2048,
    "2,096,640": 3 * 512 * narrow,
}
assert sigmoid(0) == computed["0.5"]
