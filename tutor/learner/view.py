"""A learner as the planner sees them: how each concept on the way to the goal stands now."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import numpy as np

from agents.next_step import Standing, StudyView
from knowledge.course import Course
from tutor.learner.state import LearnerState
from tutor.learner.tracer import Tracer

USUAL_KIND, USUAL_OPTIONS = "mcq", 4  # of the item whose success is predicted
SECONDS_A_DAY = 86_400


def way_to(course: Course, goal: Iterable[str]) -> tuple[str, ...]:
    """The goal's concepts and all that they stand on, prerequisites first; the whole course where no goal is set."""
    wanted, edge = set(), list(goal) or list(course.concepts)
    while edge:
        one = edge.pop()
        if one not in wanted:
            wanted.add(one)
            edge += course.concepts[one].prerequisites
    depths: dict[str, int] = {}

    def depth(name: str) -> int:
        if name not in depths:
            depths[name] = 1 + max((depth(one) for one in course.concepts[name].prerequisites), default=0)
        return depths[name]

    return tuple(sorted(wanted, key=lambda name: (depth(name), list(course.concepts).index(name))))


def study_view(state: LearnerState, course: Course, at: datetime) -> StudyView:
    """The view at a moment."""
    profile = state.profile
    goal = tuple(one for one in profile.goal if one in course.concepts)
    answers = [one for one in state.seen if one.counted and one.what == "answer"]
    actions = [state.exercises[one.item].action for one in answers if one.item in state.exercises]
    reviews = next((ago for ago, action in enumerate(reversed(actions)) if action == "review"), None)
    days = (date.fromisoformat(profile.exam_date) - at.date()).days if profile.exam_date else None
    standings = standings_of(state.tracer, course, way_to(course, goal), at, state)
    return StudyView(
        {one.concept: one for one in standings}, goal, tuple(state.order), reviews, profile.style, days,
        profile.minutes,
    )  # fmt: skip


def standings_of(
    tracer: Tracer, course: Course, concepts: tuple[str, ...], at: datetime, state: LearnerState | None = None
) -> list[Standing]:
    """How these concepts stand; what was answered, explained and mistaken, and the intervals, only with a `state`."""
    model = tracer.model
    places = np.array([model.place(name) for name in concepts])
    kept = tracer.kept(at)
    goal = np.zeros(len(kept))
    goal[places] = 1.0
    mastery, gains = model.mastery(tracer.belief, kept), model.gains(tracer.belief, kept, goal)
    low, high = model.interval(tracer.belief, kept) if state else (np.zeros(len(kept)), np.ones(len(kept)))
    order = state.order if state else []
    ago = {name: len(order) - 1 - at_ for at_, name in enumerate(order)}
    found = []
    for name, place in zip(concepts, places, strict=True):
        slip, guess = tracer.rates(USUAL_KIND, USUAL_OPTIONS, course.concepts[name].difficulty)
        due = tracer.memory.due(name)
        found.append(Standing(
            name, float(mastery[place]), float(low[place]), float(high[place]), tracer.memory.recall(name, at),
            float(gains[place]), float(guess + (1 - slip - guess) * mastery[place]),
            (due - at).total_seconds() / SECONDS_A_DAY if due else None, order.count(name), ago.get(name),
            prerequisites=course.concepts[name].prerequisites, **(_told(state, name) if state else {}),
        ))  # fmt: skip
    return found


def _told(state: LearnerState, concept: str) -> dict[str, Any]:
    """What `Standing` says of a concept's failures, explanations and mistakes."""
    explained = state.explained.get(concept, [])
    last = max((one.number for one in state.seen if one.concept == concept and one.what == "answer"), default=0)
    return {
        "failures": state.failures.get(concept, 0), "parts": tuple(part for _, part in explained),
        "explained": any(number > last for number, _ in explained),
        "mistakes": tuple(one.id for one in state.held.values() if one.active and one.concept == concept),
    }  # fmt: skip
