"""The numbers of the worked example of queries-keys-values."""

from typing import Any

import numpy as np

given: list[float] = [1, 0, 2, 3, 512, 64]  # vectors, matrices and the sizes of the base Transformer

x = np.eye(2)
w_q, w_k, w_v = (np.array(rows, dtype=float) for rows in ([[1, 1], [0, 1]], [[1, 0], [1, 1]], [[2, 0], [0, 3]]))
q, k, v = x @ w_q, x @ w_k, x @ w_v
scores = q @ k.T
scaled = np.exp(scores / np.sqrt(2))
weights = scaled / scaled.sum(axis=1, keepdims=True)
output = weights @ v
computed: dict[str, Any] = {
    "1": scores[0, 0],
    "2": scores[0, 1],
    "0": scores[1, 0],
    "0.330": weights[0, 0],
    "0.670": weights[0, 1],
    "0.660": output[0, 0],
    "2.009": output[0, 1],
    "32768": 512 * 64,
}
