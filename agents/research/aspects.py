"""One document in short, and several side by side: what each says of its contribution, method, data, results, limits.

A stretch speaks of an aspect when it uses its words or stands under its heading; of those, the ones that are nearest to
what the whole document is about are taken. An aspect that nobody speaks of is said to be missing, not filled in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agents.research.reading_words import holds, pattern
from agents.research.stretches import Stretch
from agents.research.weighing import LEAST, Weigher
from knowledge.terms import folded

ASPECTS = ("contribution", "method", "data", "results", "limits")
EACH = 3  # stretches of an aspect
MOST_WEIGHED = 150  # stretches of a document that are compared with the whole of it
CUE, HEADING, CENTRAL, EARLY = 0.35, 0.3, 0.35, 0.2  # what counts, and how much
FEWEST_CUES = 0.35  # of cue and heading, without which a stretch does not speak of an aspect


@dataclass(frozen=True, slots=True)
class Said:
    """A stretch that speaks of an aspect, and how much it weighs, 0 to 1."""

    stretch: Stretch
    weight: float


class AspectFinder:
    """Finds what a document says of aspects: `find` is its verb."""

    def __init__(self, weigher: Weigher) -> None:
        self.weigher = weigher

    def find(self, stretches: Sequence[Stretch], aspects: Sequence[str], language: str) -> dict[str, list[Said]]:
        """For each aspect the stretches of one document that speak of it, best first, none of two aspects. An aspect is
        one of ASPECTS or words of the reader's own, in `language`."""
        pool = [one for one in stretches if one.first == one.last][:MOST_WEIGHED]
        if not pool:
            return {aspect: [] for aspect in aspects}
        vectors = self.weigher.vectors([one.quote for one in pool])
        middle = vectors.mean(axis=0)
        central = np.clip(vectors @ (middle / max(float(np.linalg.norm(middle)), 1e-9)), 0, 1)
        found: dict[str, list[Said]] = {}
        taken: set[tuple[str, int, int]] = set()
        for aspect in aspects:
            if aspect in ASPECTS:
                said = [
                    Said(one, weight) for place, one in enumerate(pool)
                    if (weight := _weight(one, aspect, float(central[place]), place / len(pool))) > 0
                ]  # fmt: skip
            else:
                weighed = self.weigher.weigh([aspect], language, pool)
                said = [Said(one.stretch, one.relevance) for one in weighed if one.relevance >= LEAST]
            best = sorted((one for one in said if one.stretch.key not in taken), key=lambda one: -one.weight)[:EACH]
            taken.update(one.stretch.key for one in best)
            found[aspect] = best
        return found


def _weight(stretch: Stretch, aspect: str, central: float, place: float) -> float:
    """How much a stretch says of an aspect; 0 where it does not speak of it."""
    language = stretch.language
    cues = {match.group() for match in pattern(aspect, language).finditer(folded(stretch.quote))}
    under = any(holds(f"heading_{aspect}", heading, language) for heading in stretch.passage.headings[-2:])
    cue = CUE * min(2, len(cues)) / 2 + (CUE / 2 if cues else 0.0)
    heading = HEADING if under else 0.0
    if not cues or cue + heading < FEWEST_CUES:
        return 0.0
    early = EARLY * (1 - place) if aspect == "contribution" else 0.0
    return min(1.0, cue + heading + CENTRAL * central + early)
