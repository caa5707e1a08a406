"""Studying with a memory: what to do next, exercises handed out, graded and counted, and the model open to its learner.

Values returned are plain data, in the form of the command line's JSON.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, cast

from agents.item import Item
from agents.next_step import WHY, Action, Step, next_step, path
from knowledge.course import Course
from knowledge.course_learning import read_learning
from tutor.errors import BadLearner
from tutor.exam_bank import question
from tutor.export.graded import digest
from tutor.item_files import item_from
from tutor.learner.choosing import chosen_item, telling_kind
from tutor.learner.disputes import disputes_of
from tutor.learner.events import Event, now
from tutor.learner.grading import Grading
from tutor.learner.mastery import MasteryModel
from tutor.learner.placement import MOST
from tutor.learner.placing import Placing
from tutor.learner.policy import next_rung
from tutor.learner.profile import checked_changes
from tutor.learner.shown import logged_answers, public_item, shown_events, shown_learner, shown_reply
from tutor.learner.state import Exercise, LearnerState, replayed
from tutor.learner.store import LearnerStore
from tutor.learner.view import study_view
from tutor.learner.words import TEXTS

if TYPE_CHECKING:
    from agents.exercises import Exercises
    from tutor.workshop import Workshop

MOST_NAME = 100
MOST_WHY = 2000  # characters of a dispute that are kept


class Study:
    """The learners of a data folder. `workshop` makes and grades exercises; `clock` tells the time. Every verb raises
    `AteneaError`, and changes nothing then."""

    def __init__(
        self, course: Course, file: Path, workshop: Callable[[], "Workshop"], clock: Callable[[], datetime] = now
    ) -> None:
        self.course = course
        self.file = file
        self.clock = clock
        self._workshop = workshop
        self._states: dict[str, LearnerState] = {}
        self._lock = RLock()

    @cached_property
    def store(self) -> LearnerStore:
        """The database."""
        return LearnerStore(self.file)

    @cached_property
    def model(self) -> MasteryModel:
        """The mastery filter of the course. Raises `BadCourse` where its rates have faults."""
        return MasteryModel(self.course, read_learning(self.course.path))

    @cached_property
    def _grading(self) -> Grading:
        """What grades an answer that was written down."""
        return Grading(self.store, self.model, lambda item, text: self._workshop().grade(item, text))

    @property
    def exercises(self) -> "Exercises":
        """What can be asked."""
        return self._workshop().exercises

    def state(self, learner: str) -> LearnerState:
        """What is believed of a learner now. Answers that were not graded before a stop are graded first."""
        self._grading.settle(learner)
        events = self.store.events(learner)
        with self._lock:
            known = self._states.get(learner)
            if known is None or known.last != (events[-1].number if events else 0):
                known = self._states[learner] = replayed(self.model, events)
            return known

    # Study

    def next(self, learner: str, *, goal: str = "", language: str = "es") -> dict[str, Any]:
        """What this learner should do now, and why. The exercise that is open is given again."""
        learner = self._named(learner)
        if goal:
            self._aim(learner, self.exercises.concept(goal, language))
        state = self.state(learner)
        language = state.profile.language or language
        if state.open:
            again = open_step(state.open)
            return self._said(learner, again, language, self._item(learner, state.open.item))
        probe = self._probe(learner, state, language)
        if probe is not None:
            return probe
        step = next_step(study_view(state, self.course, self.clock()))
        if step.action == "explain":
            self._add(learner, "explained", {"concept": step.concept, "part": step.part}, f"advised:{state.last}")
        item = self._handed_out(learner, state, step, language) if step.action not in {"explain", "done"} else None
        return self._said(learner, step, language, item)

    def serve(
        self, learner: str, concept: str, *, kind: str = "", difficulty: int = 0, language: str = "es"
    ) -> dict[str, Any]:  # fmt: skip
        """An exercise on a concept that the learner asked for, without its key. Raises `NoExercise`."""
        learner = self._named(learner)
        known = self.exercises.concept(concept, language)
        level = difficulty or self.course.concepts[known].difficulty
        asked = self.state(learner).questions
        item = chosen_item(self.exercises, learner, known, level, language, asked, kind)
        self._serve(learner, item, "practise", placement=False)
        return public_item(item)

    def answer(self, learner: str, item: str, text: str, *, hints: int = 0) -> dict[str, Any]:
        """Grade an answer and count it, once: the same answer to the same exercise again gives the same reply. `hints`:
        taken elsewhere, where that is more than the log knows."""
        learner = self._named(learner)
        state = self.state(learner)
        exercise = self._exercise(learner, state, item)
        key = digest(f"{item}\n{exercise.served.isoformat()}\n{' '.join(text.split())}")
        asked = {"item": item, "text": text, "hints": hints}
        kept = self.store.receive(learner, f"answer:{key}", asked, self.clock())
        repeated = isinstance(kept, Event)
        event = kept if isinstance(kept, Event) else self._grading.graded(learner, kept)
        self.state(learner)
        return self._reply(learner, event, repeated)

    def replied(self, learner: str, item: str) -> dict[str, Any] | None:
        """The reply to the last answer to an exercise since it was handed out; None where it was not answered."""
        exercise = self._exercise(learner, self.state(learner), item)
        given = [
            event
            for event in self.store.events(learner)
            if event.kind == "answer" and event.body["item"] == item and event.at >= exercise.served
        ]
        return self._reply(learner, given[-1], True) if given else None

    def hint(self, learner: str, item: str) -> dict[str, Any]:
        """The next rung of the exercise's hint ladder; the solution, which is the last, only when the policy allows."""
        learner = self._named(learner)
        state = self.state(learner)
        exercise, made = self._exercise(learner, state, item), self._item(learner, item)
        rung = next_rung(made, exercise, TEXTS)
        if rung.rung > exercise.rungs or (rung.reveals and not exercise.told):
            body = {"item": item, "rung": rung.rung, "reveals": rung.reveals}
            self._add(learner, "hint", body, f"hint:{item}:{exercise.served.isoformat()}:{rung.rung}")
        if rung.reveals and not exercise.closed:
            self._add(learner, "closed", {"item": item}, f"told:{item}:{exercise.served.isoformat()}")
        return {"item": item, "rung": rung.rung, "of": rung.of, "text": rung.text, "reveals_answer": rung.reveals}

    def skip(self, learner: str, item: str) -> None:
        """Leave an exercise; that is no evidence of anything."""
        exercise = self._exercise(learner, self.state(learner), item)
        self._add(learner, "closed", {"item": item}, f"skip:{item}:{exercise.served.isoformat()}")

    def explained(self, learner: str, concept: str, part: str, key: str) -> None:
        """Remember that something of a concept was explained; reading moves no estimate."""
        self._add(self._named(learner), "explained", {"concept": concept, "part": part}, f"explained:{key}")

    def open_item(self, learner: str) -> Item | None:
        """The exercise that waits for an answer, with its key; None where there is none."""
        found = self.state(learner).open
        return self._item(learner, found.item) if found else None

    # The open model

    def learners(self) -> list[str]:
        """Everyone of whom anything is kept."""
        return self.store.learners()

    def show(self, learner: str, language: str = "es") -> dict[str, Any]:
        """Every estimate with the answers behind it, and the way to the goal."""
        self._known(learner)
        state, at = self.state(learner), self.clock()
        steps = self.path(state, at, language)
        return shown_learner(learner, state, self.course, at, steps, self.mistake)

    def path(self, state: LearnerState, at: datetime, language: str) -> list[dict[str, Any]]:
        """The way to the goal, step by step, each with its reason."""
        return [
            {"action": step.action, "concept": step.concept, "name": self.course.concept_name(step.concept, language),
             "why": self.why(step, language)}
            for step in path(study_view(state, self.course, at))
        ]  # fmt: skip

    def set(self, learner: str, **changes: Any) -> dict[str, Any]:
        """Change the learner's wishes (fields of `Profile`)."""
        learner = self._named(learner)
        kept = checked_changes(self.course, changes)
        self._add(learner, "profile", kept, f"profile:{self.clock().isoformat()}:{sorted(kept.items())}")
        return self.show(learner)

    def claim(self, learner: str, concept: str, knows: bool = True, language: str = "es") -> dict[str, Any]:
        """ "I know this" (or that I do not): weak evidence, once a concept. Gives the mastery before and after."""
        learner = self._named(learner)
        known = self.exercises.concept(concept, language)
        self._add(learner, "claim", {"concept": known, "knows": knows}, f"claim:{known}:{knows}")
        seen = [one for one in self.state(learner).seen if one.what == "claim" and one.concept == known]
        return {"concept": known, "mastery": {"before": round(seen[0].before, 4), "after": round(seen[0].after, 4)}}

    def dispute(self, learner: str, item: str, why: str = "") -> dict[str, Any]:
        """ "This item is wrong": its answers count no more, until a teacher has ruled. Gives the mastery of its concept
        before and after."""
        state = self.state(self._named(learner))
        exercise = self._exercise(learner, state, item)
        before = state.tracer.mastery_of(exercise.concept, self.clock())
        body = {"item": item, "why": why[:MOST_WHY]}
        self._add(learner, "dispute", body, f"dispute:{item}:{exercise.served.isoformat()}")
        after = self.state(learner).tracer.mastery_of(exercise.concept, self.clock())
        return {
            "item": item, "concept": exercise.concept, "mastery": {"before": round(before, 4), "after": round(after, 4)}
        }  # fmt: skip

    def disputes(self) -> list[dict[str, Any]]:
        """For teachers: every exercise that a learner said is wrong, with its key, what was answered, and the
        ruling."""
        return [row for learner in self.learners() for row in disputes_of(self.store, learner)]

    def rule(self, learner: str, item: str, *, wrong: bool) -> None:
        """A teacher's ruling on a dispute: where the exercise was right after all, its answers count again."""
        self._known(learner)
        if not any(row["item"] == item for row in disputes_of(self.store, learner)):
            raise BadLearner("no-dispute", item=item, learner=learner)
        self._add(learner, "ruling", {"item": item, "upheld": wrong}, f"ruling:{item}:{self.clock().isoformat()}")

    def export(self, learner: str) -> dict[str, Any]:
        """Everything that is kept of a learner; `answers` are rows of a log for `atenea eval learner --data`."""
        self._known(learner)
        self._grading.settle(learner)
        events = self.store.events(learner)
        return {
            "learner": learner, "course": self.course.id, "events": shown_events(events),
            "items": self.store.items(learner),
            "threads": self.store.threads(learner), "answers": logged_answers(learner, events),
        }  # fmt: skip

    def threads(self, learner: str) -> list[str]:
        """The names of a learner's conversations."""
        self._known(learner)
        return self.store.threads(learner)

    def owners(self, thread: str) -> list[str]:
        """Whose conversation it is; nobody's, of one that no learner began."""
        return self.store.owners(thread)

    def knows(self, learner: str) -> bool:
        """Whether anything is kept of a learner."""
        return learner in self.learners()

    def keep_thread(self, learner: str, thread: str) -> None:
        """Remember that a conversation is this learner's."""
        self.store.keep_thread(self._named(learner), thread)

    def delete(self, learner: str) -> None:
        """Remove everything of a learner but their conversations, which others keep."""
        self._known(learner)
        self.store.delete(learner)
        with self._lock:
            self._states.pop(learner, None)

    # How it is done

    def _named(self, learner: str) -> str:
        if not learner.strip() or len(learner) > MOST_NAME or not learner.isprintable():
            raise BadLearner("learner-name", learner=repr(learner[:40]))
        return learner

    def _known(self, learner: str) -> None:
        if not self.knows(learner):
            raise BadLearner("learner-unknown", learner=learner[:MOST_NAME])

    def _add(self, learner: str, kind: Any, body: Mapping[str, Any], key: str) -> Event:
        return self.store.add(learner, kind, key, body, self.clock())

    def _aim(self, learner: str, goal: str) -> None:
        if self.state(learner).profile.goal != (goal,):
            self._add(learner, "profile", {"goal": [goal]}, f"profile:{self.clock().isoformat()}:goal:{goal}")

    def _exercise(self, learner: str, state: LearnerState, item: str) -> Exercise:
        if item not in state.exercises:
            raise BadLearner("item-not-served", item=item[:200], learner=learner)
        return state.exercises[item]

    def _item(self, learner: str, item: str) -> Item:
        found = self.store.item(learner, item)
        if found is None:
            raise BadLearner("item-not-served", item=item[:200], learner=learner)
        return item_from(found)

    def _serve(self, learner: str, item: Item, action: str, placement: bool) -> None:
        self.store.keep_item(learner, item.id, item.as_json())
        at = self.clock()
        body = {
            "item": item.id, "concept": item.concept, "action": action, "placement": placement,
            "question": question(item),
        }  # fmt: skip
        self.store.add(learner, "served", f"served:{item.id}:{at.isoformat()}", body, at)

    def _handed_out(self, learner: str, state: LearnerState, step: Step, language: str) -> Item:
        level = min(5, max(1, self.course.concepts[step.concept].difficulty + step.harder))
        item = chosen_item(self.exercises, learner, step.concept, level, language, state.questions)
        self._serve(learner, item, step.action, placement=False)
        return item

    def _probe(self, learner: str, state: LearnerState, language: str) -> dict[str, Any] | None:
        """The next question of the placement test; None when there is none to be asked."""
        placing = Placing(state, self.course, self.exercises, self.clock())
        if not placing.wanted:
            return None
        probe = placing.probe()
        if probe is None:
            self._add(learner, "profile", {"placement": "done"}, "placement-done")
            return None
        level, kind = self.course.concepts[probe.concept].difficulty, telling_kind(self.exercises, probe.concept)
        item = chosen_item(self.exercises, learner, probe.concept, level, language, state.questions, kind)
        self._serve(learner, item, "assess", placement=True)
        number = placing.asked + 1
        step = Step("assess", probe.concept, "placement", {"number": str(number), "most": str(MOST)})
        return {**self._said(learner, step, language, item), "placement": {"number": number, "most": MOST}}

    def _said(self, learner: str, step: Step, language: str, item: Item | None) -> dict[str, Any]:
        state = self.state(learner)
        name = self.course.concept_name(step.concept, language) if step.concept else ""
        message = TEXTS.text(f"ask-{step.part}", language, concept=name) if step.action == "explain" else ""
        return {
            "learner": learner, "action": step.action, "concept": step.concept, "name": name,
            "why": self.why(step, language), "item": public_item(item) if item else None, "part": step.part,
            "message": message, "path": self.path(state, self.clock(), language), "language": language,
        }  # fmt: skip

    def why(self, step: Step, language: str) -> str:
        """The reason for a step, as it is said to the learner."""
        if not step.why:
            return ""
        values = {name: self.course.concept_name(value, language) for name, value in step.values.items()}
        return WHY.text(step.why, language, concept=self.course.concept_name(step.concept, language), **values)

    def _reply(self, learner: str, event: Event, repeated: bool) -> dict[str, Any]:
        state, item = self.state(learner), self._item(learner, event.body["item"])
        return shown_reply(event, item, self._exercise(learner, state, item.id), state, repeated)

    def mistake(self, mistake: str, language: str) -> str:
        """A misconception as the course states it, "" for one that only a family of exercises knows."""
        own = mistake.partition("/")[0]  # a wrong answer that is one wording of it: "softmax.truth/2"
        found = next((one for one in self.course.misconceptions if one.id == own), None)
        return found.statement[language] if found else ""


def open_step(exercise: Exercise) -> Step:
    """To go on with an exercise that waits for an answer."""
    known = {"practise", "review", "assess"}
    action = cast("Action", exercise.action) if exercise.action in known else "practise"
    return Step(action, exercise.concept, "open")
