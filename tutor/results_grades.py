"""Answers graded: by a person, by the points of the table, else by the grader; what it cannot tell stays open."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from agents.grade import Grade
from agents.grade_options import read_options
from agents.item import Item
from knowledge.errors import BadText
from knowledge.terms import fold
from tutor.results_read import Answer, Group, Student, says_nothing

GradeOne = Callable[[Item, str], Grade]
By = Literal["grader", "table", "teacher"]
Hand = Mapping[tuple[str, str], float]  # (student, item's id) -> share of the points, as a person gave them
SETTLED = 0.8  # of what was answered to a question: with less of it graded, who left it blank would weigh too much
_CHOSEN = {"mcq", "true_false"}


@dataclass(frozen=True, slots=True)
class Mark:
    """What an answer earned. `score`: 0..1, None where a person must grade it. `omitted`: nothing was answered, which
    scores 0. `choice`: the index of the option taken, -1 for none. `by`: who graded."""

    answer: Answer
    score: float | None
    omitted: bool = False
    misconception: str = ""
    reason: str = ""
    choice: int = -1
    by: By = "grader"

    @property
    def right(self) -> bool:
        """Whether it earned everything."""
        return self.score == 1.0


@dataclass(frozen=True, slots=True)
class Graded:
    """A student with a mark for each slot of the exam, None where the version does not ask it."""

    student: Student
    marks: tuple[Mark | None, ...]

    @property
    def points(self) -> float:
        """What the graded answers earned."""
        return sum(mark.score * mark.answer.item.points for mark in self.marks if mark and mark.score is not None)

    @property
    def of(self) -> float:
        """What the whole version is worth."""
        return sum(mark.answer.item.points for mark in self.marks if mark)

    @property
    def waiting(self) -> tuple[Mark, ...]:
        """The answers that a person must grade."""
        return tuple(mark for mark in self.marks if mark and mark.score is None)


def settled(marks: Iterable[Mark | None]) -> bool:
    """Whether enough answers to a question are graded to say something about it."""
    answered = [mark for mark in marks if mark and not mark.omitted]
    done = sum(mark.score is not None for mark in answered)
    return done >= SETTLED * len(answered)


def graded(group: Group, grade: GradeOne, hand: Hand) -> tuple[Graded, ...]:
    """Every student's marks. A person's score stands above all else."""
    return tuple(
        Graded(student, tuple(_mark(student, answer, grade, hand) if answer else None for answer in student.answers))
        for student in group.students
    )


def _mark(student: Student, answer: Answer, grade: GradeOne, hand: Hand) -> Mark:
    told = _told(answer, grade)
    given = hand.get((fold(student.id), answer.item.id))
    return told if given is None else Mark(answer, given, False, told.misconception, "", told.choice, "teacher")


def _told(answer: Answer, grade: GradeOne) -> Mark:
    if answer.share is not None:
        return Mark(answer, answer.share, by="table")
    if answer.waiting:
        return Mark(answer, None, reason="waiting", by="table")
    if not answer.text:
        return Mark(answer, 0.0, omitted=True)
    try:
        found = grade(answer.item, answer.text)
    except BadText:
        return Mark(answer, None, reason="unreadable")
    if found.verdict == "ungraded":
        empty = says_nothing(answer.text) or found.reason == "empty"
        return Mark(answer, 0.0, omitted=True) if empty else Mark(answer, None, reason=found.reason)
    choice = _choice(answer, found) if answer.item.kind in _CHOSEN else -1
    return Mark(answer, found.score, False, found.misconception, found.reason, choice)


def _choice(answer: Answer, found: Grade) -> int:
    item = answer.item
    if found.score == 1.0:
        return int(item.key)
    if item.kind == "true_false" and len(item.options) == 2:
        return 1 - int(item.key)
    chosen = read_options(item, answer.text)
    return chosen[0] if len(chosen) == 1 else -1
