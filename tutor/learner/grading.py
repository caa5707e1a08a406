"""Grading an answer that is written down already: a stop between the two loses nothing and counts nothing twice."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agents.item import Item
from tutor.item_files import item_from
from tutor.learner.events import Event
from tutor.learner.mastery import MasteryModel
from tutor.learner.state import replayed, take
from tutor.learner.store import LearnerStore, Pending
from tutor.learner.words import TEXTS
from tutor.results_read import says_nothing


@dataclass(frozen=True)
class Grading:
    """Grades the answers of a store; `grade` gives the grade of an item's answer, as `Workshop.grade`."""

    store: LearnerStore
    model: MasteryModel
    grade: Callable[[Item, str], dict[str, Any]]

    def settle(self, learner: str) -> None:
        """Grade what a stopped process left written down."""
        for waiting in self.store.pending(learner):
            self.graded(learner, waiting)

    def graded(self, learner: str, waiting: Pending) -> Event:
        """Grade an answer that was written down; the events before it are all graded."""
        for earlier in self.store.pending(learner):
            if earlier.number < waiting.number:
                self.graded(learner, earlier)
        state = replayed(self.model, [one for one in self.store.events(learner) if one.number < waiting.number])
        kept, text = self.store.item(learner, waiting.asked["item"]), str(waiting.asked["text"])
        assert kept is not None, "an exercise is kept before its answer is received"
        item = item_from(kept)
        exercise, grade = state.exercises[item.id], self._of_text(item, text)
        help_ = max(exercise.rungs, int(waiting.asked.get("hints", 0))) + exercise.tries
        body = {
            "item": item.id, "concept": item.concept, "kind": item.kind, "options": len(item.options),
            "difficulty": item.difficulty, "text": text, "score": grade["score"], "verdict": grade["verdict"],
            "misconception": grade["misconception"], "could_show": sorted(set(item.misconceptions.values())),
            "help": help_, "told": exercise.told, "feedback": grade["feedback"], "reason": grade["reason"],
        }  # fmt: skip
        take(state, Event(waiting.number, waiting.at, "answer", waiting.key, body))
        seen = state.seen[-1]
        mastery = {"before": round(seen.before, 4), "after": round(seen.after, 4)}
        return self.store.graded(learner, waiting.number, {**body, "mastery": mastery})

    def _of_text(self, item: Item, text: str) -> dict[str, Any]:
        """The grade; who says that they do not know has answered, and not rightly."""
        grade = self.grade(item, text)
        if grade["verdict"] == "ungraded" and says_nothing(text):
            said = TEXTS.text("does-not-know", item.language)
            return {**grade, "verdict": "incorrect", "score": 0.0, "reason": "does-not-know", "feedback": said}
        return grade
