"""The result of a suite for a terminal: one line a measure with its interval, then the tables."""

from collections.abc import Iterator, Mapping
from typing import Any

from tutor.measures import Interval


def show_result(result: dict[str, Any]) -> str:
    """Every measure over all, by language and of the baselines, the differences to these, and the suite's own tables.

    `result` is what `evaluate_suite` gives; further data under `also` follow, each under its name.
    """
    lines = list(_lines(result))
    for name, other in result.get("also", {}).items():
        lines += ["", f"also: {name}", *_lines(other)]
    return "\n".join(lines)


def _lines(result: Mapping[str, Any]) -> Iterator[str]:
    yield f"{result['suite']}, n = {result['n']}"
    baselines = {
        f"{name} ({language})": measures
        for name, languages in result["baselines"].items()
        for language, measures in languages.items()
    }
    for name, measures in {"all": result["metrics"], **result["by"], **baselines}.items():
        yield name
        yield from (f"  {measure:<32} {_shown(value)}" for measure, value in measures.items())
    yield from _table("differences: ours minus the baseline's", result["differences"])
    for title in ("pairs", "ratios"):
        yield from _table(f"{title}: question->passages", {"": result.get(title, {})})
    for language, labels in result.get("confusion", {}).items():
        yield f"confusion ({language})"
        yield from (f"  {label:<8} {counts}" for label, counts in labels.items())
    if "by_kind" in result:
        yield "by kind"
        for kind, score in result["by_kind"].items():
            shown = ", ".join(f"{measure} {_shown(value)}" for measure, value in score["metrics"].items())
            yield f"  {kind:<16} n = {score['n']:<4} {shown}"


def _table(title: str, rows: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[str]:
    """One line for each (row, column, measure); nothing where there is none."""
    lines = [
        f"  {f'{name} {part}'.strip():<20} {measure:<28} {_shown(value)}"
        for name, parts in rows.items()
        for part, measures in parts.items()
        for measure, value in measures.items()
    ]
    if lines:
        yield title
        yield from lines


def _shown(value: Mapping[str, float | None]) -> str:
    return "-" if value["value"] is None else str(Interval(**value))
