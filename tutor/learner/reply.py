"""What is said in a turn about the learner, and which messages ask for that. Apart, so that other turns need not load
exercises."""

from dataclasses import dataclass
from typing import Any

# Dialogue acts (agents/intents.toml) that need to know who learns, and the answer to an open exercise.
WITH_LEARNER = frozenset("test_me next hint reveal plan_study review progress know dispute skip answer".split())


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said. `exercise`: the one that is shown, without its key; `next`: messages that fit now."""

    text: str
    exercise: dict[str, Any] | None = None
    next: tuple[str, ...] = ()
