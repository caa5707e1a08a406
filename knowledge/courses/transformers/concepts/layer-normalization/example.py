"""The numbers of the worked example of layer-normalization."""

import math

import numpy as np

given: list[float] = [2, 4, 6, 8, 1, 0, 10]  # the vector and its size, the gain, the bias and epsilon, the scale

x = np.array([2.0, 4.0, 6.0, 8.0])
deviations = x - x.mean()
normalized = deviations / x.std()
scaled = 10 * x
assert np.allclose((scaled - scaled.mean()) / scaled.std(), normalized)
rms = math.sqrt((x**2).mean())
computed: dict[str, float] = {
    "5": x.mean(),  # and the variance
    "9": deviations[3] ** 2,
    "3": deviations[3],
    "2.236": x.std(),
    "1.342": normalized[3],
    "0.447": normalized[2],
    "20": scaled[0],
    "40": scaled[1],
    "60": scaled[2],
    "80": scaled[3],
    "30": rms**2,
    "5.477": rms,
    "0.365": x[0] / rms,
    "0.730": x[1] / rms,
    "1.095": x[2] / rms,
    "1.461": x[3] / rms,
}
assert math.isclose(x.var(), computed["5"])
assert deviations[2] == 1
