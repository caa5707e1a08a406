"""The sentences that a claim is compared with: of the passages that search finds, those that say most of its words."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.documents import STATEMENT, Passage, Sentence
from knowledge.reading import Reader, Reading
from knowledge.retrieval import Hit, Retriever
from knowledge.terms import plain

HEADING_SHARE = 0.5  # of a word's weight, when only the heading says it
LENGTH_COST = 0.02  # for each content word of a sentence: of two that say as much, the shorter says it more plainly
UNKNOWN_WEIGHT = 2.0  # of a word that no passage has: it may be a synonym, or what makes the claim false
_TABLE_ROW = re.compile(r"\|[\s:-]*-{2,}[\s:-]*\|")  # the rule under a Markdown table's head


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a passage. `overlap`: how much of the claim's weight it and its heading say, 0..1."""

    passage: Passage
    place: int
    overlap: float = 0.0

    @property
    def sentence(self) -> Sentence:
        """The sentence itself."""
        return self.passage.sentences[self.place]

    @property
    def heading(self) -> str:
        """What the passage is about: a course's first heading, the innermost of a document."""
        headings = self.passage.headings
        return (headings[0] if self.passage.concept else headings[-1]) if headings else ""

    @property
    def text(self) -> str:
        """The sentence as a verifier reads it."""
        return under_heading(self.sentence.text, self.heading)


@dataclass(frozen=True)
class Rarity:
    """Inverse document frequency of a stem among the passages of a language, 1 for a word in every passage."""

    retriever: Retriever
    language: str
    _known: dict[str, float] = field(default_factory=dict, compare=False, repr=False)  # a claim asks again and again

    def __call__(self, stem: str) -> float:
        known = self._known.get(stem)
        return known if known is not None else self._known.setdefault(stem, self._of(stem))

    def _of(self, stem: str) -> float:
        partition = self.retriever.index.partitions.get(self.language)
        if partition is None or not partition.passages:
            return UNKNOWN_WEIGHT
        count, total = partition.document_frequency(stem), len(partition.passages)
        return 1.0 + math.log((total + 1) / (count + 1)) / 2 if count else UNKNOWN_WEIGHT


def versions(candidate: Candidate, passages: Mapping[str, Passage]) -> list[Candidate]:
    """The sentence and what says the same in the other language; `passages`: those of the course by id.

    Two passages say the same sentence by sentence when they have as many; a statement's wordings all say the same.
    """
    own = candidate.passage
    twin = passages.get(own.twin("en" if own.language == "es" else "es"))
    if twin is None or twin.id == own.id:
        return [candidate]
    if own.kind == STATEMENT:
        return [candidate, Candidate(twin, candidate.place % len(twin.sentences), candidate.overlap)]
    if len(twin.sentences) != len(own.sentences):
        return [candidate]
    return [candidate, Candidate(twin, candidate.place, candidate.overlap)]


def under_heading(sentence: str, heading: str) -> str:
    """A sentence after what it is about, both without marks."""
    return f"{plain(heading)}: {plain(sentence)}" if heading else plain(sentence)


def sentences_of(hits: Sequence[Hit]) -> list[Candidate]:
    """The sentences of the passages found, by place, each text once, without code and tables."""
    seen: set[str] = set()
    found = []
    for hit in hits:
        for place, sentence in enumerate(hit.passage.sentences):
            is_prose = not sentence.text.startswith("```") and not _TABLE_ROW.search(sentence.text)
            if sentence.text not in seen and is_prose:
                seen.add(sentence.text)
                found.append(Candidate(hit.passage, place))
    return found


def texts_to_verify(passages: Iterable[Passage]) -> list[str]:
    """Every text that a verifier may be given of these passages, once each."""
    return list(dict.fromkeys(one.text for passage in passages for one in sentences_of([Hit(passage, 1.0)])))


def overlapping(claim: Reading, candidates: Iterable[Candidate], reader: Reader, rarity: Rarity) -> list[Candidate]:
    """The candidates in their order, each with how much of the claim's weight it says."""
    weights = [(word.keys, rarity(word.stem)) for word in claim.words if not word.light]
    total = sum(weight for _, weight in weights) or 1.0
    found = []
    for candidate in candidates:
        sentence = reader.read(candidate.sentence.text, candidate.passage.language)
        heading = reader.read(candidate.heading, candidate.passage.language)
        said = sum(
            weight if not keys.isdisjoint(sentence.keys) else weight * HEADING_SHARE
            for keys, weight in weights
            if not (keys.isdisjoint(sentence.keys) and keys.isdisjoint(heading.keys))
        )
        found.append(Candidate(candidate.passage, candidate.place, said / total))
    return found


def closest(claim: Reading, candidates: Sequence[Candidate], reader: Reader, rarity: Rarity, k: int) -> list[Candidate]:
    """The k candidates that say most of the claim's words, best first."""

    def worth(candidate: Candidate) -> float:
        words = reader.read(candidate.sentence.text, candidate.passage.language).words
        return candidate.overlap / (1 + LENGTH_COST * sum(not word.light for word in words))

    return sorted(overlapping(claim, candidates, reader, rarity), key=lambda one: -worth(one))[:k]
