"""`questions.toml` of a concept as questions, with the faults found on the way (docs/course-format.md)."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from knowledge.course import QUESTIONS_FILE
from knowledge.course_faults import FAULTS, shown
from knowledge.course_tables import Tables
from knowledge.messages import LANGUAGES
from knowledge.question import BLOOM, PLACE, QUESTION_KINDS, Question, Wording

HIGHEST = 5
_KEYS = ("id", "kind", "bloom", "difficulty", "source", "mistakes", *LANGUAGES)
_TEXTS = tuple(field.name for field in fields(Wording))
_COUNTS = {"mcq": (1, 1), "multi": (2, 4), "order": (3, 8), "match": (3, 8), "short": (1, 4)}  # right answers
_WRONG = {"mcq": (2, 4), "multi": (1, 3), "match": (0, 3)}
_PLACES = {"mcq": (0, 1), "multi": (0, 1), "order": (0, 0), "match": (2, 2), "short": (0, 0)}


def read_questions(tables: Tables, folder: Path) -> list[Question]:
    """The questions of a concept's folder; a concept may go without."""
    file = folder / QUESTIONS_FILE
    table = tables.toml(file) if file.exists() else None
    if table is None:
        return []
    tables.keys(file, 0, table, ("question",), file.name)
    return [
        question
        for line, name, row in tables.named(file, table, "question")
        if (question := _question(tables, file, line, name, row)) is not None
    ]


def _question(tables: Tables, file: Path, line: int, name: str, row: Mapping[str, Any]) -> Question | None:
    before = len(tables.faults)
    tables.keys(file, line, row, _KEYS, "question")
    if not name.startswith(file.parent.name + "."):
        tables.fault(file, line, "id-begins", id=shown(name), folder=file.parent.name)
    kind, bloom, difficulty = row.get("kind"), row.get("bloom"), row.get("difficulty")
    if kind not in QUESTION_KINDS:
        tables.fault(file, line, "question-kind", name=name, value=shown(kind), known=", ".join(QUESTION_KINDS))
        return None
    if bloom not in BLOOM:
        tables.fault(file, line, "question-bloom", name=name, value=shown(bloom), known=", ".join(BLOOM))
    if type(difficulty) is not int or not 1 <= difficulty <= HIGHEST:
        tables.fault(file, line, "question-difficulty", name=name, value=shown(difficulty), most=HIGHEST)
    wordings = {
        language: _wording(tables, file, line, name, kind, row.get(language), language) for language in LANGUAGES
    }
    sources = tables.sources(file, line, row, name)
    mistakes = row.get("mistakes") or []
    if not isinstance(mistakes, list) or not all(isinstance(one, str) for one in mistakes):
        tables.fault(file, line, "mistakes-list", name=name)
        mistakes = []
    sides = [wording for wording in wordings.values() if wording is not None]
    if len(sides) == len(LANGUAGES):
        _alike(tables, file, line, name, sides, mistakes)
    if len(tables.faults) > before:
        return None
    texts = {language: wording for language, wording in wordings.items() if wording}
    concept = file.parent.name
    return Question(name, concept, kind, str(bloom), int(difficulty or 0), sources, texts, tuple(mistakes))


def _wording(
    tables: Tables, file: Path, line: int, name: str, kind: str, found: object, language: str
) -> Wording | None:
    where = FAULTS.phrase("in-language", what=name, language=language)
    if not isinstance(found, dict):
        tables.fault(file, line, "wording-missing", where=where, language=language)
        return None
    tables.keys(file, line, found, _TEXTS, "wording")
    texts = {key: found.get(key, "") for key in ("stem", "rationale", "says")}
    for key, text in texts.items():
        if not isinstance(text, str) or (key != "says" and not text.strip()):
            tables.fault(file, line, "wording-text", key=key, where=where)
            return None
    lists: dict[str, Any] = {}
    for key in ("right", "hints", "wrong", "lines", "claims", "feedback"):
        required = key in {"right", "hints"}
        lists[key] = ()
        if found.get(key) or (required and key in found):
            lists[key] = tables.words(file, line, found[key], FAULTS.phrase("name-of", key=key, of=where))
        elif required:
            tables.fault(file, line, "wording-list", key=key, where=where)
    accept = found.get("accept") or []
    if not isinstance(accept, list) or not all(
        isinstance(one, list) and all(isinstance(text, str) for text in one) for one in accept
    ):
        tables.fault(file, line, "wording-accept", where=where)
        accept = []
    wording = Wording(**texts, **lists, accept=tuple(map(tuple, accept)))
    for message, values in _faults(wording, kind):
        tables.fault(file, line, message, where=where, **values)
    return wording


def _faults(wording: Wording, kind: str) -> Iterator[tuple[str, dict[str, object]]]:
    """The messages on a wording, each with its values."""
    for key, (least, most) in (("right", _COUNTS[kind]), ("wrong", _WRONG.get(kind, (0, 0)))):
        count = len(getattr(wording, key))
        if not least <= count <= most:
            yield "wording-count", {"key": key, "count": count, "kind": kind, "least": least, "most": most}
    least, most = _PLACES[kind]
    if not least <= wording.says.count(PLACE) <= most:
        yield "wording-places", {"most": most, "kind": kind}
    if kind == "match" and len(wording.lines) != len(wording.right):
        yield "wording-lines", {}
    if kind in {"order", "short"} and not wording.claims:
        yield "wording-claims", {}
    if kind == "short" and len(wording.claims) != len(wording.right):
        yield "wording-claims-lengths", {}
    if wording.accept and len(wording.accept) != len(wording.right):
        yield "wording-accept-lengths", {}
    if wording.feedback and len(wording.feedback) != len(wording.wrong):
        yield "wording-feedback", {}


def _alike(tables: Tables, file: Path, line: int, name: str, sides: list[Wording], mistakes: list[str]) -> None:
    """Both languages ask the same: lists of the same length."""
    one, other = (asdict(side) for side in sides)
    for key in ("right", "wrong", "lines", "hints"):
        if len(one[key]) != len(other[key]):
            tables.fault(file, line, "languages-lengths", key=key, name=name)
    if mistakes and len(mistakes) != len(sides[0].wrong):
        tables.fault(file, line, "mistakes-lengths", name=name)
