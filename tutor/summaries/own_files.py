"""Several files written whole or not at all, and never over what somebody else wrote.

Beside the files lies `.atenea-summaries.json` with the digests of what was written there. A file is written over only
where it is as it was written, or holds nothing. One that was changed since, or that is not ours, stays.
"""

import hashlib
import json
import os
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import KnowledgeError
from knowledge.storage import write_bytes_atomically, write_text_atomically
from tutor.errors import BadSummary

RECORD = ".atenea-summaries.json"


@dataclass(frozen=True, slots=True)
class _Place:
    """A file to be: `path` without links, `before` what is there now, `part` where it waits."""

    path: Path
    content: bytes
    before: bytes | None
    part: Path


def write_own(files: Mapping[Path, bytes], *, overwrite: bool = False) -> None:
    """The files are there, all whole; on any error all are as they were. A kill in mid-way leaves each file whole,
    the old or the new one.

    Raises `BadSummary` (a folder that is missing, a file that is not ours) and `KnowledgeError("folder-unwritable")`.
    """
    places = [_place(path, content, overwrite) for path, content in files.items()]
    try:
        for place in places:
            _write_part(place)
        _remember(places)
        _put(places)
    finally:
        for place in places:
            with suppress(OSError):
                place.part.unlink(missing_ok=True)


def _place(given: Path, content: bytes, overwrite: bool) -> _Place:
    try:
        path = given.resolve()
        if not path.parent.is_dir():
            raise BadSummary("summary-folder-missing", path=given, folder=given.parent)
        if path.exists() and not path.is_file():
            raise BadSummary("summary-not-a-file", path=given)
        before = path.read_bytes() if path.exists() else None
    except (OSError, RuntimeError, ValueError) as error:  # a circle of links, a NUL in the name
        raise KnowledgeError("folder-unwritable", path=given.parent, reason=_reason(error)) from error
    if (
        before
        and not overwrite
        and before != content
        and _digest(before) not in _record(path.parent).get(path.name, [])
    ):
        raise BadSummary("summary-file-exists", path=given)
    return _Place(path, content, before, path.with_name(f".{uuid.uuid4().hex}.part"))


def _write_part(place: _Place) -> None:
    try:
        with place.part.open("xb") as file:
            file.write(place.content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise KnowledgeError("folder-unwritable", path=place.path.parent, reason=_reason(error)) from error


def _remember(places: list[_Place]) -> None:
    """Both digests of each file, as a kill may come before or after it changes."""
    for folder in {place.path.parent for place in places}:
        kept = _record(folder)
        here = [place for place in places if place.path.parent == folder]
        new = {place.path.name: [_digest(place.content), *_own(place, kept)] for place in here}
        write_text_atomically(folder / RECORD, json.dumps({**kept, **new}, indent=2, sort_keys=True) + "\n")


def _own(place: _Place, kept: Mapping[str, list[str]]) -> list[str]:
    """The digest of what is there now, where it was ours."""
    now = "" if place.before is None else _digest(place.before)
    return [now] if now in kept.get(place.path.name, []) and now != _digest(place.content) else []


def _put(places: list[_Place]) -> None:
    done: list[_Place] = []
    try:
        for place in places:
            place.part.replace(place.path)
            done.append(place)
    except OSError as error:
        for place in done:
            with suppress(OSError, KnowledgeError):
                place.path.unlink() if place.before is None else write_bytes_atomically(place.path, place.before)
        raise KnowledgeError("folder-unwritable", path=places[0].path.parent, reason=_reason(error)) from error


def _record(folder: Path) -> dict[str, list[str]]:
    """File name -> digests of what was written there; nothing where there is no record or none that can be read."""
    try:
        found: Any = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(name): [str(one) for one in kept] for name, kept in found.items() if isinstance(kept, list)}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
