"""Where sources disagree: two stretches of different documents that say the same but for one thing.

The comparison is the fact check's (knowledge/comparison.py): both are read word by word, and differ in a number of the
same thing, in a denial, in an opposite, or in the order of what is compared. Nothing is said of who is right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from agents.research.stretches import Stretch, shown
from knowledge.candidates import Candidate, Rarity, overlapping
from knowledge.comparison import Comparison
from knowledge.reading import Reader, Reading
from knowledge.retrieval import Retriever
from knowledge.rules import Judged, Rules

COVERAGE, REVERSE = 0.6, 0.5  # share of each that the other says, but for what they disagree in
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
            if judged is None or not judged.but_for_one:
                continue
            said = judged.comparison
            if said.coverage >= COVERAGE and said.reverse >= REVERSE and not self._is_apart(one, other, said):
                kind, mine, theirs = said.conflicts[0]
                yield Clash(KINDS.get(kind, "direction"), one, other, mine, theirs, said.coverage + said.reverse)

    def _compared(self, one: Stretch, other: Stretch) -> Judged | None:
        reading = self._reading(one)
        candidates = [Candidate(other.passage, other.last)]
        near = overlapping(reading, candidates, self.reader, Rarity(self.retriever, one.language))
        if near[0].overlap < NEAR:
            return None
        return self.rules.judge(reading, near)[0]

    def _is_apart(self, one: Stretch, other: Stretch, said: Comparison) -> bool:
        """Whether they speak of two things: each has a name that the other lacks ("BERT-base", "BERT-large")."""
        mine, theirs = self._names(self._reading(one)), self._names(self._reading(other))
        differ = {word for _, mine_, theirs_ in said.conflicts for word in (mine_, theirs_)}
        return bool(mine - theirs - differ) or bool(theirs - mine - differ)

    def _names(self, reading: Reading) -> set[str]:
        return {word.stem for word in reading.words if word.name and not word.counted}

    def _reading(self, stretch: Stretch) -> Reading:
        return self.reader.read(shown(stretch.quote, stretch.language), stretch.language)


SUPPORT = 0.8  # share of a stretch that another must say to say the same
