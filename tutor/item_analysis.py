"""Classical analysis of an exam's items, from what each student scored in each.

Every index has its formula and source where it is computed. What a student left out counts as 0 and is told apart by
the flag "omitted". The flags are the rules of `_flags`; with few students they say little: the standard error of a
share p of n is √(p(1 − p)/n), that of a correlation near 0 is about 1/√n.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tutor.item_irt import Irt, fit_irt
from tutor.measures import CONFIDENCE, Flags, Interval, Values, wilson
from tutor.responses import Scores

GROUP = 0.27  # of the students, in each of the upper and the lower group (Kelley 1939)
HARD, EASY, LOW = 0.2, 0.9, 0.2
TINY = 1e-9  # differences below this are of rounding

Choices = NDArray[np.int64]  # (students, items): the index of the option taken, -1 for none


@dataclass(frozen=True, slots=True)
class Question:
    """What the analysis needs to know of an item. `options` and `key`: of items with one key, else 0 and None."""

    id: str
    concept: str = ""
    options: int = 0
    key: int | None = None


@dataclass(frozen=True, slots=True)
class OptionUse:
    """Who takes an option: the share of all students, and of the weak, middle and strong third by total score."""

    option: int
    is_key: bool
    share: float
    thirds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """One item. `difficulty`: the mean score, high for easy items. None: undefined, as nothing varies."""

    id: str
    difficulty: float
    discrimination: float | None
    upper_lower: float
    omitted: float
    alpha_without: float | None
    options: tuple[OptionUse, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """`totals`: the sum of each student's scores, in items; `left_out`: how many items had no answer. `concepts`: means
    with Wilson's interval. `alpha`: Cronbach's with Feldt's. `error`: standard error of measurement, in items."""

    items: tuple[ItemStatistics, ...]
    students: tuple[str, ...]
    totals: tuple[float, ...]
    left_out: tuple[int, ...]
    concepts: Mapping[str, Interval]
    alpha: Interval
    error: float | None
    irt: Irt


def analyse(
    questions: Sequence[Question], students: Sequence[str], scores: Scores, choices: Choices | None = None
) -> Analysis:
    """The analysis of `scores`, 0..1 by student and question, NaN for not answered (counted as 0).

    Raises ValueError when there is nothing, shapes differ or a score is outside 0..1.
    """
    if scores.shape != (len(students), len(questions)) or (choices is not None and choices.shape != scores.shape):
        raise ValueError(f"{scores.shape} scores of {len(students)} students and {len(questions)} questions")
    gained, missed = np.nan_to_num(scores), np.isnan(scores)
    if not gained.size or gained.min() < 0 or gained.max() > 1:
        raise ValueError("scores must be there, from 0 to 1")
    totals, alpha = gained.sum(axis=1), cronbach_alpha(gained)
    used = [_options(question, place, choices, totals) for place, question in enumerate(questions)]
    indices = zip(used, item_rest(gained), upper_lower(gained), strict=True)
    return Analysis(
        tuple(_item(questions[place], place, gained, missed, *of) for place, of in enumerate(indices)),
        tuple(students),
        tuple(totals.tolist()),
        tuple(missed.sum(axis=1).tolist()),
        concept_means([question.concept for question in questions], gained),
        feldt(alpha, *gained.shape),
        _known(measurement_error(totals, alpha)),
        fit_irt(gained),
    )


def measurement_error(totals: Values, alpha: float) -> float:
    """s·√(1 − α), s the standard deviation of the totals over n − 1 (Lord and Novick 1968, chapter 3); a negative α
    counts as 0."""
    return float("nan") if np.isnan(alpha) else float(totals.std(ddof=1) * np.sqrt(1 - np.clip(alpha, 0, 1)))


def cronbach_alpha(scores: Scores) -> float:
    """α = k/(k − 1) · (1 − Σ s²ᵢ/s²) of k items, s² the variance of the totals (Cronbach 1951); NaN where undefined."""
    items, spread = scores.shape[1], scores.sum(axis=1).var()
    if items < 2 or spread < TINY:
        return float("nan")
    return float(items / (items - 1) * (1 - scores.var(axis=0).sum() / spread))


def feldt(alpha: float, students: int, items: int) -> Interval:
    """α with 1 − (1 − α)·F, F the quantiles 0.975 and 0.025 of F(n − 1, (n − 1)(k − 1)): Feldt 1965; Feldt, Woodruff
    and Salih 1987, formulas 6 and 7. It takes students as drawn and scores as normal."""
    from scipy.special import fdtri  # type: ignore[import-untyped]  # noqa: PLC0415

    if np.isnan(alpha):
        return Interval(None, None, None)
    freedom, tail = (students - 1, (students - 1) * (items - 1)), (1 - CONFIDENCE) / 2
    lo, hi = (1 - (1 - alpha) * float(fdtri(*freedom, part)) for part in (1 - tail, tail))
    return Interval(alpha, lo, hi)


def item_rest(scores: Scores) -> Values:
    """Pearson's r of each item with the sum of the others, for 0/1 scores the point-biserial, so that no item is
    correlated with itself (Henrysson 1963); NaN where either does not vary."""
    rest = scores.sum(axis=1, keepdims=True) - scores
    mine, others = scores - scores.mean(axis=0), rest - rest.mean(axis=0)
    spread = np.sqrt((mine**2).sum(axis=0) * (others**2).sum(axis=0))
    together = (mine * others).sum(axis=0)
    return np.asarray(np.divide(together, spread, out=np.full(len(spread), np.nan), where=spread > TINY))


def upper_lower(scores: Scores) -> Values:
    """D: the mean of each item in the strongest 27 % less that in the weakest (Kelley 1939), rounded to whole students;
    who ties at a cut counts in part."""
    students, totals = len(scores), scores.sum(axis=1)
    size = max(1, int(GROUP * students + 0.5))
    weights = _between(totals, students - size, students) - _between(totals, 0, size)
    return np.asarray(weights @ scores / size)


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
    named = np.array(concepts)
    means = {concept: scores[:, named == concept].mean(axis=1) for concept in dict.fromkeys(concepts)}
    return {concept: wilson(sum(mean.tolist()), len(mean)) for concept, mean in means.items()}


def _item(question: Question, place: int, scores: Scores, missed: Flags, options: tuple[OptionUse, ...],
          r: float, upper: float) -> ItemStatistics:  # fmt: skip
    p, omitted = float(scores[:, place].mean()), float(missed[:, place].mean())
    without = cronbach_alpha(np.delete(scores, place, axis=1))
    flags = _flags(p, r, omitted, options)
    return ItemStatistics(question.id, p, _known(r), float(upper), omitted, _known(without), options, flags)


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


def _flags(p: float, r: float, omitted: float, options: Sequence[OptionUse]) -> tuple[str, ...]:
    """What to look at, by rules of thumb.

    "hard" p < .2, below chance for four options, and "easy" p > .9: the variance p(1 − p) is then too small to tell
    students apart (Crocker and Algina 1986, chapter 14, give the reason; the bounds are custom). "low-discrimination"
    r < .2 (Ebel and Frisbie 1991, chapter 13), "negative-discrimination" r < 0. "unused-distractor": nobody takes it
    (Haladyna and Downing 1993 ask for 5 %). "distractor-beats-key": in the strong third more take it than the key
    (Haladyna 2004, chapter 9): the key may be wrong. "omitted": somebody left the item out.
    """
    key = max((option.thirds[2] for option in options if option.is_key), default=1.0)
    others = [option for option in options if not option.is_key]
    rules = {
        "hard": p < HARD - TINY,
        "easy": p > EASY + TINY,
        "low-discrimination": 0 <= r < LOW - TINY,
        "negative-discrimination": r < 0,
        "unused-distractor": any(option.share == 0 for option in others),
        "distractor-beats-key": any(option.thirds[2] > key + TINY for option in others),
        "omitted": omitted > 0,
    }
    return tuple(flag for flag, holds in rules.items() if holds)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
