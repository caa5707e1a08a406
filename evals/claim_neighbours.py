"""Sentences of a concept that are near a claim and yet another matter: they neither say nor deny it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from knowledge.documents import Passage
from knowledge.encoder import Encoder, Vectors

UNRELATED = (0.25, 0.62)  # likeness of a neighbour that most likely neither says nor denies the claim
MIDDLE = 0.4  # likeness taken for a claim that has no vector
MIN_WORDS = 5


@dataclass(frozen=True)
class ConceptSentences:
    """The sentences of one concept in both languages. `vectors`: of the English twin of each; `rows`: (passage without
    its language, sentence) -> its row."""

    places: tuple[tuple[Passage, int], ...]
    vectors: Vectors
    rows: Mapping[tuple[str, str], int]


class Neighbours:
    """Finds neighbours among a course's sentences; `encoder` reads English."""

    def __init__(self, passages: Mapping[str, Passage], encoder: Encoder) -> None:
        self.passages = passages
        self.encoder = encoder

    def of_sentence(self, concept: str, passage: str, sentence: str) -> list[tuple[Passage, int]]:
        """Those of a sentence of the course, nearest first; none when the course does not hold it."""
        known = self._concepts.get(concept)
        row = known.rows.get((passage.rpartition(":")[0], sentence.strip())) if known else None
        return self._within(known, known.vectors @ known.vectors[row]) if known and row is not None else []

    def of_text(self, concept: str, text: str, language: str) -> list[tuple[Passage, int]]:
        """Those of any English text, nearest first; of a Spanish one, which the encoder cannot read, the concept's."""
        known = self._concepts.get(concept)
        if known is None:
            return []
        if language != "en":
            return self._within(known, np.full(len(known.places), MIDDLE, dtype=np.float32))
        return self._within(known, known.vectors @ self.encoder.encode([text])[0])

    def _within(self, known: ConceptSentences, likeness: Vectors) -> list[tuple[Passage, int]]:
        order = np.argsort(-likeness, kind="stable")
        return [known.places[row] for row in order if UNRELATED[0] <= likeness[row] <= UNRELATED[1]]

    @cached_property
    def _concepts(self) -> dict[str, ConceptSentences]:
        by_concept: dict[str, list[tuple[Passage, int, str]]] = defaultdict(list)
        for passage, place, english in self._with_twins():
            by_concept[passage.concept].append((passage, place, english))
        texts = list(dict.fromkeys(english for rows in by_concept.values() for _, _, english in rows))
        known = dict(zip(texts, self.encoder.encode(texts), strict=True))
        return {
            concept: ConceptSentences(
                tuple((passage, place) for passage, place, _ in rows),
                np.stack([known[english] for _, _, english in rows]),
                {
                    (passage.id.rpartition(":")[0], passage.sentences[place].text.strip()): row
                    for row, (passage, place, _) in enumerate(rows)
                },
            )
            for concept, rows in by_concept.items()
        }

    def _with_twins(self) -> Iterator[tuple[Passage, int, str]]:
        """Every sentence of prose with its place and its English twin."""
        for passage in self.passages.values():
            twin = self.passages.get(passage.twin("en"))
            if passage.concept and twin is not None and len(twin.sentences) == len(passage.sentences):
                for place, sentence in enumerate(passage.sentences):
                    if is_prose(sentence.text):
                        yield passage, place, twin.sentences[place].text


def is_prose(text: str) -> bool:
    """Whether a sentence of the course is neither code nor a formula by itself, nor too short to say something."""
    return len(text.split()) >= MIN_WORDS and not text.startswith(("```", "$$"))
