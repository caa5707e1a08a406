"""The saved index: passages, BM25 and FAISS for each language, opened without embedding anything again.

An index is a folder named by its fingerprint: what it holds, how it was cut, and which encoder made its vectors.
A change in any of these is another fingerprint and so another folder. The folder appears whole or not at all.
Its large files are mapped into memory, so that opening reads little of them.
"""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.documents import Passage, digest
from knowledge.encoder import Encoder, Vectors
from knowledge.errors import BadIndex
from knowledge.integrity import read_manifest, write_manifest
from knowledge.messages import LANGUAGES
from knowledge.saved_passages import SavedPassages, write_passages
from knowledge.storage import exclusive, replace_folder, writable_folder
from knowledge.terms import stems
from knowledge.vector_index import open_vectors, vector_index, write_vectors
from knowledge.vectors import embed_passages

FORMAT = "8"  # raise it when passages, stems or files change their form
BM25_K1, BM25_B = 1.5, 0.75
NOTHING = "\u2205"  # stands for a text without a word: bm25s needs one
BUILD_SECONDS = 1800  # how long a process waits for another's build
_WORK = ".index-"  # how a folder that is being written is called

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Partition:
    """The passages of one language with their lexical and dense index; row n of each is passage n."""

    language: str
    passages: Sequence[Passage]
    bm25: Any
    vectors: Any
    headings: Any = None

    def lexical(self, query_stems: Sequence[str], k: int) -> list[tuple[int, float]]:
        """(row, BM25 score) of the best k passages that share a stem with the query."""
        return self._scored(self.bm25, query_stems, k)

    def by_heading(self, query_stems: Sequence[str], k: int) -> list[tuple[int, float]]:
        """(row, BM25 score) of the best k passages whose headings share a stem with the query."""
        return self._scored(self.headings, query_stems, k) if self.headings is not None else []

    def _scored(self, bm25: Any, query_stems: Sequence[str], k: int) -> list[tuple[int, float]]:
        known = [word for word in query_stems if word in bm25.vocab_dict]
        if not known or not self.passages:
            return []
        scores = bm25.get_scores(known)
        return [(int(row), float(scores[row])) for row in _top(scores, k)]

    def document_frequency(self, stem: str) -> int:
        """How many passages hold a stem."""
        token = self.bm25.vocab_dict.get(stem)
        starts = self.bm25.scores["indptr"]
        return int(starts[token + 1] - starts[token]) if token is not None and token + 1 < len(starts) else 0

    def dense(self, query: Vectors, k: int) -> list[tuple[int, float]]:
        """(row, cosine) of the k nearest passages; `query` has shape (1, size)."""
        if not self.passages:
            return []
        scores, rows = self.vectors.search(query, min(k, len(self.passages)))
        return [(int(row), float(score)) for row, score in zip(rows[0], scores[0], strict=True) if row >= 0]


@dataclass(frozen=True)
class PassageIndex:
    """All passages, by language, as saved in `folder`."""

    fingerprint: str
    encoder_name: str
    partitions: dict[str, Partition]
    folder: Path

    @property
    def passages(self) -> list[Passage]:
        """Every passage, Spanish first."""
        return [passage for partition in self.partitions.values() for passage in partition.passages]


def fingerprint(content: str, encoder: Encoder) -> str:
    """The name of an index over `content` (a digest of what it holds) made with this encoder."""
    return digest(FORMAT, content, encoder.name)


def open_or_build(
    folder: Path, content: str, encoder: Encoder, passages: Callable[[], Sequence[Passage]],
    progress: Progress | None = None, damaged: Callable[[BadIndex], None] | None = None,
) -> PassageIndex:  # fmt: skip
    """The index over `content`, opened from `folder` when it is there and whole, else built and saved.

    `passages` is called only to build. `damaged` hears of a damaged index before it is rebuilt. One process builds
    at a time; another that wants the index waits and opens it. Raises `KnowledgeError("folder-busy")` after
    BUILD_SECONDS.
    """
    name = fingerprint(content, encoder)
    target = folder / f"index-{name}"
    with suppress(BadIndex):  # not there yet, or damaged: looked at again below
        return _open_named(target, name)
    with exclusive(folder / "building", BUILD_SECONDS):
        if target.is_dir():  # another process may have built it while this one waited
            try:
                return _open_named(target, name)
            except BadIndex as error:
                if damaged:
                    damaged(error)
        for left in folder.glob(f"{_WORK}*"):  # by a process that was killed
            shutil.rmtree(left, ignore_errors=True)
        built = _embed(passages(), encoder, folder, progress)
        save_index(target, name, encoder.name, built)
        return open_index(target)


def _open_named(target: Path, name: str) -> PassageIndex:
    found = open_index(target)
    if found.fingerprint != name:
        raise BadIndex("index-damaged", path=target, reason=f"it says that it is {found.fingerprint}")
    return found


def save_index(target: Path, name: str, encoder_name: str, parts: dict[str, tuple[list[Passage], Vectors]]) -> None:
    """Write an index beside its place, then put it there in one step."""
    writable_folder(target.parent)
    work = Path(tempfile.mkdtemp(prefix=_WORK, dir=target.parent))
    try:
        for language, (passages, vectors) in parts.items():
            part = work / language
            part.mkdir()
            for name_of, texts in (
                ("bm25", [passage.indexed_text for passage in passages]),
                ("headings", [" ".join(passage.headings) for passage in passages]),
            ):
                _bm25(texts, language).save(str(part / name_of), show_progress=False)
            write_vectors(vector_index(vectors), part / "vectors.faiss")
            write_passages(part, passages)
        write_manifest(work, {"fingerprint": name, "encoder": encoder_name})
        replace_folder(work, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def open_index(folder: Path) -> PassageIndex:
    """The index saved in a folder. Raises `BadIndex` when any of its files is not what was written.

    Files are known again by size and times (`knowledge/integrity.py`) and read whole only when these have changed.
    """
    import bm25s  # noqa: PLC0415

    try:
        manifest = read_manifest(folder)
        partitions = {
            language: Partition(
                language,
                SavedPassages(folder, language),
                bm25s.BM25.load(str(folder / language / "bm25"), mmap=True, show_progress=False),
                open_vectors(folder / language / "vectors.faiss"),
                bm25s.BM25.load(str(folder / language / "headings"), mmap=True, show_progress=False),
            )
            for language in LANGUAGES
            if (folder / language).is_dir()
        }
        return PassageIndex(manifest["fingerprint"], manifest["encoder"], partitions, folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise BadIndex("index-damaged", path=folder, reason=error) from error


def check_whole(index: PassageIndex) -> None:
    """Read every byte of a saved index. Raises `BadIndex` for one that has changed; the next opening rebuilds it."""
    try:
        read_manifest(index.folder, whole=True)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadIndex("index-damaged", path=index.folder, reason=error) from error


def _embed(
    passages: Sequence[Passage], encoder: Encoder, folder: Path, progress: Progress | None
) -> dict[str, tuple[list[Passage], Vectors]]:
    """Passages by language with their vectors; vectors made before (same text, same encoder) are not made again."""
    report = (lambda done: progress(done, len(passages))) if progress else None
    vectors = embed_passages(passages, encoder, folder / "vectors", report)
    rows = {
        language: [row for row, passage in enumerate(passages) if passage.language == language]
        for language in LANGUAGES
    }
    return {language: ([passages[row] for row in chosen], vectors[chosen]) for language, chosen in rows.items()}


def _bm25(texts: Sequence[str], language: str) -> Any:
    import bm25s  # noqa: PLC0415

    bm25 = bm25s.BM25(method="lucene", k1=BM25_K1, b=BM25_B)
    bm25.index([stems(text, language) or [NOTHING] for text in texts] or [[NOTHING]], show_progress=False)
    return bm25


def _top(scores: Any, k: int) -> Any:
    """The rows of the best k scores above zero, best first; of equal ones the lower row first."""
    found = np.flatnonzero(scores > 0)
    if len(found) > k:
        found = found[np.argpartition(-scores[found], k - 1)[:k]]
    return found[np.lexsort((found, -scores[found]))]
