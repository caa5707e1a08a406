"""Whether the files of a folder are those that were written, without reading them all at every opening.

A manifest keeps for each file its SHA-256 and its *stamp*: size, time of the last change of its content, and time of
the last change of its state, which on Linux and macOS no program sets back. A file with the stamp that it had when its
digest was last right is taken for that file; any other is read whole. What this cannot see is a disk that gives back
other bytes than were written, with nobody writing: `whole` looks for that.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from knowledge.errors import BadIndex, KnowledgeError
from knowledge.storage import write_text_atomically

MANIFEST = "manifest.json"


def write_manifest(folder: Path, says: Mapping[str, Any]) -> None:
    """Put a manifest in a folder: what it says, and the digest and stamp of every other file in it."""
    files = {
        file.relative_to(folder).as_posix(): {"sha256": _sha(file), "stamp": _stamp(file)}
        for file in sorted(folder.rglob("*")) if file.is_file()
    }  # fmt: skip
    _save(folder, {**says, "files": files})


def read_manifest(folder: Path, *, whole: bool = False) -> dict[str, Any]:
    """What a folder's manifest says, after its files have been checked: every byte if `whole`, else by their stamps.

    A file that was moved or copied and is still right gets its new stamp. Raises `BadIndex` for a file that is not what
    was written (it is then read whole at every opening until it is replaced); OSError, ValueError, KeyError, TypeError
    or AttributeError for a manifest that cannot be read.
    """
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    moved = False
    for name, known in manifest["files"].items():
        stamp = _stamp(folder / name)
        if stamp == known["stamp"] and not whole:
            continue
        if stamp[0] != known["stamp"][0] or _sha(folder / name) != known["sha256"]:
            distrust(folder, name)
            raise BadIndex("index-damaged", path=folder, reason=f"{name} has changed")
        moved = moved or stamp != known["stamp"]
        known["stamp"] = stamp
    if moved:
        with suppress(KnowledgeError):  # a folder that cannot be written is checked again next time
            _save(folder, manifest)
    return manifest


def distrust(folder: Path, name: str) -> None:
    """Have a file read whole at the next opening, whatever its stamp."""
    with suppress(OSError, ValueError, KeyError, TypeError, KnowledgeError):
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        size, *_ = manifest["files"][name]["stamp"]
        manifest["files"][name]["stamp"] = [size, 0, 0]
        _save(folder, manifest)


def _save(folder: Path, manifest: Mapping[str, Any]) -> None:
    write_text_atomically(folder / MANIFEST, json.dumps(manifest, indent=1))


def _stamp(file: Path) -> list[int]:
    found = file.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns]


def _sha(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
