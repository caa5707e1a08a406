"""The results as plain rows: questions, students with their evidence, concepts, what waits for a person."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import sqrt
from typing import Any

from tutor.difficulty import Difficulties, Estimate
from tutor.item_analysis import ItemStatistics
from tutor.measures import Interval
from tutor.results_analysis import Label, Studied
from tutor.results_exam import Exam, Slot
from tutor.results_grades import Graded, Mark
from tutor.results_when import moment
from tutor.results_words import Words, flags_of, irt_words, reliability_words, why

Row = dict[str, Any]
NOTHING = Interval(None, None, None)


def item_rows(exam: Exam, marked: Sequence[Graded], found: Studied, known: Difficulties, words: Words) -> list[Row]:
    """A row for each question, in the order of the exam."""
    statistics: dict[int, ItemStatistics] = (
        dict(zip(found.columns, found.analysis.items, strict=True)) if found.analysis else {}
    )
    return [
        _item_row(slot, [one.marks[at] for one in marked], found.labels[at], statistics.get(at), known, words)
        | {"irt": _irt(found, at)}
        for at, slot in enumerate(exam.slots)
    ]  # fmt: skip


def _item_row(slot: Slot, marks: Sequence[Mark | None], labels: Sequence[Label], one: ItemStatistics | None,
              known: Difficulties, words: Words) -> Row:  # fmt: skip
    item, given = slot.item, [mark for mark in marks if mark]
    waiting = sum(mark.score is None for mark in given)
    level = _level([known.estimate(each) for each in slot.items.values()])
    return {
        "number": slot.number, "ids": {version: each.id for version, each in slot.items.items()},
        "places": dict(slot.places), "concept": item.concept, "concept_name": words.concept(item.concept),
        "kind": item.kind, "bloom": item.bloom, "family": item.family, "stem": item.stem, "points": item.points,
        "answers": len(given) - waiting, "blank": sum(mark.omitted for mark in given), "to_grade": waiting,
        "right": (one.right if one else NOTHING).to_json(),
        "discrimination": (one.correlation if one else NOTHING).to_json(),
        "upper_lower": _rounded(one.upper_lower if one else None),
        "alpha_without": _rounded(one.alpha_without if one else None),
        "options": _options(one, labels), "mistakes": mistakes_of(given, words),
        "flags": flags_of(words, slot, one, labels, level, waiting),
        "difficulty": {"stated": item.difficulty, "expected": _rounded(level.level), "error": _rounded(level.error),
                       "answers": level.answers},
    }  # fmt: skip


def _level(estimates: Sequence[Estimate]) -> Estimate:
    """Of parallel items the mean; those that are known by one key count once."""
    each = list(dict.fromkeys(estimates))
    error = sqrt(sum(estimate.error**2 for estimate in each)) / len(each)
    level = sum(estimate.level for estimate in each) / len(each)
    return Estimate(level, error, sum(estimate.answers for estimate in each))


def _irt(found: Studied, at: int) -> Row | None:
    irt = found.analysis.irt if found.analysis else None
    if irt is None or irt.status != "fitted" or at not in found.columns:
        return None
    column = found.columns.index(at)
    return {name: _rounded(getattr(irt, name)[column]) for name in ("difficulty", "error", "discrimination")}


def _options(one: ItemStatistics | None, labels: Sequence[Label]) -> list[Row]:
    return [
        {"letter": label.letter, "text": label.text, "misconception": label.misconception, "key": label.is_key,
         "share": _rounded(use.share), "thirds": [_rounded(third) for third in use.thirds]}
        for use in (one.options if one else ()) for label in (labels[use.option],)
    ]  # fmt: skip


def mistakes_of(marks: Iterable[Mark], words: Words) -> list[Row]:
    """The known mistakes behind wrong answers, the most common first: how many made it, what they `believe` as the
    course says it, "" where it does not, and what is said to them."""
    found = [mark for mark in marks if mark.misconception]
    said = {mark.misconception: mark.answer.item.feedback.get(mark.misconception, "") for mark in found}
    counted = Counter(mark.misconception for mark in found)
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return [
        {"misconception": name, "students": count, "believe": words.belief(name), "says": said[name]}
        for name, count in ranked
    ]  # fmt: skip


def reliability_row(found: Studied, questions: int, words: Words) -> Row:
    """Cronbach's alpha, the error of a total in points, the state of the IRT fit, and what they mean."""
    analysis = found.analysis
    irt = analysis.irt if analysis else None
    return {
        "alpha": (analysis.alpha if analysis else NOTHING).to_json(),
        "error": _rounded(analysis.error if analysis else None), "questions": questions,
        "irt": {"status": irt.status if irt else "few-students", "model": irt.model if irt else ""},
        "means": [said for said in (*reliability_words(words, analysis, questions), irt_words(words, irt)) if said],
    }  # fmt: skip


def student_rows(marked: Sequence[Graded], found: Studied, words: Words) -> list[Row]:
    """A row for each student, in the order of the table. `share`: of what is graded. `weakest`: the concept in which
    the student is furthest below the group. `evidence`: a row for each graded answer, for a model of the learner; what
    was left blank is none."""
    means = found.analysis.concepts if found.analysis else {}
    usual = {concept: mean.value for concept, mean in means.items() if mean.value is not None}
    return [_student_row(one, usual, words) for one in marked]


def _student_row(one: Graded, usual: Mapping[str, float], words: Words) -> Row:
    marks = [mark for mark in one.marks if mark]
    held = sum(mark.answer.item.points for mark in marks if mark.score is not None)
    concepts = [_learned(concept, theirs, words) for concept, theirs in _by_concept(marks)]
    below = {row["concept"]: row["points"] / row["graded_of"] - usual[row["concept"]]
             for row in concepts if row["graded_of"] and row["concept"] in usual}  # fmt: skip
    weakest = min(below, key=lambda concept: below[concept], default="")
    when = moment(one.student.when)
    return {
        "student": one.student.id, "name": one.student.name, "version": one.student.version, "time": when,
        "points": _rounded(one.points), "of": one.of, "graded_of": held,
        "share": _rounded(one.points / held if held else None),
        "blank": sum(mark.omitted for mark in marks), "to_grade": len(one.waiting),
        "weakest": weakest if weakest and below[weakest] < 0 else "",
        "concepts": concepts,
        "evidence": [
            {"learner": one.student.id, "item": mark.answer.item.id, "concept": mark.answer.item.concept,
             "kind": mark.answer.item.kind, "score": mark.score, "misconception": mark.misconception, "time": when}
            for mark in marks if mark.score is not None and not mark.omitted
        ],
    }  # fmt: skip


def _learned(concept: str, marks: Sequence[Mark], words: Words) -> Row:
    graded = [mark for mark in marks if mark.score is not None]
    return {
        "concept": concept, "name": words.concept(concept), "right": sum(mark.right for mark in graded),
        "answered": sum(not mark.omitted for mark in graded), "asked": len(marks),
        "points": _rounded(sum((mark.score or 0.0) * mark.answer.item.points for mark in graded)),
        "graded_of": sum(mark.answer.item.points for mark in graded),
        "misconceptions": sorted({mark.misconception for mark in marks if mark.misconception}),
    }  # fmt: skip


def concept_rows(exam: Exam, marked: Sequence[Graded], found: Studied, words: Words) -> list[Row]:
    """A row for each concept, the weakest first; what waits for a person comes last and counts for nothing."""
    means = found.analysis.concepts if found.analysis else {}
    rows = []
    for concept in dict.fromkeys(slot.item.concept for slot in exam.slots):
        slots = [at for at, slot in enumerate(exam.slots) if slot.item.concept == concept]
        marks = [mark for at in slots if at in found.columns for one in marked if (mark := one.marks[at])]
        graded = [mark for mark in marks if mark.score is not None]
        rows.append({
            "concept": concept, "name": words.concept(concept), "questions": len(slots),
            "answers": len(graded),
            "points": _rounded(sum((mark.score or 0.0) * mark.answer.item.points for mark in graded)),
            "of": sum(mark.answer.item.points for mark in graded),
            "right": means.get(concept, NOTHING).to_json(), "mistakes": mistakes_of(marks, words),
        })  # fmt: skip
    return sorted(rows, key=lambda row: 2.0 if row["right"]["value"] is None else row["right"]["value"])


def to_grade_rows(marked: Sequence[Graded], words: Words) -> list[Row]:
    """The answers that a person must grade, and those that one has graded with their points."""
    return [
        {"student": one.student.id, "name": one.student.name, "version": one.student.version,
         "number": place, "item": mark.answer.item.id, "stem": mark.answer.item.stem, "answer": mark.answer.text,
         "why": why(words, mark.reason) if mark.score is None else "", "worth": mark.answer.item.points,
         "points": None if mark.score is None else _rounded(mark.score * mark.answer.item.points)}
        for one in marked for place, mark in _placed(one) if mark.score is None or mark.by == "teacher"
    ]  # fmt: skip


def _placed(one: Graded) -> Iterator[tuple[int, Mark]]:
    """The marks by number in the student's version."""
    marks = sorted((mark for mark in one.marks if mark), key=lambda mark: mark.answer.place)
    return ((mark.answer.place, mark) for mark in marks)


def _by_concept(marks: Sequence[Mark]) -> list[tuple[str, list[Mark]]]:
    found: dict[str, list[Mark]] = {}
    for mark in marks:
        found.setdefault(mark.answer.item.concept, []).append(mark)
    return list(found.items())


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
