"""A person at their library: adding with progress, correcting, and asking the registers, where that is allowed."""

import hashlib
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.formats.references import Metadata
from knowledge.library import Library
from knowledge.library_list import Entry
from knowledge.lookup import Registers
from knowledge.metadata import UNSAID, first_said
from knowledge.printable import one_line
from knowledge.storage import write_bytes_atomically
from tutor.rendering import TEXTS
from tutor.settings import Settings

MAX_FILE_NAME = 100
UPLOADS = "uploads"  # the folder of files that came without a place of their own
EVERY = 0.5  # seconds between two lines of progress
LOOKED_UP = ("title", "authors", "year", "doi", "arxiv", "venue", "url")


class LibraryDesk:
    """What a person does with `library`; `notice` hears of progress, a line each."""

    def __init__(self, library: Library, settings: Settings, notice: Callable[[str], None]) -> None:
        self.library, self.settings, self.notice = library, settings, notice

    def add(self, paths: Sequence[Path], retry: bool, look_up: bool, language: str) -> list[Entry]:
        """Add files and folders. Raises `KnowledgeError("lookup-off")` before anything is added."""
        registers = self._registers() if look_up else None
        before = {entry.id for entry in self.library.entries()} if registers else set()
        added = self.library.add(paths, language, retry=retry, progress=self._progress(language))
        return [self._asked(entry, registers, language) if entry.id not in before else entry for entry in added]

    def refresh(self, retry: bool, rebuild: bool, language: str) -> tuple[list[Entry], list[Entry]]:
        """Bring the library up to date: what is there now, and what has left."""
        if rebuild:
            self.library.rebuild()
        return self.library.refresh(language, retry=retry, progress=self._progress(language))

    def describe(self, document: str, said: Metadata, unsay: Sequence[str], look_up: bool, language: str) -> Entry:
        """Correct a document; what the person says goes before what the registers say.

        Raises `KnowledgeError`: as `Library.describe`, lookup-off, lookup-failed, lookup-nothing.
        """
        if not look_up:
            return self.library.describe(document, said, unsay, language)
        registers = self._registers()
        self.library.describe(document, said, unsay)  # a wrong DOI is told before anybody is asked
        known = _said(self.library.describe(document, UNSAID))
        found = registers.look_up(known)
        if found == UNSAID:
            raise KnowledgeError("lookup-nothing", id=document)
        return self.library.describe(document, first_said(said, found), (), language)

    def _asked(self, entry: Entry, registers: Registers | None, language: str) -> Entry:
        """The entry, with what the registers say of a new document; that one does not answer is no reason to stop."""
        if registers is None or not entry.id or not (entry.doi or entry.arxiv):
            return entry
        try:
            found = registers.look_up(_said(entry))
            return self.library.describe(entry.id, found, (), language) if found != UNSAID else entry
        except KnowledgeError as error:
            self.notice(one_line(f"{error.message(language)} {error.hint(language)}"))
            return entry

    def _registers(self) -> Registers:
        if not self.settings.lookup:
            raise KnowledgeError("lookup-off")
        return Registers(self.settings.crossref_url, self.settings.arxiv_url)

    def _progress(self, language: str) -> Callable[[int, int, str], None]:
        """Tell how far it is: the first file, the last one, and in between what the eye can follow."""
        last = [0.0]

        def tell(done: int, total: int, name: str) -> None:
            now = time.monotonic()
            if total > 1 and (done in {1, total} or now - last[0] > EVERY):
                last[0] = now
                self.notice(TEXTS.text("reading-file", language, done=done, total=total, name=name))

        return tell


def _said(entry: Entry) -> Metadata:
    return Metadata(**{name: getattr(entry, name) for name in LOOKED_UP})


def keep_upload(folder: Path, name: str, content: bytes) -> Path:
    """Keep a file that came without a place of its own in the data folder, under the digest of its content, so that no
    name takes another's place. Raises `KnowledgeError("folder-unwritable")`."""
    own = re.sub(r"[^\w.() -]", "_", Path(name).name).strip(". ")[-MAX_FILE_NAME:] or "document"
    path = folder / UPLOADS / hashlib.sha256(content).hexdigest()[:12] / own
    write_bytes_atomically(path, content)
    return path
