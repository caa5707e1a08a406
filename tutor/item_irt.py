"""Item response theory of an exam's answers, by the package mirt where it is installed."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.responses import Scores

STUDENTS, ITEMS, TWO_PARAMETERS = 200, 10, 500  # the fewest
BOUND = 5.9  # logits: mirt stops at 6, where the likelihood has no maximum

Values = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Irt:
    """A logistic model P(right) = 1/(1 + exp(−a(θ − b))), θ standard normal (Birnbaum 1968), by marginal maximum
    likelihood (Bock and Aitkin 1981).

    `status`: "fitted", or why not: "few-students", "few-items", "partial-scores", "not-installed" (mirt), "failed".
    `difficulty` b with its standard `error`, and `discrimination` a, in logits: by item; None where all or none are
    right, or where the answers set no bound.
    """

    status: str
    model: str = ""
    difficulty: Values = ()
    discrimination: Values = ()
    error: Values = ()


def fit_irt(scores: Scores) -> Irt:
    """The two-parameter model from 500 students on (Hulin, Lissak and Drasgow 1982), else that of one discrimination
    for all from 200 students and 10 items on (Wright and Stone 1979), by the package mirt where it is installed.
    `scores`: (students, items), 0 or 1, NaN where an item was not given."""
    students, items = scores.shape
    if students < STUDENTS or items < ITEMS:
        return Irt("few-students" if students < STUDENTS else "few-items")
    if not np.isin(scores[~np.isnan(scores)], (0, 1)).all():
        return Irt("partial-scores")
    try:
        fit = import_module("mirt").fit_mirt
    except (ImportError, AttributeError):  # the second: another package of that name
        return Irt("not-installed")
    varies = np.flatnonzero((np.nanmax(scores, axis=0) > 0) & (np.nanmin(scores, axis=0) < 1))
    model = "2PL" if students >= TWO_PARAMETERS else "1PL"
    equal = [("discrimination", list(range(len(varies))))] if model == "1PL" else None
    try:
        found = fit(scores[:, varies], model="2PL", constraints=equal, accelerate="squarem" if equal else "none")
    except (ArithmeticError, ValueError, IndexError, RuntimeError):
        return Irt("failed", model)
    return _read(found, model, varies, items)


def _read(found: Any, model: str, varies: NDArray[np.int64], items: int) -> Irt:
    b, a, error = np.full((3, items), np.nan)
    b[varies], a[varies] = (np.ravel(found.model.parameters[name]) for name in ("difficulty", "discrimination"))
    error[varies] = np.ravel(found.standard_errors["difficulty"])
    if not found.converged or not np.isfinite([b[varies], a[varies]]).all():
        return Irt("failed", model)
    unbounded = np.abs(b) > BOUND
    b[unbounded], error[unbounded] = np.nan, np.nan
    return Irt("fitted", model, _known(b), _known(a), _known(error))


def _known(values: NDArray[np.float64]) -> Values:
    return tuple(float(value) if np.isfinite(value) else None for value in values)
