"""The saved index: passages, BM25 and FAISS for each language, opened without embedding anything again.

An index is a folder named by its fingerprint: what it holds, how it was cut, and which encoder made its vectors.
A change in any of these is another fingerprint and so another folder. The folder appears whole or not at all.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.documents import Citation, Passage, Sentence, digest
from knowledge.encoder import Encoder, Vectors
from knowledge.errors import BadIndex
from knowledge.messages import LANGUAGES
from knowledge.storage import exclusive, replace_folder, writable_folder
from knowledge.terms import stems
from knowledge.vectors import embed_passages

FORMAT = "6"  # raise it when passages, stems or files change their form
BM25_K1, BM25_B = 1.5, 0.75
FLAT_LIMIT = 200_000  # exact search up to here: 16 ms at 100,000 vectors, see docs/LOG.md
HNSW_LINKS, HNSW_BUILD, HNSW_SEARCH = 32, 80, 64
BUILD_SECONDS = 1800  # how long a process waits for another's build
_WORK = ".index-"  # how a folder that is being written is called

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Partition:
    """The passages of one language with their lexical and dense index; row n of each is passage n."""

    language: str
    passages: tuple[Passage, ...]
    bm25: Any
    vectors: Any

    def lexical(self, query_stems: Sequence[str], k: int) -> list[tuple[int, float]]:
        """(row, BM25 score) of the best k passages that share a stem with the query."""
        known = [word for word in query_stems if word in self.bm25.vocab_dict]
        if not known or not self.passages:
            return []
        scores = self.bm25.get_scores(known)
        best = _top(scores, k)
        return [(int(row), float(scores[row])) for row in best if scores[row] > 0]

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
    """All passages, by language."""

    fingerprint: str
    encoder_name: str
    partitions: dict[str, Partition]

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
    import bm25s  # noqa: PLC0415
    import faiss  # noqa: PLC0415

    writable_folder(target.parent)
    work = Path(tempfile.mkdtemp(prefix=_WORK, dir=target.parent))
    try:
        for language, (passages, vectors) in parts.items():
            part = work / language
            part.mkdir()
            bm25 = bm25s.BM25(method="lucene", k1=BM25_K1, b=BM25_B)
            tokens = [stems(passage.indexed_text, language) or ["\u2205"] for passage in passages]
            bm25.index(tokens or [["\u2205"]], show_progress=False)
            bm25.save(str(part / "bm25"), show_progress=False)
            faiss.write_index(_vector_index(vectors, encoder_size=vectors.shape[1]), str(part / "vectors.faiss"))
            (part / "passages.jsonl").write_text("".join(_to_line(passage) for passage in passages), encoding="utf-8")
        files = {str(file.relative_to(work)): _sha(file) for file in sorted(work.rglob("*")) if file.is_file()}
        manifest = {"fingerprint": name, "encoder": encoder_name, "files": files}
        (work / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        replace_folder(work, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def open_index(folder: Path) -> PassageIndex:
    """The index saved in a folder. Raises `BadIndex` when any of its files is not what was written."""
    import bm25s  # noqa: PLC0415
    import faiss  # noqa: PLC0415

    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        for name, expected in dict(manifest["files"]).items():
            if _sha(folder / name) != expected:
                raise BadIndex("index-damaged", path=folder, reason=f"{name} has changed")
        partitions = {}
        for language in LANGUAGES:
            part = folder / language
            if part.is_dir():
                lines = (part / "passages.jsonl").read_text(encoding="utf-8").splitlines()
                partitions[language] = Partition(
                    language, tuple(map(_from_line, lines)),
                    bm25s.BM25.load(str(part / "bm25"), show_progress=False),
                    faiss.read_index(str(part / "vectors.faiss")),
                )  # fmt: skip
        return PassageIndex(manifest["fingerprint"], manifest["encoder"], partitions)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise BadIndex("index-damaged", path=folder, reason=error) from error


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


def _vector_index(vectors: Vectors, encoder_size: int) -> Any:
    """Exact inner product up to `FLAT_LIMIT` vectors, HNSW beyond."""
    import faiss  # noqa: PLC0415

    index: Any
    if len(vectors) <= FLAT_LIMIT:
        index = faiss.IndexFlatIP(encoder_size)
    else:
        index = faiss.IndexHNSWFlat(encoder_size, HNSW_LINKS, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction, index.hnsw.efSearch = HNSW_BUILD, HNSW_SEARCH
    index.add(np.ascontiguousarray(vectors))
    return index


def _top(scores: Any, k: int) -> Any:
    k = min(k, len(scores))
    best = np.argpartition(-scores, k - 1)[:k]
    return best[np.lexsort((best, -scores[best]))]


def _sha(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _to_line(passage: Passage) -> str:
    row = [
        passage.id, passage.document, passage.title, passage.path, passage.language, passage.headings, passage.locator,
        [[sentence.text, [[c.key, c.locator] for c in sentence.citations]] for sentence in passage.sentences],
        passage.url, passage.concept, passage.kind, passage.levels,
    ]  # fmt: skip
    # U+2028 and its like are line ends to splitlines
    text = json.dumps(row, ensure_ascii=False)
    return "".join(char if char not in "\x85\u2028\u2029" else json.dumps(char)[1:-1] for char in text) + "\n"


def _from_line(line: str) -> Passage:
    row = json.loads(line)
    sentences = tuple(
        Sentence(text, tuple(Citation(key, locator) for key, locator in citations)) for text, citations in row[7]
    )
    return Passage(
        row[0],
        row[1],
        row[2],
        row[3],
        row[4],
        tuple(row[5]),
        row[6],
        sentences,
        row[8],
        row[9],
        row[10],
        tuple(row[11]),
    )
