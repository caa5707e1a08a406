"""The numbers of the worked example of self-attention."""

from typing import Any

import numpy as np

given: list[float] = [1, 0, 2, 3]  # the vectors, the key size and the numbers of the tokens

x = np.array([[1, 0], [0, 1], [1, 1]], dtype=float)
swap = np.array([[0, 1], [1, 0]], dtype=float)
scores = (x @ swap) @ x.T / np.sqrt(2)
weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
output = weights @ x
computed: dict[str, Any] = {
    "0.707": scores[0, 1],
    "0.198": weights[0, 0],
    "0.401": weights[0, 2],
    "0.599": output[0, 0],
    "0.802": output[0, 1],
    "0.248": weights[2, 0],
}
