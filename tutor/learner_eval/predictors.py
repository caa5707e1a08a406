"""What predicts the next answer: the baselines that a learner model must beat.

`Recency`: accuracy of the learner's last five answers. `RunningMean`: of all so far. `Pfa`: performance factors
analysis (Pavlik, Cen and Koedinger 2009, AIED, equation 2): logit P = beta_concept + gamma s + rho f, with s and f the
learner's right and wrong answers on that concept before; fitted by penalised maximum likelihood on other learners'
logs. The first two are smoothed by the mean of those logs, so that no answer is predicted with certainty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
RECENT = 5
PSEUDO = 2.0  # answers at the mean rate that smooth a share
RIDGE = 0.1  # penalty on the squared coefficients of each concept
STEPS, ENOUGH = 50, 1e-8


@dataclass(frozen=True, slots=True)
class Logged:
    """One answer of a log. `at`: with a time zone. `score`: 0..1; right from a half on."""

    learner: str
    concept: str
    kind: str
    options: int
    difficulty: int
    score: float
    at: datetime
    help: int = 0

    @property
    def right(self) -> bool:
        """Whether it counts as right where only right and wrong are told apart."""
        return self.score >= 0.5


Log = Sequence[Logged]  # of one learner, in the order of time


class Predictor(Protocol):
    """Predicts each answer of a learner's log from those before it."""

    def predict(self, log: Log) -> Array:
        """(answers,): the probability that each is right."""
        ...


@dataclass(frozen=True)
class Recency:
    """The share of right answers among the last few."""

    base: float
    last: int = RECENT

    def predict(self, log: Log) -> Array:
        """As `Predictor`."""
        right = [float(one.right) for one in log]
        before = [right[max(0, at - self.last) : at] for at in range(len(right))]
        return np.array([(sum(some) + PSEUDO * self.base) / (len(some) + PSEUDO) for some in before])


@dataclass(frozen=True)
class RunningMean(Recency):
    """The share of right answers among all so far."""

    last: int = 10**9


@dataclass(frozen=True)
class Pfa:
    """Performance factors. `coefficients`: by concept its easiness and the worth of a right and a wrong answer, then
    the common easiness, then that of each kind of item where `kinds` are told apart (which the published model does
    not)."""

    places: dict[str, int]
    coefficients: Array
    kinds: tuple[str, ...] = ()

    @classmethod
    def fitted(cls, logs: Sequence[Log], concepts: Sequence[str], with_kinds: bool = False) -> "Pfa":
        """By Newton's method on the logs of some learners."""
        kinds = tuple(sorted({one.kind for log in logs for one in log})) if with_kinds else ()
        size = 3 * len(concepts) + 1 + len(kinds)
        blank = cls({name: at for at, name in enumerate(concepts)}, np.zeros(size), kinds)
        rows = np.vstack([blank._rows(log) for log in logs])
        right = np.array([float(one.right) for log in logs for one in log])
        penalty = np.full(rows.shape[1], RIDGE)
        penalty[3 * len(concepts)] = 1e-6
        weights = np.zeros(rows.shape[1])
        for _ in range(STEPS):
            share = _logistic(rows @ weights)
            slope = rows.T @ (right - share) - penalty * weights
            bend = (rows * (share * (1 - share))[:, None]).T @ rows + np.diag(penalty)
            step = np.linalg.solve(bend, slope)
            weights = weights + step
            if np.abs(step).max() < ENOUGH:
                break
        return cls(blank.places, weights, kinds)

    def predict(self, log: Log) -> Array:
        """As `Predictor`."""
        return _logistic(self._rows(log) @ self.coefficients)

    def _rows(self, log: Log) -> Array:
        count = len(self.places)
        rows = np.zeros((len(log), len(self.coefficients)))
        seen = np.zeros((count, 2))
        for at, one in enumerate(log):
            place = self.places[one.concept]
            rows[at, place] = rows[at, 3 * count] = 1.0
            if one.kind in self.kinds:
                rows[at, 3 * count + 1 + self.kinds.index(one.kind)] = 1.0
            rows[at, count + place], rows[at, 2 * count + place] = seen[place]
            seen[place, 0 if one.right else 1] += 1
        return rows


def _logistic(odds: Array) -> Array:
    found: Array = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
    return found
