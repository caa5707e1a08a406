"""What may be cited, opened once each: given files, the course with the person's library, or the library alone."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from knowledge.corpus import Corpus
from knowledge.documents import Document
from knowledge.errors import BadDocument
from knowledge.library import Library
from knowledge.library_documents import LibraryDocuments
from knowledge.printable import one_line
from tutor.settings import Settings

Against = Literal["all", "course", "library"]  # what may be cited where no files are given: both, or one alone
ALL: Against = "all"
Key = tuple[str, ...]  # the paths of what was given, or the names of the library's documents


class Opening(Protocol):
    """Opens the index over documents, with the course or without it."""

    def __call__(self, documents: Sequence[Document] | Mapping[str, Document], /, *, with_course: bool) -> Corpus:
        """Built first where it is not there yet."""
        ...


@dataclass(frozen=True)
class Opened:
    """The documents that may be cited, open for search, and what could not be read."""

    corpus: Corpus
    documents: Sequence[Document]
    problems: Sequence[BadDocument] = ()


class Sources:
    """Opens sources and keeps them open until the library changes."""

    def __init__(
        self, settings: Settings, library: Callable[[], Library], opening: Opening, notice: Callable[[str], None]
    ) -> None:
        self.settings = settings
        self.library = library
        self.opening = opening
        self.notice = notice
        self._whole: Corpus | None = None  # the course and the library
        self._course: Corpus | None = None
        self._alone: dict[Key, Opened] = {}
        self._library: tuple[Key, Opened] | None = None  # as it was when it was opened
        self._turn = threading.RLock()

    def corpus(self, paths: Sequence[Path], against: Against = ALL) -> Corpus:
        """The given documents alone, or `against`; what cannot be read is told to `notice`."""
        if paths or against == "library":
            opened = self.alone(paths)
            for problem in opened.problems:
                self.notice(one_line(str(problem)))
            return opened.corpus
        with self._turn:
            if against == "course":
                self._course = self._course or self.opening((), with_course=True)
                return self._course
            if self._whole is None:
                documents = LibraryDocuments(self.library())
                self._whole = self.opening(documents, with_course=True) if documents else self.corpus((), "course")
            return self._whole

    def alone(self, paths: Sequence[Path]) -> Opened:
        """The given documents, or the library as it is now, without the course."""
        # another process may have added to the library since
        key = tuple(str(Path(path).resolve()) for path in paths) or tuple(LibraryDocuments(self.library()))
        with self._turn:
            if not paths:
                if self._library is None or self._library[0] != key:
                    self._library = key, self._open(paths)
                return self._library[1]
            if key not in self._alone:
                self._alone[key] = self._open(paths)
            return self._alone[key]

    def forget(self) -> None:
        """Open the course and the library anew when they are next asked for: the library has changed."""
        with self._turn:
            self._whole = None

    def _open(self, paths: Sequence[Path]) -> Opened:
        if not paths:
            documents = self.library().documents()
            return Opened(self.opening(documents, with_course=False), documents)
        from knowledge.parsing import read_sources  # noqa: PLC0415  every format's reader: a tenth of a second

        documents, problems = read_sources([Path(path) for path in paths], self.settings.limits)
        return Opened(self.opening(documents, with_course=False), documents, problems)
