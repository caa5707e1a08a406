"""Simulated students study towards a goal under a policy, and answer logs of such students.

Policies choose the next concept: `planner` is Atenea's own (placement where it is asked for, then `agents.next_step`),
the others are what it must beat: `fixed`, the concepts in an order of the course in which prerequisites come first,
three items each, again and again; `random`; `weakest`, the least mastered by the same learner model. All ask items of
kinds and levels that exist; every answered item teaches the same.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from agents.next_step import Step, StudyView, next_step
from knowledge.course import Course
from tutor.learner.mastery import MasteryModel
from tutor.learner.placement import Probe, best_probe, finished
from tutor.learner.tracer import Answered, Tracer
from tutor.learner.view import standings_of, way_to
from tutor.learner_eval.predictors import Logged
from tutor.learner_eval.simulated import Cohort, Question, Student

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
KINDS = (("mcq", 4), ("true_false", 2), ("numeric", 0), ("short", 0), ("multi", 0))
OPEN_KINDS = (("numeric", 0), ("short", 0))
SMALL, LARGE = 8, 20  # concepts on the way to a goal
KNOWN = 0.5  # share of them that a student may have mastered already, at most, to be given that goal
DRAWS = 50
BLOCK = 3  # items on a concept in the fixed order: with 1 to 8, three is as good for it as any (docs/LOG.md)
REACHED, MOST_ITEMS = 0.9, 1000
STAY = 0.5  # chance that the next item of a log is on the same concept


@dataclass
class Run:
    """A student on the way to a goal. `way`: concepts, prerequisites first; `order`: answered so far, oldest first."""

    course: Course
    student: Student
    way: tuple[str, ...]
    tracer: Tracer
    rng: np.random.Generator
    order: list[str] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    parts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    explained: set[str] = field(default_factory=set)
    since_review: int | None = None
    placed: int = 0

    @property
    def at(self) -> datetime:
        """The student's moment."""
        return BEGIN + timedelta(days=self.student.day)

    @property
    def reached(self) -> bool:
        """Whether the student has truly mastered nine in ten of the way."""
        places = [self.tracer.model.place(name) for name in self.way]
        return bool(self.student.mastered()[places].mean() >= REACHED)

    def ask(self, concept: str, harder: int, kinds: tuple[tuple[str, int], ...] = KINDS) -> None:
        """One item, answered and taken in."""
        kind, options = kinds[self.rng.integers(len(kinds))]
        level = min(5, max(1, self.course.concepts[concept].difficulty + harder))
        at = self.at
        right = self.student.answer(Question(self.tracer.model.place(concept), kind, options, level))
        self.tracer.answer(Answered(concept, kind, options, level, float(right), at))
        self.failures[concept] = 0 if right else self.failures[concept] + 1
        self.explained.discard(concept)
        self.order.append(concept)


def begun(course: Course, model: MasteryModel, seed: int, number: int) -> Run:
    """A student and a goal that they have not mastered; the same for every policy."""
    student = Cohort(course, seed).student(number)
    rng = np.random.default_rng([seed, number, 7])
    ways = [way for name in course.concepts if SMALL <= len(way := way_to(course, (name,))) <= LARGE]
    mastered = student.mastered()
    for _ in range(DRAWS):
        way = ways[rng.integers(len(ways))]
        if mastered[[model.place(name) for name in way]].mean() <= KNOWN:
            break
    return Run(course, student, way, Tracer.new(model), rng)


def items_needed(run: Run, policy: Callable[[Run], None]) -> int:
    """How many items until the goal is truly mastered; `MOST_ITEMS` where it is not by then."""
    while len(run.order) < MOST_ITEMS and not run.reached:
        policy(run)
    return len(run.order)


def fixed(run: Run) -> None:
    """The fixed order."""
    run.ask(run.way[len(run.order) // BLOCK % len(run.way)], int(run.rng.integers(-1, 2)))


def at_random(run: Run) -> None:
    """Any concept of the way."""
    run.ask(run.way[run.rng.integers(len(run.way))], int(run.rng.integers(-1, 2)))


def weakest(run: Run) -> None:
    """The least mastered concept, as far as it is remembered."""
    standings = standings_of(run.tracer, run.course, run.way, run.at)
    run.ask(min(standings, key=lambda one: one.strength).concept, int(run.rng.integers(-1, 2)))


def planner(run: Run) -> None:
    """Atenea's planner; an explanation that it gives counts for nothing."""
    step = next_step(_view(run))
    if step.action == "explain":
        run.parts[step.concept] = (*run.parts.get(step.concept, ()), step.part)
        run.explained.add(step.concept)
        return
    if step.action == "done":  # it believes all mastered: the student comes back when a review is due
        soonest = min(run.way, key=lambda name: run.tracer.memory.recall(name, run.at))
        step = Step("review", soonest)
    run.ask(step.concept, step.harder, OPEN_KINDS)
    run.since_review = 0 if step.action == "review" else None if run.since_review is None else run.since_review + 1


def placed_planner(run: Run) -> None:
    """The same after a placement test, whose questions count."""
    if run.placed >= 0:
        probe, bits = best_probe(run.tracer, _probes(run), run.way, run.at)
        if not finished(run.placed, bits):
            run.placed += 1
            run.ask(probe.concept, 0, OPEN_KINDS)
            return
        run.placed = -1
    planner(run)


POLICIES: Mapping[str, Callable[[Run], None]] = {
    "planner": planner, "planner after placement": placed_planner, "fixed": fixed, "random": at_random,
    "weakest": weakest,
}  # fmt: skip


def placement(run: Run) -> tuple[int, float, float]:
    """The placement test alone: questions asked, and the mean distance of mastery from what the student truly can do,
    before and after. It teaches nothing here, so that the truth stands still."""
    before = _error(run)
    asked = 0
    while True:
        probe, bits = best_probe(run.tracer, _probes(run), run.way, run.at)
        if finished(asked, bits):
            return asked, before, _error(run)
        asked += 1
        kind, options = OPEN_KINDS[run.rng.integers(len(OPEN_KINDS))]
        level = run.course.concepts[probe.concept].difficulty
        right = run.student.would_answer(Question(run.tracer.model.place(probe.concept), kind, options, level))
        rates = run.tracer.rates(kind, options, level)
        run.tracer.observe(probe.concept, rates, float(right), 1.0, run.at, teaches=False)


def answer_log(course: Course, model: MasteryModel, seed: int, number: int, answers: int) -> list[Logged]:
    """A log of a student who practises concepts of a goal in no good order, some in a row."""
    run = begun(course, model, seed, number)
    log: list[Logged] = []
    concept = run.way[run.rng.integers(len(run.way))]
    for _ in range(answers):
        if run.rng.random() > STAY:
            concept = run.way[run.rng.integers(len(run.way))]
        kind, options = KINDS[run.rng.integers(len(KINDS))]
        level = min(5, max(1, course.concepts[concept].difficulty + int(run.rng.integers(-1, 2))))
        at = run.at
        right = run.student.answer(Question(model.place(concept), kind, options, level))
        log.append(Logged(str(number), concept, kind, options, level, float(right), at))
    return log


def _view(run: Run) -> StudyView:
    last = {name: len(run.order) - 1 - at for at, name in enumerate(run.order)}
    counts = Counter(run.order)
    standings = {
        one.concept: replace(
            one, failures=run.failures[one.concept], parts=run.parts.get(one.concept, ()),
            explained=one.concept in run.explained, answers=counts[one.concept], since=last.get(one.concept),
        )
        for one in standings_of(run.tracer, run.course, run.way, run.at)
    }  # fmt: skip
    return StudyView(standings, run.way[-1:], tuple(run.order), run.since_review)


def _probes(run: Run) -> list[Probe]:
    kind, options = OPEN_KINDS[0]
    return [Probe(name, *run.tracer.rates(kind, options, run.course.concepts[name].difficulty)) for name in run.way]


def _error(run: Run) -> float:
    places = [run.tracer.model.place(name) for name in run.way]
    return float(np.abs(run.tracer.mastery(run.at)[places] - run.student.able()[places]).mean())
