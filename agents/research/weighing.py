"""How well a stretch answers a question, 0 to 1: by the words that both share, in either language, and by vectors.

The weights were measured by `atenea eval research` (docs/LOG.md). A vector says little of a language that the encoder
does not know; words say little across languages but for the glossary's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.research.reading_words import holds, opens, pattern
from agents.research.stretches import Stretch, shown
from knowledge.candidates import Candidate, Rarity, overlapping
from knowledge.encoder import Vectors
from knowledge.reading import Reader
from knowledge.retrieval import Retriever
from knowledge.terms import plain

LEAST = 0.25  # relevance from which a stretch says something to a question
DENSE, DENSE_FOREIGN = 0.5, 0.25  # weight of the vectors where the encoder knows the stretch's language, and where not
LOWEST, HIGHEST = 0.1, 0.75  # cosines that are worth 0 and 1
DEFINES, COUNTS = 0.15, 0.1  # more for a definition, or a number, where one is asked for
RANK = 0.6  # weight of the passage's place in search beside what the sentence says
FOREIGN = 0.1  # less for the other language than the question's
WHOLE = 0.5  # weight of the whole question beside the part that a stretch answers best
OFF_TOPIC = 0.6  # worth of what speaks of none of a question's names and terms
KEPT = 20_000  # vectors kept
BEGINNING = 6  # words in which a definition names its verb


@dataclass(frozen=True, slots=True)
class Weighed:
    """A stretch and how well it answers; `question` is the place of the question that it answers best."""

    stretch: Stretch
    relevance: float
    question: int = 0


class Weigher:
    """Weighs stretches against questions: `weigh` is its verb."""

    def __init__(self, retriever: Retriever, reader: Reader) -> None:
        self.retriever = retriever
        self.reader = reader
        self._kept: dict[str, NDArray[np.float32]] = {}

    def weigh(
        self, questions: Sequence[str], language: str, stretches: Sequence[Stretch],
        ranks: Sequence[Mapping[str, float]] = (),
    ) -> list[Weighed]:  # fmt: skip
        """Each stretch with its relevance to the question that it answers best, in their order. `ranks`: for each
        question, how well search finds passages, 0 to 1 by id; without them sentences count alone."""
        if not stretches:
            return []
        near = self._cosines(questions, language, stretches)
        shared = [self._shared(question, language, stretches) for question in questions]
        found = []
        for place, stretch in enumerate(stretches):
            scores = [
                self._score(question, language, stretch, shared[number][place], float(near[number, place]))
                * self._on_topic(question, language, stretch)
                for number, question in enumerate(questions)
            ]
            if ranks:
                places = [rank.get(stretch.passage.id, 0.0) for rank in ranks]
                scores = [_placed(score, place) for score, place in zip(scores, places, strict=True)]
            best = max(range(len(scores)), key=scores.__getitem__)
            # What speaks to a part of the question should speak to the whole of it too.
            found.append(Weighed(stretch, round(WHOLE * scores[0] + (1 - WHOLE) * scores[best], 4), best))
        return found

    def likeliest(
        self, questions: Sequence[str], language: str, stretches: Sequence[Stretch], most: int
    ) -> list[Stretch]:
        """The stretches that share most words with a question, at most `most`, in their order: vectors cost more."""
        if len(stretches) <= most:
            return list(stretches)
        shared = [self._shared(question, language, stretches) for question in questions]
        best = [max(own) for own in zip(*shared, strict=True)]
        chosen = sorted(range(len(stretches)), key=lambda place: (-best[place], place))[:most]
        return [stretches[place] for place in sorted(chosen)]

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text: float32, shape (len(texts), size). Those made lately are kept: one question after
        another is about the same sentences."""
        if not texts:
            return self.retriever.encoder.encode([])
        found = {text: kept for text in texts if (kept := self._kept.get(text)) is not None}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        if new:
            found.update(zip(new, self.retriever.encoder.encode(new), strict=True))
        if len(self._kept) > KEPT:
            self._kept = {}
        self._kept.update(found)
        return np.stack([found[text] for text in texts])

    def likeness(self, stretches: Sequence[Stretch]) -> Vectors:
        """How alike each two stretches are, 0 to 1: by their vectors, or by the words that they share in either
        language; float32, shape (stretches, stretches)."""
        vectors = self.vectors([plain(stretch.quote) for stretch in stretches])
        alike = vectors @ vectors.T
        keys = [self.reader.read(stretch.quote, stretch.language).keys for stretch in stretches]
        for at, mine in enumerate(keys):
            for to in range(at + 1, len(keys)):
                shared = 2 * len(mine & keys[to]) / max(1, len(mine) + len(keys[to]))
                alike[at, to] = alike[to, at] = max(alike[at, to], shared)
        return np.asarray(np.clip(alike, 0, 1), dtype=np.float32)

    def _score(self, question: str, language: str, stretch: Stretch, shared: float, near: float) -> float:
        known = stretch.language in self.retriever.encoder.languages
        weight = DENSE if known else DENSE_FOREIGN
        score = (1 - weight) * shared + weight * near
        text = shown(stretch.quote, stretch.language)
        if opens("asks_what", question, language) and _defines(text, stretch.language):
            score += DEFINES * shared
        if holds("asks_number", question, language) and any(char.isdigit() for char in text):
            score += COUNTS * shared
        return max(0.0, min(1.0, score - FOREIGN * (stretch.language != language)))

    def _on_topic(self, question: str, language: str, stretch: Stretch) -> float:
        """1 for a stretch that speaks, itself or by its headings, of one of the names or terms of the field that a
        question has; OFF_TOPIC for one that shares other words alone."""
        asked = self.reader.read(plain(question), language)
        topics = frozenset(
            key for word in asked.words if not word.counted for key in word.keys if word.name or key.startswith("#")
        )
        passage = stretch.passage
        held = (self.reader.read(text, passage.language) for text in (stretch.quote, passage.title, *passage.headings))
        return 1.0 if not topics or any(topics & word.keys for one in held for word in one.words) else OFF_TOPIC

    def _shared(self, question: str, language: str, stretches: Sequence[Stretch]) -> list[float]:
        """The share of the question's words, by their rarity, that each stretch or its heading says."""
        asked = self.reader.read(plain(question), language)
        rarity = Rarity(self.retriever, language)
        last = [Candidate(stretch.passage, stretch.last) for stretch in stretches]
        first = [Candidate(stretch.passage, stretch.first) for stretch in stretches]
        ends = overlapping(asked, last, self.reader, rarity)
        begins = overlapping(asked, first, self.reader, rarity)
        return [max(one.overlap, other.overlap) for one, other in zip(ends, begins, strict=True)]

    def _cosines(self, questions: Sequence[str], language: str, stretches: Sequence[Stretch]) -> Vectors:
        """Cosines of questions and stretches, scaled to 0..1; shape (questions, stretches)."""
        texts = self.vectors([plain(stretch.quote) for stretch in stretches])
        glossary, known = self.retriever.glossary, self.retriever.encoder.languages
        asked = [
            plain(question)
            if language in known
            else f"{glossary.translate(plain(question), language, 'en')} {question}"
            for question in questions
        ]
        cosines = self.vectors(asked) @ texts.T
        return np.asarray(np.clip((cosines - LOWEST) / (HIGHEST - LOWEST), 0, 1), dtype=np.float32)


def _placed(score: float, place: float) -> float:
    """What a sentence is worth in a passage of this place in search. Search always finds something, so what says
    nothing to the question is not lifted by its place, and what says something not sunk."""
    return score if score < LEAST else max(LEAST, (1 - RANK) * score + RANK * place)


def _defines(text: str, language: str) -> bool:
    """Whether a sentence opens with a name and says what it is."""
    opening = " ".join(text.split()[:BEGINNING])
    return pattern("defining", language).search(opening.lower()) is not None
