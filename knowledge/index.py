"""The saved index: passages, BM25 and FAISS for each language, opened without embedding anything again.

An index is made of parts (a course, a document), which lie in segments (knowledge/segments.py). What is missing is
built as a segment of its own beside those that are there, and what has gone is left out by copying the rest: adding a
document costs what the document costs. Segments of like size are merged, so that there are never many (docs/adr/0015).
A part's name changes with its content, a segment's with its parts, the encoder and FORMAT; a segment appears whole or
not at all.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from knowledge.documents import Passage, digest
from knowledge.encoder import Encoder, Vectors
from knowledge.errors import BadIndex
from knowledge.integrity import read_manifest
from knowledge.messages import LANGUAGES
from knowledge.partition import Partition, partition_of
from knowledge.segment_folder import (
    PREFIX,
    VECTORS,
    Listed,
    cover,
    discard,
    fingerprint_of,
    listed,
    prune,
    salvage,
    sweep,
    touch,
)
from knowledge.segments import Segment, merge_segments, open_segment, write_segment
from knowledge.storage import exclusive
from knowledge.vectors import embed_passages

FORMAT = "10"  # raise it when passages, stems or files change their form
LAYOUT = f"{FORMAT}/segments"
BUILD_SECONDS = 1800  # how long a process waits for another's build
GROWTH = 2  # a segment less than so many times as large as those to be merged is merged with them
MOST_SEGMENTS = 12  # that one index is spread over

Progress = Callable[[int, int], None]
Damaged = Callable[[BadIndex], None]
Readers = Mapping[str, Callable[[], Sequence[Passage]]]  # part -> its passages, read only when they are needed
Split = dict[str, tuple[list[Passage], Vectors]]  # language -> passages and their vectors


@dataclass(frozen=True, eq=False)
class PassageIndex:
    """All passages, by language. `groups`: the segments that they lie in, those of one before the next's."""

    fingerprint: str
    encoder_name: str
    partitions: dict[str, Partition]
    groups: tuple[tuple[Segment, ...], ...]

    @property
    def passages(self) -> list[Passage]:
        """Every passage, Spanish first."""
        return [passage for partition in self.partitions.values() for passage in partition.passages]

    @property
    def folders(self) -> list[Path]:
        """Where the segments lie."""
        return [segment.folder for group in self.groups for segment in group]


def fingerprint(content: str, encoder: Encoder) -> str:
    """The name of a segment that holds one part, `content` (a digest of what it holds), made with this encoder."""
    return fingerprint_of([content], encoder.name, LAYOUT)


def open_or_build(
    folder: Path, content: str, encoder: Encoder, passages: Callable[[], Sequence[Passage]],
    progress: Progress | None = None, damaged: Damaged | None = None,
) -> PassageIndex:  # fmt: skip
    """The index over one part; as `open_parts`."""
    return open_parts(folder, {content: passages}, encoder, progress, damaged)


def open_parts(
    folder: Path, parts: Readers, encoder: Encoder, progress: Progress | None = None, damaged: Damaged | None = None
) -> PassageIndex:
    """The index over the parts, opened from `folder` where they are there and whole, else built and saved.

    Only the passages of parts that lie in no segment are read, and only those without a kept vector embedded. What is
    found and its scores are those of an index built at once. `damaged` hears of a damaged segment before its parts are
    built again. One process builds at a time, another waits: `KnowledgeError("folder-busy")` after BUILD_SECONDS.
    """
    with suppress(BadIndex):  # damaged, or gone since it was listed: looked at again below
        chosen, missing = cover(listed(folder, encoder.name, LAYOUT)[0], parts.keys())
        if not missing and len(chosen) <= MOST_SEGMENTS:
            return _index([_open(one) for one in chosen], encoder.name)
    with exclusive(folder / "building", BUILD_SECONDS):
        return _Building(folder, parts, encoder, progress, damaged).index()


def together(*indexes: PassageIndex) -> PassageIndex:
    """One index over the passages of several that were made with the same encoder, in their order."""
    groups = tuple(group for index in indexes for group in index.groups)
    name = digest(*(index.fingerprint for index in indexes))
    return PassageIndex(name, indexes[0].encoder_name, _partitions(groups), groups)


def save_index(target: Path, name: str, encoder_name: str, parts: Split) -> None:
    """Save an index of a single part, called `name`, in a folder of its own: beside its place, then put there in one
    step."""
    write_segment(target, {"fingerprint": name, "encoder": encoder_name, "format": LAYOUT}, {name: parts})


def open_index(folder: Path) -> PassageIndex:
    """The index of `save_index`, or one segment. Raises `BadIndex` when any of its files is not what was written."""
    segment = open_segment(folder)
    return PassageIndex(segment.fingerprint, segment.encoder_name, _partitions(((segment,),)), ((segment,),))


def check_whole(index: PassageIndex) -> None:
    """Read every byte of a saved index. Raises `BadIndex` for one that has changed; the next opening rebuilds it."""
    for folder in index.folders:
        try:
            read_manifest(folder, whole=True)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadIndex("index-damaged", path=folder, reason=error) from error


@dataclass(frozen=True)
class _Building:
    """What a process that holds the lock does: `index` is its verb."""

    folder: Path
    parts: Readers
    encoder: Encoder
    progress: Progress | None
    damaged: Damaged | None

    def index(self) -> PassageIndex:
        """Over the segments that are there and whole and what is missing, merged where they are of like size."""
        sweep(self.folder)
        whole, partly, missing = self._there()
        if missing:
            partly.append((self._built(missing), missing))
        segments = self._merged(whole, partly)
        found, _ = listed(self.folder, self.encoder.name, LAYOUT)
        documents = set().union(*(one.documents for one in found))
        prune(self.folder, {segment.folder for segment in segments}, self.encoder.name, documents)
        return _index(segments, self.encoder.name)

    def _there(self) -> tuple[list[Segment], list[tuple[Segment, set[str]]], set[str]]:
        """Segments that serve as they are, segments of which some parts serve, and the parts that are nowhere."""
        while True:
            found, broken = listed(self.folder, self.encoder.name, LAYOUT)
            for error in broken:
                self._drop(error)
            chosen, missing = cover(found, self.parts.keys())
            rest = [one for one in found if one not in chosen]
            some = list(salvage(rest, missing))
            try:
                whole = [_open(one) for one in chosen]
                partly = [(_open(one), own) for one, own in some]
            except BadIndex as error:
                self._drop(error)
                continue
            return whole, partly, missing.difference(*(own for _, own in some))

    def _drop(self, error: BadIndex) -> None:
        if self.damaged:
            self.damaged(error)
        discard(Path(str(error.values["path"])))

    def _built(self, missing: set[str]) -> Segment:
        """A segment of parts that were nowhere."""
        passages = {part: self.parts[part]() for part in sorted(missing)}
        split = embedded(passages, self.encoder, self.folder, self.progress)
        target, says = self._named(missing)
        write_segment(target, says, split)
        return open_segment(target)

    def _merged(self, whole: list[Segment], partly: list[tuple[Segment, set[str]]]) -> list[Segment]:
        """The logarithmic method of Bentley and Saxe 1980: what is new takes in what is not GROWTH times as large, so
        that the sizes grow as powers of GROWTH, and a passage is copied as often as its index has doubled."""
        left = sorted(whole, key=lambda segment: segment.count)
        taken = list(partly)
        size = sum(segment.count for segment, _ in taken)
        while (
            left
            and ((taken and left[0].count < GROWTH * size) or len(left) + bool(taken) > MOST_SEGMENTS)
            and left[0].movable
        ):
            size += left[0].count
            taken.append((left[0], set(left.pop(0).parts)))
        if not taken:
            return left
        if len(taken) == 1 and set(taken[0][0].parts) == taken[0][1]:
            return [*left, taken[0][0]]
        target, says = self._named({part for _, own in taken for part in own})
        merge_segments(target, says, taken)
        return [*left, open_segment(target)]

    def _named(self, parts: set[str]) -> tuple[Path, dict[str, str]]:
        name = fingerprint_of(parts, self.encoder.name, LAYOUT)
        return self.folder / f"{PREFIX}{name}", {"fingerprint": name, "encoder": self.encoder.name, "format": LAYOUT}


def embedded(
    parts: Mapping[str, Sequence[Passage]], encoder: Encoder, folder: Path, progress: Progress | None
) -> dict[str, Split]:
    """The passages of each part by language, with their vectors; vectors made before (same text, same encoder) are not
    made again."""
    passages = [passage for own in parts.values() for passage in own]
    report = (lambda done: progress(done, len(passages))) if progress else None
    vectors = embed_passages(passages, encoder, folder / VECTORS, report)
    found: dict[str, Split] = {}
    start = 0
    for part, own in parts.items():
        found[part] = {}
        for language in LANGUAGES:
            rows = [row for row, passage in enumerate(own) if passage.language == language]
            found[part][language] = ([own[row] for row in rows], vectors[[start + row for row in rows]])
        start += len(own)
    return found


def _open(one: Listed) -> Segment:
    touch(one.folder)
    return open_segment(one.folder)


def _index(segments: Sequence[Segment], encoder_name: str) -> PassageIndex:
    groups = (tuple(segments),)
    name = fingerprint_of([part for segment in segments for part in segment.parts], encoder_name, LAYOUT)
    return PassageIndex(name, encoder_name, _partitions(groups), groups)


def _partitions(groups: Sequence[Sequence[Segment]]) -> dict[str, Partition]:
    return {language: partition_of(language, groups) for language in LANGUAGES}
