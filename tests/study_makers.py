"""What tests of studying share: a clock that they move, a study over the shared course, and right answers."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agents.item import Item
from tutor.learner.study import Study
from tutor.tutor import Tutor

START = datetime(2027, 3, 3, 12, tzinfo=UTC)


class Clock:
    """A clock that a test moves; by itself it goes on one `tick` each time it is read."""

    def __init__(self, tick: timedelta = timedelta(seconds=1)) -> None:
        self.now = START
        self.tick = tick

    def __call__(self) -> datetime:
        self.now += self.tick
        return self.now


def study_over(tutor: Tutor, folder: Path, clock: Callable[[], datetime]) -> Study:
    """A store of its own, over the shared course and its exercises."""
    return Study(tutor.course, folder / "learners.sqlite", lambda: tutor.workshop, clock)


def right_answer(item: Item) -> str:
    """The key as a learner would type it."""
    match item.kind:
        case "mcq" | "true_false":
            return "abcdefghij"[item.key]
        case "multi":
            return ", ".join("abcdefghij"[place] for place in item.key)
        case "matrix":
            return json.dumps(item.key)
        case _:
            return str(item.key)


def served(study: Study, concept: str = "softmax", kind: str = "numeric", learner: str = "ana") -> Item:
    """An exercise that is handed out now."""
    study.serve(learner, concept, kind=kind, language="es")
    item = study.open_item(learner)
    assert item is not None
    return item
