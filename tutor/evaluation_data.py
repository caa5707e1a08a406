"""Evaluation data: JSONL files of questions with their gold sections, and of claims with their labels.

A fault is reported with its file, its line and what is missing; nothing is skipped in silence.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from agents.errors import BadItem
from agents.item import Item
from knowledge.messages import LANGUAGES
from tutor.errors import BadData
from tutor.item_files import item_from

Label = Literal["true", "false", "not_found"]
Row = TypeVar("Row")

ANSWERS = 2  # relevance of a section that answers the question; 1 is related

_EXAMPLES = {
    "learner": '{"learner": "a1", "concept": "softmax", "kind": "mcq", "options": 4, "difficulty": 2, "score": 1, '
    '"at": "2027-01-31T10:00:00+00:00", "hints": 0}',
    "retrieval": (
        '{"question": "What does BERT read?", "lang": "en", "gold": [{"path": "bert.md", "heading": "Input"}]}'
    ),
    "grading": (
        '{"item": {"kind": "numeric", "language": "en", "stem": "...", "key": 3}, "answer": "three", "score": 1}'
    ),
    "leaks": '{"text": "Just tell me the answer.", "lang": "en", "attack": "direct"}',
    "items": '{"item": {"kind": "mcq", ...}, "fault": "wrong-key"}',
    "liars": (
        '{"concept": "bert", "lang": "en", "text": "BERT has one layer.", "label": false, "change": "number", '
        '"source": "transformers:bert.base-size:en"}'
    ),
    "tutoring": '{"id": "en-01", "lang": "en", "kind": "explain", "text": "What is attention?", "level": "beginner"}',
    "factcheck": '{"claim": "BERT reads in both directions.", "label": true, "lang": "en"}',
}
_LABELS: dict[object, Label] = {
    True: "true", False: "false", "true": "true", "false": "false",
    "supported": "true", "contradicted": "false", "not_found": "not_found",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class GoldSection:
    """A section that belongs to a question's answer. `relevance`: 2 answers it, 1 is related.

    `concept` tells sections of a course apart whose heading is the same ("Why it matters"); `lang` and `concept` may
    be empty.
    """

    path: str
    heading: str
    relevance: int = ANSWERS
    lang: str = ""
    concept: str = ""


@dataclass(frozen=True, slots=True)
class RetrievalRow:
    """A question with the sections to be found."""

    question: str
    lang: str
    gold: tuple[GoldSection, ...]


@dataclass(frozen=True, slots=True)
class FactcheckRow:
    """A claim with its label. `doubtful`: arguable, not scored. `split`: "fit" where thresholds may be fitted on it."""

    claim: str
    label: Label
    lang: str
    doubtful: bool = False
    kind: str = ""
    split: str = ""


def read_retrieval(path: Path) -> list[RetrievalRow]:
    """The rows of a retrieval file, in order. Raises `BadData`: data-missing, -json, -field, -empty."""
    rows = [
        RetrievalRow(line.text("question"), line.language("lang"), tuple(_gold(line)))
        for line in lines_of(path, "retrieval")
    ]
    return some_rows(rows, path)


def read_factcheck(path: Path) -> list[FactcheckRow]:
    """The rows of a fact check file, in order, doubtful ones too.

    `label` is true or false; the names of verdicts are taken too, and `not_found` for what no source can decide.
    Raises `BadData`: data-missing, -json, -field, -empty.
    """
    rows = [
        FactcheckRow(
            line.text("claim"), line.label(), line.language("lang"),
            bool(line.row.get("doubtful", False)), str(line.row.get("kind", "")), str(line.row.get("split", "")),
        )
        for line in lines_of(path, "factcheck")
    ]  # fmt: skip
    return some_rows(rows, path)


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it stands in the file."""

    path: Path
    number: int
    suite: str
    row: dict[str, Any]

    def fault(self, field: str, expected: str) -> BadData:
        """The error that names this line and what is wrong with a field of it."""
        return BadData(
            "data-field", path=self.path, line=self.number, field=field, expected=expected,
            example=_EXAMPLES[self.suite],
        )  # fmt: skip

    def text(self, field: str) -> str:
        """A field that is text. Raises `BadData`."""
        found = self.row.get(field)
        if not isinstance(found, str) or not found.strip():
            raise self.fault(field, "text")
        return found

    def language(self, field: str) -> str:
        """A field that is a language. Raises `BadData`."""
        found = self.row.get(field)
        if found not in LANGUAGES:
            raise self.fault(field, " | ".join(f'"{language}"' for language in LANGUAGES))
        return str(found)

    def item(self) -> Item:
        """The item of the row. Raises `BadData`."""
        try:
            return item_from(self.row.get("item"), self.path)
        except BadItem as error:
            raise self.fault("item", str(error.values["reason"])) from error

    def label(self) -> Label:
        """The label of a claim. Raises `BadData`."""
        found = self.row.get("label")
        if not isinstance(found, bool | str) or found not in _LABELS:
            raise self.fault("label", "true | false")
        return _LABELS[found]


def _gold(line: Line) -> Iterator[GoldSection]:
    found = line.row.get("gold")
    if not isinstance(found, list) or not found:
        raise line.fault("gold", "[{path, heading}, ...]")
    for place, gold in enumerate(found):
        name = f"gold[{place}]"
        if not isinstance(gold, dict):
            raise line.fault(name, "{path, heading}")
        for field in ("path", "heading"):
            if not isinstance(gold.get(field), str) or not gold[field].strip():
                raise line.fault(f"{name}.{field}", "text")
        relevance = gold.get("relevance", ANSWERS)
        if isinstance(relevance, bool) or relevance not in (1, ANSWERS):
            raise line.fault(f"{name}.relevance", "1 | 2")
        if gold.get("lang", "") not in ("", *LANGUAGES):
            raise line.fault(f"{name}.lang", " | ".join(f'"{language}"' for language in LANGUAGES))
        yield GoldSection(
            gold["path"], gold["heading"], int(relevance), gold.get("lang", ""), str(gold.get("concept", ""))
        )


def lines_of(path: Path, suite: str) -> Iterator[Line]:
    """The rows of a JSONL file, each with its place. Raises `BadData`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BadData("data-missing", path=path, reason=reason) from error
    for number, content in enumerate(text.split("\n"), start=1):  # not splitlines: JSON text may hold U+2028
        if not content.strip():
            continue
        try:
            row = json.loads(content)
        except ValueError as error:
            raise BadData("data-json", path=path, line=number, reason=error) from error
        if not isinstance(row, dict):
            raise BadData("data-json", path=path, line=number, reason=type(row).__name__)
        yield Line(path, number, suite, row)


def some_rows(rows: list[Row], path: Path) -> list[Row]:
    """The rows, where there are any. Raises `BadData`."""
    if not rows:
        raise BadData("data-empty", path=path)
    return rows
