"""Tables of responses read for an exam: each student with the version that the row is of, and an answer a question."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path

from agents.item import Item
from knowledge.terms import fold
from tutor.responses import Column, Responses, read_responses
from tutor.results_errors import BadResults
from tutor.results_exam import Exam, Form, Slot
from tutor.results_moodle import as_typed, dollars

_WAITING = frozenset("requires grading|requires manual grading|requiere calificacion|por calificar"
    "|pendiente de calificar|necesita calificarse|not yet graded|sin calificar".split("|"))  # fmt: skip
_SAYS_NOTHING = frozenset(
    "?|??|???|–|—|--|---|...|ns|nc|nsnc|ns/nc|ns nc|no se|no lo se|no sabe|no contesta|ni idea|no tengo ni idea"
    "|en blanco|blanco|sin respuesta|no answer|blank|i don't know|i dont know|don't know|dont know|idk|no idea|n/a"
    .split("|")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What a student wrote to an item, as it is graded. `share`: 0..1, where the cell holds points. `waiting`: Moodle
    says that a person must still grade it. `place`: of the item in the student's version. `line` and `column`: of the
    cell, from 1."""

    item: Item
    text: str
    place: int
    line: int
    column: int
    share: float | None = None
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Student:
    """One row. `answers`: by slot of the exam, None where the version does not ask it."""

    id: str
    name: str
    version: str
    when: str
    answers: tuple[Answer | None, ...]
    path: Path
    line: int

    @property
    def silent(self) -> bool:
        """Whether there is no answer at all."""
        return not any(answer and (answer.text or answer.share is not None or answer.waiting)
                       for answer in self.answers)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """Who answered. `unfinished`: who did not hand it in, as Moodle says; `silent`: rows without any answer."""

    students: tuple[Student, ...]
    unfinished: tuple[str, ...]
    silent: tuple[str, ...]


def says_nothing(answer: str) -> bool:
    """Whether an answer only says that there is none: "no sé", "?"."""
    text = " ".join(fold(answer).split())
    return text in _SAYS_NOTHING or text.strip(" .!¡¿?") in _SAYS_NOTHING


def read_group(exam: Exam, paths: Sequence[Path]) -> Group:
    """The students of one table, or of one a version, in the order of the exam's files. Raises `BadResponses` and
    `BadResults`, which name file, line and column."""
    forms = list(exam.forms.values())
    paired = len(paths) == len(forms) > 1
    if len(paths) > 1 and not paired:
        raise BadResults("tables-and-exams", tables=len(paths), exams=len(forms))
    found: list[Student] = []
    unfinished: list[str] = []
    for place, path in enumerate(paths):
        read, students = _table(exam, [forms[place]] if paired else forms, path)
        known = {fold(student.id): student for student in found}
        for student in students:
            if other := known.get(fold(student.id)):
                raise BadResults("student-in-two", path=path, line=student.line, student=student.id, other=other.path,
                                 first=other.line)  # fmt: skip
        found += students
        unfinished += read.unfinished
    answered = tuple(student for student in found if not student.silent)
    if not answered:
        raise BadResults("nobody-answered", path=paths[0])
    return Group(answered, tuple(unfinished), tuple(student.id for student in found if student.silent))


def _table(exam: Exam, forms: Sequence[Form], path: Path) -> tuple[Responses, list[Student]]:
    ids = tuple(dict.fromkeys(item.id for form in forms for item in form.paper.items))
    read = read_responses(path, ids, max(len(form.paper.items) for form in forms))
    if not read.versions and len(forms) > 1:
        raise BadResults("version-column", path=path, line=read.heading, versions=_named(forms))
    rows = zip(read.students, read.names, read.when, read.cells, read.lines, strict=True)
    return read, [
        _student(exam.slots, forms, read, at, *row) for at, row in enumerate(rows)
    ]  # fmt: skip


def _student(slots: Sequence[Slot], forms: Sequence[Form], read: Responses, at: int, student: str, name: str, when: str,
             cells: tuple[str, ...], line: int) -> Student:  # fmt: skip
    form = _form(forms, read, at, line, absent=not any(cells))
    items = list(enumerate(form.paper.items, start=1))
    known = {str(place) if read.numbered else item.id: (place, item) for place, item in items}
    given: dict[str, Answer] = {}
    for column, cell in zip(read.columns, cells, strict=True):
        if column.item in known:
            place, item = known[column.item]
            given[item.id] = _answer(read, item, place, column, cell, line)
        elif cell:
            raise BadResults("answer-of-other-version", path=read.path, line=line, column=column.place, cell=cell[:60],
                             item=column.item, version=form.version)  # fmt: skip
    asked = (slot.items.get(form.version) for slot in slots)
    answers = tuple(given[item.id] if item else None for item in asked)
    return Student(student, name, form.version, when, answers, read.path, line)


def _form(forms: Sequence[Form], read: Responses, at: int, line: int, absent: bool) -> Form:
    """The version that a row is of: "B", "b", "Versión B". Who answered nothing may have none: it does not count."""
    said = read.versions[at] if read.versions else ""
    if not said and (absent or len(forms) == 1):
        return forms[0]
    words = fold(said).split()
    for form in forms:
        if words and fold(form.version) in (fold(said), words[-1]):
            return form
    raise BadResults("version-unknown", path=read.path, line=line, column=read.version_column, version=said,
                     versions=_named(forms))  # fmt: skip


def _answer(read: Responses, item: Item, place: int, column: Column, cell: str, line: int) -> Answer:
    if column.worth is None:
        text = as_typed(item, cell) if read.moodle else dollars(cell)
        return Answer(item, text, place, line, column.place)
    if fold(cell) in _WAITING:
        return Answer(item, "", place, line, column.place, waiting=True)
    share = read.share(line, column, cell, column.worth)
    return Answer(item, cell, place, line, column.place, None if isnan(share) else share)


def _named(forms: Iterable[Form]) -> str:
    return ", ".join(form.version for form in forms)
