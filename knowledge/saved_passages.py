"""Passages in a file, one JSON line each, read when they are asked for.

A hundred thousand lines take seconds to parse and a question shows a handful, so a second file holds where each begins.
"""

import json
import mmap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import overload

import numpy as np

from knowledge.documents import Citation, Passage, Sentence
from knowledge.errors import BadIndex
from knowledge.integrity import distrust

LINES, STARTS = "passages.jsonl", "passages.starts.npy"


class SavedPassages(Sequence[Passage]):
    """The passages that `write_passages` put in a folder, in their order; each is parsed once, when first asked for.

    `folder` is the index's, `part` the one in it. Raises OSError or ValueError when the two files do not belong
    together, and `BadIndex` from a passage whose line cannot be read.
    """

    def __init__(self, folder: Path, part: str) -> None:
        self.folder = folder
        self._name = f"{part}/{LINES}"
        self._starts = np.load(folder / part / STARTS)  # int64, shape (passages + 1,): where each ends is the next one
        with (folder / self._name).open("rb") as file:
            size = file.seek(0, 2)
            self._lines = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        if self._starts.dtype != np.int64 or self._starts.ndim != 1 or self._starts[-1:].tolist() != [size]:
            raise ValueError(f"{part}/{STARTS} does not fit {LINES}")
        self._read: dict[int, Passage] = {}

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, row: int) -> Passage: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Passage]: ...
    def __getitem__(self, row: int | slice) -> Passage | Sequence[Passage]:
        if isinstance(row, slice):
            return [self[each] for each in range(*row.indices(len(self)))]
        if not -len(self) <= row < len(self):
            raise IndexError(row)
        row %= len(self)
        found = self._read.get(row)
        return found if found is not None else self._read.setdefault(row, self._parse(row))

    def ids(self) -> list[str]:
        """The ids of all, without reading the rest; a line that cannot be read has the empty one."""
        return [
            _first_text(self._lines[int(start) : int(end)])
            for start, end in zip(self._starts[:-1], self._starts[1:], strict=True)
        ]

    def concepts(self) -> list[str]:
        """The concept that each is about, without reading the rest. Raises `BadIndex` as reading them does."""
        return [self._concept(row) for row in range(len(self))]

    def _concept(self, row: int) -> str:
        try:
            return _concept_in(self._lines[int(self._starts[row]) : int(self._starts[row + 1])])
        except ValueError:
            return self[row].concept

    def _parse(self, row: int) -> Passage:
        try:
            return _from_line(self._lines[int(self._starts[row]) : int(self._starts[row + 1])])
        except (ValueError, TypeError, IndexError) as error:
            distrust(self.folder, self._name)
            raise BadIndex("index-damaged", path=self.folder, reason=f"{self._name}, passage {row}") from error


class PassagesById(Mapping[str, Passage]):
    """The passages of several lists by id, each read when it is asked for."""

    def __init__(self, lists: Sequence[Sequence[Passage]]) -> None:
        self._places: dict[str, tuple[Sequence[Passage], int]] = {}
        for passages in lists:
            ids = passages.ids() if isinstance(passages, SavedPassages) else [passage.id for passage in passages]
            self._places.update((name, (passages, row)) for row, name in enumerate(ids))

    def __getitem__(self, name: str) -> Passage:
        passages, row = self._places[name]
        return passages[row]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def write_passages(folder: Path, passages: Sequence[Passage]) -> None:
    """Save passages in a folder that is there."""
    starts = [0]
    with (folder / LINES).open("wb") as file:
        for passage in passages:
            starts.append(starts[-1] + file.write(_to_line(passage)))
    np.save(folder / STARTS, np.array(starts, dtype=np.int64))


def _to_line(passage: Passage) -> bytes:
    row = [
        passage.id, passage.document, passage.title, passage.path, passage.language, passage.headings, passage.locator,
        [[sentence.text, [[c.key, c.locator] for c in sentence.citations]] for sentence in passage.sentences],
        passage.url, passage.concept, passage.kind, passage.levels, passage.start, passage.end,
    ]  # fmt: skip
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


def _first_text(line: bytes) -> str:
    try:
        return _text(line[1 : line.index(b'", ') + 1])
    except ValueError:
        return ""


def _concept_in(line: bytes) -> str:
    """The concept: it stands before the kind, which stands before the list of levels."""
    kind = line.rindex(b', "', 0, line.rindex(b", ["))
    return _text(line[line.rindex(b', "', 0, kind) + 2 : kind])


def _text(written: bytes) -> str:
    """What a JSON string says; nearly all say what they are."""
    plain = written[:1] == written[-1:] == b'"' and b"\\" not in written
    return written[1:-1].decode() if plain else str(json.loads(written))


def _from_line(line: bytes) -> Passage:
    id, document, title, path, language, headings, locator, sentences, url, concept, kind, levels, start, end = (
        json.loads(line)
    )
    return Passage(
        id, document, title, path, language, tuple(headings), locator,
        tuple(Sentence(text, tuple(Citation(*citation) for citation in citations)) for text, citations in sentences),
        url, concept, kind, tuple(levels), start, end,
    )  # fmt: skip
