"""The learner model as its learner sees it, and exercises without what would give them away."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from agents.item import Item
from agents.next_step import Standing
from knowledge.course import Course
from tutor.learner.events import Event
from tutor.learner.policy import may_show_solution
from tutor.learner.state import Exercise, LearnerState, Seen
from tutor.learner.view import standings_of

PUBLIC = (
    "id", "kind", "concept", "bloom", "difficulty", "language", "stem", "options", "tolerance", "points", "unit",
)  # fmt: skip
LEVELS = ((0.4, "beginner"), (0.8, "intermediate"))  # mastery under which a concept is explained at that level
LEVEL_ABOVE = "advanced"


def public_item(item: Item) -> dict[str, Any]:
    """An exercise without its key, its solution, its hints, and what its options or its proof would tell."""
    whole = item.as_json()
    return {**{name: whole[name] for name in PUBLIC}, "hints_available": len(item.hints)}


def percent(share: float, language: str) -> str:
    """A share as a person reads it: 43 % in Spanish, 43% in English."""
    return f"{share * 100:.0f}{' ' if language == 'es' else ''}%"


def level_of(one: Standing) -> str:
    """The level at which to explain a concept to who masters it so far, as far as that is sure: halfway between the
    mastery and the lower end of its interval."""
    sure = (one.mastery + one.low) / 2
    return next((level for bound, level in LEVELS if sure < bound), LEVEL_ABOVE)


def knowing_of(one: Standing) -> str:
    """How far a concept is known, in a word: "solid", "learning", or "unseen" before anything was answered or told."""
    if level_of(one) == LEVEL_ABOVE:
        return "solid"
    return "learning" if one.answers or one.parts else "unseen"


def shown_learner(
    learner: str, state: LearnerState, course: Course, at: datetime, path: list[dict[str, Any]],
    mistake: Callable[[str, str], str],
) -> dict[str, Any]:  # fmt: skip
    """Every estimate with what it rests on: the form of `atenea learner show`."""
    profile = state.profile
    rows = []
    for one in standings_of(state.tracer, course, tuple(course.concepts), at, state):
        due = state.tracer.memory.due(one.concept)
        held = [item for item in state.held.values() if item.active and item.concept == one.concept]
        rows.append({
            "id": one.concept, "name": dict(course.concepts[one.concept].name), "mastery": round(one.mastery, 4),
            "interval": [round(min(one.low, one.mastery), 4), round(max(one.high, one.mastery), 4)],
            "level": level_of(one), "recall": round(one.recall, 4), "due": due.isoformat() if due else None,
            "evidence": [_evidence(seen) for seen in state.seen if seen.concept == one.concept],
            "misconceptions": [
                {"id": item.id, "probability": round(item.probability, 4), "answers": list(item.shown),
                 "statement": {language: mistake(item.id, language) for language in course.title}}
                for item in held
            ],
        })  # fmt: skip
    return {
        "learner": learner, "concepts": rows, "path": path, "answers": sum(one.what == "answer" for one in state.seen),
        "profile": {"language": profile.language, "style": profile.style, "goal": list(profile.goal),
                    "exam_date": profile.exam_date, "minutes": profile.minutes, "placement": profile.placement},
    }  # fmt: skip


def _evidence(seen: Seen) -> dict[str, Any]:
    return {
        "number": seen.number, "at": seen.at.isoformat(), "what": seen.what, "item": seen.item, "answer": seen.text,
        "verdict": seen.verdict, "score": seen.score, "help": seen.help, "counted": seen.counted,
        "before": round(seen.before, 4), "after": round(seen.after, 4),
    }  # fmt: skip


def shown_reply(
    event: Event, item: Item, exercise: Exercise, state: LearnerState, repeated: bool
) -> dict[str, Any]:  # fmt: skip
    """What is said to an answer, and what it changed; the solution only when the policy allows."""
    body, due = event.body, state.tracer.memory.due(event.body["concept"])
    return {
        "item": item.id, "concept": item.concept, "score": body["score"], "verdict": body["verdict"],
        "feedback": body["feedback"], "misconception": body["misconception"], "reason": body["reason"],
        "mastery": body["mastery"], "due": due.isoformat() if due else None, "tries": exercise.tries,
        "solution": item.rationale if may_show_solution(item, exercise) else None, "repeated": repeated,
    }  # fmt: skip


def shown_events(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Events as they were written down."""
    return [
        {"number": one.number, "at": one.at.isoformat(), "kind": one.kind, "key": one.key, "body": dict(one.body)}
        for one in events
    ]


def logged_answers(learner: str, events: Iterable[Event]) -> list[dict[str, Any]]:
    """The graded answers as rows of a log (tutor/learner_eval/logs.py reads them)."""
    return [
        {"learner": learner, "at": one.at.isoformat(), "hints": int(one.body["help"]),
         **{name: one.body[name] for name in ("concept", "kind", "options", "difficulty", "score")}}
        for one in events if one.kind == "answer" and one.body["verdict"] != "ungraded"
    ]  # fmt: skip
