"""The joint fit of item difficulties and group abilities that tutor/difficulty.py states."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from tutor.measures import Values

MIDDLE = 3  # the level of difficulty 0
ITEMS, GROUPS, ABILITY = 1.0, 1.0, 1.0  # τ, ω, σ in logits
Y = sqrt(1 + ABILITY**2 / 1.7**2)
LONGEST_STEP, CLOSE, MOST_STEPS = 1.0, 1e-10, 200
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Count:
    """Answers of one group to items of one key. `prior`: the difficulty expected before any answer, in logits.
    `right`: the sum of the scores. `guess`: the chance of a blind guess."""

    key: str
    group: str
    prior: float
    guess: float
    right: float
    answers: int


def fit(counts: Sequence[Count]) -> dict[str, tuple[float, float]]:
    """Key -> the mode of its difficulty and the error, in logits: the inverse of the information at the mode."""
    keys, known = sorted({count.key for count in counts}), sorted({count.group for count in counts})
    if not keys:
        return {}
    items = np.array([keys.index(count.key) for count in counts], dtype=np.int64)
    groups = np.array([len(keys) + known.index(count.group) for count in counts], dtype=np.int64)
    guess, right, answers = (
        np.array([getattr(count, name) for count in counts], dtype=np.float64) for name in ("guess", "right", "answers")
    )
    expected = {count.key: count.prior for count in counts}
    prior = np.array([*(expected[key] for key in keys), *(0.0 for _ in known)])
    trust = np.array([*(ITEMS**-2 for _ in keys), *(GROUPS**-2 for _ in known)])
    found, information = prior, np.diag(trust)
    for _ in range(MOST_STEPS):
        slope, weight = _slope((found[groups] - found[items]) / Y, guess, right, answers)
        gradient = trust * (prior - found) + _spread(items, groups, slope / Y, len(prior))
        information = np.diag(trust) + _crossed(items, groups, weight / Y**2, len(prior))
        step = np.linalg.solve(information, gradient)
        longest = float(np.abs(step).max())
        found = found + step * min(1.0, LONGEST_STEP / max(longest, CLOSE))
        if longest < CLOSE:
            break
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    return {key: (float(found[at]), float(errors[at])) for at, key in enumerate(keys)}


def _slope(eta: Values, guess: Values, right: Values, answers: Values) -> tuple[Values, Values]:
    """The derivative of each log-likelihood by the distance of group and item, and its expected information."""
    knows = 1 / (1 + np.exp(-np.clip(eta, -30, 30)))
    chance = guess + (1 - guess) * knows
    known = knows / chance  # the derivative of the chance is (1 - chance) times this
    return (right - answers * chance) * known, answers * (1 - guess) * knows * (1 - knows) * known


def _spread(items: Places, groups: Places, slope: Values, size: int) -> Values:
    found = np.zeros(size)
    np.add.at(found, groups, slope)
    np.add.at(found, items, -slope)
    return found


def _crossed(items: Places, groups: Places, weight: Values, size: int) -> Values:
    found = np.zeros((size, size))
    np.add.at(found, (items, items), weight)
    np.add.at(found, (groups, groups), weight)
    np.add.at(found, (items, groups), -weight)
    np.add.at(found, (groups, items), -weight)
    return found
