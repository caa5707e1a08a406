"""The rules of the fact check: sentences compared with a claim word by word, and what they say or deny alone."""

import math
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.candidates import Candidate, Rarity
from knowledge.comparison import Comparison, compare
from knowledge.decision import THRESHOLDS_FILE
from knowledge.documents import STATEMENT, Passage
from knowledge.messages import LANGUAGES
from knowledge.reading import Reader, Reading
from knowledge.retrieval import Retriever

AROUND = 0.3  # share of a claim that a sentence must say for what stands around it to be read
LITERAL = 0.8  # share of a sentence that a claim must say to be taken for its words


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a verdict of the rules begins. Fitted by `evals/fit_thresholds.py`; the file says on what.

    support: least coverage of a supporting sentence; contradict, reverse: least coverage, and reverse coverage, of a
    contradicting one; midpoint, slope: of the logistic curve from coverage to probability.
    """

    support: float
    contradict: float
    reverse: float
    midpoint: float
    slope: float

    def probability(self, score: float) -> float:
        """Coverage to probability."""
        return round(1 / (1 + math.exp(-self.slope * (score - self.midpoint))), 3)


def read_thresholds(path: Path = THRESHOLDS_FILE) -> dict[str, Thresholds]:
    """Language -> thresholds of the rules."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return {language: Thresholds(**table[language]) for language in LANGUAGES}


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate compared with the claim."""

    candidate: Candidate
    comparison: Comparison

    @property
    def clean(self) -> bool:
        """Whether nothing of the claim is missing or denied."""
        return not self.comparison.conflicts and not self.comparison.missing

    @property
    def literal(self) -> bool:
        """Whether the sentence says the claim in the same words and order, and little else, or the same formula.

        Who does what to whom is then not in doubt.
        """
        said = self.comparison
        return self.clean and said.in_order and said.coverage >= 1 and said.reverse >= LITERAL

    @property
    def plain_order(self) -> bool:
        """Whether it says the claim's words in their order."""
        return self.clean and self.comparison.ordered

    @property
    def but_for_one(self) -> bool:
        """Whether the two disagree in one thing, and nothing is missing but the words in conflict themselves.

        Crossed roles and a denial or an opposite are one disagreement, seen twice.
        """
        kinds = {kind for kind, _, _ in self.comparison.conflicts}
        if not kinds or len(kinds - {"roles"}) > 1:
            return False
        mine = {word for _, word, _ in self.comparison.conflicts}
        return all(word in mine or word == "formula" for word in self.comparison.missing)

    @property
    def crossed(self) -> bool:
        """Whether the order of what both name, or who does what, is in doubt."""
        kinds = {kind for kind, _, _ in self.comparison.conflicts}
        return "order" in self.comparison.missing or bool(kinds & {"roles", "order"})


class Rules:
    """Compares claims with candidates: `judge` is its verb."""

    def __init__(self, retriever: Retriever, reader: Reader) -> None:
        self.retriever = retriever
        self.reader = reader

    def judge(self, claim: Reading, candidates: Iterable[Candidate], headed: int = 0) -> list[Judged]:
        """Each candidate compared with the claim under its headings, in their order.

        `headed`: how many of the claim's first words are the heading that it stands under.
        """
        rarity = Rarity(self.retriever, claim.language)
        judged = []
        for candidate in candidates:
            passage, place = candidate.passage, candidate.place
            own = self.reader.read(candidate.sentence.text, passage.language)
            # A course's first heading names what the passage is about; its questions name what it is not, too.
            named = passage.headings[:1] if passage.concept else passage.headings
            headings = self.reader.read(" ; ".join(named), passage.language)
            is_near = candidate.overlap >= AROUND  # nothing around the others makes them say the claim
            neighbours = self._around(passage, place) if is_near else frozenset()
            wordings = self._other_wordings(passage) if is_near else frozenset()
            result = compare(claim, own, headings, rarity, neighbours, wordings, headed)
            judged.append(Judged(candidate, result))
        return judged

    def _around(self, passage: Passage, place: int) -> frozenset[str]:
        """What the sentences before and after say."""
        beside = passage.sentences[max(0, place - 1) : place] + passage.sentences[place + 1 : place + 2]
        return frozenset().union(*(self.reader.read(one.text, passage.language).keys for one in beside))

    def _other_wordings(self, passage: Passage) -> frozenset[str]:
        """What all wordings of a statement say together, in both languages: they mean the same."""
        if passage.kind != STATEMENT:
            return frozenset()
        twins = (self.retriever.passages.get(passage.twin(language)) for language in LANGUAGES)
        said = ((twin.language, one.text) for twin in twins if twin for one in twin.sentences)
        return frozenset().union(*(self.reader.read(text, language).keys for (language, text) in said))


def supporting(judged: Sequence[Judged], limits: Thresholds) -> list[Judged]:
    """Those that say the claim, best first. A word borrowed from another wording does not count where the statement's
    own wording leaves the roles in doubt."""
    doubtful = {one.candidate.passage.id for one in judged if not one.comparison.borrowed and one.crossed}
    found = [
        one for one in judged
        if one.clean and one.comparison.coverage >= limits.support
        and not (one.comparison.borrowed and one.candidate.passage.id in doubtful)
    ]  # fmt: skip
    return sorted(found, key=lambda one: -one.comparison.coverage)


def opposing(judged: Sequence[Judged], limits: Thresholds) -> list[Judged]:
    """Those that say the claim but for one thing, best first."""
    found = [
        one for one in judged
        if one.comparison.coverage >= limits.contradict and one.comparison.reverse >= limits.reverse and one.but_for_one
    ]  # fmt: skip
    return sorted(found, key=lambda one: -one.comparison.coverage)
