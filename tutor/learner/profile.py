"""What a learner wants and how they like to be taught, as they said it; never guessed from their answers."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from knowledge.course import Course
from knowledge.messages import LANGUAGES
from tutor.errors import BadLearner

STYLES = ("intuition", "mathematics", "code", "pictures")
PLACEMENT = ("ask", "skip", "done")
MOST_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Profile:
    """`language`: es, en, or "" for that of each message. `style`: of explanations, "" for no wish. `goal`: ids of
    concepts, none for the whole course. `exam_date`: ISO, "" for none. `minutes`: a day, 0 for no limit. `placement`:
    "ask" while the placement test is open, "skip", or "done"."""

    language: str = ""
    style: str = ""
    goal: tuple[str, ...] = ()
    exam_date: str = ""
    minutes: int = 0
    placement: str = "ask"

    def changed(self, changes: Mapping[str, Any]) -> "Profile":
        """With these fields changed, as an event keeps them."""
        known = {one.name for one in fields(self)}
        made: dict[str, Any] = {name: value for name, value in changes.items() if name in known}
        if "goal" in made:
            made["goal"] = tuple(made["goal"])
        return replace(self, **made)


def checked_changes(course: Course, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes as they are kept. Raises `BadLearner` for what cannot be."""
    rules: dict[str, tuple[bool, str]] = {}
    for name, value in changes.items():
        match name:
            case "language":
                rules[name] = value in ("", *LANGUAGES), "es, en"
            case "style":
                rules[name] = value in ("", *STYLES), ", ".join(STYLES)
            case "placement":
                rules[name] = value in PLACEMENT, ", ".join(PLACEMENT)
            case "goal":
                rules[name] = all(one in course.concepts for one in value), "ids of concepts: atenea course list --json"
            case "exam_date":
                rules[name] = value == "" or _is_date(value), "a date, 2027-01-31"
            case "minutes":
                rules[name] = isinstance(value, int) and 0 <= value <= MOST_MINUTES, f"0-{MOST_MINUTES}"
            case _:
                rules[name] = False, ", ".join(one.name for one in fields(Profile))
    for name, (holds, expected) in rules.items():
        if not holds:
            raise BadLearner("bad-profile", field=name, value=str(changes[name])[:60], expected=expected)
    return {name: list(value) if name == "goal" else value for name, value in changes.items()}


def _is_date(text: object) -> bool:
    try:
        date.fromisoformat(str(text))
    except ValueError:
        return False
    return True
