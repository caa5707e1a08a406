"""The numbers of the worked example of embeddings."""

from typing import Any

import numpy as np

given: list[float] = [2, 1, 0, 3, 5, 37000, 512]  # the vectors and the sizes of the tables

cat, dog, car = (np.array(row, dtype=float) for row in ([2, 1, 0], [1, 2, 0], [0, 1, 2]))


def cosine(u: Any, v: Any) -> float:
    """The cosine of the angle between two vectors."""
    return float(u @ v / (np.linalg.norm(u) * np.linalg.norm(v)))


computed: dict[str, Any] = {
    "4": cat @ dog,
    "1": cat @ car,
    "2.236": np.linalg.norm(car),
    "5": cat @ cat,
    "0.8": cosine(cat, dog),
    "0.2": cosine(cat, car),
    "9": np.stack([cat, dog, car]).size,
    "18944000": 37000 * 512,
}
