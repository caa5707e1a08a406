"""The segments that lie in a folder: which of them hold what is wanted, and which nobody wants any more.

A segment is a folder `index-<fingerprint>`, named by the parts in it, the encoder and the form of its files. Whoever
changes what lies here holds the lock of `knowledge/index.py`; whoever only opens does not, and looks again when a
segment has gone meanwhile.
"""

import json
import os
import shutil
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from knowledge.documents import digest
from knowledge.errors import BadIndex
from knowledge.integrity import MANIFEST
from knowledge.segments import WORK, can_be_merged

PREFIX = "index-"
VECTORS = "vectors"
HOUR, DAY = 3600.0, 86400.0
TOUCHED = HOUR / 4  # a segment's time of use is put down at most so often
SPARED = HOUR  # what was used since is never deleted: a process may be about to open it
KEPT = 30 * DAY  # what was not used since is deleted
KEPT_SEGMENTS = 48  # and so is what was used longest ago, beyond so many


@dataclass(frozen=True, slots=True)
class Listed:
    """A segment as its manifest describes it: its passages by part, by language and by document."""

    folder: Path
    parts: Mapping[str, Mapping[str, Mapping[str, int]]]

    @property
    def documents(self) -> set[str]:
        """Whose passages they are."""
        return {document for found in self.parts.values() for own in found.values() for document in own}

    @property
    def movable(self) -> bool:
        """Whether its parts can be copied into another segment as they are."""
        counts: dict[str, int] = {}
        for found in self.parts.values():
            for language, documents in found.items():
                counts[language] = counts.get(language, 0) + sum(documents.values())
        return can_be_merged(counts)


def fingerprint_of(parts: Iterable[str], encoder_name: str, form: str) -> str:
    """The name of a segment."""
    return digest(form, *sorted(parts), encoder_name)


def listed(folder: Path, encoder_name: str, form: str) -> tuple[list[Listed], list[BadIndex]]:
    """The segments in a folder that were made with this encoder in this form, and those whose manifest is damaged."""
    found: list[Listed] = []
    broken: list[BadIndex] = []
    for one in sorted(folder.glob(f"{PREFIX}*")):
        try:
            says = json.loads((one / MANIFEST).read_text(encoding="utf-8"))
            fingerprint, form_of, encoder = says["fingerprint"], says.get("format"), says["encoder"]
            if one.name != f"{PREFIX}{fingerprint}":
                raise ValueError(f"it says that it is {fingerprint}")
            if form_of != form or encoder != encoder_name:
                continue
            if fingerprint != fingerprint_of(says["parts"], encoder, form):
                raise ValueError("its parts are not those of its name")
            found.append(Listed(one, {part: _summed(own) for part, own in says["parts"].items()}))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            broken.append(BadIndex("index-damaged", path=one, reason=error))
    return found, broken


def cover(segments: Iterable[Listed], wanted: Set[str]) -> tuple[list[Listed], set[str]]:
    """Segments that hold wanted parts alone, none twice, the largest first; and the parts that none of them holds."""
    chosen: list[Listed] = []
    left = set(wanted)
    for one in sorted(segments, key=lambda each: (-len(each.parts), each.folder.name)):
        if one.parts and left.issuperset(one.parts):
            chosen.append(one)
            left -= set(one.parts)
    return chosen, left


def salvage(segments: Iterable[Listed], wanted: Set[str]) -> Iterator[tuple[Listed, set[str]]]:
    """Segments that hold wanted parts beside others, each with those of its parts that are to be copied from it."""
    left = set(wanted)
    for one in sorted(segments, key=lambda each: (-len(left & set(each.parts)), each.folder.name)):
        own = left & set(one.parts)
        if own and one.movable:
            left -= own
            yield one, own


def touch(folder: Path) -> None:
    """Put down that a segment is used now."""
    with suppress(OSError):  # a folder that cannot be written can still be read
        if time.time() - folder.stat().st_mtime > TOUCHED:
            os.utime(folder)


def discard(folder: Path) -> None:
    """Take a segment away. Processes that have it open keep what they opened; where the system does not let go of a
    folder with open files (Windows), it stays."""
    aside = folder.with_name(f"{WORK}{uuid.uuid4().hex}")
    with suppress(OSError):
        folder.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Take away what killed processes left half written."""
    for left in folder.glob(f"{WORK}*"):
        shutil.rmtree(left, ignore_errors=True)


def prune(folder: Path, using: Set[Path], encoder_name: str, documents: Set[str]) -> None:
    """Take away segments that were not used for KEPT seconds, and beyond KEPT_SEGMENTS those used longest ago; never
    one of `using` or one used within SPARED seconds. Vectors that are as old go too, but for those of `documents`.
    """
    now = time.time()
    others = sorted(
        ((now - _used(one), one) for one in folder.glob(f"{PREFIX}*") if one not in using), key=lambda each: each[0]
    )
    for place, (age, one) in enumerate(others, start=len(using)):
        if age > KEPT or (place >= KEPT_SEGMENTS and age > SPARED):
            discard(one)
    kept = {f"{digest(encoder_name, document)}.npz" for document in documents}
    for file in (folder / VECTORS).glob("*.npz"):
        if file.name not in kept and now - _used(file) > KEPT:
            with suppress(OSError):
                file.unlink()


def _used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return time.time()


def _summed(found: Mapping[str, Iterable[tuple[str, int]]]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for language, runs in found.items():
        own = counts.setdefault(language, {})
        for document, count in runs:
            own[document] = own.get(document, 0) + count
    return counts
