"""Classical analysis of an exam's items, from what each student scored in each.

Every index has its formula and source where it is computed. What a student left out counts as 0 and is told apart by
the flag "omitted"; what a student was not asked, or what nobody has graded yet, counts for nothing. The flags are the
rules of `_flags`; with few students chance alone can raise one, and `unsure` says of which that holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atanh, comb, isfinite, sqrt, tanh
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.item_irt import Irt, fit_irt
from tutor.measures import CONFIDENCE, NORMAL, Flags, Interval, Values, wilson
from tutor.responses import Scores

GROUP = 0.27  # of the students, in each of the upper and the lower group (Kelley 1939)
HARD, EASY, LOW = 0.2, 0.9, 0.2
TAKEN = 0.05  # of the students, who take a distractor that works (Haladyna and Downing 1993)
CHANCE = 0.05  # what is more probable than this by chance alone is not sure
TINY = 1e-9  # differences below this are of rounding

Choices = NDArray[np.int64]  # (students, items): the index of the option taken, -1 for none


@dataclass(frozen=True, slots=True)
class Question:
    """What the analysis needs to know of an item. `options` and `key`: of items with one key, else 0 and None.
    `points`: what it is worth in the total."""

    id: str
    concept: str = ""
    options: int = 0
    key: int | None = None
    points: float = 1.0


@dataclass(frozen=True, slots=True)
class OptionUse:
    """Who takes an option: the share of all students, and of the weak, middle and strong third by total score."""

    option: int
    is_key: bool
    share: float
    thirds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """One item. `difficulty`: the mean score, high for easy items, and `right`: the same with its interval.
    `correlation`: `discrimination` with its interval. `answers`: how many scores it rests on, those of omitted answers
    too. `unsure`: the flags that chance alone may have raised. None: undefined, as nothing varies."""

    id: str
    difficulty: float
    discrimination: float | None
    upper_lower: float | None
    omitted: float
    alpha_without: float | None
    options: tuple[OptionUse, ...]
    flags: tuple[str, ...]
    unsure: tuple[str, ...]
    right: Interval
    correlation: Interval
    answers: int


@dataclass(frozen=True, slots=True)
class Analysis:
    """`totals`: the sum of each student's points; `left_out`: how many items had no answer. `concepts`: means with
    Wilson's interval. `alpha`: Cronbach's with Feldt's. `error`: standard error of measurement, in points."""

    items: tuple[ItemStatistics, ...]
    students: tuple[str, ...]
    totals: tuple[float, ...]
    left_out: tuple[int, ...]
    concepts: Mapping[str, Interval]
    alpha: Interval
    error: float | None
    irt: Irt


def analyse(
    questions: Sequence[Question],
    students: Sequence[str],
    scores: Scores,
    choices: Choices | None = None,
    absent: Flags | None = None,
) -> Analysis:
    """The analysis of `scores`, 0..1 by student and question, NaN for not answered (counted as 0).

    `absent`: (students, questions), where a student was not asked or the answer is not graded; such a cell counts for
    nothing, and the total of its student is what the others promise: the share of their points, of all points.
    Raises ValueError when there is nothing, shapes differ, a score is outside 0..1, or a student or question has none.
    """
    if scores.shape != (len(students), len(questions)) or (choices is not None and choices.shape != scores.shape):
        raise ValueError(f"{scores.shape} scores of {len(students)} students and {len(questions)} questions")
    missing = np.zeros(scores.shape, dtype=np.bool_) if absent is None else absent
    gained, missed = np.where(missing, np.nan, np.nan_to_num(scores)), np.isnan(scores) & ~missing
    if not gained.size or missing.all(axis=0).any() or missing.all(axis=1).any():
        raise ValueError("every student and every question needs scores")
    if np.nanmin(gained) < 0 or np.nanmax(gained) > 1:
        raise ValueError("scores must be from 0 to 1")
    points = np.array([question.points for question in questions])
    totals, alpha = promised(gained, points), cronbach_alpha(gained * points)
    used = [_options(question, place, choices, totals) for place, question in enumerate(questions)]
    indices = zip(used, item_rest(gained, points), upper_lower(gained, totals), strict=True)
    return Analysis(
        tuple(_item(questions[place], place, gained, points, missed, *of) for place, of in enumerate(indices)),
        tuple(students),
        tuple(totals.tolist()),
        tuple(missed.sum(axis=1).tolist()),
        concept_means([question.concept for question in questions], gained),
        feldt(alpha, *gained.shape),
        _known(measurement_error(totals, alpha)),
        fit_irt(gained),
    )


def promised(scores: Scores, points: Values) -> Values:
    """(students,): the points of each, and where scores are absent (NaN) the share of points of the others, of all."""
    held = np.where(np.isnan(scores), 0.0, points)
    gained = (np.nan_to_num(scores) * points).sum(axis=1)
    asked = held.sum(axis=1)
    share = np.divide(gained, asked, out=np.zeros(len(scores)), where=asked > 0)
    return np.asarray(np.where(np.isclose(asked, points.sum()), gained, share * points.sum()))


def measurement_error(totals: Values, alpha: float) -> float:
    """s·√(1 − α), s the standard deviation of the totals over n − 1 (Lord and Novick 1968, chapter 3); a negative α
    counts as 0."""
    return float("nan") if np.isnan(alpha) else float(totals.std(ddof=1) * np.sqrt(1 - np.clip(alpha, 0, 1)))


def cronbach_alpha(scores: Scores) -> float:
    """α = k/(k − 1) · (1 − Σ s²ᵢ/s²) of k items, s² the variance of the totals (Cronbach 1951): the sum of all
    covariances, each over the students who have both scores. NaN where undefined, as when two items share nobody."""
    items, there = scores.shape[1], (~np.isnan(scores)).astype(np.float64)
    both, gained = there.T @ there, np.nan_to_num(scores - np.nanmean(scores, axis=0))
    if items < 2 or both.min() < 2:
        return float("nan")
    sums = gained.T @ there
    covariances = (gained.T @ gained - sums * sums.T / both) / both
    spread = covariances.sum()
    return float("nan") if spread < TINY else float(items / (items - 1) * (1 - np.trace(covariances) / spread))


def feldt(alpha: float, students: int, items: int) -> Interval:
    """α with 1 − (1 − α)·F, F the quantiles 0.975 and 0.025 of F(n − 1, (n − 1)(k − 1)): Feldt 1965; Feldt, Woodruff
    and Salih 1987, formulas 6 and 7. It takes students as drawn and scores as normal."""
    from scipy.special import fdtri  # type: ignore[import-untyped]  # noqa: PLC0415

    if np.isnan(alpha):
        return Interval(None, None, None)
    freedom, tail = (students - 1, (students - 1) * (items - 1)), (1 - CONFIDENCE) / 2
    lo, hi = (1 - (1 - alpha) * float(fdtri(*freedom, part)) for part in (1 - tail, tail))
    return Interval(alpha, lo, hi)


def item_rest(scores: Scores, points: Values | None = None) -> Values:
    """Pearson's r of each item with the points of the others, for 0/1 scores the point-biserial, so that no item is
    correlated with itself (Henrysson 1963); NaN where either does not vary. `points`: of each item, else 1."""
    worth = np.ones(scores.shape[1]) if points is None else points
    found = [_correlated(scores[:, place], promised(np.delete(scores, place, 1), np.delete(worth, place)))
             for place in range(len(worth))]  # fmt: skip
    return np.array(found, dtype=np.float64)


def _correlated(item: Values, rest: Values) -> float:
    there = ~np.isnan(item)
    mine, others = item[there] - item[there].mean(), rest[there] - rest[there].mean()
    spread = float(np.sqrt((mine**2).sum() * (others**2).sum()))
    return float((mine * others).sum()) / spread if spread > TINY else float("nan")


def fisher(r: float, students: int) -> Interval:
    """A correlation of n students with tanh(artanh r ± 1.96/√(n − 3)) (Fisher 1921); all of −1..1 for fewer than 4."""
    if not isfinite(r):
        return Interval(None, None, None)
    if students < 4 or abs(r) > 1 - TINY:
        return Interval(r, *((-1.0, 1.0) if students < 4 else (r, r)))
    middle, half = atanh(r), NORMAL / sqrt(students - 3)
    return Interval(r, tanh(middle - half), tanh(middle + half))


def upper_lower(scores: Scores, totals: Values | None = None) -> Values:
    """D: the mean of each item in the strongest 27 % less that in the weakest (Kelley 1939), rounded to whole students;
    who ties at a cut counts in part. NaN where a group has no score. `totals`: else the sums of the scores."""
    students, sums = len(scores), scores.sum(axis=1) if totals is None else totals
    size = max(1, int(GROUP * students + 0.5))
    strong, weak = (_between(sums, *cut) for cut in ((students - size, students), (0, size)))
    return np.asarray(_mean_of(strong, scores) - _mean_of(weak, scores))


def _mean_of(weights: Values, scores: Scores) -> Values:
    """The mean of each item over students who count in part."""
    held = weights @ (~np.isnan(scores))
    return np.asarray(np.divide(weights @ np.nan_to_num(scores), held, out=np.full(len(held), np.nan), where=held > 0))


def _between(totals: Values, start: float, stop: float) -> Values:
    """How much of each student stands between two ranks, 0 the weakest; students of one total share their ranks, so
    that the order of the rows does not matter."""
    _, run, sizes = np.unique(np.round(totals, 9), return_inverse=True, return_counts=True)
    ends = np.cumsum(sizes)
    part = np.clip(np.minimum(ends, stop) - np.maximum(ends - sizes, start), 0, None) / sizes
    return np.asarray(part[run], dtype=np.float64)


def concept_means(concepts: Sequence[str], scores: Scores) -> dict[str, Interval]:
    """The mean score by concept with Wilson's (1927) interval for n students: each counts once with the own mean over
    the concept's items, which varies no more than a right or wrong answer, so that the interval is wide enough."""
    named, there = np.array(concepts), ~np.isnan(scores)
    found = {}
    for concept in dict.fromkeys(concepts):
        counted, gained = there[:, named == concept].sum(axis=1), np.nansum(scores[:, named == concept], axis=1)
        means = (gained / np.maximum(counted, 1))[counted > 0]
        found[concept] = wilson(np.nansum(means), len(means))
    return found


def _item(question: Question, place: int, gained: Scores, points: Values, missed: Flags,
          options: tuple[OptionUse, ...], r: float, upper: float) -> ItemStatistics:  # fmt: skip
    scores = gained[:, place]
    answers, omitted = int((~np.isnan(scores)).sum()), float(missed[:, place].mean())
    total: Any = np.nansum(scores)  # partial scores make it a fraction, for which the interval is a little wide
    right, correlation = wilson(total, answers), fisher(r, answers)
    without = cronbach_alpha(np.delete(gained * points, place, axis=1))
    flags = _flags(right, correlation, omitted, options, answers)
    return ItemStatistics(
        question.id, right.value or 0.0, _known(r), _known(upper), omitted, _known(without), options,
        tuple(flags), tuple(flag for flag, sure in flags.items() if not sure), right, correlation, answers,
    )  # fmt: skip


def _options(question: Question, place: int, choices: Choices | None, totals: Values) -> tuple[OptionUse, ...]:
    if choices is None or question.key is None:
        return ()
    size = len(totals) / 3
    thirds = [_between(totals, *cut) / size for cut in pairwise(size * part for part in range(4))]
    taken = [choices[:, place] == option for option in range(question.options)]
    return tuple(
        OptionUse(option, option == question.key, float(who.mean()), tuple(float(third @ who) for third in thirds))
        for option, who in enumerate(taken)
    )


def _flags(right: Interval, r: Interval, omitted: float, options: Sequence[OptionUse], answers: int) -> dict[str, bool]:
    """What to look at, by rules of thumb, and whether chance alone is improbable: its 95 % interval is all beyond the
    bound, or the count has a probability under 5 %.

    "hard" p < .2, below chance for four options, and "easy" p > .9: the variance p(1 − p) is then too small to tell
    students apart (Crocker and Algina 1986, chapter 14, give the reason; the bounds are custom). "low-discrimination"
    r < .2 (Ebel and Frisbie 1991, chapter 13), "negative-discrimination" r < 0. "unused-distractor": nobody takes it
    (Haladyna and Downing 1993 ask for 5 %; of n students nobody does so with a probability of .95ⁿ). In the strong
    third more take "distractor-beats-key" than the key (Haladyna 2004, chapter 9): the key may be wrong (sign test of
    those who take either). "omitted": somebody left the item out.
    """
    low, high = right.lo or 0.0, 1.0 if right.hi is None else right.hi
    p, value, least = right.value or 0.0, r.value, 1.0 if r.hi is None else r.hi
    key = max((option.thirds[2] for option in options if option.is_key), default=1.0)
    others = [option for option in options if not option.is_key]
    best = max((option.thirds[2] for option in others), default=0.0)
    rules = {
        "hard": (p < HARD - TINY, high < HARD),
        "easy": (p > EASY + TINY, low > EASY),
        "low-discrimination": (value is not None and 0 <= value < LOW - TINY, least < LOW),
        "negative-discrimination": (value is not None and value < 0, least < 0),
        "unused-distractor": (any(option.share == 0 for option in others), (1 - TAKEN) ** answers < CHANCE),
        "distractor-beats-key": (best > key + TINY, _sign_test(best * answers / 3, key * answers / 3) < CHANCE),
        "omitted": (omitted > 0, True),
    }
    return {flag: sure for flag, (holds, sure) in rules.items() if holds}


def _sign_test(more: float, fewer: float) -> float:
    """How probable it is that of all these at least `more` are of one kind, where both are as probable."""
    least, of = round(more), round(more) + round(fewer)
    return float(sum(comb(of, count) for count in range(least, of + 1)) / 2**of)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
