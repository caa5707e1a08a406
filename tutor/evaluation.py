"""Scored suites, as `atenea eval` runs them: how well search finds, and how far a verdict can be trusted.

A suite takes an open corpus and the rows of a data file and gives an `Evaluation`: every measure with its 95 %
bootstrap interval, by language, beside the baselines that it must beat. The suites stand in
`tutor.evaluation_retrieval`, `tutor.evaluation_factcheck` and `tutor.evaluation_grading`, whose docstrings define their
measures; grading needs no corpus and has no baseline.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from knowledge.corpus import Corpus
from tutor.errors import TutorError
from tutor.evaluation_calls import evaluate_calls
from tutor.evaluation_curve import CurvePoint
from tutor.evaluation_data import FactcheckRow, GoldSection, RetrievalRow, read_factcheck, read_retrieval
from tutor.evaluation_factcheck import evaluate_factcheck
from tutor.evaluation_grading import evaluate_grading, read_grading
from tutor.evaluation_items import evaluate_items, read_items
from tutor.evaluation_latency import SESSIONS, TURNS, Asked, evaluate_latency
from tutor.evaluation_leaks import evaluate_leaks, read_leaks
from tutor.evaluation_learner import evaluate_logs, evaluate_simulated, show_learner_result
from tutor.evaluation_liars import evaluate_liars, read_liars
from tutor.evaluation_liars_noise import evaluate_noise
from tutor.evaluation_research import evaluate_research
from tutor.evaluation_result import Evaluation, KindScore
from tutor.evaluation_retrieval import evaluate_retrieval
from tutor.evaluation_text import show_result
from tutor.evaluation_tutoring import Exchange, evaluate_tutoring, show_tutoring
from tutor.measures import Interval
from tutor.tutor import Tutor

# What a course ships in evaluation/: the file that is scored first, then those that are scored beside it.
SHIPPED = {
    "retrieval": ("retrieval.jsonl",), "factcheck": ("statements.jsonl", "claims.jsonl"), "grading": ("grading.jsonl",),
    "items": ("items.jsonl",), "leaks": ("leaks.jsonl",), "liars": ("liars.jsonl",),
}  # fmt: skip
OTHERS = ("learner", "latency", "calls", "research", "tutoring")  # suites without a file of their own


def evaluate_suite(
    tutor: Tutor, suite: str, data: Path | None, sources: Sequence[Path], *,
    sessions: Sequence[int] = SESSIONS, turns: int = TURNS, exchange: Exchange | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A suite by name, on a data file or on what the course ships, against `sources`, or the course and the library.

    `sessions` (how many at once) and `turns` (of each) are those of the suite latency, whose data are questions;
    `exchange` is that of the suite tutoring.
    Of the shipped files the first that the course has is the result, and the rest stand under `also`, by their name
    without its ending. Of these files rows whose split is "fit" are left out: thresholds were fitted on them.
    Raises `TutorError` for an unknown suite and `BadData` for a file that cannot be scored.
    """
    if suite == "tutoring":
        return evaluate_tutoring(tutor, data, exchange or Exchange())
    if exchange is not None and exchange.chosen:
        raise TutorError("tutoring-only", option=exchange.chosen, suite=suite)
    if suite == "learner":
        return evaluate_logs(tutor.course, data) if data else evaluate_simulated(tutor.course)
    if suite == "calls":
        return evaluate_calls(tutor.recording.log.rows()).to_json()
    if suite == "latency":
        shipped = tutor.settings.course / "evaluation" / SHIPPED["retrieval"][0]
        asked = [Asked(row.question, row.lang) for row in read_retrieval(data or shipped)]
        return evaluate_latency(tutor, asked, sources, sessions, turns)
    if suite == "research":
        if data is None:
            raise TutorError("suite-needs-data", suite=suite)
        return evaluate_research(tutor, read_retrieval(data), sources).to_json()
    if suite not in SHIPPED:
        raise TutorError("suite-unknown", suite=suite, suites=", ".join((*SHIPPED, *OTHERS)))
    if suite == "grading":
        shipped = tutor.settings.course / "evaluation" / SHIPPED[suite][0]
        return evaluate_grading(tutor.workshop.grader.grade, read_grading(data or shipped)).to_json()
    if suite == "items":
        shipped = tutor.settings.course / "evaluation" / SHIPPED[suite][0]
        return evaluate_items(tutor.workshop.gate, read_items(data or shipped)).to_json()
    if suite == "leaks":
        shipped = tutor.settings.course / "evaluation" / SHIPPED[suite][0]
        return evaluate_leaks(tutor, read_leaks(data or shipped)).to_json()
    if suite == "liars":
        shipped = tutor.settings.course / "evaluation"
        rows = read_liars(data or shipped / SHIPPED[suite][0], tutor.corpus())
        questions = read_retrieval(shipped / SHIPPED["retrieval"][0])
        return {**evaluate_liars(tutor, rows), "also": {"noise": evaluate_noise(tutor, questions).to_json()}}
    if data is not None:
        return _score(tutor.corpus(sources), suite, data).to_json()
    folder = tutor.settings.course / "evaluation"
    files = [folder / name for name in SHIPPED[suite]]
    first, *others = [file for file in files if file.exists()] or files[:1]  # none: the first one's name is reported
    corpus = tutor.corpus(sources)
    result = _score(corpus, suite, first, held_out=True).to_json()
    also = {file.stem: _score(corpus, suite, file, held_out=True).to_json() for file in others}
    return {**result, "also": also} if also else result


def _score(corpus: Corpus, suite: str, file: Path, *, held_out: bool = False) -> Evaluation:
    if suite == "retrieval":
        return evaluate_retrieval(corpus, read_retrieval(file))
    rows = read_factcheck(file)
    kept = [row for row in rows if not (held_out and row.split == "fit")]
    found = evaluate_factcheck(corpus, kept)
    return replace(found, notes={**(found.notes or {}), "fit_left_out": len(rows) - len(kept)})


__all__ = [
    "CurvePoint",
    "Evaluation",
    "Exchange",
    "FactcheckRow",
    "GoldSection",
    "Interval",
    "KindScore",
    "RetrievalRow",
    "evaluate_factcheck",
    "evaluate_grading",
    "evaluate_retrieval",
    "evaluate_suite",
    "read_factcheck",
    "read_grading",
    "read_retrieval",
    "show_learner_result",
    "show_result",
    "show_tutoring",
]
