"""One run over files that a library is to hold: what is known is left, what is new is read, what it gives is kept.

Documents are written first and the list at most once a second, and at the end whatever ends the run: a kill loses no
document, since the next run finds it by its content, and rewrites no long list for each file.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge.documents import Document
from knowledge.errors import BadDocument
from knowledge.formats.limits import Limits
from knowledge.library_files import Found, digest_of, is_gone, is_unchanged, mark_of
from knowledge.library_list import Change, Mark, Record, record_of
from knowledge.library_shelf import Shelf
from knowledge.parsed import Parsed
from knowledge.parsing import read_safely, told_values
from knowledge.passages import passages_of
from knowledge.printable import one_line

Progress = Callable[[int, int, str], None]  # how many files are done, of how many, and the name of the last
EVERY = 1.0  # seconds between two writings of the list
PASSING = {"document-unreadable", "document-missing"}  # of the moment, not of the content: tried again each time


@dataclass(frozen=True, slots=True)
class _Asked:
    """A file that is being read: its place in the run, and what it was before."""

    number: int
    found: Found
    mark: Mark


class Run:
    """One run. `over` gives a record a file, in order; a record that could not be listed has an empty `path`."""

    def __init__(self, store: Shelf, limits: Limits, retry: bool = False, progress: Progress | None = None) -> None:
        self._store, self._limits, self._retry, self._progress = store, limits, retry, progress
        known = store.records()
        self._by_path = {record.path: record for record in known}
        self._by_content = {record.mark.sha256: record for record in known if record.id}
        self._changes: list[Change] = []
        self._written = time.monotonic()
        self._asked: deque[_Asked] = deque()
        self._outcomes: dict[int, Record] = {}
        self._places: dict[str, int] = {}  # of each path among the files, which is the order of the list

    def over(self, files: Sequence[Found]) -> list[Record]:
        """Read what must be read. Raises `KnowledgeError`: folder-unwritable, folder-busy."""
        self._places = {str(found.path): number for number, found in enumerate(files)}
        try:
            with closing(read_safely(self._to_read(files), self._limits)) as results:
                for result in results:
                    asked = self._asked.popleft()
                    self._outcomes[asked.number] = self._outcome(asked, result)
                    self._tell(len(files), asked.found)
                    self._write_in_time()
        finally:
            self._write()
        return [self._outcomes[number] for number in range(len(files))]

    def _to_read(self, files: Sequence[Found]) -> Iterator[tuple[Path, Path | None]]:
        for number, found in enumerate(files):
            mark = mark_of(found.path)
            known = self._brought(found) or self._known(found, mark)
            if known is None:
                mark = self._with_digest(found, mark)
                known = self._same(found, mark)
            if known is None:
                self._asked.append(_Asked(number, found, mark))
                yield found.path, None
            else:
                self._outcomes[number] = known
                self._tell(len(files), found)
                self._write_in_time()

    def _brought(self, found: Found) -> Record | None:
        """The record of what needs no reading: an abstract, or a problem, that a list of references brought."""
        known = self._by_path.get(str(found.path))
        if found.document is not None:
            return self._abstract(found, found.document, known)
        if found.error is not None:
            values = told_values(found.error)
            if known is not None and not known.id and (known.code, known.values) == (found.error.code, values):
                return known
            record = Record(str(found.path), found.root, Mark(), source=found.source)
            return self._change(replace(record, code=found.error.code, values=values))
        return None

    def _abstract(self, found: Found, document: Document, known: Record | None) -> Record:
        if known is not None and known.id == document.id and self._store.has(document.sha256):
            return known
        other = self._elsewhere(document.sha256, found)
        if other is not None:
            return self._change(other, copy=str(found.path))
        self._store.put(document)
        mark = Mark(sha256=document.sha256)
        record = record_of(document, len(passages_of(document)), found.root, mark, source=found.source)
        return self._change(record, document)

    def _known(self, found: Found, mark: Mark) -> Record | None:
        """What the list has for this path, where a look at the file says that it is the same."""
        known = self._by_path.get(str(found.path))
        if known is None or not is_unchanged(known.mark, mark) or self._is_due(known):
            return None
        return self._kept(known, found, known.mark)

    def _same(self, found: Found, mark: Mark) -> Record | None:
        """What the list has for this content: here, or elsewhere; or what a run that was stopped had kept of it."""
        if not mark.sha256:
            return None
        known = self._by_path.get(str(found.path))
        if known is not None and known.mark.sha256 == mark.sha256 and not self._is_due(known):
            return self._kept(known, found, mark)
        return self._copied(found, mark)

    def _kept(self, known: Record, found: Found, mark: Mark) -> Record:
        """The known record, brought up to date where there is more to say than when it was read."""
        seen = (mark.size, mark.modified) != (known.mark.size, known.mark.modified)
        passed = bool(known.id and known.code)
        listed = found.listed if found.source else known.listed
        if not seen and not passed and (listed, found.source or known.source) == (known.listed, known.source):
            return known
        record = replace(known, mark=mark, listed=listed, source=found.source or known.source)
        return self._change(replace(record, code="", values={}) if passed else record)

    def _copied(self, found: Found, mark: Mark) -> Record | None:
        other = self._elsewhere(mark.sha256, found)
        if other is not None and self._store.has(mark.sha256):
            return self._change(other, copy=str(found.path))
        document = self._store.stored(mark.sha256)
        if document is None:
            return None
        own_title = document.title != Path(document.path).stem
        document = replace(document, path=str(found.path), title=document.title if own_title else found.path.stem)
        self._store.put(document)
        record = record_of(document, len(passages_of(document)), found.root, mark, found.listed, found.source)
        return self._change(record, document)

    def _elsewhere(self, sha256: str, found: Found) -> Record | None:
        """The record of the same content at another path, where it still lies."""
        other = self._by_content.get(sha256)
        return other if other and other.path != str(found.path) and not is_gone(other.file) else None

    def _outcome(self, asked: _Asked, result: Parsed | BadDocument) -> Record:
        if isinstance(result, BadDocument):
            return self._failed(asked, result)
        document = replace(result.document, path=str(asked.found.path))
        other = self._elsewhere(document.sha256, asked.found)
        if other is not None:
            return self._change(other, copy=str(asked.found.path))
        mark = replace(asked.mark, sha256=document.sha256)
        self._store.put(document)
        found = asked.found
        return self._change(
            record_of(document, result.passages, found.root, mark, found.listed, found.source), document
        )

    def _failed(self, asked: _Asked, error: BadDocument) -> Record:
        values = told_values(error)
        known = self._by_path.get(str(asked.found.path))
        if error.code == "document-name":
            return Record("", asked.found.root, asked.mark, code=error.code, values=values)
        if known is not None and known.id and error.code in PASSING:
            return self._change(replace(known, code=error.code, values=values))
        found = asked.found
        known = Record(str(found.path), found.root, asked.mark, listed=found.listed, source=found.source)
        return self._change(replace(known, code=error.code, values=values))

    def _is_due(self, known: Record) -> bool:
        """Whether a file that could not be read is tried again, though it is the same."""
        if known.id:
            return not self._store.has(known.mark.sha256)
        return self._retry or known.code in PASSING

    def _with_digest(self, found: Found, mark: Mark) -> Mark:
        if not mark.read or mark.size > self._limits.megabytes * 1e6:
            return mark
        return replace(mark, sha256=digest_of(found.path))

    def _change(self, record: Record, document: Document | None = None, copy: str = "") -> Record:
        """Note a record for the list."""
        self._changes.append(Change(record, document, copy))
        self._by_path[copy or record.path] = record
        if record.id:
            self._by_content[record.mark.sha256] = record
        return record

    def _tell(self, total: int, found: Found) -> None:
        if self._progress is not None:
            self._progress(len(self._outcomes), total, one_line(found.path.name))

    def _write_in_time(self) -> None:
        if time.monotonic() - self._written > EVERY:
            self._write()

    def _write(self) -> None:
        if self._changes:
            self._changes.sort(key=lambda change: self._places.get(change.copy or change.record.path, 0))
            self._store.merge(self._changes)
            self._changes.clear()
        self._written = time.monotonic()
