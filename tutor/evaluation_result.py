"""What a scored suite gives: every measure with its interval, by language, beside the baselines."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tutor.evaluation_curve import CurvePoint
from tutor.measures import Measures

Table = Mapping[str, Mapping[str, Measures]]  # baseline -> language -> measures


@dataclass(frozen=True, slots=True)
class KindScore:
    """The claims of one kind: how many, and the measures that their labels allow."""

    n: int
    metrics: Measures


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scores of one suite. `by`: language -> measures; `baselines`: name -> language -> measures.

    `differences`: ours minus the baseline's, paired, on the suite's headline measures. `notes`: counts that a reader
    of the scores must know, such as gold sections that are not in the sources.
    Fact check: `confusion`, language -> label -> verdict -> count; `curve`, language -> points by growing coverage;
    `by_kind`, kind of claim -> its score.
    Retrieval: `pairs`, "es->en" (question -> passages) -> measures; `ratios`, "es->en/en->en" -> measures.
    """

    suite: str
    n: int
    metrics: Measures
    by: Mapping[str, Measures]
    baselines: Table
    differences: Table
    confusion: Mapping[str, Mapping[str, Mapping[str, int]]] | None = None
    curve: Mapping[str, tuple[CurvePoint, ...]] | None = None
    by_kind: Mapping[str, KindScore] | None = None
    pairs: Mapping[str, Measures] | None = None
    ratios: Mapping[str, Measures] | None = None
    notes: Mapping[str, int] | None = None

    def to_json(self) -> dict[str, Any]:
        """What `atenea eval --json` prints; what a suite does not have is left out."""
        whole: dict[str, Any] = {
            "suite": self.suite,
            "n": self.n,
            "metrics": _measures(self.metrics),
            "by": _named(self.by),
            "baselines": {name: _named(languages) for name, languages in self.baselines.items()},
            "differences": {name: _named(languages) for name, languages in self.differences.items()},
        }
        if self.confusion is not None:
            whole["confusion"] = {
                language: {label: dict(verdicts) for label, verdicts in labels.items()}
                for language, labels in self.confusion.items()
            }
        if self.curve is not None:
            whole["curve"] = {
                language: [point.to_json() for point in points] for language, points in self.curve.items()
            }
        if self.by_kind is not None:
            whole["by_kind"] = {
                kind: {"n": score.n, "metrics": _measures(score.metrics)} for kind, score in self.by_kind.items()
            }
        if self.pairs is not None:
            whole["pairs"] = _named(self.pairs)
        if self.ratios is not None:
            whole["ratios"] = _named(self.ratios)
        if self.notes is not None:
            whole["notes"] = dict(self.notes)
        return whole


def _named(parts: Mapping[str, Measures]) -> dict[str, dict[str, dict[str, float | None]]]:
    return {name: _measures(measures) for name, measures in parts.items()}


def _measures(measures: Measures) -> dict[str, dict[str, float | None]]:
    return {name: interval.to_json() for name, interval in measures.items()}
