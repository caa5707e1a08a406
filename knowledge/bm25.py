"""BM25 over several postings as if they were one: no score changes with how the texts are spread over files.

Lucene's variant, as in Kamphuis et al. 2020, "Which BM25 do you mean?", table 1: the sum over a query's words of
ln(1 + (N - n + 0.5) / (n + 0.5)) * f / (f + k1 * (1 - b + b * length / mean length)), where N texts are searched, n of
them hold the word, and the text holds it f times.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.postings import Numbers, Postings

K1, B = 1.5, 0.75

Scores = NDArray[np.float64]


class Bm25:
    """Scores of texts whose postings lie in several places. `rows`: for each part, the row of each of its texts here;
    together they are 0 to N - 1."""

    def __init__(self, parts: Sequence[Postings], rows: Sequence[Numbers]) -> None:
        self.parts = parts
        self.rows = rows
        self.count = sum(len(part.lengths) for part in parts)
        words = sum(int(part.lengths.sum(dtype=np.int64)) for part in parts)
        mean = words / max(1, self.count)
        self._norms = [K1 * (1 - B + B * part.lengths / mean) for part in parts]

    def frequency(self, word: str) -> int:
        """How many texts hold a word."""
        return sum(part.count(word) for part in self.parts)

    def holders(self, word: str) -> Numbers:
        """The rows of the texts that hold a word, rising."""
        found = [rows[part.of(word)[0]] for part, rows in zip(self.parts, self.rows, strict=True)]
        return np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *found]))

    def scores(self, words: Sequence[str]) -> Scores:
        """The score of every text, by row; a word that is asked for twice counts twice."""
        total = np.zeros(self.count)
        for word in words:
            held = self.frequency(word)
            if not held:
                continue
            weight = math.log(1 + (self.count - held + 0.5) / (held + 0.5))
            for part, rows, norms in zip(self.parts, self.rows, self._norms, strict=True):
                texts, times = part.of(word)
                total[rows[texts]] += weight * times / (times + norms[texts])
        return total
