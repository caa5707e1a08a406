"""Misconceptions: whether a claim states one of a course's, and the sentence that sets it right."""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.candidates import Rarity
from knowledge.comparison import compare
from knowledge.course import Course
from knowledge.documents import Passage
from knowledge.reading import Reader, Reading

SHARED_KEYS = 2  # without which a claim cannot be a misconception's statement
SURELY = 0.6  # of what is needed: below it the full comparison, which knows parts of compounds too, finds no more
PARTLY_REVERSE = 0.5  # share of a partly true belief's statement that a claim must say to be told which part is true


@dataclass(frozen=True, slots=True)
class Belief:
    """A misconception that a claim states: the passage that sets it right, how much of the claim it states (0..1),
    and whether it is right of some models."""

    refutation: Passage
    coverage: float
    partly_true: bool


class Beliefs:
    """The misconceptions of a course: `stated` is its verb."""

    def __init__(self, course: Course | None, reader: Reader) -> None:
        self.course = course
        self.reader = reader
        self._refutations = {passage.id: passage for passage in course.refutations} if course else {}
        self._read: dict[str, Sequence[tuple[Reading, bool, Passage]]] = {}

    def stated(self, claim: Reading, rarity: Rarity, least: float, reverse: float, headed: int = 0) -> Belief | None:
        """The misconception that the claim states best, if it states one.

        `least`: the share of the claim that the misconception must say; `reverse`: of the misconception that the claim
        must say. `headed`: how many of the claim's first words are its heading.
        """
        best: Belief | None = None
        weights = [(word.keys, rarity(word.stem)) for word in claim.words[headed:] if not word.light]
        needed = SURELY * least * sum(weight for _, weight in weights)
        for statement, partly_true, passage in self._statements(claim.language):
            if claim.keys.isdisjoint(statement.keys) or len(claim.keys & statement.keys) < SHARED_KEYS:
                continue
            if sum(weight for keys, weight in weights if not keys.isdisjoint(statement.keys)) < needed:
                continue
            result = compare(claim, statement, None, rarity, headed=headed)
            enough = result.reverse >= (PARTLY_REVERSE if partly_true else reverse)
            same = result.coverage >= least and enough and not result.missing and not result.conflicts
            if same and (best is None or result.coverage > best.coverage):
                best = Belief(passage, result.coverage, partly_true)
        return best

    def _statements(self, language: str) -> Sequence[tuple[Reading, bool, Passage]]:
        """(what it states, whether it is partly true, what sets it right), read once a language."""
        if self.course is None:
            return ()
        if language not in self._read:
            self._read[language] = [
                (
                    self.reader.read(item.statement[language], language), item.partly_true,
                    self._refutations[self.course.refutation_id(item, language)],
                )
                for item in self.course.misconceptions
            ]  # fmt: skip
        return self._read[language]
