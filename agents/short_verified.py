"""What a verifier adds to the comparison of a point with an answer: both read under their question, as statements.

It was taught on answers to open questions beside statements (evals/answer_sheets.py). What is known of the two
(`short_signals.py`) becomes the probability that the point is said, by a logistic regression that
`evals/fit_short_answers.py` fits on questions that the verifier was not taught on. From where it is believed depends on
what the comparison found by itself (`short_limits.toml`, which says how the limits were chosen).
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from agents.short_compare import PointGrade
from agents.short_mention import Said
from agents.short_signals import hear, signals
from knowledge.decision import logistic
from knowledge.verifier import Verifier

LIMITS_FILE = Path(__file__).with_name("short_limits.toml")
BY_WORD = frozenset({"said", "denied"})  # what yes and no say (agents/short_polar.py)
LITTLE = 0.25  # share of a point's words below which an answer shares next to nothing with it
DENIED = 0.5  # P(contradicted) from which a point that is not said is denied


@dataclass(frozen=True, slots=True)
class Limits:
    """P(said) from which a point is said, and up to which it is not; between them it cannot be told."""

    said: float
    unsaid: float


@dataclass(frozen=True, slots=True)
class Reckoning:
    """`weights`: signal -> weight, with a bias; `limits`: what the comparison found -> from where it is believed."""

    weights: Mapping[str, float]
    limits: Mapping[str, Limits]


@cache
def read_reckoning(path: Path = LIMITS_FILE) -> Reckoning:
    """The weights and limits of a file."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Reckoning(table["weights"], {name: Limits(**own) for name, own in table["limits"].items()})


def found(grade: PointGrade) -> str:
    """What the comparison found, as the limits tell it apart: "little" where answer and point share next to nothing, in
    which the verifier alone is not believed. It was taught on answers, and of a plea it may think anything."""
    if grade.why in {"both", "bounds", "half", "nearly"}:
        return grade.why
    return "little" if grade.outcome == "unsure" and grade.coverage < LITTLE else grade.outcome


def verified(
    grade: PointGrade, point: Said, answer: Said, stem: Said, points: Sequence[Said], verifier: Verifier | None
) -> PointGrade:
    """The grade of a point once a verifier has read it with the answer; as it was for a yes or no, and for a bare
    formula, which are told exactly."""
    if verifier is None or grade.why in BY_WORD or not point.mentions:
        return grade
    reckoning = read_reckoning()
    limits = reckoning.limits[found(grade)]
    heard = hear(point, answer, stem, verifier)
    likely = logistic(reckoning.weights, signals(grade, heard, point, answer, stem, points))
    if likely >= limits.said:
        return PointGrade("said", grade.coverage, "verifier")
    if likely <= limits.unsaid:
        return PointGrade("denied" if heard.contradicted >= DENIED else "missing", grade.coverage, "verifier")
    return PointGrade("unsure", grade.coverage, grade.why if grade.outcome == "unsure" else "verifier")
