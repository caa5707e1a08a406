"""Scored suites, as `atenea eval` runs them: how well search finds, and how far a verdict can be trusted.

A suite takes an open corpus and the rows of a data file and gives an `Evaluation`: every measure with its 95 %
bootstrap interval, by language, beside the baselines that it must beat. The suites stand in
`tutor.evaluation_retrieval` and `tutor.evaluation_factcheck`, whose docstrings define their measures.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tutor.errors import TutorError
from tutor.evaluation_data import FactcheckRow, GoldSection, RetrievalRow, read_factcheck, read_retrieval
from tutor.evaluation_factcheck import evaluate_factcheck
from tutor.evaluation_retrieval import evaluate_retrieval
from tutor.measures import Evaluation, Interval
from tutor.tutor import Tutor

SHIPPED = {"retrieval": "retrieval.jsonl", "factcheck": "claims.jsonl"}


def evaluate_suite(tutor: Tutor, suite: str, data: Path | None, sources: Sequence[Path]) -> dict[str, Any]:
    """A suite by name, on a data file or on what the course ships, against `sources`, or the course and the library.

    Raises `TutorError` for an unknown suite and `BadData` for a file that cannot be scored.
    """
    if suite not in SHIPPED:
        raise TutorError("suite-unknown", suite=suite, suites=", ".join(SHIPPED))
    file = data or tutor.settings.course / "evaluation" / SHIPPED[suite]
    if suite == "retrieval":
        return evaluate_retrieval(tutor.corpus(sources), read_retrieval(file)).to_json()
    return evaluate_factcheck(tutor.corpus(sources), read_factcheck(file)).to_json()


def show_result(result: dict[str, Any]) -> str:
    """The result for a terminal: one line a measure with its interval, by language, and the baselines."""
    lines = [f"{result['suite']}, n = {result['n']}"]
    parts = {"all": result["metrics"], **result["by"]}
    parts |= {
        f"{name} ({language})": values
        for name, found in result["baselines"].items()
        for language, values in found.items()
    }
    for name, values in parts.items():
        lines.append(name)
        lines += [f"  {measure:<32} {_shown(value)}" for measure, value in values.items()]
    for language, table in result.get("confusion", {}).items():
        lines.append(f"confusion ({language})")
        lines += [f"  {label:<8} {counts}" for label, counts in table.items()]
    return "\n".join(lines)


def _shown(value: Any) -> str:
    if value["value"] is None:
        return "-"
    return f"{value['value']:.3f} [{value['lo']:.3f}, {value['hi']:.3f}]"


__all__ = [
    "Evaluation",
    "FactcheckRow",
    "GoldSection",
    "Interval",
    "RetrievalRow",
    "evaluate_factcheck",
    "evaluate_retrieval",
    "evaluate_suite",
    "read_factcheck",
    "read_retrieval",
    "show_result",
]
