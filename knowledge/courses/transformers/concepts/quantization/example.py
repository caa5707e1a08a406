"""The numbers of the worked example of quantization."""

import math

given: list[float] = [0.5, 1.2, 0.033, 2.54, 8, 127, 4, 7, 50.8, 70, 16, 64]
weights = [0.5, -1.2, 0.033, 2.54]


def codes(values: list[float], scale: float) -> list[int]:
    return [math.floor(value / scale + 0.5) for value in values]


def worst(scale: float) -> float:
    return max(abs(w - scale * q) for w, q in zip(weights, codes(weights, scale), strict=True))


eight, four, stretched = 2.54 / 127, 2.54 / 7, 50.8 / 127
computed: dict[str, float] = {
    "0.02": eight,
    "25": codes(weights, eight)[0],
    "60": -codes(weights, eight)[1],
    "2": codes(weights, eight)[2],
    "0.04": eight * codes(weights, eight)[2],
    "0.007": worst(eight),
    "0.363": four * codes(weights, four)[0],
    "1": codes(weights, four)[0],
    "3": -codes(weights, four)[1],
    "0": codes(weights, four)[2],
    "1.089": -four * codes(weights, four)[1],
    "0.137": worst(four),
    "0.4": stretched * codes(weights, stretched)[0],
    "140": 70 * 16 / 8,
    "35": 70 * 4 / 8,
    "0.25": 16 / 64,
    "4.25": 4 + 16 / 64,
    "37.2": 70 * 4.25 / 8,
}
