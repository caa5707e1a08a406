"""The numbers of the worked example of bias."""

import numpy as np

given: list[float] = [1, 0, 0.6, 0.8, 0.96, 0.28, 60, 85, 40, 50]
he, she = np.array([1.0, 0.0]), np.array([0.0, 1.0])


def cosine(u: np.ndarray, v: np.ndarray) -> float:
    return float(u @ v / (np.linalg.norm(u) * np.linalg.norm(v)))


def association(word: np.ndarray) -> float:
    return cosine(word, she) - cosine(word, he)


nurse, engineer = association(np.array([0.6, 0.8])), association(np.array([0.96, 0.28]))
computed: dict[str, float] = {
    "0.2": nurse,
    "0.68": -engineer,
    "0.88": nurse - engineer,
    "68": 85 * min(60, 100 - 60) / 50,
}
