"""What a class masters after an exam: each student's answers taken in by the learner model, as if they were the first.

It is less than the share of points where a guess may have helped, and answers on a concept say something of those that
it needs (tutor/learner/mastery.py).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from agents.item import Item
from tutor.learner.mastery import MasteryModel
from tutor.learner.tracer import Answered, Tracer

MOMENT = datetime(2000, 1, 1, tzinfo=UTC)  # one for all answers: nothing is forgotten during an exam
LOST = 0.5  # share of a concept's points up to which a student needs it explained anew


def class_mastery(
    students: Sequence[Mapping[str, Any]], items: Mapping[str, Item], model: MasteryModel
) -> list[dict[str, Any]]:
    """A row for each student and concept that their exam asked: `student`, `name`, `concept`, `mastery` 0..1, `points`
    and `of` of what is graded, `misconceptions` (ids). `students`: as `exam_results` has them."""
    return [row for student in students for row in _rows(student, items, model)]


def _rows(student: Mapping[str, Any], items: Mapping[str, Item], model: MasteryModel) -> list[dict[str, Any]]:
    tracer = Tracer.new(model)
    for seen in student["evidence"]:
        item = items.get(seen["item"])
        if item and item.concept in model.needs.concepts:
            tracer.answer(
                Answered(item.concept, item.kind, len(item.options), item.difficulty, float(seen["score"]), MOMENT)
            )
    return [
        {
            "student": student["student"], "name": student["name"] or student["student"], "concept": concept["concept"],
            "mastery": round(tracer.mastery_of(concept["concept"], MOMENT), 4), "points": concept["points"],
            "of": concept["graded_of"], "misconceptions": list(concept["misconceptions"]),
        }
        for concept in student["concepts"]
        if concept["concept"] in model.needs.concepts and concept["graded_of"]
    ]  # fmt: skip


def who_needs_what(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The concepts of whose points some students got half or less, those of most students first: `concept`, and
    `students`, each with `name`, `points` and `of`, `mastery` and `misconceptions`, the weakest first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda one: (one["mastery"], one["name"])):
        if row["points"] <= LOST * row["of"]:
            kept = {name: row[name] for name in ("student", "name", "points", "of", "mastery", "misconceptions")}
            found.setdefault(row["concept"], []).append(kept)
    return [
        {"concept": concept, "students": students}
        for concept, students in sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    ]  # fmt: skip
