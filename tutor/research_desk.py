"""The researcher's desk: summaries and digests of given documents, or of the person's library, with their files.

The course does not speak here: what is cited is what the researcher brought.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.research.aspects import ASPECTS
from agents.research.digest import Digester, DigestKind
from agents.research.drafting import SummaryWriter
from agents.research.researcher import CitedDocuments, Researcher
from agents.research.summary import Line, Summary
from knowledge.documents import Document
from knowledge.errors import KnowledgeError
from knowledge.text_guard import guard_text, text_language
from tutor.jobs import Watch, unwatched
from tutor.rendering import TEXTS
from tutor.settings import Settings
from tutor.sources import Opened
from tutor.workshop import DEFAULT_LANGUAGE

if TYPE_CHECKING:
    from agents.research.chat_summary import Label

MOST_SAID = 200  # characters of a wish for an aspect


@dataclass(frozen=True)
class Files:
    """Where a summary is saved: `out` by its suffix, `bib` for the references, `formats` beside `out`; `style`: of the
    references, by name or as a .csl file."""

    out: Path | None = None
    bib: Path | None = None
    formats: tuple[str, ...] = ()
    style: str = ""


@dataclass(frozen=True)
class Made:
    """A summary, what it was made from, and the seconds that its steps took."""

    summary: Summary
    opened: Opened
    seconds: dict[str, float]


Open = Callable[[Sequence[Path]], Opened]
Speaker = Callable[["Label"], SummaryWriter | None]


class ResearchDesk:
    """Researches for a person. `open_sources` opens given files, or the library where none are given; `speaker` makes
    the writer that words summaries, None for the composer; `notice` hears of each step."""

    def __init__(self, settings: Settings, open_sources: Open, speaker: Speaker, notice: Callable[[str], None]) -> None:
        self.settings = settings
        self.open_sources = open_sources
        self.speaker = speaker
        self._last: tuple[Researcher, Opened] | None = None  # what was opened last, and who reads it
        self.notice = notice

    def answer(
        self, question: str, *, language: str = "auto", sources: Sequence[Path] = (), files: Files = Files()
    ) -> dict[str, Any]:
        """An audited summary of what the documents say to a question, saved where `files` says.

        Raises `AteneaError`: nothing to search, a question that cannot be read, files that cannot be written.
        """
        return _result(self.ask(question, language, sources), files)

    def digest(
        self, kind: DigestKind, *, language: str = "auto", sources: Sequence[Path] = (),
        aspects: Sequence[str] = (), files: Files = Files(),
    ) -> dict[str, Any]:  # fmt: skip
        """Documents in short: by aspects, as a table, as a timeline, as key terms; saved where `files` says.

        `language` "auto" is that of most of the documents. Raises `AteneaError`, as `answer`.
        """
        return _result(self.condense(kind, language, sources, aspects), files)

    def ask(
        self, question: str, language: str = "auto", sources: Sequence[Path] = (), watch: Watch = unwatched
    ) -> Made:  # fmt: skip
        """The summary of `answer`, not saved. `watch` hears of the steps "open", "read" and "write" and may stop it."""
        from tutor.graphs.research import run_research  # noqa: PLC0415  LangGraph: a second

        started = time.perf_counter()
        text = self.readable(question)
        spoken = text_language(text, language, DEFAULT_LANGUAGE)
        watch("open", 0, 0)
        researcher, opened = self.open(sources)
        ready = time.perf_counter()
        summary = run_research(researcher, text, spoken, self._said(len(opened.documents), spoken, watch))
        return Made(summary, opened, {"open": ready - started, "total": time.perf_counter() - started})

    def condense(
        self, kind: DigestKind, language: str = "auto", sources: Sequence[Path] = (), aspects: Sequence[str] = (),
        documents: Sequence[str] = (), watch: Watch = unwatched,
    ) -> Made:  # fmt: skip
        """The digest of `digest`, not saved, of all documents or of those with the ids `documents`; `watch` as in
        `ask`."""
        started = time.perf_counter()
        chosen = tuple(guard_text(aspect, MOST_SAID) for aspect in aspects) or ASPECTS
        watch("open", 0, 0)
        researcher, opened = self.open(sources)
        if documents:
            researcher = _restricted(researcher, documents)
        spoken = language if language in {"es", "en"} else _usual(tuple(researcher.cited.documents.values()))
        summary = Digester(researcher, watch).digest(kind, spoken, chosen)
        return Made(summary, opened, {"total": time.perf_counter() - started})

    def readable(self, question: str) -> str:
        """The question as it will be read. Raises `BadText`."""
        return guard_text(question, self.settings.max_question)

    def open(self, sources: Sequence[Path]) -> tuple[Researcher, Opened]:
        """A researcher over these sources. Raises `KnowledgeError("library-empty")` where there are none."""
        opened = self.open_sources(sources)
        if not opened.documents:
            raise KnowledgeError("library-empty")
        if self._last is None or self._last[1] is not opened:
            cited = CitedDocuments({document.id: document for document in opened.documents})
            self._last = Researcher(opened.corpus, cited, self.speaker(cited.label)), opened
        return self._last

    def _said(self, documents: int, language: str, watch: Watch) -> Callable[[str, int, int], None]:
        """Tells the steps of a research as they are done, documents by their count."""
        state = {"read": 0, "of": documents}

        def said(step: str, done: int, of: int) -> None:
            if step == "search":
                state["of"] = of
            elif step == "read":
                state["read"] += done
            watch("write" if step == "write" else "read", 0 if step == "write" else state["read"], state["of"])
            if step == "read":
                self.notice(TEXTS.text("searching", language, done=state["read"], total=state["of"]))

        return said


def _restricted(researcher: Researcher, documents: Sequence[str]) -> Researcher:
    """Who reads and cites only these. Raises `KnowledgeError("document-unknown")`."""
    known = researcher.cited.documents
    for name in documents:
        if name not in known:
            raise KnowledgeError("document-unknown", id=name)
    return Researcher(researcher.corpus, CitedDocuments({name: known[name] for name in documents}), researcher.writer)


def _result(made: Made, files: Files) -> dict[str, Any]:
    from tutor.summaries.save import save_summary  # noqa: PLC0415  Word files and citation styles

    summary = made.summary
    written: list[Path] = []
    if files.out is not None:
        written = save_summary(summary, files.out, files.bib, files.formats, style=files.style)
    problems = [
        {
            "path": str(one.values.get("path", "")),
            "problem": one.message(summary.language),
            "hint": one.hint(summary.language),
        }
        for one in made.opened.problems
    ]
    return {
        **summary_row(summary),
        "files": [str(path) for path in written],
        "problems": problems,
        "timings_ms": {name: round(value * 1000, 1) for name, value in made.seconds.items()},
    }


def summary_row(summary: Summary) -> dict[str, Any]:
    """A summary in the form of the command line's JSON."""
    references = {reference.document: reference for reference in summary.searched}
    quoted = Counter(quotation.document for quotation in summary.quotations)
    table = summary.table
    return {
        "question": summary.question, "language": summary.language, "engine": summary.engine,
        "questions": list(summary.questions),
        "sections": [
            {"title": part.title, "kind": part.kind, "sentences": [_line(line) for line in part.lines]}
            for part in summary.parts
        ],
        "sources": [
            {
                "n": one.n, "document": one.document, "title": references[one.document].title,
                "authors": list(references[one.document].authors), "year": references[one.document].year,
                "locator": one.locator, "quote": one.quote, "language": one.language, "start": one.start,
                "end": one.end, "score": one.score, "path": references[one.document].path,
            }
            for one in summary.quotations
        ],
        "disagreements": [
            {"kind": one.kind, "about": one.about, "sides": [_line(line) for line in one.sides]}
            for one in summary.disagreements
        ],
        "table": None if table is None else {
            "columns": list(table.columns), "rows": list(table.rows),
            "cells": [[[_line(line) for line in cell] for cell in row] for row in table.cells],
        },
        "not_in_sources": list(summary.missing), "dropped": dict(summary.dropped),
        "documents": [
            {
                **asdict(one), "authors": list(one.authors), "id": one.document, "quotations": quoted[one.document],
            }
            for one in summary.searched
        ],
        "abstained": not (summary.parts or (table and any(any(row) for row in table.cells))),
    }  # fmt: skip


def _line(line: Line) -> dict[str, Any]:
    return {
        "text": line.text, "verdict": line.verdict, "citations": list(line.citations), "score": line.probability,
        "translation": line.translation,
    }  # fmt: skip


def _usual(documents: Sequence[Document]) -> str:
    return Counter(document.language for document in documents).most_common(1)[0][0]
