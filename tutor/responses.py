"""A group's responses to an exam, from a CSV file: one row a student, one column an item.

Two kinds of table are read. A table of one's own has a column that says who ("id", "nombre", "email"...) and one column
for each item, headed by the item's id or by its number in the exam ("3", "P3", "Pregunta 3"); " /2" after it says that
the cells are points and out of how many. Moodle's exports have "Response 1" or "Respuesta 1" ("Responses" report),
"Q. 1 /1.00" or "P. 1 /1,00" ("Grades" report), with the place of the item in the quiz (moodle/mod/quiz/report, strings
`responsex` and `qbrief`). A column "version" or "modelo" says which version of the exam a student had. A cell is only
ever text: "=1+1" is those four characters.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.terms import fold
from tutor.errors import BadResponses

MOST_BYTES = 20_000_000
_WHO = {  # who a student is, the surest first; headers as `fold` leaves them
    "id": "id|student|student id|id number|estudiante|alumno|alumna|numero de id|dni|matricula|username|usuario"
    "|nombre de usuario",
    "email": "email|email address|e-mail|correo|correo electronico|direccion de correo|direccion email",
    "name": "name|full name|student name|nombre completo|nombre y apellidos",
    "first": "first name|nombre",
    "last": "last name|surname|apellido|apellidos|apellido(s)",
}
_ABOUT = {  # what else is said of an attempt
    "state": "state|status|estado|estatus",
    "version": "version|exam version|version del examen|modelo|modelo de examen|variante|variant",
    "when": "completed|completado|finalizado|terminado|date|fecha|time|hora|timestamp|marca temporal",
}
_ROLES = {header: role for role, headers in (_WHO | _ABOUT).items() for header in headers.split("|")}
_IGNORED = frozenset("total|grade|nota|calificacion|institution|institucion|department|departamento".split("|"))
_UNFINISHED = frozenset("-|in progress|overdue|never submitted|abandoned|not started|en curso|en progreso|atrasado"
    "|atrasados|vencido|nunca enviado|abandonado|no iniciado|sin comenzar".split("|"))  # fmt: skip
_AVERAGES = frozenset("overall average|group average|promedio general|promedio global|media del grupo".split("|"))
_MOODLE = re.compile(r"(?:response|respuesta) ([0-9]{1,4})|[qp]\. ?([0-9]{1,4}) ?/ ?([0-9]{1,6}(?:[.,][0-9]+)?)")
_NUMBERED = re.compile(r"(?:[pqn]|no|nº|n\.º|pregunta|question|item|respuesta|response|answer)?[. ]{0,2}([0-9]{1,4})")
_WORTH = re.compile(r"(.+?) / ?([0-9]{1,6}(?:[.,][0-9]+)?)")
_NUMBER = re.compile(r"[-+−]?[0-9]{1,9}(?:[.,][0-9]{1,12})?")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

Row = tuple[int, list[str]]  # the line where it starts, its cells without spaces around
Scores = NDArray[np.float64]  # (students, items), 0..1, NaN for no answer


@dataclass(frozen=True, slots=True)
class Column:
    """Where an item stands. `place`: of the column, from 1. `worth`: its points, None where cells are answers."""

    item: str
    place: int
    worth: float | None = None


@dataclass(frozen=True, slots=True)
class Responses:
    """What was read. `students`: the id, else the email, else the name; `names`: "" where none is given. `cells`: a row
    a student, a text an item, "" for no answer (empty or "-"). `lines`: where each student stands. `unfinished`: who is
    left out, as Moodle says that the attempt was not handed in. `versions`: of the exam, as written, () without such a
    column; `version_column`: from 1. `when`: each attempt ended, as written, "" where it is not said. `numbered`: the
    columns are named "1", "2"... by the place of the items, and not by their ids. `moodle`: it is Moodle's export."""

    path: Path
    students: tuple[str, ...]
    names: tuple[str, ...]
    columns: tuple[Column, ...]
    cells: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    heading: int
    unfinished: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    version_column: int = 0
    when: tuple[str, ...] = ()
    numbered: bool = False
    moodle: bool = False

    @property
    def items(self) -> tuple[str, ...]:
        """The ids of the items, in the order of `cells`."""
        return tuple(column.item for column in self.columns)

    def scores(self, worth: Sequence[float] = ()) -> Scores:
        """(students, items): points as shares of what an item is worth, NaN for no answer. Points below 0, which
        penalties leave, count as 0. `worth`: of each item, else what the headers say. Raises `BadResponses`."""
        most: Sequence[float | None] = worth or [column.worth for column in self.columns]
        rows = zip(self.lines, self.cells, strict=True)
        shares = [[self.share(line, *of) for of in zip(self.columns, row, most, strict=True)] for line, row in rows]
        return np.array(shares, dtype=np.float64)

    def share(self, line: int, column: Column, cell: str, most: float | None) -> float:
        """The points of a cell as a share of what its item is worth, NaN for no answer. Raises `BadResponses`."""
        place, item = column.place, column.item
        if not most:
            raise BadResponses("responses-worth", path=self.path, line=self.heading, column=place, item=item)
        points = _number(cell) if _NUMBER.fullmatch(cell) else float("inf" if cell else "nan")
        if points > most + 1e-9:
            raise BadResponses("responses-points", path=self.path, line=line, column=place, item=item, cell=cell[:60],
                most=f"{most:g}")  # fmt: skip
        return max(0.0, min(1.0, points / most)) if cell else points


def read_responses(path: Path, items: Sequence[str] = (), places: int = 0) -> Responses:
    """The responses of a CSV file in UTF-8, by commas or semicolons, in the order of its rows.

    `items`: the ids of the exam's items in its order; then each must have its column, and no other column may stand
    there; Moodle's columns are named after them by place. Without them every column is an item but those that say who,
    a total, a state or a department. `places`: how many items an exam has of which each version may have its own; then
    columns may be numbered instead, and keep their numbers as names; columns without a number are then passed over.
    Raises `BadResponses`, which names line and column.
    """
    rows = read_rows(path)
    while rows and fold(next(filter(None, rows[-1][1]), "")) in _AVERAGES:
        rows.pop()
    if len(rows) < 2:
        raise BadResponses("responses-empty", path=path)
    line, names = rows[0][0], [" ".join(name.split()) for name in rows[0][1]]
    roles = {_ROLES[fold(name)]: at for at, name in enumerate(names) if name not in items and fold(name) in _ROLES}
    if not roles.keys() & _WHO.keys():
        raise BadResponses("responses-no-student-column", path=path, line=line)
    headed = any(name in items or ((worth := _WORTH.fullmatch(name)) and worth[1] in items) for name in names)
    numbered = bool(places) and not headed
    wanted = tuple(str(place) for place in range(1, places + 1)) if numbered else items
    columns, moodle = _columns(path, line, names, wanted, numbered)
    read = _read(path, line, columns, roles, rows[1:])
    return replace(read, numbered=numbered, moodle=moodle)


def read_rows(path: Path) -> list[Row]:
    """The rows of a CSV file that have something in them, the heading first. Raises `BadResponses`."""
    text = _text(path)
    return list(_rows(path, text, _separator(text)))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadResponses("responses-unreadable", path=path, reason=f"> {MOST_BYTES // 1_000_000} MB")
        data = path.read_bytes()
    except OSError as error:
        raise BadResponses("responses-unreadable", path=path, reason=error.strerror or error) from error
    if found := _CONTROL.search(data):
        raise BadResponses("responses-binary", path=path, line=data.count(b"\n", 0, found.start()) + 1)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadResponses("responses-encoding", path=path, line=data.count(b"\n", 0, error.start) + 1) from error


def _separator(text: str) -> str:
    """The one that finds who a student is, else more columns: "P. 1 /1,00" has a comma of its own."""
    first = next((line for line in text.splitlines() if line.strip(" ,;\t")), "")
    cells = {mark: next(csv.reader([first], delimiter=mark), []) for mark in ",;"}
    return max(cells, key=lambda mark: (any(fold(cell.strip()) in _ROLES for cell in cells[mark]), len(cells[mark])))


def _rows(path: Path, text: str, separator: str) -> Iterator[Row]:
    """The rows with something in them, all as wide as the first; a spreadsheet may put empty cells behind."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    line, width = 1, 0
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            while len(cells) > width and not cells[-1]:
                cells.pop()
            if any(cells):
                width = width or len(cells)
                if (found := len(cells)) != width:
                    at = min(found, width) + 1
                    raise BadResponses("responses-ragged", path=path, line=line, column=at, found=found, expected=width)
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadResponses("responses-quotes", path=path, line=line, reason=error) from error


def _columns(
    path: Path, line: int, names: list[str], items: Sequence[str], numbered: bool
) -> tuple[tuple[Column, ...], bool]:
    moodle = _moodles(names, items)
    columns = moodle or (_numbered(names) if numbered else _named(names, items))
    seen: dict[str, int] = {}
    for item, place in ((column.item, column.place) for column in columns):
        if not item or (items and item not in items):
            raise BadResponses("responses-item-unknown", path=path, line=line, column=place, item=item)
        if seen.setdefault(item, place) != place:
            raise BadResponses("responses-item-twice", path=path, line=line, column=place, item=item, first=seen[item])
    if missing := [item for item in items if item not in seen]:
        raise BadResponses("responses-item-missing", path=path, line=line, items=", ".join(missing))
    if not columns:
        raise BadResponses("responses-no-items", path=path, line=line)
    return tuple(sorted(columns, key=lambda column: items.index(column.item) if items else 0)), bool(moodle)


def _moodles(names: list[str], items: Sequence[str]) -> list[Column]:
    """Moodle's columns of items."""
    found = []
    for place, name in enumerate(names, start=1):
        if name not in items and (match := _MOODLE.fullmatch(fold(name))):
            number = int(match[1] or match[2])
            item = dict(enumerate(items, start=1)).get(number, name) if items else str(number)
            found.append(Column(item, place, _number(match[3]) if match[3] else None))
    return found


def _named(names: list[str], items: Sequence[str]) -> list[Column]:
    """All columns that may be an item."""
    own = []
    for place, name in enumerate(names, start=1):
        worth = None if name in items else _WORTH.fullmatch(name)
        item, about = worth[1] if worth else name, fold(name).split("/")[0].strip()
        if item in items or not (about in _ROLES or about in _IGNORED):
            own.append(Column(item, place, _number(worth[2]) if worth else None))
    return own


def _numbered(names: list[str]) -> list[Column]:
    """The columns that are headed by the number of an item."""
    own = []
    for place, name in enumerate(names, start=1):
        worth = _WORTH.fullmatch(name)
        if match := _NUMBERED.fullmatch(fold(worth[1] if worth else name)):
            own.append(Column(str(int(match[1])), place, _number(worth[2]) if worth else None))
    return own


def _read(path: Path, line: int, columns: tuple[Column, ...], roles: dict[str, int], rows: list[Row]) -> Responses:
    read: dict[str, tuple[str, str, tuple[str, ...], int, str, str]] = {}
    unfinished: list[str] = []
    who = {role: at for role, at in roles.items() if role in _WHO}
    for at, cells in rows:
        key, name, place = _who(cells, who)
        state, version, when = (cells[roles[about]] if about in roles else "" for about in _ABOUT)
        if not key:
            raise BadResponses("responses-no-student", path=path, line=at, column=place)
        if fold(state) in _UNFINISHED:
            unfinished.append(key)
        elif fold(key) in read:
            first = read[fold(key)][3]
            raise BadResponses("responses-student-twice", path=path, line=at, column=place, student=key, first=first)
        else:
            answers = (cells[column.place - 1] for column in columns)
            kept = tuple("" if answer == "-" else answer for answer in answers)
            read[fold(key)] = key, name, kept, at, version, when
    if not read:
        raise BadResponses("responses-empty", path=path)
    students, named, answered, lines, versions, ended = zip(*read.values(), strict=True)
    return Responses(
        path, students, named, columns, answered, lines, line, tuple(unfinished),
        versions if "version" in roles else (), roles.get("version", -1) + 1, ended,
    )  # fmt: skip


def _who(cells: list[str], roles: dict[str, int]) -> tuple[str, str, int]:
    """A student's key, the name, and the column of the key, from 1."""
    said = {role: cells[place] for role, place in roles.items()}
    name = said.get("name") or f"{said.get('first', '')} {said.get('last', '')}".strip()
    role = next((role for role in _WHO if said.get(role)), min(roles, key=lambda role: roles[role]))
    return said[role] if role in {"id", "email"} else name, name, roles[role] + 1


def _number(text: str) -> float:
    return float(text.replace(",", ".").replace("−", "-"))
