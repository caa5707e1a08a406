"""The files of an exam's results: a folder with tables for a spreadsheet and the JSON, there whole or not at all."""

import csv
import json
import shutil
import uuid
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from knowledge.storage import replace_folder, writable_folder, write_bytes_atomically
from knowledge.terms import fold
from tutor.responses import read_rows
from tutor.results_errors import BadResults
from tutor.results_hand import HEADS, safe
from tutor.results_words import Words

TO_GRADE = "to-grade.csv"
FILES = ("items.csv", "students.csv", "concepts.csv", TO_GRADE, "results.json")
Row = dict[str, Any]
Cell = str | float | None


def check_folder(folder: Path, by_hand: Path | None) -> None:
    """Whether results may be written to a folder: a new one, or one that holds results alone, without scores by hand
    that were not handed in. Raises `BadResults`."""
    if folder.exists() and not folder.is_dir():
        raise BadResults("folder-of-others", path=folder, found=folder.name)
    there = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if others := [name for name in there if name not in FILES]:
        raise BadResults("folder-of-others", path=folder, found=others[0])
    kept = folder / TO_GRADE
    given = by_hand is not None and kept.exists() and kept.samefile(by_hand)
    if kept.exists() and not given and _has_scores(kept):
        raise BadResults("hand-would-be-lost", path=kept)


def _has_scores(path: Path) -> bool:
    rows = read_rows(path)
    heads = [fold(name) for name in rows[0][1]] if rows else []
    return any(cells[heads.index(head)] for head in HEADS["points"] if head in heads for _, cells in rows[1:])


def write_folder(folder: Path, found: Row, words: Words) -> list[str]:
    """The files' paths. Raises `KnowledgeError` where the folder cannot be written; it is then as it was."""
    tables = {
        "items.csv": _table(words, "items-csv", map(_item, found["items"])),
        "students.csv": _table(words, "students-csv", map(_student, found["students"])),
        "concepts.csv": _table(words, "concepts-csv", map(_concept, found["concepts"])),
        **({TO_GRADE: _table(words, "to-grade-csv", map(_to_grade, found["to_grade"]))} if found["to_grade"] else {}),
    }
    names = [name for name in FILES if name in tables or name == "results.json"]
    files = [str(folder / name) for name in names]
    target = folder.resolve()
    work = writable_folder(target.with_name(f".{target.name}-{uuid.uuid4().hex[:8]}"))
    try:
        for name, text in tables.items():
            write_bytes_atomically(work / name, text.encode("utf-8-sig"))  # the mark makes spreadsheets read UTF-8
        written = json.dumps({**found, "files": files}, ensure_ascii=False, indent=2)
        write_bytes_atomically(work / "results.json", f"{written}\n".encode())
        replace_folder(work, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return files


def _table(words: Words, heads: str, rows: Iterable[Sequence[Cell]]) -> str:
    """A table as the spreadsheets of a language read it: in Spanish with decimal commas, and semicolons between."""
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=";" if words.language == "es" else ",")
    writer.writerow(words.heads(heads))
    for row in rows:
        writer.writerow([_cell(words, cell) for cell in row])
    return out.getvalue()


def _cell(words: Words, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return safe(cell)
    text = f"{cell:.4f}".rstrip("0").rstrip(".") if isinstance(cell, float) else str(cell)
    return text.replace(".", ",") if words.language == "es" else text


def _item(row: Row) -> list[Cell]:
    level = row["difficulty"]
    ids = " ".join(dict.fromkeys(row["ids"].values()))
    options = "; ".join(f"{use['letter'] or use['misconception'] or '*'} {100 * use['share']:.0f}%"
                        for use in row["options"])  # fmt: skip
    flags = row["flags"]
    return [
        row["number"], ids, row["concept_name"], row["kind"], row["points"], row["answers"], row["blank"],
        row["to_grade"], *_interval(row["right"]), *_interval(row["discrimination"]), row["upper_lower"],
        row["alpha_without"], level["stated"], level["expected"], level["error"], options, _mistakes(row),
        " ".join(flag["says"] for flag in flags), " ".join(flag["do"] for flag in flags),
    ]  # fmt: skip


def _student(row: Row) -> list[Cell]:
    names = {concept["concept"]: concept["name"] for concept in row["concepts"]}
    return [
        row["student"], row["name"], row["version"], row["points"], row["of"], row["graded_of"], row["share"],
        row["blank"], row["to_grade"], names.get(row["weakest"], ""),
    ]  # fmt: skip


def _concept(row: Row) -> list[Cell]:
    return [row["concept"], row["name"], row["questions"], row["answers"], *_interval(row["right"]), _mistakes(row)]


def _to_grade(row: Row) -> list[Cell]:
    return [
        row["student"], row["name"], row["version"], row["number"], row["item"], row["stem"], row["answer"],
        row["why"], row["worth"], row["points"],
    ]  # fmt: skip


def _mistakes(row: Row) -> str:
    return "; ".join(f"{mistake['misconception']} {mistake['students']}" for mistake in row["mistakes"])


def _interval(found: Row) -> list[Cell]:
    return [found["value"], found["lo"], found["hi"]]
