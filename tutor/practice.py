"""Practising, as the app shows it: the exercise at hand with its help so far, what is advised, what may be asked.

Values returned are plain data. An exercise comes without its key; its solution only when the policy allows it.
"""

import re
from typing import Any

from agents.item import Item
from agents.next_step import next_step
from tutor.item_files import item_from
from tutor.learner.placing import Placing
from tutor.learner.policy import may_show_solution, next_rung
from tutor.learner.shown import public_item
from tutor.learner.state import MOST_TRIES, Exercise
from tutor.learner.study import Study, open_step
from tutor.learner.view import study_view
from tutor.learner.words import TEXTS

_LINE = re.compile(r"^\s*\d+[.)]\s+(.+)$", re.M)


class Practice:
    """The exercises of the learners of a study. Every verb raises `AteneaError`."""

    def __init__(self, study: Study) -> None:
        self.study = study

    def at_hand(self, learner: str, language: str = "es") -> dict[str, Any] | None:
        """The exercise that was handed out last, open or over; None before the first.

        `item`: without its key; `lines`: of a match item, what is to be paired, and `asks`, its stem without them;
        `hints`: taken so far, of `of`; `reveals`: whether the next rung shows the solution, `allowed`: whether it may;
        `tries`, of `most_tries`; `reply`: to the last answer, with the `mistake` that it shows as a sentence;
        `solution`: where it may be shown.
        """
        exercise = next(reversed(self.study.state(learner).exercises.values()), None)
        kept = self.study.store.item(learner, exercise.item) if exercise else None
        if exercise is None or kept is None:
            return None
        item = item_from(kept)
        lines = _LINE.findall(item.stem) if item.kind == "match" else []
        reply = self.study.replied(learner, item.id)
        return {
            "item": public_item(item), "concept": exercise.concept,
            "name": self.study.course.concept_name(exercise.concept, language), "lines": lines,
            "asks": _LINE.sub("", item.stem).strip() if lines else item.stem,
            "placement": exercise.placement, "open": not exercise.closed,
            "disputed": bool(exercise.disputed), "tries": exercise.tries,
            "most_tries": MOST_TRIES, "solution": item.rationale if _told(item, exercise) else None,
            "reply": {**reply, "mistake": self._mistake(reply["misconception"], item.language)} if reply else None,
            **_ladder(item, exercise),
        }  # fmt: skip

    def advised(self, learner: str, language: str = "es") -> dict[str, Any]:
        """What `Study.next` would have this learner do, with nothing handed out or written down: `action`, `concept`,
        `name`, `why`, `open`, whether that is to go on with the exercise at hand, and `placement`, whether the
        placement test would begin or go on."""
        state, now = self.study.state(learner), self.study.clock()
        if state.open:
            step, placement = open_step(state.open), state.open.placement
        else:
            step = next_step(study_view(state, self.study.course, now))
            placement = Placing(state, self.study.course, self.study.exercises, now).goes_on
        name = self.study.course.concept_name(step.concept, language) if step.concept else ""
        return {
            "action": "assess" if placement else step.action, "concept": step.concept, "name": name,
            "why": self.study.why(step, language), "open": bool(state.open), "placement": placement,
        }  # fmt: skip

    def kinds(self, concept: str) -> list[str]:
        """The kinds of exercise that there are on a concept."""
        return sorted({recipe.kind for recipe in self.study.exercises.able([concept])})

    def asked(self, learner: str) -> dict[str, dict[str, Any]]:
        """Every exercise that was handed out to a learner, by id, without its key."""
        return {name: public_item(item_from(body)) for name, body in self.study.store.items(learner).items()}

    def _mistake(self, mistake: str, language: str) -> str:
        return self.study.mistake(mistake, language) if mistake else ""


def _ladder(item: Item, exercise: Exercise) -> dict[str, Any]:
    """How far up the hint ladder the learner is, and what the next rung would be."""
    rung = next_rung(item, exercise, TEXTS)
    taken = min(exercise.rungs, len(item.hints))
    return {
        "hints": list(item.hints[:taken]), "of": rung.of, "reveals": taken == len(item.hints), "allowed": rung.reveals,
    }  # fmt: skip


def _told(item: Item, exercise: Exercise) -> bool:
    return exercise.told or (exercise.tries > 0 and may_show_solution(item, exercise))
