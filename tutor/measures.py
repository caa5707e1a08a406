"""Measures of rankings and verdicts, each with a 95 % interval by bootstrap over questions.

A measure is a weighted mean or share of what each question gives, so a resample is only a vector of counts: row 0 of
`resamples` counts every question once (the measured value), the others are draws with replacement (Efron 1979,
percentile intervals).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log2
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
CONFIDENCE = 0.95

Counts = NDArray[np.float64]  # (RESAMPLES + 1, questions)
Values = NDArray[np.float64]  # (questions,)


@dataclass(frozen=True, slots=True)
class Interval:
    """A measured value with the bounds of its interval; all None where nothing could be measured."""

    value: float | None
    lo: float | None
    hi: float | None

    def to_json(self) -> dict[str, float | None]:
        """{"value", "lo", "hi"}, four decimals."""
        return {
            name: None if number is None else round(number, 4)
            for name, number in (("value", self.value), ("lo", self.lo), ("hi", self.hi))
        }

    def __str__(self) -> str:
        if self.value is None or self.lo is None or self.hi is None:
            return "–"
        return f"{self.value:.3f} [{self.lo:.3f}, {self.hi:.3f}]"


Measures = Mapping[str, Interval]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scores of one suite. `by`: language -> measures; `baselines`: name -> language -> measures.

    `confusion` (fact check): language -> label -> verdict -> count. `notes`: counts that a reader of the scores must
    know, such as gold sections that are not in the sources.
    """

    suite: str
    n: int
    metrics: Measures
    by: Mapping[str, Measures]
    baselines: Mapping[str, Mapping[str, Measures]]
    confusion: Mapping[str, Mapping[str, Mapping[str, int]]] | None = None
    notes: Mapping[str, int] | None = None

    def to_json(self) -> dict[str, Any]:
        """What `atenea eval --json` prints."""
        whole: dict[str, Any] = {
            "suite": self.suite,
            "n": self.n,
            "metrics": _measures_json(self.metrics),
            "by": {language: _measures_json(measures) for language, measures in self.by.items()},
            "baselines": {
                name: {language: _measures_json(measures) for language, measures in languages.items()}
                for name, languages in self.baselines.items()
            },
        }
        if self.confusion is not None:
            whole["confusion"] = {
                language: {label: dict(verdicts) for label, verdicts in labels.items()}
                for language, labels in self.confusion.items()
            }
        if self.notes is not None:
            whole["notes"] = dict(self.notes)
        return whole


def _measures_json(measures: Measures) -> dict[str, dict[str, float | None]]:
    return {name: interval.to_json() for name, interval in measures.items()}


@lru_cache(maxsize=64)
def resamples(n: int, seed: int) -> Counts:
    """How often each of n questions is counted: once in row 0, then as each of RESAMPLES draws has it."""
    draws = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    counts: Counts = np.vstack([np.ones((1, n)), draws.astype(np.float64)])
    counts.setflags(write=False)
    return counts


def interval(statistic: Callable[[Counts], Values], n: int, seed: int) -> Interval:
    """A statistic of counted questions with its interval; resamples on which it is undefined (NaN) do not count."""
    if not n:
        return Interval(None, None, None)
    found = statistic(resamples(n, seed))
    drawn = found[1:][~np.isnan(found[1:])]
    if np.isnan(found[0]) or not drawn.size:
        return Interval(None, None, None)
    tail = 100 * (1 - CONFIDENCE) / 2
    lo, hi = np.percentile(drawn, [tail, 100 - tail])
    return Interval(float(found[0]), float(lo), float(hi))


def mean(values: Sequence[float] | Values, seed: int) -> Interval:
    """The mean over questions."""
    each = np.asarray(values, dtype=np.float64)
    return interval(lambda counts: np.asarray(counts @ each / len(each)), len(each), seed)


def share(part: NDArray[np.bool_], whole: NDArray[np.bool_], seed: int) -> Interval:
    """How much of `whole` is also `part`; undefined where `whole` is empty."""
    return interval(lambda counts: ratio(counts, part, whole), len(whole), seed)


def ratio(counts: Counts, part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> Values:
    """The share for each row of counts, NaN where `whole` is empty."""
    total = counts @ whole.astype(np.float64)
    said = counts @ (part & whole).astype(np.float64)
    shares: Values = np.divide(said, total, out=np.full(len(total), np.nan), where=total > 0)
    return shares


def ndcg(gains: Sequence[float], ideal: Sequence[float], k: int) -> float:
    """Normalised discounted cumulative gain (Järvelin and Kekäläinen 2002): gain / log2(rank + 1), 0..1.

    `gains` are those of the ranked list in order, `ideal` those of everything there is to find, in any order.
    """
    best = _dcg(sorted(ideal, reverse=True)[:k])
    return _dcg(gains[:k]) / best if best else 0.0


def _dcg(gains: Sequence[float]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def reciprocal_rank(relevant: Sequence[bool], k: int) -> float:
    """1 / rank of the first relevant one among the first k, 0 when there is none."""
    return next((1 / rank for rank, found in enumerate(relevant[:k], start=1) if found), 0.0)
