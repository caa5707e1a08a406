"""Which texts hold which words, and how often: what BM25 counts with, kept in files and joined without reading a text.

Only counts are kept and no scores: a score depends on all the texts that are searched together (knowledge/bm25.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Small = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Postings:
    """The words of `len(lengths)` texts.

    The texts that hold word `w` are `held[0, starts[n]:starts[n + 1]]` with n = `words[w]`, in rising order, and how
    often each does stands under them in `held[1]`. `lengths`: words of each text, 1 for a text without any.
    """

    words: dict[str, int]
    starts: Small  # shape (words + 1,)
    held: Small  # shape (2, pairs of a word and a text)
    lengths: Small  # shape (texts,)

    def count(self, word: str) -> int:
        """How many texts hold a word."""
        number = self.words.get(word)
        return 0 if number is None else int(self.starts[number + 1]) - int(self.starts[number])

    def of(self, word: str) -> Small:
        """The texts that hold a word over how often they do, shape (2, texts)."""
        number = self.words.get(word)
        return self.held[:, :0] if number is None else self.held[:, self.starts[number] : self.starts[number + 1]]


def postings_of(texts: Sequence[Sequence[str]]) -> Postings:
    """The postings of texts that are given word by word."""
    words: dict[str, int] = {}
    numbers = np.fromiter((words.setdefault(word, len(words)) for text in texts for word in text), dtype=np.int64)
    lengths = np.array([len(text) for text in texts], dtype=np.int32)
    places = numbers * max(1, len(texts)) + np.repeat(np.arange(len(texts)), lengths)
    each, counts = np.unique(places, return_counts=True)
    return _arranged(list(words), each, counts, np.maximum(lengths, 1))


def joined(parts: Iterable[tuple[Postings, Numbers]]) -> Postings:
    """The postings of the chosen texts of each part, one after the other, as `postings_of` would count them.

    Beside each part stand the rows of its texts that are taken, in rising order.
    """
    taken = list(parts)
    words: dict[str, int] = {}
    total = sum(len(rows) for _, rows in taken)
    places: list[Numbers] = [np.zeros(0, dtype=np.int64)]
    counts: list[Numbers] = [np.zeros(0, dtype=np.int64)]
    before = 0
    for part, rows in taken:
        renamed = np.array([words.setdefault(word, len(words)) for word in part.words], dtype=np.int64)
        now = np.full(len(part.lengths), -1, dtype=np.int64)
        now[rows] = np.arange(before, before + len(rows))
        kept = now[part.held[0]] >= 0
        of_word = np.repeat(renamed, np.diff(part.starts))[kept]
        places.append(of_word * max(1, total) + now[part.held[0]][kept])
        counts.append(part.held[1][kept].astype(np.int64))
        before += len(rows)
    whole, how_often = np.concatenate(places), np.concatenate(counts)
    order = np.argsort(whole)
    lengths = np.concatenate([np.zeros(0, dtype=np.int32), *(part.lengths[rows] for part, rows in taken)])
    return _arranged(list(words), whole[order], how_often[order], lengths)


def write_postings(postings: Postings, folder: Path, name: str) -> None:
    """Save postings in a folder that is there, in two files that begin with `name`."""
    (folder / f"{name}.words.txt").write_bytes("\n".join(postings.words).encode())
    sizes = [len(postings.words), len(postings.lengths)]
    parts = (sizes, postings.starts, postings.lengths, postings.held.ravel())
    np.save(folder / f"{name}.npy", np.concatenate(parts).astype(np.int32))


def open_postings(folder: Path, name: str) -> Postings:
    """The postings that `write_postings` saved, mapped into memory.

    Raises OSError or ValueError when the files cannot be read or do not belong together.
    """
    text = (folder / f"{name}.words.txt").read_bytes().decode()
    words = {word: number for number, word in enumerate(text.split("\n") if text else [])}
    # An array of the plain kind over the same map: a slice of a memmap costs ten times as much.
    numbers = np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))
    if numbers.dtype != np.int32 or numbers.ndim != 1 or numbers[:1].tolist() != [len(words)]:
        raise ValueError(f"the files {name}.* do not belong together")
    _, starts, lengths, held = np.split(numbers, np.cumsum([2, len(words) + 1, int(numbers[1])]))
    if len(held) != 2 * int(starts[-1]):
        raise ValueError(f"{name}.npy does not hold what it says")
    return Postings(words, starts, held.reshape(2, -1), lengths)


def _arranged(words: Sequence[str], places: Numbers, counts: Numbers, lengths: Small) -> Postings:
    """Postings from rising places, each the number of a word times the number of texts plus the row of a text.

    Words that no text holds any more are left out.
    """
    of_word, rows = np.divmod(places, max(1, len(lengths)))
    left, sizes = np.unique(of_word, return_counts=True)
    starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)]).astype(np.int32)
    held = np.stack([rows, counts]).astype(np.int32)
    return Postings({words[one]: number for number, one in enumerate(left.tolist())}, starts, held, lengths)
