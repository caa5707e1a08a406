"""The points of a summary: the stretches that answer best and say different things, with who else says the same.

Chosen by maximal marginal relevance (Carbonell and Goldstein 1998): each next one is the best of relevance less
likeness to those chosen. No document speaks too much. What another document says in other words joins the point that it
repeats.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from agents.research.weighing import LEAST, Weighed

MOST = 24  # points of a summary
SHARE = 0.6  # of the best relevance, below which one is not worth saying
NOVELTY = 0.35  # weight of likeness against relevance
REPEATS = 0.8  # cosine from which two stretches may say the same
SAME = 0.95  # from which they do
FEWEST_EACH = 3  # points that a document may have, whatever the others say


@dataclass(frozen=True, slots=True)
class Point:
    """One thing said: by `lead`, and by `also` in other documents."""

    lead: Weighed
    also: tuple[Weighed, ...] = ()


Matrix = NDArray[np.float32]
Same = Callable[[Weighed, Weighed], bool]  # whether the second says what the first says


def points_of(weighed: Sequence[Weighed], alike: Matrix, same: Same, most: int = MOST) -> list[Point]:
    """The points in the order in which they were chosen, best first. `alike`: how alike each two of `weighed` are."""
    best = max((one.relevance for one in weighed), default=0.0)
    least = max(LEAST, SHARE * best)
    open_ = [place for place, one in enumerate(weighed) if one.relevance >= least]
    documents = len({weighed[place].stretch.passage.document for place in open_})
    each = max(FEWEST_EACH, -(-2 * most // max(1, documents)))
    spoken: Counter[str] = Counter()
    chosen: list[int] = []
    points: dict[int, Point] = {}
    while open_ and len(chosen) < most:
        likeness = alike[np.ix_(open_, chosen)] if chosen else np.zeros((len(open_), 1))
        worth = np.array([weighed[place].relevance for place in open_]) - NOVELTY * likeness.max(axis=1)
        at = int(np.argmax(worth))
        place = open_.pop(at)
        one = weighed[place]
        nearest = chosen[int(np.argmax(likeness[at]))] if chosen else -1
        if any(_overlaps(weighed[other], one) for other in chosen):
            continue
        if chosen and likeness[at].max() >= REPEATS and _joins(points, nearest, one, float(likeness[at].max()), same):
            continue
        if spoken[one.stretch.passage.document] >= each:
            continue
        spoken[one.stretch.passage.document] += 1
        chosen.append(place)
        points[place] = Point(one)
    return [points[place] for place in chosen]


def _overlaps(one: Weighed, other: Weighed) -> bool:
    """Whether two stretches share a sentence."""
    (mine, first, last), (theirs, begins, ends) = one.stretch.key, other.stretch.key
    return mine == theirs and first <= ends and begins <= last


def _joins(points: dict[int, Point], nearest: int, one: Weighed, likeness: float, same: Same) -> bool:
    """Whether a stretch repeats the point that it is most like; then it is one of its voices, once a document."""
    point = points[nearest]
    voices = {voice.stretch.passage.document for voice in (point.lead, *point.also)}
    repeated = likeness >= SAME or same(point.lead, one)
    if repeated and one.stretch.passage.document not in voices and same(point.lead, one):
        points[nearest] = replace(point, also=(*point.also, one))
    return repeated
