"""What the added files and folders hold now: files to read, what each is by a look at it, what is out of reach."""

import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.documents import Document
from knowledge.errors import BadDocument
from knowledge.formats.limits import Limits
from knowledge.formats.references import Metadata
from knowledge.library_list import Mark, Root
from knowledge.metadata import UNSAID
from knowledge.printable import one_line, printable_document

if TYPE_CHECKING:
    from knowledge.readers import Listed

UNSURE = 2_000_000_000  # nanoseconds: a file changed so shortly before it was read may have changed since, unseen
MOST_PROBLEMS = 20  # of one list of references: more than a person would mend one by one
_PIECE = 1 << 20
Lists = Callable[[Path, Limits], "Listed"]


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read: its absolute path, and the added path that led to it.

    Where a list of references led to it, `source` is that file and `listed` what it says. An abstract is a `document`
    already; what a list brings and cannot be read is an `error`.
    """

    path: Path
    root: str
    listed: Metadata = UNSAID
    source: str = ""
    document: Document | None = None
    error: BadDocument | None = None


def absolute(path: Path) -> Path:
    """The path as the list has it: from the root, without "..", links left as they are."""
    return Path(os.path.abspath(path))  # noqa: PTH100  Path.resolve would follow links, Path.absolute keeps ".."


def files_of(path: Path, lists: Lists) -> list[Found]:
    """What an added path holds, the files that its lists of references attach too; `lists` reads such a list.

    Raises `BadDocument("document-missing")`.
    """
    from knowledge.readers import expand  # noqa: PLC0415  every format's reader, which no question needs

    root, sources = str(absolute(path)), list[Path]()

    def note(file: Path, limits: Limits) -> "Listed":  # noqa: ARG001  as `expand` calls it
        sources.append(file)
        return [], []

    plain = expand([path], lists=note)
    if plain.problems:
        raise plain.problems[0]
    found = {_true(one.file): Found(absolute(one.file), root) for one in plain.found}
    for source in sources:
        for one in _listed(source, root, lists):
            place = _true(one.path)
            known = found.get(place)
            found[place] = replace(known, listed=one.listed, source=one.source) if known else one
    return list(found.values())


def _listed(source: Path, root: str, lists: Lists) -> Iterator[Found]:
    """What a list of references brings."""
    from knowledge.readers import expand  # noqa: PLC0415  as in files_of

    place = str(absolute(source))
    brought = expand([source], lists=lists)
    for one in brought.found:
        if one.document is None:
            yield Found(absolute(one.file), root, one.metadata or UNSAID, place)
        else:
            at = f"{place}#{one_line(one.document.path.rpartition('#')[2])}"
            document = printable_document(replace(one.document, path=at))
            yield Found(Path(at), root, source=place, document=document)
    for number, error in enumerate(brought.problems[:MOST_PROBLEMS], start=1):
        whole = error.code.startswith("document-")  # of the list itself, not of one of its entries
        at = place if whole else f"{place}#{error.values.get('line') or error.values.get('key') or ''}-{number}"
        yield Found(Path(at), root, source=place, error=error)


def root_of(path: Path) -> Root:
    """The added path, with the device that it lies on."""
    place = absolute(path)
    return Root(str(place), _device(place))


def in_reach(root: Root, known: Sequence[str]) -> bool:
    """Whether what is missing under an added path has really gone, and is not on a disk that is not connected.

    It is out of reach when the folder is missing (of a file: the one that it lies in), or when nothing that was known
    of it is there and it lies on another device than when it was added: the empty place of a disk.
    """
    place = Path(root.path)
    if not place.is_dir() and not place.parent.is_dir():
        return False
    if is_gone(place) and place.as_posix() not in known:
        return False  # a folder that has gone, or is on a disk that has
    return _device(place) == root.device or not known or not all(map(is_gone, map(Path, known)))


def is_gone(path: Path) -> bool:
    """Whether there is surely nothing at the path; a folder that may not be looked into leaves that open."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def mark_of(path: Path) -> Mark:
    """What the file is now, by a look at it: without its digest. An empty mark for what is no file."""
    now = time.time_ns()
    try:
        seen = path.stat()
    except (OSError, ValueError):
        return Mark()
    return Mark(seen.st_size, seen.st_mtime_ns, now) if stat.S_ISREG(seen.st_mode) else Mark()


def digest_of(path: Path) -> str:
    """The sha256 of the file's bytes, '' when they cannot be read. Ask only for a regular file."""
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                found.update(piece)
    except (OSError, ValueError):
        return ""
    return found.hexdigest()


def is_unchanged(old: Mark, now: Mark) -> bool:
    """Whether the look alone says that the file is what it was."""
    same = (old.size, old.modified) == (now.size, now.modified) and old.modified > 0
    return same and old.modified + UNSURE < old.read


def _device(path: Path) -> int:
    for place in (path, path.parent):
        try:
            return place.stat().st_dev
        except OSError:
            continue
    return 0


def _true(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # a link that leads to itself
        return absolute(path)
