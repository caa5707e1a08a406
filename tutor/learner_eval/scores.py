"""How good predictions of answers are, and how many items a policy takes, with intervals over students."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutor.measures import BINS, CONFIDENCE, Interval

Array = NDArray[np.float64]
RESAMPLES = 200
EDGE = 1e-6  # no prediction counts as certain


@dataclass(frozen=True)
class Predicted:
    """Predictions of one predictor beside the answers. `student`: whose each is, 0 and up."""

    chance: Array
    right: Array
    student: NDArray[np.int64]


def prediction_scores(
    found: Mapping[str, Predicted], ours: str
) -> tuple[dict[str, dict[str, Interval]], dict[str, dict[str, Interval]]]:
    """By predictor: `auc`, `log_loss` (nats an answer) and `calibration` (expected error over ten bins of equal size),
    with intervals by bootstrap over students; and the same of `ours` minus each other one, on the same draws."""
    whole = np.arange(len(found[ours].student))
    drawn = [whole, *_resampled(found[ours].student)]
    values = {
        name: {
            measure.__name__: np.array([measure(one.chance[rows], one.right[rows]) for rows in drawn])
            for measure in (auc, log_loss, calibration)
        }
        for name, one in found.items()
    }
    scores = {name: {key: _interval(row) for key, row in rows.items()} for name, rows in values.items()}
    differences = {
        name: {key: _interval(values[ours][key] - row) for key, row in rows.items()}
        for name, rows in values.items() if name != ours
    }  # fmt: skip
    return scores, differences


def auc(chance: Array, right: Array) -> float:
    """The probability that a right answer was given a higher chance than a wrong one; ties count half."""
    _, inverse, counts = np.unique(chance, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[inverse]
    ones = right.sum()
    zeros = len(right) - ones
    return float((ranks[right > 0].sum() - ones * (ones + 1) / 2) / (ones * zeros)) if ones and zeros else float("nan")


def log_loss(chance: Array, right: Array) -> float:
    """The mean of minus the log-likelihood."""
    inside = np.clip(chance, EDGE, 1 - EDGE)
    return float(-np.mean(right * np.log(inside) + (1 - right) * np.log(1 - inside)))


def calibration(chance: Array, right: Array) -> float:
    """The expected calibration error: bins of equal size, mean distance of chance from share."""
    order = np.argsort(chance, kind="stable")
    bins = np.array_split(order, BINS)
    return float(sum(len(rows) * abs(chance[rows].mean() - right[rows].mean()) for rows in bins) / len(chance))


def mean_items(items: Sequence[int]) -> Interval:
    """The mean number of items, over students."""
    values = np.asarray(items, float)
    draws = np.random.default_rng(0).integers(0, len(values), (RESAMPLES, len(values)))
    return _interval(np.array([values.mean(), *values[draws].mean(axis=1)]))


def saved(ours: Sequence[int], theirs: Sequence[int]) -> Interval:
    """The share of items that ours saves, paired over students: 1 - mean(ours) / mean(theirs)."""
    top, bottom = np.asarray(ours, float), np.asarray(theirs, float)
    draws = np.random.default_rng(0).integers(0, len(top), (RESAMPLES, len(top)))
    found = 1 - top[draws].mean(axis=1) / bottom[draws].mean(axis=1)
    return _interval(np.array([1 - top.mean() / bottom.mean(), *found]))


def _resampled(student: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Rows of students drawn with replacement."""
    own = np.split(np.arange(len(student)), np.flatnonzero(np.diff(student)) + 1)  # a student's rows lie together
    rng = np.random.default_rng(0)
    return [np.concatenate([own[at] for at in rng.integers(0, len(own), len(own))]) for _ in range(RESAMPLES)]


def _interval(values: Array) -> Interval:
    """The first value with the percentiles of the rest."""
    draws = values[1:][~np.isnan(values[1:])]
    if np.isnan(values[0]) or not len(draws):
        return Interval(None, None, None)
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(draws, [tail, 100 - tail])
    return Interval(float(values[0]), float(low), float(high))
