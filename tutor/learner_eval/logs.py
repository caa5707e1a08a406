"""Logs of answers as files: JSONL, one answer a line, and what `atenea learner export` gives."""

from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

from agents.item import KINDS
from knowledge.course import Course
from tutor.errors import BadData
from tutor.evaluation_data import lines_of
from tutor.learner_eval.predictors import Logged

FEWEST = 20  # learners, with fewer of whom nothing is told apart


def read_logs(path: Path, course: Course) -> list[list[Logged]]:
    """The answers of a file by learner, each in the order of time.

    A row: `learner`, `concept` (of the course), `kind` (of item), `score` (0..1), `at` (ISO time); optional `options`
    (0), `difficulty` (3), `hints` (0). Raises `BadData`, which names the line.
    """
    logs: defaultdict[str, list[Logged]] = defaultdict(list)
    for line in lines_of(path, "learner"):
        row: dict[str, Any] = line.row
        if row.get("concept") not in course.concepts:
            raise line.fault("concept", f"a concept of the course {course.id}")
        if row.get("kind") not in KINDS:
            raise line.fault("kind", ", ".join(KINDS))
        score = row.get("score")
        if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
            raise line.fault("score", "a number from 0 to 1")
        if not isinstance(row.get("learner"), str):
            raise line.fault("learner", "text")
        numbers = [row.get(name, default) for name, default in (("options", 0), ("difficulty", 3), ("hints", 0))]
        if not all(isinstance(number, int) and 0 <= number <= 100 for number in numbers):
            raise line.fault("options, difficulty, hints", "whole numbers")
        try:
            at = datetime.fromisoformat(str(row.get("at")))
        except ValueError:
            raise line.fault("at", "an ISO time with its zone, 2026-01-31T10:00:00+00:00") from None
        if at.tzinfo is None:
            raise line.fault("at", "an ISO time with its zone, 2026-01-31T10:00:00+00:00")
        logs[row["learner"]].append(
            Logged(row["learner"], row["concept"], row["kind"], numbers[0], numbers[1], float(score), at, numbers[2])
        )
    if len(logs) < FEWEST:
        raise BadData("too-few-learners", path=path, count=len(logs), fewest=FEWEST)
    return [sorted(log, key=lambda one: one.at) for _, log in sorted(logs.items())]
