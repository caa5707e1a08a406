"""Item response theory of an exam's answers, by the package girth where it is installed."""

from dataclasses import dataclass
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from tutor.responses import Scores

STUDENTS, ITEMS, TWO_PARAMETERS = 200, 10, 500  # the fewest


@dataclass(frozen=True, slots=True)
class Irt:
    """A logistic model P(right) = 1/(1 + exp(−a(θ − b))), θ standard normal (Birnbaum 1968), by marginal likelihood.

    `status`: "fitted", or why not: "few-students", "few-items", "partial-scores", "not-installed" (girth), "failed".
    `difficulty` b and `discrimination` a: by item; None where all or none are right.
    """

    status: str
    model: str = ""
    difficulty: tuple[float | None, ...] = ()
    discrimination: tuple[float | None, ...] = ()


def fit_irt(scores: Scores) -> Irt:
    """The two-parameter model from 500 students on (Hulin, Lissak and Drasgow 1982), else that of one discrimination
    for all from 200 students and 10 items on (Wright and Stone 1979), by the package girth where it is installed."""
    students, items = scores.shape
    if students < STUDENTS or items < ITEMS:
        return Irt("few-students" if students < STUDENTS else "few-items")
    if not np.isin(scores, (0, 1)).all():
        return Irt("partial-scores")
    try:
        girth = import_module("girth")
    except ImportError:
        return Irt("not-installed")
    varies = np.flatnonzero(scores.std(axis=0) > 0)
    model, fit = ("2PL", girth.twopl_mml) if students >= TWO_PARAMETERS else ("1PL", girth.onepl_mml)
    try:
        found = fit(scores[:, varies].T.astype(np.int64))
    except (ArithmeticError, ValueError, IndexError):
        return Irt("failed", model)
    b, a = np.full((2, items), np.nan)
    b[varies], a[varies] = found["Difficulty"], found["Discrimination"]
    if not np.isfinite([b[varies], a[varies]]).all():
        return Irt("failed", model)
    return Irt("fitted", model, _known(b), _known(a))


def _known(values: NDArray[np.float64]) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(value) else float(value) for value in values)
