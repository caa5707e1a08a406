"""What follows from a learner's events: beliefs, mistakes, wishes, and the exercise that is open.

`replayed` is the only way to a state: the same events give the same state, to the last bit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from knowledge.course_learning import SELF_REPORT
from tutor.learner.events import Event
from tutor.learner.mastery import MasteryModel
from tutor.learner.misconceptions import Held, after_answer
from tutor.learner.profile import Profile
from tutor.learner.tracer import MIDDLE, Answered, Tracer

MOST_TRIES = 3  # wrong answers after which the solution may be shown
UNGRADED = "ungraded"


@dataclass(frozen=True, slots=True)
class Seen:
    """A piece of evidence behind an estimate: `what` is answer or claim, `counted` whether it moved the estimate (an
    exercise under dispute does not), `before` and `after` the mastery of its concept."""

    number: int
    at: datetime
    what: str
    concept: str
    item: str
    score: float
    verdict: str
    text: str
    help: int
    counted: bool
    before: float
    after: float


@dataclass
class Exercise:
    """How it stands with one exercise that was handed out. `rungs`: of its hint ladder, taken; `told`: whether its
    solution was shown; `action`, `placement`: why it was handed out."""

    item: str
    concept: str
    served: datetime
    action: str = "practise"
    placement: bool = False
    rungs: int = 0
    told: bool = False
    tries: int = 0
    solved: bool = False
    closed: bool = False
    disputed: str = ""


@dataclass
class LearnerState:
    """Everything that is believed of one learner after their events so far. `failures`: wrong answers in a row by
    concept; `explained`: concept -> (event number, part) of what was explained; `order`: concepts answered, oldest
    first; `exercises`: by item, in the order in which they were handed out."""

    tracer: Tracer
    profile: Profile = field(default_factory=Profile)
    held: dict[str, Held] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    failures: dict[str, int] = field(default_factory=dict)
    explained: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    exercises: dict[str, Exercise] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    last: int = 0

    @property
    def open(self) -> Exercise | None:
        """The exercise that waits for an answer, if any: the last that was handed out."""
        last = next(reversed(self.exercises.values()), None)
        return last if last and not last.closed else None

    def evidence(self, concept: str) -> int:
        """How many pieces of evidence the estimate of a concept rests on, of its own."""
        return sum(one.counted for one in self.seen if one.concept == concept)


def replayed(model: MasteryModel, events: Sequence[Event]) -> LearnerState:
    """The state after these events, given in order. An answer to an exercise that the learner disputes counts for
    nothing, unless a teacher ruled that the exercise was right."""
    state = LearnerState(Tracer.new(model))
    aside = set_aside(events)
    for event in events:
        take(state, event, aside)
    return state


def take(state: LearnerState, event: Event, aside: frozenset[str] = frozenset()) -> None:
    """Move the state by one event, in place. `aside`: exercises whose answers do not count."""
    _TAKE[event.kind](state, event, aside)
    state.last = event.number


def set_aside(events: Iterable[Event]) -> frozenset[str]:
    """The exercises whose answers do not count: disputed, and not ruled to be right."""
    found: set[str] = set()
    for event in events:
        if event.kind == "dispute":
            found.add(event.body["item"])
        elif event.kind == "ruling":
            (found.add if event.body["upheld"] else found.discard)(event.body["item"])
    return frozenset(found)


def _served(state: LearnerState, event: Event, aside: frozenset[str]) -> None:  # noqa: ARG001  the events' common form
    body = event.body
    if state.open:
        state.open.closed = True
    state.exercises.pop(body["item"], None)  # an exercise handed out again starts anew, and is the last
    state.exercises[body["item"]] = Exercise(
        body["item"], body["concept"], event.at, body.get("action", "practise"), bool(body.get("placement"))
    )
    state.questions.append(body.get("question", ""))


def _answer(state: LearnerState, event: Event, aside: frozenset[str]) -> None:
    body = event.body
    concept, score, known = body["concept"], float(body["score"]), body["concept"] in state.tracer.model.needs.concepts
    counted = body["verdict"] != UNGRADED and body["item"] not in aside and known
    before = state.tracer.mastery_of(concept, event.at) if known else 0.0
    after = before
    if counted:
        given = Answered(
            concept, body["kind"], int(body["options"]), int(body["difficulty"]), score, event.at, int(body["help"]),
            bool(body["told"]),
        )  # fmt: skip
        state.tracer.answer(given)
        after = state.tracer.mastery_of(concept, event.at)
        shown, possible = body.get("misconception", ""), body.get("could_show", ())
        state.held = after_answer(state.held, event.number, concept, shown, possible, score >= 1)
        state.failures[concept] = 0 if score >= 1 else state.failures.get(concept, 0) + 1
        state.order.append(concept)
    state.seen.append(Seen(
        event.number, event.at, "answer", concept, body["item"], score, body["verdict"], body["text"],
        int(body["help"]), counted, before, after,
    ))  # fmt: skip
    exercise = state.exercises.get(body["item"])
    if exercise and body["verdict"] != UNGRADED:
        exercise.tries += 1
        exercise.solved = exercise.solved or score >= 1
        exercise.closed = exercise.closed or exercise.solved or exercise.tries >= MOST_TRIES


def _claim(state: LearnerState, event: Event, aside: frozenset[str]) -> None:  # noqa: ARG001  as above
    """What learners say of themselves is weak evidence, by the rates of `self_report`, and counts once a concept."""
    concept, knows = event.body["concept"], bool(event.body["knows"])
    if concept not in state.tracer.model.needs.concepts:
        return
    said_before = any(one.what == "claim" and one.concept == concept for one in state.seen)
    before = after = state.tracer.mastery_of(concept, event.at)
    if not said_before:
        rates = state.tracer.rates(SELF_REPORT, 0, MIDDLE)
        state.tracer.observe(concept, rates, float(knows), 1.0, event.at, teaches=False)
        after = state.tracer.mastery_of(concept, event.at)
    verdict = "knows" if knows else "does_not_know"
    state.seen.append(Seen(event.number, event.at, "claim", concept, "", float(knows), verdict, "", 0, not said_before,
                           before, after))  # fmt: skip


def _hint(state: LearnerState, event: Event, aside: frozenset[str]) -> None:  # noqa: ARG001  as above
    exercise = state.exercises.get(event.body["item"])
    if exercise:
        exercise.rungs = max(exercise.rungs, int(event.body["rung"]))
        exercise.told = exercise.told or bool(event.body["reveals"])


def _explained(state: LearnerState, event: Event, aside: frozenset[str]) -> None:  # noqa: ARG001  as above
    state.explained.setdefault(event.body["concept"], []).append((event.number, event.body["part"]))


def _dispute(state: LearnerState, event: Event, aside: frozenset[str]) -> None:  # noqa: ARG001  as above
    exercise = state.exercises.get(event.body["item"])
    if exercise:
        exercise.disputed, exercise.closed = event.body.get("why", "") or "-", True


def _ruling(state: LearnerState, event: Event, aside: frozenset[str]) -> None:
    """Nothing of its own: `set_aside` has read it."""


def _profile(state: LearnerState, event: Event, aside: frozenset[str]) -> None:  # noqa: ARG001  as above
    state.profile = state.profile.changed(event.body)


def _closed(state: LearnerState, event: Event, aside: frozenset[str]) -> None:  # noqa: ARG001  as above
    exercise = state.exercises.get(event.body["item"])
    if exercise:
        exercise.closed = True


_TAKE = {
    "served": _served, "answer": _answer, "claim": _claim, "hint": _hint, "explained": _explained, "dispute": _dispute,
    "ruling": _ruling, "profile": _profile, "closed": _closed,
}  # fmt: skip
