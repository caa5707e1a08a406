"""The numbers of the worked example of rmsnorm."""

import math

import numpy as np

given: list[float] = [3, 4, 0, 1, 10, 2]  # the vector, its size, the gain, the scale, the shift, the exponent


def rms(x: np.ndarray) -> float:
    return math.sqrt((x**2).mean())


x = np.array([3.0, 4.0, 0.0, 0.0])
normalized = x / rms(x)
centred = (x - x.mean()) / x.std()
shifted = x + 1
scaled = 10 * x
assert np.allclose(scaled / rms(scaled), normalized)
assert np.allclose((shifted - shifted.mean()) / shifted.std(), centred)
assert math.isclose(x.mean() ** 2 + x.std() ** 2, rms(x) ** 2)
computed: dict[str, float] = {
    "9": x[0] ** 2,
    "16": x[1] ** 2,
    "25": (x**2).sum(),
    "6.25": rms(x) ** 2,
    "2.5": rms(x),
    "1.2": normalized[0],
    "1.6": normalized[1],
    "1.75": x.mean(),
    "1.785": x.std(),
    "0.700": centred[0],
    "1.260": centred[1],
    "0.980": -centred[2],
    "30": scaled[0],
    "40": scaled[1],
    "5": shifted[1],
    "3.279": rms(shifted),
    "1.220": shifted[0] / rms(shifted),
    "1.525": shifted[1] / rms(shifted),
    "0.305": shifted[2] / rms(shifted),
}
