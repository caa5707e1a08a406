"""Retrieval: the passages that answer a query, Spanish and English.

Each language has its own index. A query searches its own language directly and the other through the glossary's
translation; within an index BM25 and dense ranks are fused with weights that depend on the language pair, and the
two languages' lists are fused by rank. The weights were measured (docs/LOG.md): the bundled encoder is
English, and plain fusion with it harms Spanish.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from knowledge.documents import Passage
from knowledge.encoder import Encoder
from knowledge.glossary import Glossary
from knowledge.index import PassageIndex
from knowledge.messages import LANGUAGES
from knowledge.partition import Partition
from knowledge.postings import Numbers
from knowledge.saved_passages import PassagesById
from knowledge.terms import plain, stems

RANK_CONSTANT = 60  # reciprocal rank fusion, Cormack et al. 2009
POOL = 50  # candidates of each method
DEEPER = 4  # times as many are looked at when too few documents are among them


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each method counts within one index, and the index within the whole list.

    `heading`: BM25 over the passages' headings alone; a little of it tells apart what the others find alike.
    """

    lexical: float
    dense: float
    list: float = 1.0
    heading: float = 0.0


# (language of the query, language of the passages) -> weights, for an encoder that knows English only; measured by
# evals/fusion.py. Ranks count from 60, so a list of 0.5 stands wholly below the other; 0.9 begins at its eighth place.
ENGLISH_ENCODER = {
    ("en", "en"): Weights(0.7, 0.3, heading=0.05),
    ("es", "es"): Weights(0.7, 0.3, heading=0.05),
    ("es", "en"): Weights(0.6, 0.4, list=0.9, heading=0.05),
    ("en", "es"): Weights(0.8, 0.2, list=0.8, heading=0.05),
}
# For an encoder that knows both.
BILINGUAL_ENCODER = {
    ("en", "en"): Weights(0.5, 0.5),
    ("es", "es"): Weights(0.5, 0.5),
    ("es", "en"): Weights(0.3, 0.7, list=0.5),
    ("en", "es"): Weights(0.3, 0.7, list=0.3),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. `score`: 1 for a passage that leads every list, falling with its ranks."""

    passage: Passage
    score: float
    cosine: float = 0.0


class Retriever:
    """Hybrid search over one index: `search` is its verb, over all of it, spread over documents, or in one document."""

    def __init__(self, index: PassageIndex, encoder: Encoder, glossary: Glossary) -> None:
        self.index = index
        self.encoder = encoder
        self.glossary = glossary
        self.weights = BILINGUAL_ENCODER if "es" in encoder.languages else ENGLISH_ENCODER
        self.vector = lru_cache(maxsize=256)(lambda text: encoder.encode([text]))  # of a text, shape (1, size)

    @cached_property
    def passages(self) -> Mapping[str, Passage]:
        """Passage id -> passage."""
        partitions = self.index.partitions.values()
        return PassagesById([saved for partition in partitions for saved in partition.passages.saved])

    def search(self, query: str, language: str, k: int = 10, languages: Sequence[str] = LANGUAGES) -> list[Hit]:
        """The best k passages, best first; `languages` restricts the passages'."""
        return self._fused(query, language, languages, POOL)[:k]

    def search_diverse(
        self, query: str, language: str, k: int, per_document: int, languages: Sequence[str] = LANGUAGES
    ) -> list[Hit]:
        """The best k passages, best first, of which no document gives more than `per_document`.

        The order of `search`, without what goes over a document's share: what web search calls host crowding (M. Cutts
        2007, "Subdomains and subdirectories"). More candidates are looked at until there are k or no more are left.
        """
        pool = POOL
        while True:
            fused = self._fused(query, language, languages, pool)
            counts: Counter[str] = Counter()
            chosen: list[Hit] = []
            for hit in fused:
                counts[hit.passage.document] += 1
                if counts[hit.passage.document] <= per_document:
                    chosen.append(hit)
            if len(chosen) >= k or pool >= max(len(part.passages) for part in self.index.partitions.values()):
                return chosen[:k]
            pool *= DEEPER

    def search_document(self, query: str, language: str, document_id: str, k: int = 10) -> list[Hit]:
        """The best k passages of one document, best first, whichever its language; none for a document that is not
        there. Words weigh what they weigh among all passages."""
        return self._fused(query, language, LANGUAGES, POOL, document_id)[:k]

    def _fused(
        self, query: str, language: str, languages: Sequence[str], pool: int, document: str | None = None
    ) -> list[Hit]:
        fused: dict[str, Hit] = {}
        for target in languages:
            partition = self.index.partitions.get(target)
            rows = partition.rows_of(document) if partition is not None and document is not None else None
            if partition is None or not partition.passages or (rows is not None and not len(rows)):
                continue
            weights = self.weights[language, target]
            for hit in self.rank(query, language, partition, weights, pool, rows):
                fused[hit.passage.id] = replace(hit, score=hit.score * weights.list)
        return sorted(fused.values(), key=lambda hit: (-hit.score, hit.passage.id))

    def rank(
        self, query: str, language: str, partition: Partition, weights: Weights, pool: int = POOL,
        rows: Numbers | None = None,
    ) -> list[Hit]:  # fmt: skip
        """One index's passages by weighted reciprocal ranks; 1 is the score of a passage that leads both.

        `pool`: candidates of each method. `rows`: those of the index that may be found, all if None.
        """
        text = plain(query)
        if partition.language != language:
            text = self.glossary.translate(text, language, partition.language)
        scores: dict[int, float] = {}
        cosines: dict[int, float] = {}
        top = (weights.lexical + weights.dense + weights.heading) / (RANK_CONSTANT + 1)
        words = stems(text, partition.language)
        for weight, method in ((weights.lexical, partition.lexical), (weights.heading, partition.by_heading)):
            if weight:
                for rank, (row, _) in enumerate(method(words, pool, rows), start=1):
                    scores[row] = scores.get(row, 0.0) + weight / (RANK_CONSTANT + rank)
        if weights.dense:
            # Across languages in the passages' own; Spanish for an English-only encoder in both (docs/LOG.md).
            seen = text if partition.language != language else self._for_encoder(query, language)
            for rank, (row, cosine) in enumerate(partition.dense(self.vector(seen), pool, rows), start=1):
                scores[row] = scores.get(row, 0.0) + weights.dense / (RANK_CONSTANT + rank)
                cosines[row] = cosine
        return [
            Hit(partition.passages[row], score / top, cosines.get(row, 0.0))
            for row, score in sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        ]

    def _for_encoder(self, query: str, language: str) -> str:
        text = plain(query)
        known = language in self.encoder.languages
        return text if known else f"{self.glossary.translate(text, language, 'en')} {text}"
