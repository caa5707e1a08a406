"""The record of an exam: which questions it asked, so that a later one can avoid them, and which files are its own.

It lies in the exam's folder (`.atenea-exam.json`) and, with the folder's path, in the data folder. It holds no question
and no key in words.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.errors import BadItem
from knowledge.storage import write_text_atomically
from tutor.errors import BadExam
from tutor.exam_bank import question, recipe_of, renewable
from tutor.exam_papers import Versions
from tutor.exam_request import LETTERS, Request
from tutor.export.json_file import read_paper

NAME = ".atenea-exam.json"
FORMAT = "atenea-exam"


@dataclass(frozen=True, slots=True)
class Used:
    """What earlier exams asked: questions, and recipes that would ask the same knowledge again."""

    questions: tuple[str, ...] = ()
    recipes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Repeat:
    """An earlier exam that asked some of the same. `record`: the file that `--avoid` takes."""

    title: str
    folder: str
    record: str
    count: int


def record(request: Request, versions: Versions, files: Mapping[str, bytes]) -> dict[str, Any]:
    """The record of an exam as plain values: the same exam, the same record."""
    return {
        "format": FORMAT, "format_version": 1, "title": request.blueprint.title, "language": request.language,
        "blueprint": request.blueprint.digest, "seed": request.seed, "reviewed": request.review,
        "items": [
            {"version": LETTERS[version], "id": one.item.id, "recipe": recipe_of(one.item),
             "questions": list(one.questions)}
            for version, entries in enumerate(versions) for one in entries
        ],
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }  # fmt: skip


def as_text(kept: Mapping[str, Any]) -> str:
    """A record as it lies in a file."""
    return json.dumps(kept, ensure_ascii=False, indent=1) + "\n"


def keep(folder: Path, request: Request, kept: Mapping[str, Any]) -> None:
    """Remember an exam in the data folder, in the place of what the same request left."""
    write_text_atomically(folder / f"{request.id}.json", as_text({**kept, "folder": request.out}))


def repeats(folder: Path, request: Request, asked: Iterable[Iterable[str]]) -> list[Repeat]:
    """The exams made earlier with this data folder that share questions with this one; the same exam in its other
    language, or made again, is none. `asked`: the questions of each of its items."""
    mine = {one for questions in asked for one in questions}
    found = []
    for file in sorted(folder.glob("*.json")):
        kept = read_record(file)
        if kept is None or (kept["blueprint"], kept["seed"]) == (request.blueprint.digest, request.seed):
            continue
        count = sum(1 for item in kept["items"] if not mine.isdisjoint(item["questions"]))
        if count:
            found.append(Repeat(kept["title"], str(kept.get("folder", "")), str(file), count))
    return found


def read_record(file: Path) -> dict[str, Any] | None:
    """The record in a file; None where there is none."""
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return value if _sound(value) else None


def read_used(paths: Sequence[Path]) -> Used:
    """What the exams in these folders and files asked. Raises `BadExam` for a path without an exam."""
    questions: set[str] = set()
    recipes: set[str] = set()
    for path in paths:
        found = list(_asked(path))
        if not found:
            raise BadExam("avoid-nothing", path=path)
        for recipe, asked in found:
            questions.update(asked)
            recipes.update(() if renewable(recipe) else (recipe,))
    return Used(tuple(sorted(questions)), tuple(sorted(recipes)))


def _asked(path: Path) -> Iterator[tuple[str, Iterable[str]]]:
    """(recipe, questions) of each item of an exam: of its record, or of its papers in JSON."""
    kept = read_record(path / NAME if path.is_dir() else path)
    if kept:
        yield from ((item["recipe"], item["questions"]) for item in kept["items"])
        return
    for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
        try:
            read = read_paper(file.read_bytes())
        except (OSError, BadItem):
            continue
        yield from ((recipe_of(item), (question(item),)) for item in read.items)


def _sound(value: Any) -> bool:
    """Whether a value is a record, whoever wrote it."""
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        return False
    items, files = value.get("items"), value.get("files")
    texts = all(isinstance(value.get(name), str) for name in ("title", "language", "blueprint"))
    return (
        texts and isinstance(value.get("seed"), int) and isinstance(files, dict) and isinstance(items, list)
        and all(
            isinstance(item, dict) and isinstance(item.get("recipe"), str) and isinstance(item.get("questions"), list)
            and all(isinstance(one, str) for one in item["questions"])
            for item in items
        )
    )  # fmt: skip
