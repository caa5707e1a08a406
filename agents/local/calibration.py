"""How sure a decision is: probabilities of a model are divided by a temperature that is fitted on known decisions.

Temperature scaling: Guo et al. 2017, "On Calibration of Modern Neural Networks", arXiv 1706.04599, section 4.2.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LOWEST, HIGHEST = 0.05, 20.0  # temperatures that are looked at
_GOLDEN = (5**0.5 - 1) / 2
_CLOSE = 1e-4  # of the logarithm


def probabilities(weights: Sequence[float], temperature: float = 1.0) -> tuple[float, ...]:
    """The softmax of log weights divided by a temperature above 0."""
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0; it is {temperature}")
    return tuple(map(float, np.exp(_log_shares(np.array([weights], dtype=float), temperature)[0])))


def fit_temperature(rows: Sequence[tuple[Sequence[float], int]]) -> float:
    """The temperature under which the right decisions are likeliest, between `LOWEST` and `HIGHEST`.

    A row is the log weights of the options and the place of the right one. The loss has one lowest point in the
    temperature's inverse, so that a golden-section search finds it. Raises `ValueError` without rows.
    """
    if not rows:
        raise ValueError("no decisions to fit on")
    weights = np.array([row for row, _ in rows], dtype=float)
    right = np.array([place for _, place in rows])
    low, high = np.log(LOWEST), np.log(HIGHEST)
    while high - low > _CLOSE:
        left, middle = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if _loss(weights, right, float(np.exp(left))) <= _loss(weights, right, float(np.exp(middle))):
            high = middle
        else:
            low = left
    return float(np.exp((low + high) / 2))


def _loss(weights: NDArray[np.float64], right: NDArray[np.int64], temperature: float) -> float:
    """The mean negative log-likelihood of the right options."""
    return float(-_log_shares(weights, temperature)[np.arange(len(right)), right].mean())


def _log_shares(weights: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    scaled = weights / temperature
    scaled = scaled - scaled.max(axis=1, keepdims=True)
    return np.asarray(scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True)))
