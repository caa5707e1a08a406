"""The course as a map for one learner: every concept with how it stands, what is due, and the days of study.

Values returned are plain data.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from agents.next_step import GOOD, MASTERED, Standing
from tutor.learner.study import Study
from tutor.learner.view import standings_of, way_to

BANDS = ("unseen", "begun", "good", "mastered")  # how a concept stands, from nothing asked to mastered
WEEK = 7
STUDIED = frozenset({"answer", "explained"})  # events of a day on which somebody studied


class LearnerMap:
    """Draws the map of a learner of a study."""

    def __init__(self, study: Study) -> None:
        self.study = study

    def draw(self, learner: str, language: str = "es") -> dict[str, Any]:
        """`concepts`: in the order of the course, each with its `name`, `topic`, `prerequisites`, `band` (one of
        `BANDS`), `mastery`, and whether it is `on_way` to the goal and `due`; `topics`: id and name; `reviews`: what
        has a date for its review, the earliest first; `days`: the last seven, whether something was studied."""
        course, state, now = self.study.course, self.study.state(learner), self.study.clock()
        way = set(way_to(course, state.profile.goal))
        due = {name: state.tracer.memory.due(name) for name in course.concepts}
        concepts = [
            {
                "id": one.concept, "name": course.concept_name(one.concept, language),
                "topic": course.concepts[one.concept].topic, "prerequisites": list(one.prerequisites),
                "band": _band(one), "mastery": round(one.mastery, 4), "on_way": one.concept in way,
                "due": _reached(due[one.concept], now),
            }
            for one in standings_of(state.tracer, course, tuple(course.concepts), now, state)
        ]  # fmt: skip
        dated = sorted((moment, name) for name, moment in due.items() if moment)
        return {
            "concepts": concepts, "goal": list(state.profile.goal),
            "topics": [{"id": topic, "name": name[language]} for topic, name in course.topics.items()],
            "reviews": [
                {"concept": name, "name": course.concept_name(name, language), "at": moment.isoformat(),
                 "due": _reached(moment, now)}
                for moment, name in dated
            ],
            "days": self._days(learner, now),
        }  # fmt: skip

    def _days(self, learner: str, now: datetime) -> list[dict[str, Any]]:
        """The last seven days by this machine's calendar, today the last."""
        studied = {_day(event.at) for event in self.study.store.events(learner) if event.kind in STUDIED}
        week = [_day(now) - timedelta(days=ago) for ago in reversed(range(WEEK))]
        return [{"day": day.isoformat(), "studied": day in studied} for day in week]


def _band(one: Standing) -> str:
    if not one.answers:
        return "unseen"
    return "mastered" if one.strength >= MASTERED else "good" if one.strength >= GOOD else "begun"


def _reached(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def _day(moment: datetime) -> date:
    return moment.astimezone().date()


def tally(concepts: list[Mapping[str, Any]]) -> dict[str, int]:
    """How many concepts stand in each band, in the order of `BANDS`."""
    return {band: sum(concept["band"] == band for concept in concepts) for band in BANDS}
