"""`questions.toml` of a concept as questions, with the faults found on the way (docs/course-format.md)."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from knowledge.course import QUESTIONS_FILE
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
    tables.keys(file, line, row, _KEYS, "a question")
    if not name.startswith(file.parent.name + "."):
        tables.fault(file, line, f"id {name!r} must begin with '{file.parent.name}.': write it so")
    kind, bloom, difficulty = row.get("kind"), row.get("bloom"), row.get("difficulty")
    if kind not in QUESTION_KINDS:
        tables.fault(file, line, f"kind of {name} is {kind!r}: give one of {', '.join(QUESTION_KINDS)}")
        return None
    if bloom not in BLOOM:
        tables.fault(file, line, f"bloom of {name} is {bloom!r}: give one of {', '.join(BLOOM)}")
    if type(difficulty) is not int or not 1 <= difficulty <= HIGHEST:
        tables.fault(file, line, f"difficulty of {name} is {difficulty!r}: give a whole number from 1 to {HIGHEST}")
    wordings = {
        language: _wording(tables, file, line, name, kind, row.get(language), language) for language in LANGUAGES
    }
    sources = tables.sources(file, line, row, name)
    mistakes = row.get("mistakes") or []
    if not isinstance(mistakes, list) or not all(isinstance(one, str) for one in mistakes):
        tables.fault(
            file, line, f"'mistakes' of {name} needs a list of ids of misconceptions, \"\" where there is none"
        )
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
    where = f"{name} in '{language}'"
    if not isinstance(found, dict):
        tables.fault(file, line, f"{where} is missing: write it under [question.{language}]")
        return None
    tables.keys(file, line, found, _TEXTS, "a question's wording")
    texts = {key: found.get(key, "") for key in ("stem", "rationale", "says")}
    for key, text in texts.items():
        if not isinstance(text, str) or (key != "says" and not text.strip()):
            tables.fault(file, line, f"'{key}' of {where} needs a text")
            return None
    lists: dict[str, Any] = {}
    for key in ("right", "hints", "wrong", "lines", "claims", "feedback"):
        required = key in {"right", "hints"}
        lists[key] = tables.words(file, line, found[key], f"'{key}' of {where}") if found.get(key) or (required and (
            key in found or _absent(tables, file, line, key, where))) else ()  # fmt: skip
    accept = found.get("accept") or []
    if not isinstance(accept, list) or not all(
        isinstance(one, list) and all(isinstance(text, str) for text in one) for one in accept
    ):
        tables.fault(file, line, f"'accept' of {where} needs a list of lists of texts, one for each point")
        accept = []
    wording = Wording(**texts, **lists, accept=tuple(map(tuple, accept)))
    for message in _faults(wording, kind):
        tables.fault(file, line, f"{where}: {message}")
    return wording


def _absent(tables: Tables, file: Path, line: int, key: str, where: str) -> bool:
    tables.fault(file, line, f"'{key}' of {where} is missing: write it as [\"...\"]")
    return False


def _faults(wording: Wording, kind: str) -> list[str]:
    found = []
    least, most = _COUNTS[kind]
    if not least <= len(wording.right) <= most:
        found.append(f"'right' has {len(wording.right)} answers; a question of kind {kind} needs {least} to {most}")
    least, most = _WRONG.get(kind, (0, 0))
    if not least <= len(wording.wrong) <= most:
        found.append(f"'wrong' has {len(wording.wrong)} answers; a question of kind {kind} needs {least} to {most}")
    least, most = _PLACES[kind]
    if not least <= wording.says.count(PLACE) <= most:
        found.append(f"'says' needs {most} places {{}} in a question of kind {kind}")
    if kind == "match" and len(wording.lines) != len(wording.right):
        found.append("'lines' and 'right' differ in length: give each line its answer")
    if kind in {"order", "short"} and not wording.claims:
        found.append("'claims' is missing: the sentences, each standing alone, that make the answer right")
    if kind == "short" and len(wording.claims) != len(wording.right):
        found.append("'claims' and 'right' differ in length: give each required point its sentence")
    if wording.accept and len(wording.accept) != len(wording.right):
        found.append("'accept' and 'right' differ in length: give each required point its list, empty if need be")
    if wording.feedback and len(wording.feedback) != len(wording.wrong):
        found.append("'feedback' and 'wrong' differ in length: give each distractor its text")
    return found


def _alike(tables: Tables, file: Path, line: int, name: str, sides: list[Wording], mistakes: list[str]) -> None:
    """Both languages ask the same: lists of the same length."""
    one, other = (asdict(side) for side in sides)
    for key in ("right", "wrong", "lines", "hints"):
        if len(one[key]) != len(other[key]):
            tables.fault(file, line, f"'{key}' of {name} differs in length between the languages: make it the same")
    if mistakes and len(mistakes) != len(sides[0].wrong):
        tables.fault(file, line, f"'mistakes' and 'wrong' of {name} differ in length: \"\" where there is none")
