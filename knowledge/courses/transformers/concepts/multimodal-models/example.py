"""The numbers of the worked example of multimodal-models."""

import math

import numpy as np

given: list[float] = [0, 1, 0.6, 0.8, 10, 224, 14, 20, 1_024, 4_096]
image = np.array([0.6, 0.8])
captions = np.array([[0.8, 0.6], [1, 0], [0, 1]])
cosines = captions @ image
scores = 10 * cosines
weights = np.exp(scores) / np.exp(scores).sum()
vectors = math.prod([224 // 14] * 2)
computed: dict[str, float] = {
    "0.96": cosines[0],
    "9.6": scores[0],
    "6": scores[1],
    "8": scores[2],
    "0.814": weights[0],
    "0.022": weights[1],
    "0.164": weights[2],
    "256": vectors,
    "276": vectors + 20,
    "4,194,304": 1_024 * 4_096,
}
