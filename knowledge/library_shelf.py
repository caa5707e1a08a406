"""The stored side of a library: its list, a person's choices and the documents, changed under one lock.

    <folder>/library.json             what was found, a record a file
    <folder>/choices.json             what the person asked for
    <folder>/documents/<id>.json      a document that was read

Each file is replaced whole, documents before the list, so that a kill leaves the old list whole and two processes
that add at once lose nothing.
"""

import os
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from knowledge.documents import Document
from knowledge.errors import KnowledgeError
from knowledge.library_files import is_gone
from knowledge.library_list import (
    Change,
    Choices,
    Mark,
    Record,
    damaged,
    read_choices,
    read_records,
    record_of,
    write_choices,
    write_records,
)
from knowledge.passages import passages_of
from knowledge.storage import exclusive

ID_LENGTH = 12  # hexadecimal digits of the sha256
ABANDONED = 3600  # seconds after which a document that no list names is taken for one that a stopped run left


class Shelf:
    """What lies in `folder`, which is made when something is first put there.

    Reading raises `KnowledgeError("library-damaged")`; writing raises folder-unwritable and folder-busy too.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._list, self._choices = folder / "library.json", folder / "choices.json"

    def records(self) -> list[Record]:
        """What is known of each file, in the order in which they were added."""
        return read_records(self._list)

    def choices(self) -> Choices:
        """What the person has asked for."""
        return read_choices(self._choices)

    def has(self, sha256: str) -> bool:
        """Whether a document of this content is kept."""
        return self._file(sha256[:ID_LENGTH]).exists()

    def stored(self, sha256: str) -> Document | None:
        """The document of this content, if it is kept and whole."""
        try:
            document = _form().validate_json(self._file(sha256[:ID_LENGTH]).read_bytes())
        except (OSError, ValidationError):
            return None
        return document if document.sha256 == sha256 else None

    def document(self, id: str) -> Document | None:
        """The document of a record, as its file gave it; None when another process has just removed it."""
        file = self._file(id)
        try:
            return _form().validate_json(file.read_bytes())
        except FileNotFoundError as error:
            if id not in {known.id for known in self.records()}:
                return None
            raise damaged(file, error) from error
        except (OSError, ValidationError) as error:
            raise damaged(file, error) from error

    def put(self, document: Document) -> None:
        """Keep a document, before the list knows of it; `merge` sees to it that it is on the disk before the list is.

        Hundreds of files are added at once, and waiting for the disk after each would take most of the time.
        """
        file = self._file(document.id)
        temporary = file.with_name(f".{uuid.uuid4().hex}.part")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            try:
                temporary.write_bytes(_form().dump_json(document, exclude_defaults=True))
                temporary.replace(file)
            finally:
                temporary.unlink(missing_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise KnowledgeError("folder-unwritable", path=file.parent, reason=reason) from error

    def merge(self, changes: Sequence[Change]) -> None:
        """Put what a run found into the list as it is now, which another process may have changed."""
        with exclusive(self.folder):
            before = after = self.records()
            moved: dict[str, str] = {}
            for change in changes:
                after = _merged(after, change, moved)
            listed = {record.id for record in after}
            for change in changes:
                if change.document and change.document.id in listed and not self.has(change.document.sha256):
                    self.put(change.document)
            self._settle([change.document.id for change in changes if change.document])
            self._keep(before, after)
            if moved:
                choices = self.choices()
                followed = {moved.get(path, path): said for path, said in choices.corrections.items()}
                self._choose(choices, replace(choices, corrections=followed))

    def take_out(self, which: Callable[[Record], bool]) -> list[Record]:
        """Remove the records for which `which` holds, with their documents, and give them."""
        with exclusive(self.folder):
            before = self.records()
            removed = [record for record in before if which(record)]
            self._keep(before, [record for record in before if record not in removed])
        return removed

    def choose(self, change: Callable[[Choices], Choices]) -> Choices:
        """Change what the person has asked for, and give what it is now."""
        with exclusive(self.folder):
            choices = self.choices()
            now = change(choices)
            self._choose(choices, now)
        return now

    def sweep(self) -> None:
        """Remove documents that a stopped run left and that no later one has taken up."""
        with exclusive(self.folder):
            listed = {record.id for record in self.records()}
            for file in (self.folder / "documents").glob("*.json"):
                if file.stem not in listed and file.stat().st_mtime < time.time() - ABANDONED:
                    file.unlink(missing_ok=True)

    def rebuild(self) -> int:
        """Make a damaged list again from the documents, and say how many it has; what was damaged is set aside."""
        with exclusive(self.folder):
            for file, read in ((self._list, self.records), (self._choices, self.choices)):
                try:
                    read()
                except KnowledgeError:
                    file.replace(file.with_name(f"{file.stem}.damaged-{time.time_ns()}.json"))
            if not self._list.exists():
                write_records(self._list, [_found_again(document) for document in self._whole_documents()])
            return len(self.records())

    def _keep(self, before: Sequence[Record], after: Sequence[Record]) -> None:
        if list(before) != list(after):
            write_records(self._list, after)
        for id in {record.id for record in before} - {record.id for record in after} - {""}:
            self._file(id).unlink(missing_ok=True)

    def _settle(self, ids: Sequence[str]) -> None:
        """Wait until these documents are on the disk."""
        try:
            for id in ids:
                if self._file(id).exists():
                    with self._file(id).open("r+b") as file:
                        os.fsync(file.fileno())
        except OSError as error:
            raise KnowledgeError("folder-unwritable", path=self.folder, reason=error.strerror or error) from error

    def _choose(self, before: Choices, after: Choices) -> None:
        if before != after:
            write_choices(self._choices, after)

    def _file(self, id: str) -> Path:
        return self.folder / "documents" / f"{id}.json"

    def _whole_documents(self) -> Iterator[Document]:
        for file in sorted((self.folder / "documents").glob("*.json"), key=lambda file: file.stat().st_mtime_ns):
            try:
                yield _form().validate_json(file.read_bytes())
            except (OSError, ValidationError):
                continue


def _merged(records: list[Record], change: Change, moved: dict[str, str]) -> list[Record]:
    """The list with one change; `moved` hears of a file that lies elsewhere now."""
    record = change.record
    if not record.path:
        return records
    same = next((one for one in records if record.id and one.mark.sha256 == record.mark.sha256 and one.id), None)
    if change.copy or (same and same.path != record.path and not is_gone(same.file)):
        place = change.copy or record.path
        return [one for one in records if one.path != place or one is same]
    if same and same.path != record.path:
        moved[same.path] = record.path
        return [record if one is same else one for one in records if one.path != record.path]
    if any(one.path == record.path for one in records):
        return [record if one.path == record.path else one for one in records]
    return [*records, record]


def _found_again(document: Document) -> Record:
    mark = Mark(sha256=document.sha256)
    return record_of(document, len(passages_of(document)), document.path, mark)


@cache
def _form() -> TypeAdapter[Document]:
    return TypeAdapter(Document)
