"""The numbers of the worked example of interpretability."""

from typing import Any

given: list[float] = [0, 1, 3, 5, 0.5, 0.25, 0.9, 0.1, 90, 70, 84, 30]

values: list[list[float]] = [[1, 0], [0, 1], [0.5, 0.5]]


def output(weights: list[float]) -> list[float]:
    return [sum(weight * value[column] for weight, value in zip(weights, values, strict=True)) for column in (0, 1)]


assert output([0.5, 0.5, 0]) == output([0, 0, 1]) == output([0.25, 0.25, 0.5]) == [0.5, 0.5]
small, large = 0.9 * 0.1, 0.1 * 5
assert large == 0.5
share = 100 * large / (small + large)
computed: dict[str, Any] = {
    "0.09": small,
    "85": share,
    "20": 90 - 70,
    "54": 84 - 30,
}
