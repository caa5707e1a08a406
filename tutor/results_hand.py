"""Scores that a person gives by hand: the file that comes with the results, filled in and handed in again."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from agents.item import Item
from knowledge.terms import fold
from tutor.responses import read_rows
from tutor.results_errors import BadResults
from tutor.results_exam import Exam
from tutor.results_grades import Hand
from tutor.results_read import Group, Student

HEADS: Mapping[str, tuple[str, ...]] = {  # as `fold` leaves them, the surest first
    "student": tuple("student|estudiante|alumno|alumna|id".split("|")),
    "item": tuple("item|pregunta|number|numero|question".split("|")),
    "points": tuple("points|score|puntos|puntuacion|nota".split("|")),
}
_NUMBER = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,12})?")


def read_hand(path: Path, exam: Exam, group: Group) -> Hand:
    """The scores of a file that a person filled in: a row an answer, with student, item (id or number) and points;
    rows without points are passed over. Raises `BadResponses` and `BadResults`, which name line and column."""
    rows = read_rows(path)
    line, names = rows[0] if rows else (1, [])
    heads = [fold(" ".join(name.split())) for name in names]
    columns = {role: next((heads.index(head) for head in known if head in heads), -1) for role, known in HEADS.items()}
    if missing := [role for role, at in columns.items() if at < 0]:
        raise BadResults("hand-columns", path=path, line=line, missing=", ".join(missing))
    students = {fold(safe(student.id)): student for student in group.students}
    found: dict[tuple[str, str], float] = {}
    lines: dict[tuple[str, str], int] = {}
    for at, cells in rows[1:]:
        said = {role: cells[place] for role, place in columns.items()}
        student = students.get(fold(safe(said["student"])))
        if not said["points"]:
            continue
        if student is None:
            place = columns["student"] + 1
            raise BadResults("hand-student", path=path, line=at, column=place, student=said["student"][:60])
        item = _item(exam, student, said["item"])
        if item is None:
            place = columns["item"] + 1
            raise BadResults("hand-item", path=path, line=at, column=place, item=said["item"][:60], student=student.id)
        key = fold(student.id), item.id
        if key in found:
            raise BadResults("hand-twice", path=path, line=at, student=student.id, item=said["item"], first=lines[key])
        found[key], lines[key] = _points(path, at, columns["points"] + 1, said["points"], item), at
    return found


def _item(exam: Exam, student: Student, said: str) -> Item | None:
    items: Sequence[Item] = exam.forms[student.version].paper.items
    if named := next((item for item in items if item.id == said or safe(item.id) == said), None):
        return named
    return items[int(said) - 1] if said.isdecimal() and 0 < int(said) <= len(items) else None


def _points(path: Path, line: int, column: int, said: str, item: Item) -> float:
    points = float(said.replace(",", ".")) if _NUMBER.fullmatch(said) else -1.0
    if not 0 <= points <= item.points + 1e-9:
        raise BadResults("hand-points", path=path, line=line, column=column, cell=said[:60], most=f"{item.points:g}")
    return min(1.0, points / item.points)


def safe(cell: str) -> str:
    """A text that a spreadsheet takes for text: what it would run as a formula (=, +, -, @) has a ' before it, as
    OWASP advises against CSV injection; numbers stay."""
    if not cell or cell[0] not in "=+-@\t\r":
        return cell
    bare = cell[1:].replace(",", "").replace(".", "")
    return cell if cell[0] in "+-" and bare.isascii() and bare.isdigit() else f"'{cell}"
