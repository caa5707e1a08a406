"""What a library knows of each file, and what a person has said about them, kept in two files.

    library.json    what was found: a record a file, in the order in which they came
    choices.json    what a person asked for: folders to watch, files left out, corrected metadata

The first can be made again from the documents that are kept beside it; the second cannot, and is small.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import TypeAdapter, ValidationError

from knowledge.documents import Document
from knowledge.errors import KnowledgeError
from knowledge.formats.references import Metadata
from knowledge.metadata import UNSAID, first_said, metadata_of
from knowledge.printable import one_line
from knowledge.storage import write_bytes_atomically

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the library's list: a document, or a file that could not be read.

    `path` is the file's, `pages` is of a PDF alone, `passages` is how many. With status "problem", `problem` says what
    happened and what to do, and `id` and `sha256` are empty. A document whose file could not be opened again stays
    "ready", and `problem` says so. What a person corrected goes before what the file says of itself.
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
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str = ""
    arxiv: str = ""
    venue: str = ""
    url: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a file was when it was read: its size, when it was changed and read (nanoseconds), and its digest."""

    size: int = 0
    modified: int = 0
    read: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of the file at `path`, which was found through `root`, the path that was added.

    `id` is its document's, empty when it could not be read: `code` and `values` then say why. `metadata` is what the
    file says of itself, `listed` what a list of references says of it, which is the file `source`. An entry of such a
    list that attaches no file has the list's path with "#" and its key.
    """

    path: str
    root: str
    mark: Mark
    id: str = ""
    pages: int | None = None
    passages: int = 0
    language: str = ""
    kind: str = ""
    metadata: Metadata = UNSAID
    listed: Metadata = UNSAID
    source: str = ""
    code: str = ""
    values: dict[str, str | int | float] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        """The file in which it is written."""
        return Path(self.source if self.source and self.path.startswith(f"{self.source}#") else self.path)


@dataclass(frozen=True, slots=True)
class Change:
    """A record for the list, with its document when one was read. `copy`: the path at which it lies too."""

    record: Record
    document: Document | None = None
    copy: str = ""


@dataclass(frozen=True, slots=True)
class Root:
    """A file or folder that was added: its path, and the device that it lay on."""

    path: str
    device: int = 0


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person has asked for: what to watch, which files not to take from it, and corrections by path."""

    version: Literal[1] = 1
    roots: tuple[Root, ...] = ()
    excluded: tuple[str, ...] = ()
    corrections: dict[str, Metadata] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Saved:
    """What library.json holds."""

    version: Literal[2]
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class _First:
    """What library.json held at first: entries without marks, none of them a problem."""

    version: Literal[1]
    entries: tuple[Entry, ...]


def record_of(
    document: Document, passages: int, root: str, mark: Mark, listed: Metadata = UNSAID, source: str = ""
) -> Record:
    """The record of a file that was read."""
    return Record(
        document.path, root, mark, document.id, document.pages, passages, document.language, document.kind,
        metadata_of(document), listed, source,
    )  # fmt: skip


def entry_of(record: Record, correction: Metadata, language: str) -> Entry:
    """The record as a line of the list, its problem worded in `language`."""
    said = first_said(correction, record.listed, record.metadata)
    return Entry(
        record.id, said.title or one_line(Path(record.path).name), record.path, record.pages, record.passages,
        record.language,
        record.mark.sha256 if record.id else "", "ready" if record.id else "problem", _problem(record, language),
        said.authors, said.year, said.doi, said.arxiv, said.venue, said.url, record.kind,
    )  # fmt: skip


def read_records(file: Path) -> list[Record]:
    """The records of library.json, none when there is no such file. Raises `KnowledgeError("library-damaged")`."""
    saved = _read(file, _saved_form())
    if isinstance(saved, _First):
        return [_from_first(entry) for entry in saved.entries]
    return list(saved.records) if saved else []


def write_records(file: Path, records: Iterable[Record]) -> None:
    """Replace library.json. Raises `KnowledgeError("folder-unwritable")`."""
    write_bytes_atomically(file, _saved_form().dump_json(_Saved(2, tuple(records)), exclude_defaults=True, indent=0))


def read_choices(file: Path) -> Choices:
    """What choices.json holds. Raises `KnowledgeError("library-damaged")`."""
    return _read(file, _choices_form()) or Choices()


def write_choices(file: Path, choices: Choices) -> None:
    """Replace choices.json. Raises `KnowledgeError("folder-unwritable")`."""
    write_bytes_atomically(file, _choices_form().dump_json(choices, indent=1))


def damaged(path: Path, error: OSError | ValidationError) -> KnowledgeError:
    """The error for a file of the library that cannot be read."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        reason = ": ".join(filter(None, (".".join(map(str, first["loc"])), first["msg"])))
    else:
        reason = error.strerror or str(error)
    return KnowledgeError("library-damaged", path=path, reason=reason)


def _read(file: Path, form: "TypeAdapter[Kept]") -> Kept | None:
    try:
        return form.validate_json(file.read_bytes(), strict=True)
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise damaged(file, error) from error


def _problem(record: Record, language: str) -> str:
    if not record.code:
        return ""
    error = KnowledgeError.from_values(record.code, record.values)
    return one_line(f"{error.message(language)} {error.hint(language)}")


def _from_first(entry: Entry) -> Record:
    mark, said = Mark(sha256=entry.sha256), Metadata(title=entry.title)
    return Record(entry.path, entry.path, mark, entry.id, entry.pages, entry.passages, entry.language, metadata=said)


@cache
def _saved_form() -> "TypeAdapter[_Saved | _First]":
    return TypeAdapter(_Saved | _First)


@cache
def _choices_form() -> "TypeAdapter[Choices]":
    return TypeAdapter(Choices)
