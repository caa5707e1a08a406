"""A user's own documents, kept in a data folder: parsed once, found again by their content.

    <folder>/library.json             the list
    <folder>/documents/<id>.json      a parsed document

Each file is replaced whole and under a lock, the list last, so that a kill leaves the old list whole and two
processes that add at once lose nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from knowledge.documents import Document
from knowledge.errors import BadDocument, KnowledgeError
from knowledge.passages import passages_of
from knowledge.readers import find_documents, read_document
from knowledge.storage import exclusive, write_bytes_atomically


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the library's list: a document, or a file that could not be read.

    `path` is where the file was when it was added, `pages` is of a PDF alone, `passages` is how many. With
    status "problem", `problem` says what happened and what to do, and `id` and `sha256` are empty.
    """

    id: str
    title: str
    path: str
    pages: int | None
    passages: int
    language: str
    sha256: str
    status: Literal["ready", "problem"] = "ready"
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Saved:
    """What library.json holds."""

    version: Literal[1]
    entries: tuple[Entry, ...]


class Library:
    """The documents kept in `folder`, which is made when the first one is added.

    Every method raises `KnowledgeError("library-damaged")` when what is stored cannot be read; nothing is
    deleted then.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._list = folder / "library.json"

    def add(self, paths: Sequence[Path], language: str = "en") -> list[Entry]:
        """Read files and folders and keep what they hold; one entry a file, in the order found.

        The same content, from wherever, is one document: adding it again changes nothing and gives its
        entry. A file whose content has changed replaces what the same path gave before. A file that cannot
        be read gives an entry with status "problem", worded in `language`, and is not kept. Each document
        is kept as soon as it is read.

        Raises `KnowledgeError`: folder-unwritable, folder-busy.
        """
        entries: list[Entry] = []
        for path in paths:
            try:
                files = [file for file, _ in find_documents([path])]
            except BadDocument as error:
                entries.append(_problem(path, error, language))
                continue
            entries.extend(self._add_file(file, language) for file in files)
        return entries

    def entries(self) -> list[Entry]:
        """The documents kept, in the order in which they were added."""
        try:
            return list(_saved_form().validate_json(self._list.read_bytes(), strict=True).entries)
        except FileNotFoundError:
            return []
        except (OSError, ValidationError) as error:
            raise _damaged(self._list, error) from error

    def remove(self, id: str) -> Entry:
        """Take a document out and give its entry; the user's own file is left alone.

        Raises `KnowledgeError`: document-unknown, folder-unwritable, folder-busy.
        """
        with exclusive(self.folder):
            entries = self.entries()
            removed = next((entry for entry in entries if entry.id == id), None)
            if removed is None:
                raise KnowledgeError("document-unknown", id=id)
            self._keep([entry for entry in entries if entry is not removed])
            self._file(id).unlink(missing_ok=True)
        return removed

    def documents(self) -> list[Document]:
        """The parsed documents, in the order of `entries`; `Document.path` is absolute."""
        found = (self._document(entry.id) for entry in self.entries())
        return [document for document in found if document is not None]

    def _add_file(self, path: Path, language: str) -> Entry:
        try:
            document = read_document(path)
        except BadDocument as error:
            return _problem(path, error, language)
        entry = Entry(
            id=document.id,
            title=document.title,
            path=document.path,
            pages=document.pages,
            passages=len(passages_of(document)),
            language=document.language,
            sha256=document.sha256,
        )
        with exclusive(self.folder):
            return self._add_entry(entry, document)

    def _add_entry(self, entry: Entry, document: Document) -> Entry:
        entries = self.entries()
        same = next((known for known in entries if known.sha256 == entry.sha256), None)
        if same is None or not self._file(same.id).exists():
            write_bytes_atomically(self._file(entry.id), _document_form().dump_json(document))
        old = [known for known in entries if known.path == entry.path and known.sha256 != entry.sha256]
        if same is None and old:
            self._keep([entry if known is old[0] else known for known in entries if known not in old[1:]])
        elif same is None or old:
            self._keep([*(known for known in entries if known not in old), *([] if same else [entry])])
        for known in old:
            self._file(known.id).unlink(missing_ok=True)
        return same or entry

    def _keep(self, entries: list[Entry]) -> None:
        write_bytes_atomically(self._list, _saved_form().dump_json(_Saved(1, tuple(entries)), indent=1))

    def _file(self, id: str) -> Path:
        return self.folder / "documents" / f"{id}.json"

    def _document(self, id: str) -> Document | None:
        try:
            return _document_form().validate_json(self._file(id).read_bytes())
        except FileNotFoundError as error:
            if id not in {entry.id for entry in self.entries()}:
                return None  # another process has removed it since the list was read
            raise _damaged(self._file(id), error) from error
        except (OSError, ValidationError) as error:
            raise _damaged(self._file(id), error) from error


def _problem(path: Path, error: BadDocument, language: str) -> Entry:
    said = f"{error.message(language)} {error.hint(language)}".strip()
    return Entry("", path.name, path.absolute().as_posix(), None, 0, "", "", "problem", said)


def _damaged(path: Path, error: OSError | ValidationError) -> KnowledgeError:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        reason = ": ".join(filter(None, (".".join(map(str, first["loc"])), first["msg"])))
    else:
        reason = error.strerror or str(error)
    return KnowledgeError("library-damaged", path=path, reason=reason)


@cache
def _saved_form() -> TypeAdapter[_Saved]:
    return TypeAdapter(_Saved)


@cache
def _document_form() -> TypeAdapter[Document]:
    return TypeAdapter(Document)
