"""Where sources disagree: two stretches of different documents that say the same but for one thing.

The comparison is the fact check's (knowledge/comparison.py): both are read word by word, and differ in a number of the
same thing, in a denial, in an opposite, or in the order of what is compared. Nothing is said of who is right.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from agents.research.stretches import Stretch, shown
from knowledge.candidates import Candidate, Rarity, overlapping
from knowledge.comparison import Comparison
from knowledge.conflicts import Conflict
from knowledge.quantities import same_quantity
from knowledge.reading import Reader, Reading
from knowledge.retrieval import Retriever
from knowledge.rules import Judged, Rules

COVERAGE, REVERSE = 0.6, 0.5  # share of each that the other says, but for what they disagree in
SAME_WORDS = 0.95  # the same for two that have all their words in common, and differ in a number or an order
APART = 0.15  # share of own words, on both sides, from which two stretches speak of two things
EXACT = 10_000  # whole numbers below it are exact
SUPPORT = 0.8  # share of a stretch that another must say to say the same
NEAR = 0.4  # overlap from which two stretches are compared word by word
KINDS: dict[str, Literal["number", "denial", "direction"]] = {
    "number": "number", "formula": "number", "denial": "denial", "opposite": "direction", "order": "direction",
    "roles": "direction",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clash:
    """Two stretches that disagree, in `kind`: `mine` and `theirs` are the words or numbers that differ."""

    kind: Literal["number", "denial", "direction"]
    one: Stretch
    other: Stretch
    mine: str
    theirs: str
    strength: float


class Clashes:
    """Finds disagreements among stretches: `find` is its verb."""

    def __init__(self, retriever: Retriever, reader: Reader) -> None:
        self.retriever = retriever
        self.reader = reader
        self.rules = Rules(retriever, reader)

    def find(self, stretches: Sequence[Stretch]) -> list[Clash]:
        """The disagreements between documents, the clearest first; each stretch stands in at most one of a kind."""
        single = [stretch for stretch in stretches if stretch.first == stretch.last]
        found = [clash for at, one in enumerate(single) for clash in self._with(one, single[at + 1 :])]
        kept: list[Clash] = []
        seen: set[tuple[object, ...]] = set()
        for clash in sorted(found, key=lambda item: -item.strength):
            keys = {(clash.kind, stretch.key) for stretch in (clash.one, clash.other)}
            if not keys & seen:
                kept.append(clash)
                seen |= keys
        return kept

    def agrees(self, one: Stretch, other: Stretch) -> bool:
        """Whether the second says what the first says, in its own words."""
        if one.first != one.last or other.first != other.last:
            return False
        judged = self._compared(one, other)
        return judged is not None and judged.clean and judged.comparison.coverage >= SUPPORT

    def _with(self, one: Stretch, others: Iterable[Stretch]) -> Iterable[Clash]:
        for other in others:
            if other.passage.document == one.passage.document:
                continue
            judged = self._compared(one, other)
            if judged is None:
                continue
            said, found = judged.comparison, self._conflict(one, other, judged)
            if found is not None and not self._is_apart(one, other, said, found):
                kind, mine, theirs = found
                yield Clash(KINDS.get(kind, "direction"), one, other, mine, theirs, said.coverage + said.reverse)

    def _conflict(self, one: Stretch, other: Stretch, judged: Judged) -> Conflict | None:
        """What the two disagree in, where it is one thing."""
        said = judged.comparison
        if judged.but_for_one and said.coverage >= COVERAGE and said.reverse >= REVERSE:
            return said.conflicts[0]
        if min(said.coverage, said.reverse) < SAME_WORDS:
            return None
        crossed = [found for found in said.conflicts if found[0] == "order"]
        if crossed and {kind for kind, _, _ in said.conflicts} <= {"order", "roles"}:
            return crossed[0]
        mine, theirs = self._reading(one).quantities, self._reading(other).quantities
        if not said.conflicts and len(mine) == len(theirs):
            pairs = [(a.value, b.value) for a, b in zip(mine, theirs, strict=True)]
            differ = [(a, b) for a, b in pairs if not same_quantity(a, b) or (_is_count(a) and _is_count(b) and a != b)]
            if len(differ) == 1:
                return ("number", f"{differ[0][0]:g}", f"{differ[0][1]:g}")
        return None

    def _compared(self, one: Stretch, other: Stretch) -> Judged | None:
        reading = self._reading(one)
        candidates = [Candidate(other.passage, other.last)]
        near = overlapping(reading, candidates, self.reader, Rarity(self.retriever, one.language))
        if near[0].overlap < NEAR:
            return None
        return self.rules.judge(reading, near)[0]

    def _is_apart(self, one: Stretch, other: Stretch, said: Comparison, found: Conflict) -> bool:
        """Whether they speak of two things: each has a name that the other lacks ("BERT-base", "BERT-large"), or says
        much of its own beside what they disagree in ("on the test set", "on the training set")."""
        mine, theirs = self._reading(one), self._reading(other)
        differ = {word for _, left, right in (found, *said.conflicts) for word in (left, right)}
        if self._names(mine) - self._names(theirs) - differ or self._names(theirs) - self._names(mine) - differ:
            return True
        shares = (self._own_share(mine, theirs, differ), self._own_share(theirs, mine, differ))
        # Across languages a word may be known on one side alone.
        return (min(shares) if mine.language == theirs.language else max(shares)) > APART

    def _own_share(self, mine: Reading, theirs: Reading, differ: Set[str]) -> float:
        """The share of the weight of a reading's words that the other has not, but for those in conflict."""
        rarity = Rarity(self.retriever, mine.language)
        weights = {
            word.stem: (rarity(word.stem), bool(word.keys & theirs.keys)) for word in mine.words
            if not word.light and not word.counted
        }  # fmt: skip
        total = sum(weight for weight, _ in weights.values())
        own = sum(weight for stem, (weight, shared) in weights.items() if not shared and stem not in differ)
        return own / total if total else 0.0

    def _names(self, reading: Reading) -> set[str]:
        return {word.stem for word in reading.words if word.name and not word.counted}

    def _reading(self, stretch: Stretch) -> Reading:
        return self.reader.read(shown(stretch.quote, stretch.language), stretch.language)


def _is_count(value: float) -> bool:
    """Whether a number is one that is not rounded: a year, a count of layers."""
    return value == int(value) and abs(value) < EXACT
