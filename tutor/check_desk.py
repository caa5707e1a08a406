"""Texts that a person checks in the app: read from a file, kept while they are worked on, marked, and reported."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from knowledge.decoding import decode_text
from knowledge.formats.limits import Limits
from knowledge.parsing import PLAIN, read_sources
from knowledge.storage import write_text_atomically
from tutor.check_report import CheckReport, render_report, render_text
from tutor.errors import TutorError

MOST_KEPT = 20  # texts of one person; the oldest give way
_NAME = re.compile(r"[0-9a-f]{16}")
EMPTY: dict[str, Any] = {
    "text": "", "against": "all", "source": "", "checked": "", "language": "", "claims": [], "whole": False,
}  # fmt: skip


class CheckDesk:
    """The desk of a data folder. `limits`: what a file may cost to read."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.folder = folder
        self.limits = limits

    def text_of(self, name: str, content: bytes) -> str:
        """The text of a file. Raises `BadText`, `BadDocument`."""
        if Path(name).suffix.lower() in PLAIN:
            return decode_text(content, name)
        with TemporaryDirectory() as folder:
            file = Path(folder) / f"document{Path(name).suffix.lower()[:8]}"
            file.write_bytes(content)
            documents, problems = read_sources([file], self.limits)
        if problems:
            raise problems[0]
        return "\n\n".join(document.text for document in documents)

    def keep(self, learner: str, name: str, work: Mapping[str, Any]) -> None:
        """Keep a text under work: `text`, `against`, and of its last check `source` (the text as it was then),
        `checked` (as it was read), `language`, `claims`, `whole`. `name`: 16 hexadecimal digits."""
        file = self._file(learner, name)
        write_text_atomically(file, json.dumps({key: work.get(key, EMPTY[key]) for key in EMPTY}, ensure_ascii=False))
        kept = sorted(file.parent.glob("*.json"), key=lambda one: one.stat().st_mtime, reverse=True)
        for old in kept[MOST_KEPT:] if learner else ():
            old.unlink(missing_ok=True)

    def kept(self, learner: str, name: str) -> dict[str, Any]:
        """A text under work; an empty one where there is none of that name."""
        try:
            return {**EMPTY, **json.loads(self._file(learner, name).read_text(encoding="utf-8"))}
        except (OSError, ValueError, TutorError):
            return dict(EMPTY)

    def export(self, learner: str) -> list[dict[str, Any]]:
        """All texts of a person, as `kept` gives them."""
        return [self.kept(learner, file.stem) for file in sorted(self._of(learner).glob("*.json"))]

    def forget(self, learner: str) -> None:
        """Remove all texts of a person."""
        for file in self._of(learner).glob("*.json"):
            file.unlink(missing_ok=True)

    def size(self, learner: str) -> int:
        """The bytes of a person's texts."""
        return sum(file.stat().st_size for file in self._of(learner).glob("*.json"))

    def marked(self, text: str, claims: Sequence[Mapping[str, Any]], language: str) -> str:
        """The text with its claims marked, as HTML; whatever the text and its sources hold is escaped."""
        return render_text(CheckReport(text, claims, language, (), date.today()))

    def report(
        self, text: str, claims: Sequence[Mapping[str, Any]], language: str, checked: Sequence[str], name: str = ""
    ) -> str:
        """The report of a check against the sources of the names `checked`: one HTML file."""
        return render_report(CheckReport(text, claims, language, checked, date.today(), name))

    def _of(self, learner: str) -> Path:
        """A folder a person, whatever their name is made of."""
        return self.folder / hashlib.sha256(learner.encode()).hexdigest()[:20]

    def _file(self, learner: str, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise TutorError("text-name", name=name[:40])
        return self._of(learner) / f"{name}.json"
