"""A researcher's library in the app: many files brought at once, corrected, and taken out again.

Files are read by a job of the person who brings them, which tells what becomes of each and can be stopped: what was
read stays, what was not is as if it had never come.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import BadDocument, KnowledgeError
from knowledge.formats.references import Metadata
from knowledge.library import Library
from knowledge.library_list import Entry
from knowledge.metadata import FIRST_YEAR, LAST_YEAR
from knowledge.printable import one_line
from tutor.jobs import Jobs, Watch
from tutor.library_desk import UPLOADS, keep_upload

FIELDS = ("title", "authors", "year", "venue", "doi", "arxiv", "url")  # that can be corrected
INDEX = "index"  # the step after the last file


@dataclass(frozen=True)
class _Brought:
    """A file that was brought: under which name, where it lies now, and the digest of its content."""

    name: str
    path: str
    sha256: str


@dataclass(frozen=True)
class _Batch:
    """The files brought at once. `before`: digests of what the library had."""

    files: tuple[_Brought, ...]
    before: frozenset[str]


class UploadDesk:
    """The desk of a data folder. `library`: what is filled; `changed`: is told that it did; `prepare`: makes it ready
    to be searched, so that the first question need not wait."""

    def __init__(
        self, data_dir: Path, library: Callable[[], Library], changed: Callable[[], None],
        prepare: Callable[[], object],
    ) -> None:  # fmt: skip
        self.data_dir = data_dir
        self.library = library
        self.changed = changed
        self.prepare = prepare
        self.jobs = Jobs()
        self._batches: dict[str, _Batch] = {}

    # Files being read

    def add(self, learner: str, files: Sequence[tuple[str, bytes]], language: str) -> None:
        """Begin to read files, (name, content) each; `job` tells how far it is. While others of theirs are being read
        nothing happens. Raises `KnowledgeError`: folder-unwritable, library-damaged."""
        if not self._running(learner):
            self._begin(learner, [self._kept(name, content) for name, content in files], language)

    def retry(self, learner: str, language: str) -> None:
        """Begin to read again what could not be read, as `add` does."""
        failed = {entry.path.partition("#")[0] for entry in self.library().entries() if entry.status == "problem"}
        if not self._running(learner):
            self._begin(learner, [_Brought(Path(path).name, path, "") for path in sorted(failed)], language)

    def job(self, learner: str, language: str) -> dict[str, Any] | None:
        """What becomes of the files that a person brought last; None where there are none, or `close` was called.

        `state` ("running", "done", "failed", "stopped"), `step` (the name of the file read last, or "index" after the
        last one), `done`, `total`, `error`, and `files`: `name`, `outcome` ("waiting", "added", "known", "problem",
        "left": not read, since it was stopped), `problem` (with what to do), `title` and `passages` of each.
        """
        job, batch = self.jobs.get(learner), self._batches.get(learner)
        if job is None or batch is None:
            return None
        state, entries = job.state, self.library().entries(language)  # in this order: what is done is in the list
        rows = [_outcome(brought, batch, entries, state) for brought in batch.files]
        return {
            "state": state, "step": job.step, "done": job.done, "total": job.total, "error": job.error, "files": rows,
        }  # fmt: skip

    def stop(self, learner: str) -> None:
        """Stop reading after the file that is being read; those that were read stay."""
        self.jobs.stop(learner)

    def close(self, learner: str) -> None:
        """Speak no more of the files that a person brought last."""
        self.jobs.forget(learner)
        if not self._running(learner):
            self._batches.pop(learner, None)

    def _begin(self, learner: str, files: Sequence[_Brought], language: str) -> None:
        if not files:
            return
        before = frozenset(entry.sha256 for entry in self.library().entries() if entry.id)
        batch = self._batches[learner] = _Batch(tuple(files), before)
        self.jobs.start(learner, lambda watch: self._read(batch, language, watch))

    def _running(self, learner: str) -> bool:
        job = self.jobs.get(learner)
        return job is not None and job.state == "running"

    def _kept(self, name: str, content: bytes) -> _Brought:
        path = keep_upload(self.data_dir, name, content)
        return _Brought(one_line(name), str(path.absolute()), hashlib.sha256(content).hexdigest())

    def _read(self, batch: _Batch, language: str, watch: Watch) -> None:
        paths = list(dict.fromkeys(Path(one.path) for one in batch.files))
        watch(one_line(batch.files[0].name), 0, len(paths))
        try:
            added = self.library().add(
                paths, language, retry=True, progress=lambda done, total, name: watch(name, done, total)
            )
        finally:
            self._tidy(batch)
            self.changed()
        watch(INDEX, 0, 0)
        if any(entry.id for entry in added):
            self.prepare()

    def _tidy(self, batch: _Batch) -> None:
        """Of what was not read, or is in the library from elsewhere, neither a watched path nor a file remains."""
        entries = self.library().entries()
        for brought in batch.files:
            if not _own(brought, entries):
                with suppress(KnowledgeError):  # it was not begun: nothing is known of it
                    self.library().remove(brought.path)
                self._unlink(brought.path)

    # Documents

    def correct(self, document: str, form: Mapping[str, str], language: str) -> dict[str, Any]:
        """Correct what is said of a document: a text for each of `FIELDS`, authors separated by semicolons. A field
        that is empty is again what was found; the document as it is then.

        Raises `KnowledgeError`: document-unknown, year-wrong, metadata-wrong; nothing has changed then.
        """
        now = self.form(document)
        new = {name: " ".join(form[name].split()) for name in FIELDS if name in form}
        said = {name: text for name, text in new.items() if text and text != now[name]}
        unsay = [name for name, text in new.items() if not text]
        self.library().describe(document, _metadata(said), unsay, language)
        self.changed()
        return {"document": document, "form": self.form(document)}

    def form(self, document: str) -> dict[str, str]:
        """What is said of a document, as `correct` takes it. Raises `KnowledgeError("document-unknown")`."""
        entry = next((one for one in self.library().entries() if document and one.id == document), None)
        if entry is None:
            raise KnowledgeError("document-unknown", id=one_line(document))
        return {
            **{name: getattr(entry, name) for name in FIELDS},
            "authors": "; ".join(entry.authors), "year": str(entry.year or ""),
        }  # fmt: skip

    def remove(self, documents: Sequence[str]) -> int:
        """Take documents out of the library, by their ids, and files that could not be read, by their paths; how many
        went. The copies that were uploaded are deleted with them; a person's own files stay where they are."""
        gone: list[Entry] = []
        try:
            for name in documents:
                with suppress(KnowledgeError):  # somebody else was faster
                    gone += self.library().remove(name)
        finally:
            self.changed()
        for entry in gone:
            self._unlink(entry.path)
        return len(gone)

    def _unlink(self, path: str) -> None:
        """Delete an uploaded copy of which nothing is left in the library."""
        file, uploads = Path(path.partition("#")[0]), (self.data_dir / UPLOADS).absolute()
        still = any(entry.path.partition("#")[0] == str(file) for entry in self.library().entries())
        if uploads in file.parents and not still:
            file.unlink(missing_ok=True)
            with suppress(OSError):  # another file of the same content, under another name
                file.parent.rmdir()


def _outcome(brought: _Brought, batch: _Batch, entries: Sequence[Entry], state: str) -> dict[str, Any]:
    """What has become of a file: the library knows it by its path, or from elsewhere by its content."""
    own = _own(brought, entries) or [one for one in entries if one.id and one.sha256 == brought.sha256]
    ready = [one for one in own if one.status == "ready"]
    problem = next((one.problem.replace(one.path, brought.name) for one in own if one.problem), "")
    if ready:
        outcome = "known" if brought.sha256 in batch.before else "added"
    elif problem:
        outcome = "problem"
    else:
        outcome = {"running": "waiting", "done": "known"}.get(state, "left")
    return {
        "name": brought.name, "outcome": outcome, "problem": problem, "title": ready[0].title if ready else "",
        "passages": sum(one.passages for one in ready),
    }  # fmt: skip


def _own(brought: _Brought, entries: Sequence[Entry]) -> list[Entry]:
    """What a file gave; a list of references gives an entry for each work, whose path begins with its own."""
    return [one for one in entries if one.path == brought.path or one.path.startswith(f"{brought.path}#")]


def _metadata(said: Mapping[str, str]) -> Metadata:
    given: dict[str, Any] = dict(said)
    if "authors" in given:
        given["authors"] = tuple(filter(None, map(str.strip, said["authors"].split(";"))))
    if "year" in given:
        year = said["year"]
        if not (year.isascii() and year.isdigit() and FIRST_YEAR <= int(year[:5]) <= LAST_YEAR):
            raise BadDocument("year-wrong", value=one_line(year)[:40])
        given["year"] = int(year)
    return Metadata(**given)
