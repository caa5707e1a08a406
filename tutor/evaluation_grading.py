"""How far a grade can be trusted: each answer's verdict against the score that a person gave it.

A row is `{"item": an item, "answer": text, "score": 0..1}`. An answer is right at 1, wrong at 0, and partly right
between.
Measures, all shares with the interval of Wilson, which is sound where few or none were counted:
- `wrong_accepted`: of the answers that are not right, how many get full marks (the worst mistake);
- `right_marked_incorrect`, `right_marked_partial`: of the right ones, how many get no marks, or a part;
- `ungraded`: of all, how many are left to a person; `right_ungraded`, `wrong_ungraded`: of the right, of the wrong;
- `agreement`: of those that are graded, how many get the verdict that the score asks for.
Beside them the confusion by language, and the measures by kind of item.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.grade import Grade
from agents.item import Item
from knowledge.messages import LANGUAGES
from tutor.evaluation_data import Line, lines_of, some_rows
from tutor.evaluation_result import Evaluation, KindScore
from tutor.measures import Measures, wilson

LABELS = ("right", "partial", "wrong")
VERDICTS = ("correct", "partial", "incorrect", "ungraded")
WANTED = dict(zip(LABELS, VERDICTS, strict=False))


@dataclass(frozen=True, slots=True)
class GradingRow:
    """An answer to an item, with the score that it deserves, 0..1."""

    item: Item
    answer: str
    score: float

    @property
    def label(self) -> str:
        """ "right", "partial" or "wrong"."""
        return "right" if self.score >= 1 else "wrong" if self.score <= 0 else "partial"


@dataclass(frozen=True, slots=True)
class Graded:
    """What an answer is, and what it got."""

    label: str
    verdict: str


def evaluate_grading(grade: Callable[[Item, str], Grade], rows: Sequence[GradingRow]) -> Evaluation:
    """The verdicts of a grader on these answers."""
    graded = [Graded(row.label, grade(row.item, row.answer).verdict) for row in rows]
    groups = {
        language: [one for one, row in zip(graded, rows, strict=True) if row.item.language == language]
        for language in LANGUAGES
    }
    kinds = sorted({row.item.kind for row in rows})
    by_kind = {kind: [one for one, row in zip(graded, rows, strict=True) if row.item.kind == kind] for kind in kinds}
    return Evaluation(
        suite="grading", n=len(rows), metrics=grading_measures(graded),
        by={language: grading_measures(group) for language, group in groups.items() if group},
        baselines={}, differences={},
        confusion={language: confusion(group) for language, group in {**groups, "all": graded}.items() if group},
        by_kind={kind: KindScore(len(group), grading_measures(group)) for kind, group in by_kind.items()},
    )  # fmt: skip


def grading_measures(graded: Sequence[Graded]) -> Measures:
    """The measures of these verdicts; one that has nothing to count is undefined."""
    right, wrong = ([one for one in graded if one.label == label] for label in ("right", "wrong"))
    told = [one for one in graded if one.verdict != "ungraded"]
    return {
        "wrong_accepted": _share([one for one in graded if one.label != "right"], "correct"),
        "right_marked_incorrect": _share(right, "incorrect"),
        "right_marked_partial": _share(right, "partial"),
        "ungraded": _share(graded, "ungraded"),
        "right_ungraded": _share(right, "ungraded"),
        "wrong_ungraded": _share(wrong, "ungraded"),
        "agreement": wilson(sum(one.verdict == WANTED[one.label] for one in told), len(told)),
    }


def confusion(graded: Sequence[Graded]) -> dict[str, dict[str, int]]:
    """Label -> verdict -> count, for the labels that occur."""
    return {
        label: {verdict: graded.count(Graded(label, verdict)) for verdict in VERDICTS}
        for label in LABELS if any(one.label == label for one in graded)
    }  # fmt: skip


def _share(group: Sequence[Graded], verdict: str) -> Any:
    return wilson(sum(one.verdict == verdict for one in group), len(group))


def read_grading(path: Path) -> list[GradingRow]:
    """The rows of a grading file, in order. Raises `BadData`: data-missing, -json, -field, -empty."""
    return some_rows([_row(line) for line in lines_of(path, "grading")], path)


def _row(line: Line) -> GradingRow:
    score, answer = line.row.get("score"), line.row.get("answer")
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
        raise line.fault("score", "0..1")
    if not isinstance(answer, str):
        raise line.fault("answer", "text")
    return GradingRow(line.item(), answer, float(score))
