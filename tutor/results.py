"""What happens after an exam: its files and the students' answers in, results for the teacher out, as plain data."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.storage import exclusive
from tutor.difficulty import Difficulties, Sitting, read_difficulties, sitting, write_difficulties
from tutor.results_analysis import Studied, studied
from tutor.results_exam import Exam, Prove, read_exam
from tutor.results_files import check_folder, write_folder
from tutor.results_grades import Graded, GradeOne, graded
from tutor.results_hand import read_hand
from tutor.results_read import Group, read_group
from tutor.results_rows import concept_rows, item_rows, reliability_row, student_rows, to_grade_rows
from tutor.results_words import Named, Words

FILE = "difficulty.json"  # in the data folder


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person hands in. `exams`: the JSON files of the versions. `tables`: CSV files of responses. `by_hand`: a
    file of scores. `out`: the folder to write. `language`: "auto" is that of the exam. `count`: whether the answers
    count in what is known of the items' difficulty."""

    exams: tuple[Path, ...]
    tables: tuple[Path, ...]
    by_hand: Path | None = None
    out: Path | None = None
    language: str = "auto"
    count: bool = True


def exam_results(
    asked: Asked, data_dir: Path, grade: GradeOne, prove: Prove | None, named: Named, believed: Named
) -> dict[str, Any]:  # fmt: skip
    """The results, as `atenea results --json` prints them (docs/results.md). Files are written, and answers counted,
    after all else went well. Raises `BadResults`, `BadResponses`, `KnowledgeError`."""
    exam = read_exam(asked.exams, prove)
    group = read_group(exam, asked.tables)
    hand = read_hand(asked.by_hand, exam, group) if asked.by_hand else {}
    marked = graded(group, grade, hand)
    first = next(iter(exam.forms.values())).paper
    words = Words(first.language if asked.language == "auto" else asked.language, named, believed)
    if asked.out:
        check_folder(asked.out, asked.by_hand)
    with exclusive(data_dir):
        before = read_difficulties(data_dir / FILE)
        analysed = studied(exam, marked)
        digest, new = _digest(asked.tables), _sitting(exam, marked, analysed.columns)
        after = before.counted(digest, new) if asked.count else before.without(digest, new)
        found = _results(exam, group, marked, analysed, after, words)
        again = len(before.without(digest, new).sittings) < len(before.sittings)
        found["notes"].append(words(_counting(asked.count, again)))
        found["counted"] = asked.count
        found["files"] = write_folder(asked.out, found, words) if asked.out else []
        if after != before:
            write_difficulties(data_dir / FILE, after)
    return found


def uncount(tables: Sequence[Path], data_dir: Path) -> None:
    """Forget what these files of responses say of the items' difficulty. Raises `BadResults`, `KnowledgeError`."""
    with exclusive(data_dir):
        before = read_difficulties(data_dir / FILE)
        after = before.without_files(_digest(tables))
        if after != before:
            write_difficulties(data_dir / FILE, after)


def _results(exam: Exam, group: Group, marked: Sequence[Graded], found: Studied, known: Difficulties,
             words: Words) -> dict[str, Any]:  # fmt: skip
    first = next(iter(exam.forms.values())).paper
    versions = [
        {"version": form.version, "file": str(form.path), "questions": len(form.paper.items),
         "points": form.paper.points, "students": sum(one.student.version == form.version for one in marked)}
        for form in exam.forms.values()
    ]  # fmt: skip
    students = student_rows(marked, found, words)
    return {
        "title": first.title, "language": words.language, "versions": versions, "students_count": len(marked),
        "mean": sum(row["points"] for row in students) / len(students),
        "items": item_rows(exam, marked, found, known, words),
        "reliability": reliability_row(found, len(found.columns), words),
        "students": students,
        "concepts": concept_rows(exam, marked, found, words),
        "to_grade": to_grade_rows(marked, words),
        "unfinished": list(group.unfinished), "silent": list(group.silent),
        "notes": _notes(exam, group, words),
    }  # fmt: skip


def _notes(exam: Exam, group: Group, words: Words) -> list[str]:
    notes = [
        words(f"note-{name}", count=len(who), students=", ".join(who))
        for name, who in (("unfinished", group.unfinished), ("silent", group.silent)) if who
    ]  # fmt: skip
    if apart := [slot.number for slot in exam.slots if not slot.whole]:
        notes.append(words("note-apart", questions=", ".join(apart)))
    if not all(slot.one for slot in exam.slots):
        notes.append(words("note-parallel"))
    return notes


def _counting(count: bool, again: bool) -> str:
    return "note-not-counted" if not count else "note-again" if again else "note-counted"


def _digest(tables: Sequence[Path]) -> str:
    """The same for the same files, in whatever order and under whatever names."""
    each = sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in tables)
    return hashlib.sha256("\n".join(each).encode()).hexdigest()[:32]


def _sitting(exam: Exam, marked: Sequence[Graded], columns: Sequence[int]) -> Sitting:
    marks = (one.marks[at] for one in marked for at in columns)
    scored = [(mark.answer.item, mark.score) for mark in marks if mark and mark.score is not None]
    return sitting(exam.digest_text, (one.student.id for one in marked), scored)
