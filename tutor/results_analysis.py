"""The marks of a group as the item analysis takes them: numbers by student and question, options by index."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agents.grade_options import LETTERS
from tutor.item_analysis import Analysis, Question, analyse
from tutor.results_exam import Exam, Slot
from tutor.results_grades import Graded, Mark, settled

_CHOSEN = {"mcq", "true_false"}


@dataclass(frozen=True, slots=True)
class Label:
    """One answer to choose. Of a question that all versions share, an option: its `letter` in the first version and
    `text`. Of parallel ones, the key ("key"), a mistake by name, or all else ("other")."""

    letter: str
    text: str
    misconception: str
    is_key: bool


@dataclass(frozen=True, slots=True)
class Studied:
    """`columns`: the slots that the analysis holds, by place in the exam; the others wait for a person. `labels`:
    by slot of the exam, () where nothing is chosen. `analysis`: None where nothing is graded."""

    analysis: Analysis | None
    columns: tuple[int, ...]
    labels: tuple[tuple[Label, ...], ...]


def studied(exam: Exam, group: Sequence[Graded]) -> Studied:
    """The analysis of all that is graded."""
    labels = tuple(_labels(slot) for slot in exam.slots)
    columns = tuple(
        at for at in range(len(exam.slots))
        if settled(one.marks[at] for one in group) and any(_counts(one.marks[at]) for one in group)
    )  # fmt: skip
    rows = [graded for graded in group if any(_counts(graded.marks[at]) for at in columns)]
    if not rows:
        return Studied(None, (), labels)
    marks = [[graded.marks[at] for at in columns] for graded in rows]
    scores = [[np.nan if mark is None or mark.score is None or mark.omitted else mark.score for mark in row]
              for row in marks]  # fmt: skip
    absent = np.array([[not _counts(mark) for mark in row] for row in marks], dtype=np.bool_)
    choices = [[_choice(exam.slots[at], labels[at], mark) for at, mark in zip(columns, row, strict=True)]
               for row in marks]  # fmt: skip
    questions = [_question(exam.slots[at], labels[at], str(at)) for at in columns]
    students = [graded.student.id for graded in rows]
    found = analyse(questions, students, np.array(scores, dtype=np.float64), np.array(choices, dtype=np.int64), absent)
    return Studied(found, columns, labels)


def _counts(mark: Mark | None) -> bool:
    return mark is not None and mark.score is not None


def _question(slot: Slot, labels: Sequence[Label], name: str) -> Question:
    key = next((at for at, label in enumerate(labels) if label.is_key), None)
    return Question(name, slot.item.concept, len(labels) if key is not None else 0, key, slot.item.points)


def _labels(slot: Slot) -> tuple[Label, ...]:
    if slot.item.kind not in _CHOSEN:
        return ()
    if slot.one:
        item = slot.item
        return tuple(
            Label(LETTERS[at : at + 1], option, item.misconceptions.get(str(at), ""), at == item.key)
            for at, option in enumerate(item.options)
        )
    mistakes = dict.fromkeys(
        item.misconceptions.get(str(at), "") for item in slot.items.values() for at in range(len(item.options))
        if at != item.key
    )  # fmt: skip
    return (Label("", "", "", True), *(Label("", "", mistake, False) for mistake in mistakes))


def _choice(slot: Slot, labels: Sequence[Label], mark: Mark | None) -> int:
    """The place of the taken option among the labels, whatever order its version has."""
    if mark is None or mark.choice < 0 or not labels:
        return -1
    item = mark.answer.item
    if slot.one:
        return next((at for at, label in enumerate(labels) if label.text == item.options[mark.choice]), -1)
    if mark.choice == item.key:
        return 0
    mistake = item.misconceptions.get(str(mark.choice), "")
    return next(at for at, label in enumerate(labels) if not label.is_key and label.misconception == mistake)
