"""The numbers of the worked example of attention."""

import math
from typing import Any

given: list[float] = [1, 0, 10, 2]  # the vectors and the key size

query, keys, values = [1, 0], [[1, 0], [0, 1]], [[10, 0], [0, 10]]
scores = [sum(q * k for q, k in zip(query, key, strict=True)) / math.sqrt(len(query)) for key in keys]
exponentials = [math.exp(score) for score in scores]
weights = [value / sum(exponentials) for value in exponentials]
output = [sum(w * value[i] for w, value in zip(weights, values, strict=True)) for i in range(2)]
computed: dict[str, Any] = {
    "0.707": scores[0],
    "0.670": weights[0],
    "0.330": weights[1],
    "6.70": output[0],
    "3.30": output[1],
}
