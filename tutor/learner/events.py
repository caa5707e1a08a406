"""What is kept of a learner: events in the order in which they were acknowledged. Everything else follows from them.

An event is written once and never changed. An answer's grade is decided when it is given, kept with it, and not decided
again: a better grader tomorrow does not rewrite what a learner was told today.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

Kind = Literal["served", "answer", "hint", "explained", "claim", "dispute", "ruling", "profile", "closed"]
# Fields of `body`, by kind:
#   served     item, concept, action: an exercise was handed out
#   answer     item, concept, kind, options, difficulty, text, score, verdict, misconception, could_show, help, told
#   hint       item, rung, reveals: a rung of the ladder was given
#   explained  concept, part (kind of unit or "turn")
#   claim      concept, knows (true or false): what the learner says of themselves
#   dispute    item, why: the learner says that an exercise is wrong
#   ruling     item, upheld (true: it was wrong; false: it was not): what a teacher decides of a dispute
#   profile    fields of `Profile` that change
#   closed     item: the exercise is over, solved or left


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `number`: its place in the learner's log, from 1. `key`: what makes it the same event
    when it is delivered twice. `at`: with a time zone."""

    number: int
    at: datetime
    kind: Kind
    key: str
    body: Mapping[str, Any] = field(default_factory=dict)


def now() -> datetime:
    """This moment, UTC, whole milliseconds (what a log in JSON keeps)."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
