"""A researcher's inquiries in the app: a question, a comparison, a summary, a timeline, key terms.

Each is made by a job that tells its steps and can be stopped, and is kept on the disk with what came of it, so that it
can be opened again by its id. Its files are made when they are taken away.
"""

import hashlib
import json
import re
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, cast, get_args

from pydantic import TypeAdapter, ValidationError

from agents.research.summary import Summary
from knowledge.errors import KnowledgeError
from knowledge.library import Library
from knowledge.storage import write_bytes_atomically, write_text_atomically
from tutor.errors import TutorError
from tutor.jobs import Jobs, Watch
from tutor.research_desk import ResearchDesk, summary_row
from tutor.summaries.names import folded

Kind = Literal["question", "table", "summary", "timeline", "terms"]
KINDS: tuple[Kind, ...] = get_args(Kind)
WITH_ASPECTS = ("table", "summary")
FILES = {  # format -> suffix of what is taken away, in the order in which they are offered
    "md": ".md", "docx": ".docx", "tex": ".zip", "bib": ".bib", "csl": ".json", "ris": ".ris", "csv": ".csv",
    "jsonl": ".jsonl",
}  # fmt: skip
MOST_KEPT = 50  # inquiries of one person; the oldest give way
MOST_ASPECTS = 8
LONGEST_NAME = 60  # characters of a file's name
_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Wish:
    """What is asked for: a `question`, or a digest of `documents` (ids; of all where there are none) by `aspects`.

    `titles`: of the documents, as they were called then.
    """

    kind: Kind
    question: str = ""
    documents: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    language: str = "auto"
    titles: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The same for the same wish."""
        parts = [self.kind, self.question, *self.documents, "", *self.aspects, "", self.language]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class _Kept:
    """A wish on the disk."""

    wish: Wish
    changed: float


class InquiryDesk:
    """The desk of a folder, whose summaries of `library` the research desk makes."""

    def __init__(self, folder: Path, desk: ResearchDesk, library: Callable[[], Library]) -> None:
        self.folder = folder
        self.desk = desk
        self.library = library
        self.jobs = Jobs()
        self._read = lru_cache(8)(_read_summary)

    def ask(
        self, learner: str, kind: Kind, *, question: str = "", documents: Sequence[str] = (),
        aspects: Sequence[str] = (), language: str = "auto",
    ) -> str:  # fmt: skip
        """Begin an inquiry; its id. The same wish is the same inquiry, made anew.

        Raises `BadText` for a question that cannot be read, `KnowledgeError`: library-empty, document-unknown,
        folder-unwritable.
        """
        wish = self._wish(kind, question, documents, aspects, language)
        file = self._file(learner, wish.id)
        self._begin(file, wish)
        return wish.id

    def go_on(self, learner: str, inquiry: str) -> None:
        """Begin anew what was stopped, or cut off with the process. Raises `TutorError` where there is none."""
        file = self._file(learner, inquiry)
        kept = _read_wish(file)
        if kept is None:
            raise TutorError("inquiry-unknown")
        self._begin(file, kept.wish)

    def stop(self, learner: str, inquiry: str) -> None:
        """Stop an inquiry at its next step."""
        self.jobs.stop(str(self._file(learner, inquiry)))

    def look(self, learner: str, inquiry: str) -> dict[str, Any]:
        """An inquiry as it stands: `state` ("none", "running", "failed", "stopped", "done"), `step` ("open", "read",
        "write"), `done`, `total`, `error`, `wish` (as `Wish`), `changed`, `files` (format -> how the file is
        called), and `made`, in the form of the command line's JSON, None until it is done."""
        if not _ID.fullmatch(inquiry) or (kept := _read_wish(self._file(learner, inquiry))) is None:
            return {"state": "none", "id": inquiry, "made": None}
        file = self._file(learner, inquiry)
        job = self.jobs.get(str(file))
        state = job.state if job else "stopped"
        made = self._summary(file) if state in {"done", "stopped"} else None
        if state in {"done", "stopped"}:  # whoever stops what is made anew has what was made before
            state = "done" if made else "stopped"
        return {
            "state": state, "step": job.step if job else "", "done": job.done if job else 0,
            "total": job.total if job else 0, "error": job.error if job else None, "id": inquiry, "wish": kept.wish,
            "changed": kept.changed, "files": {name: f"{_stem(kept.wish)}{end}" for name, end in FILES.items()},
            "made": made and summary_row(made),
        }  # fmt: skip

    def all(self, learner: str) -> list[dict[str, Any]]:
        """A person's inquiries, the last one first: `id`, `wish`, `changed`."""
        found = [(file, _read_wish(file)) for file in self._of(learner).glob("*.json")]
        rows = [{"id": file.stem, "wish": kept.wish, "changed": kept.changed} for file, kept in found if kept]
        return sorted(rows, key=lambda row: -cast("float", row["changed"]))

    def take(self, learner: str, inquiry: str, name: str, style: str = "") -> bytes:
        """What came of an inquiry as a file of a format of `FILES`; LaTeX brings its references, in one archive.
        `style`: of the references. Raises `TutorError`."""
        from tutor.summaries.save import SUFFIXES, save_summary  # noqa: PLC0415  Word files and citation styles

        file = self._file(learner, inquiry)
        kept, summary = _read_wish(file), self._summary(file)
        if kept is None or summary is None or name not in FILES:
            raise TutorError("inquiry-unknown")
        stem = _stem(kept.wish)
        with TemporaryDirectory() as folder:
            paths = save_summary(summary, Path(folder) / f"{stem}{SUFFIXES[name][0]}", style=style)
            return _zipped(paths) if len(paths) > 1 else paths[0].read_bytes()

    def remove(self, learner: str, inquiry: str) -> None:
        """Remove an inquiry, with what came of it."""
        self.stop(learner, inquiry)
        _unlink(self._file(learner, inquiry))

    def export(self, learner: str) -> list[dict[str, Any]]:
        """A person's inquiries whole: `id`, `wish`, `changed` and `made`, as `look` says, as plain data."""
        rows = [(row, self._summary(self._file(learner, row["id"]))) for row in self.all(learner)]
        return [{**row, "wish": asdict(row["wish"]), "made": made and summary_row(made)} for row, made in rows]

    def forget(self, learner: str) -> None:
        """Remove all inquiries of a person."""
        for file in self._of(learner).glob("*.json"):
            self.jobs.stop(str(file))
            _unlink(file)

    def _wish(
        self, kind: Kind, question: str, documents: Sequence[str], aspects: Sequence[str], language: str
    ) -> Wish:  # fmt: skip
        titles = {entry.id: entry.title for entry in self.library().entries() if entry.id}
        if not titles:
            raise KnowledgeError("library-empty")
        if kind == "question":
            return Wish(kind, " ".join(self.desk.readable(question).split()), language=language)
        for name in documents:
            if name not in titles:
                raise KnowledgeError("document-unknown", id=name)
        chosen = tuple(aspects)[:MOST_ASPECTS] if kind in WITH_ASPECTS else ()
        return Wish(kind, "", tuple(documents), chosen, language, tuple(titles[name] for name in documents))

    def _begin(self, file: Path, wish: Wish) -> None:
        kept = _Kept(wish, time.time())
        write_text_atomically(file, _kept_form().dump_json(kept).decode())
        old = sorted(file.parent.glob("*.json"), key=lambda one: one.stat().st_mtime, reverse=True)[MOST_KEPT:]
        for one in old:
            _unlink(one)
        self.jobs.start(str(file), lambda watch: self._make(file, wish, watch))

    def _make(self, file: Path, wish: Wish, watch: Watch) -> None:
        if wish.kind == "question":
            made = self.desk.ask(wish.question, wish.language, watch=watch)
        else:
            made = self.desk.condense(
                wish.kind, wish.language, aspects=wish.aspects, documents=wish.documents, watch=watch
            )  # fmt: skip
        if file.exists():  # it was not removed meanwhile
            write_bytes_atomically(file.with_suffix(".summary"), _summary_form().dump_json(made.summary))

    def _summary(self, file: Path) -> Summary | None:
        made = file.with_suffix(".summary")
        try:
            return self._read(made, made.stat().st_mtime_ns)
        except (OSError, ValidationError):
            return None

    def _of(self, learner: str) -> Path:
        """A folder a person, whatever their name is made of."""
        return self.folder / hashlib.sha256(learner.encode()).hexdigest()[:20]

    def _file(self, learner: str, inquiry: str) -> Path:
        if not _ID.fullmatch(inquiry):
            raise TutorError("inquiry-unknown")
        return self._of(learner) / f"{inquiry}.json"


def _read_wish(file: Path) -> _Kept | None:
    try:
        return _kept_form().validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None


def _read_summary(file: Path, _: int) -> Summary:
    return _summary_form().validate_json(file.read_bytes())


def _unlink(file: Path) -> None:
    file.unlink(missing_ok=True)
    file.with_suffix(".summary").unlink(missing_ok=True)


def _stem(wish: Wish) -> str:
    """How the files are called: by the question, or by what they are."""
    said = wish.question or " ".join((wish.kind, *wish.titles[:1]))
    words = re.sub("[^a-z0-9]+", "-", folded(said)).strip("-")
    return words[:LONGEST_NAME].rstrip("-") or "atenea"


def _zipped(paths: Sequence[Path]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            archive.write(path, path.name)
    return out.getvalue()


@cache
def _kept_form() -> "TypeAdapter[_Kept]":
    return TypeAdapter(_Kept)


@cache
def _summary_form() -> "TypeAdapter[Summary]":
    return TypeAdapter(Summary)
