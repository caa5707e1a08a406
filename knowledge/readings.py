"""What the bundled verifier made of sentences, kept on disk, so that a course is read once and not at every claim.

One folder a verifier, found again by its name: for each text, under its digest, its pieces and a row of bytes a piece.
The folder appears whole or not at all; one that is damaged is as good as none, since a text can always be read again.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.documents import digest
from knowledge.errors import BadIndex
from knowledge.index import Progress
from knowledge.integrity import read_manifest, write_manifest
from knowledge.storage import exclusive, replace_folder, writable_folder

KEYS, STARTS, IDS, STATES, WHOLE = "keys.npy", "starts.npy", "ids.npy", "states.npy", "whole.npy"
BUILD_SECONDS = 1800  # how long a process waits for another's
TOLD_EVERY = 200  # texts
_WORK = ".readings-"


@dataclass(frozen=True, slots=True)
class ReadText:
    """The pieces of a text with its marks, what the reader makes of each (pieces, size), and whether none is cut."""

    ids: NDArray[np.int64]
    states: NDArray[np.int8]
    whole: bool


class Readings:
    """The readings saved in a folder, by the text. Raises `BadIndex` from a folder that is not whole."""

    def __init__(self, folder: Path) -> None:
        try:
            read_manifest(folder)
            self._keys, self._starts, self._ids, self._whole = (
                np.load(folder / name) for name in (KEYS, STARTS, IDS, WHOLE)
            )
            self._states = np.load(folder / STATES, mmap_mode="r")
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadIndex("index-damaged", path=folder, reason=error) from error

    def find(self, text: str) -> ReadText | None:
        """What was kept of a text."""
        row = self._rows.get(_key(text))
        if row is None:
            return None
        own = slice(self._starts[row], self._starts[row + 1])
        return ReadText(self._ids[own].astype(np.int64), np.array(self._states[own]), bool(self._whole[row]))

    def are_of(self, texts: Iterable[str]) -> bool:
        """Whether these texts, and no others, are kept."""
        return set(map(_key, texts)) == self._rows.keys()

    @cached_property
    def _rows(self) -> dict[bytes, int]:
        return {key: row for row, key in enumerate(self._keys.tolist())}


def open_readings(cache: Path, verifier: str) -> Readings | None:
    """The readings of the verifier of this name, if there are sound ones."""
    with suppress(BadIndex):
        return Readings(_folder(cache, verifier))
    return None


def keep_readings(
    cache: Path, verifier: str, texts: Iterable[str], read: Callable[[str], ReadText], workers: int,
    progress: Progress | None = None,
) -> Readings:  # fmt: skip
    """The readings of exactly these texts, those that are kept already not read again.

    `read` is called from `workers` threads. Raises `KnowledgeError` when the folder cannot be written or another
    process holds it for BUILD_SECONDS.
    """
    wanted = list(dict.fromkeys(texts))
    with exclusive(cache / "reading", BUILD_SECONDS):
        kept = open_readings(cache, verifier)
        if kept is not None and kept.are_of(wanted):
            return kept
        found: list[ReadText] = []
        with ThreadPoolExecutor(workers, "reading") as pool:
            for one in pool.map(lambda text: (kept and kept.find(text)) or read(text), wanted):
                found.append(one)
                if progress and (len(found) % TOLD_EVERY == 0 or len(found) == len(wanted)):
                    progress(len(found), len(wanted))
        _save(_folder(cache, verifier), wanted, found)
    return Readings(_folder(cache, verifier))


def _save(target: Path, texts: list[str], found: list[ReadText]) -> None:
    writable_folder(target.parent)
    for left in target.parent.glob(f"{_WORK}*"):  # by a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=_WORK, dir=target.parent))
    try:
        lengths = [len(one.ids) for one in found]
        size = found[0].states.shape[1] if found else 0
        np.save(work / KEYS, np.array([_key(text) for text in texts], dtype="S16"))
        np.save(work / STARTS, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))
        np.save(work / IDS, np.concatenate([np.zeros(0, np.int32), *(one.ids.astype(np.int32) for one in found)]))
        np.save(work / STATES, np.concatenate([np.zeros((0, size), np.int8), *(one.states for one in found)]))
        np.save(work / WHOLE, np.array([one.whole for one in found], dtype=bool))
        write_manifest(work, {"of": target.name})
        replace_folder(work, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _folder(cache: Path, verifier: str) -> Path:
    return cache / f"readings-{digest(verifier)}"


def _key(text: str) -> bytes:
    return digest(text).encode()
