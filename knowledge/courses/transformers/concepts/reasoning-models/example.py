"""The numbers of the worked example of reasoning-models."""

import numpy as np

given: list[float] = [8, 2, 1, 0, 0.75, 0.3, 0.7, 5, 4000, 200]
rewards = np.array([1.0, 1.0, 0, 0, 0, 0, 0, 0])
mean, deviation = rewards.mean(), rewards.std()
computed: dict[str, float] = {
    "0.25": float(mean),
    "0.433": float(deviation),
    "1.732": float((1 - mean) / deviation),
    "0.577": float(-(0 - mean) / deviation),
    "0.832": 1 - (1 - 0.3) ** 5,
    "21": (4000 + 200) / 200,
}
