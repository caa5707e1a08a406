"""What grading an answer gives, and how it is said."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from knowledge.messages import Messages

Verdict = Literal["correct", "partial", "incorrect", "ungraded"]
SAID = Messages(Path(__file__).with_name("grading.toml"))


@dataclass(frozen=True, slots=True)
class Grade:
    """`score`: 0..1, 0 where it is ungraded. `feedback`: for the learner, without the key. `misconception`: the mistake
    that the answer shows, "" where none is known. `reason`: why, in one word of grading.toml."""

    score: float
    verdict: Verdict
    feedback: str
    misconception: str = ""
    reason: str = ""


def right(language: str) -> Grade:
    """Full marks."""
    return Grade(1.0, "correct", SAID.text("right", language), reason="right")


def wrong(language: str, reason: str = "wrong", **values: object) -> Grade:
    """No marks, with the reason said."""
    return Grade(0.0, "incorrect", SAID.text(reason, language, **values), reason=reason)


def partly(score: float, language: str, reason: str, **values: object) -> Grade:
    """A part of the marks."""
    return Grade(score, "partial", SAID.text(reason, language, **values), reason=reason)


def untold(language: str, reason: str, **values: object) -> Grade:
    """Not graded, and why: never a guess."""
    return Grade(0.0, "ungraded", SAID.text(reason, language, **values), reason=reason)
