"""Checking a text and searching, over whatever may be cited. Values are plain data, as the command line prints them."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from knowledge.course import Course
from knowledge.library import Library
from knowledge.messages import LANGUAGES
from knowledge.text_guard import guard_text, text_language
from tutor.assembly import Assembly
from tutor.claim_rows import claim_row
from tutor.settings import Settings
from tutor.sources import Against
from tutor.workshop import DEFAULT_LANGUAGE


class Checking:
    """Checks and searches for one tutor, with the parts of `assembly`. `course` and `library` are what speaks where no
    sources are given."""

    def __init__(
        self, settings: Settings, assembly: Assembly, course: Callable[[], Course], library: Callable[[], Library]
    ) -> None:  # fmt: skip
        self.settings = settings
        self.assembly = assembly
        self._course, self._library = course, library

    def check(
        self, text: str, language: str, sources: Sequence[Path], against: Against
    ) -> Iterator[dict[str, Any]]:  # fmt: skip
        """The claims of a text with their verdicts, as `Tutor.check` says."""
        text, spoken = self.readable(text, language)
        parts = self.assembly.parts(sources, against)
        for checked in parts.corpus.checker.check(text, spoken, mixed=language not in LANGUAGES):
            yield claim_row(checked, spoken, parts.citations.literature)

    def readable(self, text: str, language: str) -> tuple[str, str]:
        """The text as it is checked, and its language. Raises `BadText`."""
        clean = guard_text(text, self.settings.max_text)
        return clean, text_language(clean, language, DEFAULT_LANGUAGE)

    def source_names(self, language: str, sources: Sequence[Path], against: Against) -> list[str]:
        """What speaks, as a person knows it."""
        if sources:
            return [Path(source).resolve().name for source in sources]
        own = [] if against == "course" else [entry.title for entry in self._library().entries() if entry.id]
        return own if against == "library" else [self._course().title[language], *own]

    def search(
        self, query: str, k: int, language: str, sources: Sequence[Path], against: Against
    ) -> dict[str, Any]:  # fmt: skip
        """The `k` best passages. Raises `BadText`."""
        query = guard_text(query, self.settings.max_question)
        spoken = text_language(query, language, DEFAULT_LANGUAGE)
        hits = self.assembly.parts(sources, against).corpus.retriever.search(query, spoken, k)
        return {
            "language": spoken,
            "hits": [
                {"passage": hit.passage.id, "document": hit.passage.document, "title": hit.passage.title,
                 "locator": hit.passage.locator, "text": hit.passage.text, "score": round(hit.score, 4),
                 "path": hit.passage.path, "headings": list(hit.passage.headings)}
                for hit in hits
            ],
        }  # fmt: skip
