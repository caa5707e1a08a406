"""The passages of one language, wherever they are saved, under one numbering.

Rows are numbered by group and part, not by segment: what is found, and the order of what scores the same, does not
depend on when a document was added or on how segments were merged.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from knowledge.bm25 import Bm25, Scores
from knowledge.documents import Passage
from knowledge.encoder import Vectors
from knowledge.postings import Numbers
from knowledge.saved_passages import SavedPassages
from knowledge.segments import Segment
from knowledge.vector_index import nearest

Ranked = list[tuple[int, float]]  # rows with their scores, best first


class Rows:
    """Which row of which segment is which row here. `groups`: segments whose parts come before the next group's."""

    def __init__(self, language: str, groups: Sequence[Sequence[Segment]]) -> None:
        own = [(number, segment.tongues[language]) for number, group in enumerate(groups)
               for segment in group if language in segment.tongues]  # fmt: skip
        self.tongues = [tongue for _, tongue in own]
        self.here = [np.zeros(tongue.count, dtype=np.int64) for tongue in self.tongues]
        self.documents: dict[str, list[Numbers]] = {}
        runs = sorted(
            ((group, run.part, run.start, at, run) for at, (group, tongue) in enumerate(own) for run in tongue.runs),
            key=lambda each: each[:3],
        )
        count = sum(tongue.count for tongue in self.tongues)
        self.segment, self.row = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
        start = 0
        for *_, at, run in runs:
            rows, theirs = np.arange(start, start + run.count), np.arange(run.start, run.start + run.count)
            self.here[at][theirs] = rows
            self.segment[rows], self.row[rows] = at, theirs
            self.documents.setdefault(run.document, []).append(rows)
            start += run.count


class JoinedPassages(Sequence[Passage]):
    """The passages of several segments in the order of `rows`, each read when it is asked for."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.saved: list[SavedPassages] = [tongue.passages for tongue in rows.tongues]

    def __len__(self) -> int:
        return len(self._rows.row)

    @overload
    def __getitem__(self, row: int) -> Passage: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Passage]: ...
    def __getitem__(self, row: int | slice) -> Passage | Sequence[Passage]:
        if isinstance(row, slice):
            return [self[each] for each in range(*row.indices(len(self)))]
        if not -len(self) <= row < len(self):
            raise IndexError(row)
        return self.saved[int(self._rows.segment[row])][int(self._rows.row[row])]

    @cached_property
    def concepts(self) -> list[str]:
        """The concept that each is about, "" for those of documents; no passage is read for it."""
        own = [saved.concepts() for saved in self.saved]
        return [own[at][row] for at, row in zip(self._rows.segment.tolist(), self._rows.row.tolist(), strict=True)]


@dataclass(frozen=True, eq=False)
class Partition:
    """The passages of one language with their lexical and dense index; row n of each is passage n.

    Where `rows` are given, only these are searched, with the scores that they have among all.
    """

    language: str
    passages: JoinedPassages
    text: Bm25
    headings: Bm25 | None
    rows: Rows = field(repr=False)

    def lexical(self, query_stems: Sequence[str], k: int, rows: Numbers | None = None) -> Ranked:
        """(row, BM25 score) of the best k passages that share a stem with the query."""
        return _best(self.text.scores(query_stems), k, rows)

    def by_heading(self, query_stems: Sequence[str], k: int, rows: Numbers | None = None) -> Ranked:
        """(row, BM25 score) of the best k passages whose headings share a stem with the query."""
        return _best(self.headings.scores(query_stems), k, rows) if self.headings is not None else []

    def dense(self, query: Vectors, k: int, rows: Numbers | None = None) -> Ranked:
        """(row, cosine) of the k nearest passages; `query` has shape (1, size)."""
        if rows is not None:
            scores = self.vectors(rows) @ query[0]
            order = np.lexsort((rows, -scores))[:k]
            return [(int(rows[place]), float(scores[place])) for place in order]
        found = [self._nearest(at, query, k) for at in range(len(self.rows.tongues))]
        near = np.concatenate([np.zeros(0, dtype=np.int64), *(places for places, _ in found)])
        cosines = np.concatenate([np.zeros(0, dtype=np.float32), *(scores for _, scores in found)])
        return [(int(near[place]), float(cosines[place])) for place in np.lexsort((near, -cosines))[:k]]

    def similarities(self, vector: Any) -> Scores:
        """The cosine of each passage, by row; `vector` has shape (size,). A clustered index may leave some at 0."""
        found = np.zeros(len(self.passages))
        for at, tongue in enumerate(self.rows.tongues):
            places, scores = self._nearest(at, vector[None, :], tongue.count)
            found[places] = scores
        return found

    def vectors(self, rows: Numbers) -> Vectors:
        """The vectors of some passages: float32, shape (rows, size)."""
        made = [self.rows.tongues[at].vectors.reconstruct(int(row))
                for at, row in zip(self.rows.segment[rows], self.rows.row[rows], strict=True)]  # fmt: skip
        return np.array(made, dtype=np.float32)

    def document_frequency(self, stem: str) -> int:
        """How many passages hold a stem."""
        return self.text.frequency(stem)

    def rows_of(self, document: str) -> Numbers:
        """The rows of the passages of a document, none for one that is not here."""
        return np.concatenate([np.zeros(0, dtype=np.int64), *self.rows.documents.get(document, ())])

    def _nearest(self, at: int, query: Vectors, k: int) -> tuple[Numbers, NDArray[np.float32]]:
        rows, cosines = nearest(self.rows.tongues[at].vectors, query, k)
        return self.rows.here[at][rows], cosines


def partition_of(language: str, groups: Sequence[Sequence[Segment]]) -> Partition:
    """What the segments hold in a language, as one."""
    rows = Rows(language, groups)
    text = Bm25([tongue.text for tongue in rows.tongues], rows.here)
    headings = Bm25([tongue.headings for tongue in rows.tongues], rows.here)
    return Partition(language, JoinedPassages(rows), text, headings, rows)


def _best(scores: Scores, k: int, rows: Numbers | None) -> Ranked:
    if rows is None:
        return [(int(row), float(scores[row])) for row in top(scores, k)]
    return [(int(rows[place]), float(scores[rows[place]])) for place in top(scores[rows], k)]


def top(scores: Any, k: int) -> Any:
    """The rows of the best k scores above zero, best first; of equal ones the lower row first."""
    found = np.flatnonzero(scores > 0)
    if len(found) > k:
        least = np.partition(scores[found], len(found) - k)[len(found) - k] if k else np.inf
        above = found[scores[found] > least]
        found = np.concatenate([above, found[scores[found] == least][: k - len(above)]])
    return found[np.lexsort((found, -scores[found]))]
