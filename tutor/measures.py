"""Measures of rankings and verdicts, each with a 95 % interval by bootstrap over questions.

A measure is a weighted mean or share of what each question gives, so a resample is only a vector of counts: row 0 of
`resamples` counts every question once (the measured value), the others are draws with replacement (Efron 1979,
percentile intervals). Such a measure is a `Statistic`: from (RESAMPLES + 1, questions) counts to one value a row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log2, sqrt

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
CONFIDENCE = 0.95
NORMAL = 1.959964  # the normal quantile that leaves (1 - CONFIDENCE) / 2 above it
BINS = 10  # of the calibration error

Counts = NDArray[np.float64]  # (RESAMPLES + 1, questions)
Values = NDArray[np.float64]  # (questions,), or of a statistic (RESAMPLES + 1,)
Flags = NDArray[np.bool_]  # (questions,)
Statistic = Callable[[Counts], Values]


@dataclass(frozen=True, slots=True)
class Interval:
    """A measured value with the bounds of its interval: no bounds for what was measured but once, and no value where
    nothing could be measured."""

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
        if self.value is None:
            return "–"
        bounds = "" if self.lo is None or self.hi is None else f" [{self.lo:.3f}, {self.hi:.3f}]"
        return f"{self.value:.3f}{bounds}"


Measures = Mapping[str, Interval]


@lru_cache(maxsize=64)
def resamples(n: int, seed: int) -> Counts:
    """How often each of n questions is counted: once in row 0, then as each of RESAMPLES draws has it."""
    draws = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    counts: Counts = np.vstack([np.ones((1, n)), draws.astype(np.float64)])
    counts.setflags(write=False)
    return counts


def interval(statistic: Statistic, n: int, seed: int) -> Interval:
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


def share(part: Flags, whole: Flags, seed: int) -> Interval:
    """How much of `whole` is also `part`; undefined where `whole` is empty."""
    return interval(lambda counts: ratio(counts, part, whole), len(whole), seed)


def pooled(part: Sequence[float] | Values, whole: Sequence[float] | Values, seed: int) -> Interval:
    """The sum of `part` over that of `whole`, where each question gives some of both; undefined where that is 0."""
    over, under = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    return interval(lambda counts: _divided(counts @ over, counts @ under), len(over), seed)


def quantile(values: Sequence[float] | Values, q: float, seed: int) -> Interval:
    """The smallest value that a share `q` (0..1) of the questions does not pass."""
    each = np.asarray(values, dtype=np.float64)
    order = np.argsort(each)

    def statistic(counts: Counts) -> Values:
        reached = np.cumsum(counts[:, order], axis=1) >= q * len(each) - 1e-9
        found: Values = each[order][reached.argmax(axis=1)]
        return found

    return interval(statistic, len(each), seed)


def ratio(counts: Counts, part: Flags, whole: Flags) -> Values:
    """The share for each row of counts, NaN where `whole` is empty."""
    total = counts @ whole.astype(np.float64)
    said = counts @ (part & whole).astype(np.float64)
    return _divided(said, total)


def _divided(part: Values, whole: Values) -> Values:
    """part / whole, NaN where `whole` is 0."""
    found: Values = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return found


def difference(ours: Statistic, theirs: Statistic, n: int, seed: int) -> Interval:
    """Ours minus theirs on the same n questions: paired, since every resample draws the same questions for both.

    A resample on which either is undefined does not count.
    """
    return interval(lambda counts: ours(counts) - theirs(counts), n, seed)


def ratio_of_means(top: Sequence[float] | Values, bottom: Sequence[float] | Values, seed: int) -> Interval:
    """mean(top) / mean(bottom) of two sets of questions, each resampled by itself; undefined where bottom is all 0."""
    over, under = np.asarray(top, dtype=np.float64), np.asarray(bottom, dtype=np.float64)
    if not len(over) or not len(under):
        return Interval(None, None, None)
    below = resamples(len(under), seed + 1) @ under / len(under)  # a seed of its own: sets of one size are not paired

    def statistic(counts: Counts) -> Values:
        return _divided(counts @ over / len(over), below)

    return interval(statistic, len(over), seed)


def precision_at_coverage(confidence: Values, called: Flags, true: Flags) -> Statistic:
    """How much is true of the claims with the highest `confidence`, taking as many of them as `called` has.

    In a resample both numbers are counted as it draws. Claims of equal confidence at the cut count in part: the value
    is the mean over every order of them. Undefined where nothing is called.
    """
    order = np.argsort(-confidence, kind="stable")
    ranked = confidence[order]
    starts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))  # of each run of equal confidence

    def statistic(counts: Counts) -> Values:
        wanted = counts @ called.astype(np.float64)
        drawn = counts[:, order]
        sizes = np.add.reduceat(drawn, starts, axis=1)
        hits = np.add.reduceat(drawn * true[order], starts, axis=1)
        taken = np.clip(wanted[:, None] - (np.cumsum(sizes, axis=1) - sizes), 0, sizes)
        found = (np.divide(taken, sizes, out=np.zeros_like(sizes), where=sizes > 0) * hits).sum(axis=1)
        return _divided(found, wanted)

    return statistic


def brier(probability: Values, true: Flags, seed: int) -> Interval:
    """Brier (1950) score: the mean of (P(true) - label)², label 1 or 0. 0 is perfect; 0.5 everywhere gives 0.25."""
    return mean((probability - true) ** 2, seed)


def expected_calibration_error(probability: Values, true: Flags, seed: int) -> Interval:
    """Expected calibration error (Naeini et al. 2015, section 2; Guo et al. 2017, equation 3), 0..1.

    The mean over claims of |mean P(true) - share of true| of the claim's bin, of BINS bins of equal mass
    (`equal_mass_bins`). A resample keeps the bins. Resampling adds noise to each bin, so the interval stands a little
    high, the more so the fewer the claims.
    """
    bins = equal_mass_bins(probability)
    gaps = (probability - true)[:, None] * (bins[:, None] == np.arange(BINS))  # (claims, BINS)
    return interval(lambda counts: np.asarray(np.abs(counts @ gaps).sum(axis=1) / len(bins)), len(bins), seed)


def equal_mass_bins(probability: Values) -> NDArray[np.int64]:
    """The bin of each claim, 0..BINS - 1, by rank; equal probabilities share the bin of their middle rank."""
    _, place, sizes = np.unique(probability, return_inverse=True, return_counts=True)
    middle = np.cumsum(sizes) - sizes / 2
    bins: NDArray[np.int64] = (BINS * middle / max(len(probability), 1)).astype(np.int64)[place]
    return bins


def wilson(hits: int, n: int) -> Interval:
    """A share of n with the score interval of Wilson (1927): sound near 0 and 1, where few were counted."""
    if not n:
        return Interval(None, None, None)
    part, z = hits / n, NORMAL
    middle = (part + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(part * (1 - part) / n + z * z / (4 * n * n))
    return Interval(part, max(0.0, middle - half), min(1.0, middle + half))


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
