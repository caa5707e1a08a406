"""A user's own documents, kept in a data folder: read once, found again by their content, as their files are now."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.documents import Document
from knowledge.errors import BadDocument, KnowledgeError
from knowledge.formats.limits import LIMITS, Limits
from knowledge.formats.references import Metadata
from knowledge.library_files import Found, absolute, files_of, in_reach, is_gone, root_of
from knowledge.library_list import Choices, Entry, Record, Root, entry_of
from knowledge.library_shelf import Shelf
from knowledge.metadata import UNSAID, checked, first_said, without
from knowledge.printable import one_line

if TYPE_CHECKING:
    from knowledge.library_sync import Progress


class Library:
    """The documents kept in `folder`, which is made when the first one is added; each file may cost at most `limits`.

    Every method raises `KnowledgeError("library-damaged")` when what is stored cannot be read; nothing is deleted then.
    Those that change something raise folder-unwritable and folder-busy too.
    """

    def __init__(self, folder: Path, limits: Limits = LIMITS) -> None:
        self.folder = folder
        self.limits = limits
        self._shelf = Shelf(folder)

    def add(
        self, paths: Sequence[Path], language: str = "en", *, retry: bool = False, progress: "Progress | None" = None
    ) -> list[Entry]:
        """Keep what files and folders hold, and watch them from now on; one entry a file, in the order found.

        The same content, from wherever, is one document: adding it again reads nothing and gives its entry. A file
        whose content has changed replaces what the same path gave before; one that was moved keeps its document. A file
        that cannot be read gives an entry with status "problem", worded in `language`, and is not read again until it
        changes, or with `retry`. What is done when this is stopped is kept.
        """
        from knowledge.library_sync import Run  # noqa: PLC0415  every format's reader, which no question needs
        from knowledge.parsing import SafeReader  # noqa: PLC0415  as Run

        self._shelf.records()  # a damaged list is told before anything is read or written
        files: list[Found | BadDocument] = []
        roots: list[Root] = []
        with SafeReader(self.limits) as reader:
            for path in paths:
                try:
                    files.extend(files_of(path, reader.references))
                    roots.append(root_of(path))
                except BadDocument as error:
                    files.append(error)
        if roots:
            self._shelf.choose(lambda choices: _watching(choices, roots))
        found = [file for file in files if isinstance(file, Found)]
        records = iter(Run(self._shelf, self.limits, retry, progress).over(found))
        said = self._shelf.choices().corrections
        return [
            _entry(next(records), said, language) if isinstance(file, Found) else _problem(file, language)
            for file in files
        ]

    def refresh(
        self, language: str = "en", *, retry: bool = False, progress: "Progress | None" = None
    ) -> tuple[list[Entry], list[Entry]]:
        """Bring the library up to date with what was added: the entries that are there now, and those that have left.

        New files are found, changed ones read again, and those that are gone leave. What was added from a disk that
        cannot be reached stays, and its entries say so.
        """
        from knowledge.library_sync import Run  # noqa: PLC0415  as in add

        choices, known = self._shelf.choices(), self._shelf.records()
        away = [
            root for root in choices.roots if not in_reach(root, [one.path for one in known if one.root == root.path])
        ]
        wanted = self._wanted(choices, away)
        Run(self._shelf, self.limits, retry, progress).over(wanted)
        beyond, there = {root.path for root in away}, {str(one.path) for one in wanted}
        broken = {one.source for one in wanted if one.error and str(one.path) == one.source}

        def has_left(record: Record) -> bool:
            unlisted = bool(record.source) and record.source not in broken and record.path not in there
            return record.root not in beyond and (is_gone(record.file) or unlisted)

        left = self._shelf.take_out(has_left)
        gone = {record.path for record in left}
        self._shelf.choose(lambda choices: _forgetting(choices, gone))
        self._shelf.sweep()
        return self._with_reach(away, language), [_entry(record, choices.corrections, language) for record in left]

    def entries(self, language: str = "en") -> list[Entry]:
        """The documents kept and the files that could not be read, in the order in which they were added."""
        said = self._shelf.choices().corrections
        return [_entry(record, said, language) for record in self._shelf.records()]

    def documents(self) -> list[Document]:
        """The documents, in the order of `entries`, with what a person corrected; `Document.path` is absolute."""
        said = self._shelf.choices().corrections
        found = (self._document(record, said) for record in self._shelf.records() if record.id)
        return [document for document in found if document is not None]

    def document(self, id: str) -> Document:
        """One document, as in `documents`. Raises `KnowledgeError("document-unknown")`."""
        document = self._document(self._record(id), self._shelf.choices().corrections)
        if document is None:
            raise KnowledgeError("document-unknown", id=id)
        return document

    def describe(self, id: str, said: Metadata, unsay: Sequence[str] = (), language: str = "en") -> Entry:
        """Correct what is said of a document, and take back corrections of the fields in `unsay`.

        Kept when its file is read again. Raises `KnowledgeError`: document-unknown, metadata-wrong.
        """
        said, record = checked(said), self._record(id)

        def correct(choices: Choices) -> Choices:
            now = first_said(said, without(choices.corrections.get(record.path, UNSAID), unsay))
            others = {path: one for path, one in choices.corrections.items() if path != record.path}
            return replace(choices, corrections={**others, record.path: now} if now != UNSAID else others)

        return _entry(record, self._shelf.choose(correct).corrections, language)

    def remove(self, what: str, language: str = "en") -> list[Entry]:
        """Take out a document by its id, a file by its path, or an added folder with all that came from it.

        The user's own files are left alone; a watched folder does not bring them back. Raises
        `KnowledgeError("document-unknown")`.
        """
        place = str(absolute(Path(what))) if what and "\0" not in what else ""
        choices = self._shelf.choices()
        watched = place in {root.path for root in choices.roots}
        removed = self._shelf.take_out(
            lambda record: bool(what) and (
                record.id == what or record.path == place or (watched and record.root == place)
            )
        )  # fmt: skip
        if not removed and not watched:
            raise KnowledgeError("document-unknown", id=one_line(what))
        self._shelf.choose(lambda choices: _unwatching(choices, removed, place))
        return [_entry(record, choices.corrections, language) for record in removed]

    def rebuild(self) -> int:
        """Make a damaged list again from the documents that are kept, and say how many entries it has.

        The damaged file is set aside under another name; files that could not be read are found by the next `refresh`.
        """
        return self._shelf.rebuild()

    def _wanted(self, choices: Choices, away: Sequence[Root]) -> list[Found]:
        """What the added paths in reach hold, each once, but for what was taken out."""
        from knowledge.parsing import SafeReader  # noqa: PLC0415  as in add

        found: dict[Path, Found] = {}
        with SafeReader(self.limits) as reader:
            for root in choices.roots:
                try:
                    for one in files_of(Path(root.path), reader.references) if root not in away else ():
                        found.setdefault(one.path, one)
                except BadDocument:
                    continue  # a file that was added by its name, and is gone
        return [one for path, one in found.items() if str(path) not in choices.excluded]

    def _record(self, id: str) -> Record:
        record = next((record for record in self._shelf.records() if id and record.id == id), None)
        if record is None:
            raise KnowledgeError("document-unknown", id=one_line(id))
        return record

    def _document(self, record: Record, corrections: dict[str, Metadata]) -> Document | None:
        document = self._shelf.document(record.id)
        return document and first_said(corrections.get(record.path, UNSAID), record.listed).over(document)

    def _with_reach(self, away: Sequence[Root], language: str) -> list[Entry]:
        """All entries, those out of reach with a word about it; a folder without any has an entry of its own."""
        said, found = self._shelf.choices().corrections, []
        errors = {root.path: BadDocument("source-gone", path=root.path) for root in away}
        told: set[str] = set()
        for record in self._shelf.records():
            entry = _entry(record, said, language)
            if record.root in errors:
                told.add(record.root)
                entry = replace(entry, problem=_problem(errors[record.root], language).problem)
            found.append(entry)
        return found + [_problem(error, language) for path, error in errors.items() if path not in told]


def _watching(choices: Choices, roots: Sequence[Root]) -> Choices:
    new = {root.path: root for root in roots}
    known = [new.pop(root.path, root) for root in choices.roots]
    places = [Path(root.path) for root in roots]
    excluded = tuple(path for path in choices.excluded if not any(Path(path).is_relative_to(one) for one in places))
    return replace(choices, roots=(*known, *new.values()), excluded=excluded)


def _forgetting(choices: Choices, gone: set[str]) -> Choices:
    """Without what was said of files that are gone."""
    return replace(
        choices,
        roots=tuple(root for root in choices.roots if root.path not in gone),
        excluded=tuple(path for path in choices.excluded if path not in gone),
        corrections={path: said for path, said in choices.corrections.items() if path not in gone},
    )


def _unwatching(choices: Choices, removed: Sequence[Record], place: str) -> Choices:
    """Without what was said of removed files, which a watched folder is not to bring back."""
    roots = {root.path for root in choices.roots}
    left = _forgetting(choices, {place, *(record.path for record in removed)})
    kept_out = [record.path for record in removed if record.root != place and record.root in roots]
    kept_out = [path for path in kept_out if path not in roots]
    return replace(left, excluded=tuple(dict.fromkeys((*left.excluded, *kept_out))))


def _entry(record: Record, corrections: dict[str, Metadata], language: str) -> Entry:
    return entry_of(record, corrections.get(record.path, UNSAID), language)


def _problem(error: BadDocument, language: str) -> Entry:
    """An entry for what is no file that could be listed."""
    path = Path(str(error.values["path"]))
    said = one_line(f"{error.message(language)} {error.hint(language)}")
    return Entry("", one_line(path.name), one_line(str(absolute(path))), None, 0, "", "", "problem", said)
