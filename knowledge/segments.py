"""A segment: the passages of one or more parts, saved once and never changed.

A part is what is added and taken away as a whole: a document, or a course. A segment is a folder with, for each
language, the passages, the counts of their words and of their headings', and their vectors; its manifest says where
each part stands in it. Two segments are merged, and parts taken out, by copying what is there: nothing is read, counted
or embedded again.
"""

import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.documents import Passage
from knowledge.encoder import Vectors
from knowledge.errors import BadIndex
from knowledge.integrity import read_manifest, write_manifest
from knowledge.messages import LANGUAGES
from knowledge.postings import Numbers, Postings, joined, open_postings, postings_of, write_postings
from knowledge.saved_passages import LINES, STARTS, SavedPassages, write_passages
from knowledge.storage import replace_folder, writable_folder
from knowledge.terms import stems
from knowledge.vector_index import FLAT_LIMIT, open_vectors, vector_index, write_vectors

WORK = ".index-"  # how a folder that is being written is called
TEXT, HEADINGS, VECTORS = "text", "headings", "vectors.faiss"

Parts = Mapping[str, Mapping[str, tuple[Sequence[Passage], Vectors]]]  # part -> language -> passages and vectors


@dataclass(frozen=True, slots=True)
class Run:
    """`count` passages of a document that stand one after the other from row `start` of a segment's language."""

    part: str
    document: str
    start: int
    count: int


@dataclass(frozen=True, eq=False)
class Tongue:
    """What a segment holds in one language; row n of each is passage n."""

    runs: tuple[Run, ...]
    passages: SavedPassages
    text: Postings
    headings: Postings
    vectors: Any

    @property
    def count(self) -> int:
        """How many passages."""
        return len(self.passages)


@dataclass(frozen=True, eq=False)
class Segment:
    """A segment that has been opened; `fingerprint` and `encoder_name` are those under which it was saved."""

    folder: Path
    fingerprint: str
    encoder_name: str
    parts: tuple[str, ...]
    tongues: Mapping[str, Tongue]

    @property
    def count(self) -> int:
        """How many passages, of every language."""
        return sum(tongue.count for tongue in self.tongues.values())

    @property
    def movable(self) -> bool:
        """Whether its parts can be copied into another segment as they are."""
        return can_be_merged({language: tongue.count for language, tongue in self.tongues.items()})


def write_segment(target: Path, says: Mapping[str, str], parts: Parts) -> None:
    """Save the passages of parts as a segment: beside its place, then put there in one step.

    `says`: `fingerprint`, `encoder` and `format`. Raises `KnowledgeError("folder-unwritable")`; what was there is left.
    """

    def fill(work: Path) -> None:
        for language in LANGUAGES:
            own = [found[language] for found in parts.values() if language in found and found[language][0]]
            if own:
                (work / language).mkdir()
                _write_tongue(work / language, language, own)

    listed = {part: {language: _counts(some) for language, (some, _) in found.items()} for part, found in parts.items()}
    _write(target, {**says, "parts": listed}, fill)


def merge_segments(target: Path, says: Mapping[str, str], taken: Sequence[tuple[Segment, Collection[str]]]) -> None:
    """Save the named parts of each segment as one. Raises as `write_segment` does."""

    def fill(work: Path) -> None:
        for language in LANGUAGES:
            there = [(one, parts) for one, parts in taken if language in one.tongues]
            own = [(one, one.tongues[language], _rows(one.tongues[language].runs, parts)) for one, parts in there]
            own = [each for each in own if len(each[-1])]
            if own:
                (work / language).mkdir()
                _copy_tongues(work / language, language, own)

    listed = {part: _listed(segment, part) for segment, parts in taken for part in segment.parts if part in parts}
    _write(target, {**says, "parts": listed}, fill)


def can_be_merged(counts: Mapping[str, int]) -> bool:
    """Whether the vectors of a segment with so many passages a language are kept as they were made."""
    return all(count <= FLAT_LIMIT for count in counts.values())


def open_segment(folder: Path) -> Segment:
    """The segment saved in a folder. Raises `BadIndex` when any of its files is not what was written.

    Files are known again by size and times (`knowledge/integrity.py`) and read whole only when these have changed.
    """
    try:
        manifest = read_manifest(folder)
        parts: dict[str, dict[str, list[tuple[str, int]]]] = manifest["parts"]
        tongues = {
            language: _open_tongue(folder, language, parts)
            for language in LANGUAGES if any(count for found in parts.values() for _, count in found.get(language, ()))
        }  # fmt: skip
        return Segment(folder, manifest["fingerprint"], manifest["encoder"], tuple(parts), tongues)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, IndexError) as error:
        raise BadIndex("index-damaged", path=folder, reason=error) from error


def _open_tongue(folder: Path, language: str, parts: Mapping[str, Mapping[str, Sequence[tuple[str, int]]]]) -> Tongue:
    runs: list[Run] = []
    start = 0
    for part, found in parts.items():
        for document, count in found.get(language, ()):
            runs.append(Run(part, document, start, count))
            start += count
    own = folder / language
    tongue = Tongue(
        tuple(runs), SavedPassages(folder, language), open_postings(own, TEXT), open_postings(own, HEADINGS),
        open_vectors(own / VECTORS),
    )  # fmt: skip
    counts = {start, tongue.count, len(tongue.text.lengths), len(tongue.headings.lengths), tongue.vectors.ntotal}
    if len(counts) > 1:
        raise ValueError(f"the files of {language} do not belong together")
    return tongue


def _write(target: Path, says: Mapping[str, Any], fill: Callable[[Path], None]) -> None:
    writable_folder(target.parent)
    work = Path(tempfile.mkdtemp(prefix=WORK, dir=target.parent))
    try:
        fill(work)
        write_manifest(work, says)
        replace_folder(work, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _write_tongue(folder: Path, language: str, own: Sequence[tuple[Sequence[Passage], Vectors]]) -> None:
    passages = [passage for some, _ in own for passage in some]
    write_passages(folder, passages)
    write_postings(postings_of([stems(one.indexed_text, language) for one in passages]), folder, TEXT)
    write_postings(postings_of([stems(" ".join(one.headings), language) for one in passages]), folder, HEADINGS)
    write_vectors(vector_index(np.concatenate([vectors for _, vectors in own])), folder / VECTORS)


def _copy_tongues(folder: Path, language: str, own: Sequence[tuple[Segment, Tongue, Numbers]]) -> None:
    _copy_lines([(segment.folder / language, rows) for segment, _, rows in own], folder)
    write_postings(joined((tongue.text, rows) for _, tongue, rows in own), folder, TEXT)
    write_postings(joined((tongue.headings, rows) for _, tongue, rows in own), folder, HEADINGS)
    vectors = [tongue.vectors.reconstruct_n(0, tongue.count)[rows] for _, tongue, rows in own]
    write_vectors(vector_index(np.concatenate(vectors)), folder / VECTORS)


def _counts(passages: Sequence[Passage]) -> list[tuple[str, int]]:
    """(document, how many passages of it) in their order."""
    return [(document, len(list(some))) for document, some in groupby(passages, key=lambda passage: passage.document)]


def _listed(segment: Segment, part: str) -> dict[str, list[tuple[str, int]]]:
    return {
        language: [(run.document, run.count) for run in tongue.runs if run.part == part]
        for language, tongue in segment.tongues.items()
    }


def _rows(runs: Sequence[Run], parts: Collection[str]) -> Numbers:
    """The rows of the runs of some parts."""
    kept = [np.arange(run.start, run.start + run.count) for run in runs if run.part in parts]
    return np.concatenate([np.zeros(0, dtype=np.int64), *kept])


def _copy_lines(places: Sequence[tuple[Path, Numbers]], folder: Path) -> None:
    """The chosen lines of several files of passages as one, as they are."""
    starts = [0]
    with (folder / LINES).open("wb") as file:
        for place, rows in places:
            known, lines = np.load(place / STARTS), (place / LINES).read_bytes()
            for row in rows.tolist():
                starts.append(starts[-1] + file.write(lines[known[row] : known[row + 1]]))
    np.save(folder / STARTS, np.array(starts, dtype=np.int64))
