"""What a learner should do next, and why: a decision by code over what is believed of them. Nothing here is generated.

In this order: a learner who fails again and again is given another representation, then an easier prerequisite, then a
worked example, and something else between; a review that is due now and then; else the concept of the goal on
which one more item is expected to add most to the mastery of the goal (`Standing.gain`), among those whose
prerequisites stand and that were not asked just before; when all are good enough, the one left alone for longest, until
all are mastered. The constants were chosen on simulated students (docs/LOG.md).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from knowledge.messages import Messages

WHY = Messages(Path(__file__).with_name("next_step.toml"))
Action = Literal["explain", "practise", "review", "assess", "done"]
GOOD = 0.6  # mastery, as far as it is remembered, from which other concepts go first
MASTERED = 0.9  # from which a concept is done
STANDS = 0.5  # mastery of a prerequisite from which one may build on it
KNOWN_BEFORE = 0.5  # mastery from which a concept that was never asked about is asked before it is explained
IN_A_ROW = 3  # items on one concept before another has its turn
WAIT = 5  # items between two reviews while there is new matter
EASY, HARD = 0.85, 0.5  # predicted success over which an item is made harder, and under which easier
ITEM_MINUTES, EXPLANATION_MINUTES = 3, 4  # of a plan, roughly
PARTS = {
    "intuition": ("intuition", "example", "how", "formal"), "mathematics": ("formal", "example", "how", "intuition"),
    "code": ("code", "example", "how", "formal"), "pictures": ("intuition", "how", "example", "formal"),
    "": ("intuition", "example", "how", "formal", "code"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """How one concept stands. `mastery`, `low`, `high`: now, with its interval; `recall`: how much of what was known at
    the last answer is still known; `gain`: what one more item is expected to add to the goal; `success`: predicted, at
    an item of the concept's own level; `due`: days until its review, negative when overdue, None when there is none;
    `answers`: counted so far; `since`: how many of the learner's answers ago the last was, None for never; `failures`:
    wrong ones in a row; `parts`: kinds of unit that were explained, oldest first; `explained`: whether something was
    since the last answer; `mistakes`: ids held."""

    concept: str
    mastery: float
    low: float = 0.0
    high: float = 1.0
    recall: float = 1.0
    gain: float = 0.0
    success: float = 0.5
    due: float | None = None
    answers: int = 0
    since: int | None = None
    failures: int = 0
    parts: tuple[str, ...] = ()
    explained: bool = False
    mistakes: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()

    @property
    def strength(self) -> float:
        """The mastery as far as it is remembered."""
        return self.mastery * self.recall


@dataclass(frozen=True, slots=True)
class StudyView:
    """A learner, as far as the next step depends on them. `standings`: of the goal's concepts and all that they stand
    on, prerequisites first; `goal`: ids, none for the whole course; `recent`: concepts of the last answers, the latest
    last; `reviews`: of these, how many ago the last review was, None for never; `style`: as they wish to be taught;
    `days`: to the exam, None for no date; `minutes`: left for today, 0 for no limit."""

    standings: Mapping[str, Standing]
    goal: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    reviews: int | None = None
    style: str = ""
    days: int | None = None
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `why`: a key of next_step.toml, `values` for its places (concepts by id). `part`: of an explanation,
    the kind of unit; `harder`: of an item, levels above the concept's own."""

    action: Action
    concept: str = ""
    why: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    part: str = ""
    harder: int = 0


def next_step(view: StudyView) -> Step:
    """What to do now."""
    return _after_failure(view) or _review(view) or _new(view) or _revisit(view) or Step("done", why="all-mastered")


def path(view: StudyView) -> list[Step]:
    """The way to the goal as it looks now: what is next, what is due, then each concept that is not mastered,
    prerequisites first and of those that stand the one that adds most; as much as fits into today's minutes, at least
    one step. It is drawn anew after each answer."""
    first, due = next_step(view), _due(view)
    ways = {one.concept: Step("review", one.concept, "review-due") for one in due}
    ways |= {one.concept: _on_path(view, one) for one in _in_order(view) if one.concept not in ways}
    if first.concept:
        ways = {first.concept: ways.get(first.concept, first)} | ways
    steps = list(ways.values())
    return _fitting(steps, view.minutes) if view.minutes else steps


def _in_order(view: StudyView) -> list[Standing]:
    """What is not mastered: each after what it rests on, and among those that may be next the one that adds most."""
    left = {name: one for name, one in view.standings.items() if one.strength < MASTERED}
    found: list[Standing] = []
    while left:
        ready = [one for one in left.values() if not left.keys() & set(one.prerequisites)] or list(left.values())
        best = max(ready, key=lambda one: (one.gain, one.concept))
        found.append(left.pop(best.concept))
    return found


def _on_path(view: StudyView, one: Standing) -> Step:
    """The concept as a step of the way: begun, leading to another one, or the end of it."""
    step = _contact(one, "")
    after = next((other.concept for other in view.standings.values() if one.concept in other.prerequisites), "")
    if step.why == "mistake":
        return step
    why = "path-begun" if one.answers else "path-leads" if after else "path-end"
    return replace(step, why=why, values={"after": after})


def _fitting(steps: list[Step], minutes: int) -> list[Step]:
    """As many of the steps as there is time for, at least one."""
    spent = 0
    found: list[Step] = []
    for step in steps:
        spent += EXPLANATION_MINUTES + ITEM_MINUTES if step.action == "explain" else ITEM_MINUTES
        if found and spent > minutes:
            break
        found.append(step)
    return found


def _after_failure(view: StudyView) -> Step | None:
    """The ladder for who fails: another representation, an easier prerequisite, a worked example, something else."""
    last = view.standings.get(view.recent[-1]) if view.recent else None
    if last is None or not last.failures or last.strength >= GOOD or last.explained:
        return None  # something was explained since the failure: now it is tried again
    match last.failures % IN_A_ROW:
        case 1:
            return Step("explain", last.concept, "other-way", part=_next_part(last, view.style))
        case 0:
            return Step("explain", last.concept, "worked", part="example")
    weak = _weakest_prerequisite(view, last)
    if weak is None or last.failures > IN_A_ROW:
        return None
    return _item(weak, "practise", "prerequisite", {"after": last.concept}, easier=True)


def _weakest_prerequisite(view: StudyView, one: Standing) -> Standing | None:
    """What the concept rests on least firmly, if that is not firm."""
    before = [view.standings[name] for name in one.prerequisites if name in view.standings]
    weak = min(before, key=lambda other: other.strength, default=None)
    return weak if weak is not None and weak.strength < GOOD else None


def _review(view: StudyView) -> Step | None:
    """A review that is due, not twice within a few items while there is new matter, and none for after the exam."""
    due = _due(view)
    waiting = any(one.strength < GOOD for one in view.standings.values())
    if not due or (waiting and view.reviews is not None and view.reviews < WAIT):
        return None
    if waiting and len(view.recent) < WAIT:
        return None
    return _item(due[0], "review", "review-due")


def _due(view: StudyView) -> list[Standing]:
    """What was good and is about to be forgotten, the most overdue first."""
    found = [one for one in view.standings.values() if one.due is not None and one.due <= 0 and one.mastery >= GOOD]
    return sorted(found, key=lambda one: (one.due, one.concept))


def _new(view: StudyView) -> Step | None:
    """The concept on which an item is expected to add most to the goal."""
    open_ = [one for one in view.standings.values() if one.strength < GOOD]
    turn = Counter(view.recent[-IN_A_ROW:])
    rested = [one for one in open_ if turn[one.concept] < IN_A_ROW] or open_
    ready = [one for one in rested if _stands(view, one)] or rested
    if not ready:
        return None
    best = max(ready, key=lambda one: (one.gain, one.concept))
    return _contact(best, _reason(view, best))


def _stands(view: StudyView, one: Standing) -> bool:
    before = [view.standings[name] for name in one.prerequisites if name in view.standings]
    return all(other.strength >= STANDS for other in before)


def _reason(view: StudyView, one: Standing) -> str:
    if one.concept in view.goal:
        return "is-goal"
    if view.days is not None and view.days <= 7:
        return "before-exam"
    return "not-yet" if one.answers else "new"


def _contact(one: Standing, why: str) -> Step:
    """How to take up a concept: explain first what is new, address a mistake first, ask first what may be known."""
    if one.mistakes and "mistakes" not in one.parts:
        return Step("explain", one.concept, "mistake", part="mistakes")
    if not one.answers and not one.parts and one.mastery < KNOWN_BEFORE:
        return Step("explain", one.concept, why, part="definition")
    if one.answers and not one.failures and one.due is not None and one.due <= 0:
        return _item(one, "review", "review-due")
    if not one.answers and one.mastery >= KNOWN_BEFORE:
        return _item(one, "assess", "maybe-known")
    return _item(one, "practise", why)


def _revisit(view: StudyView) -> Step | None:
    """When all is good enough: what was left alone for longest, until all is mastered. Luck and forgetting show
    then."""
    if all(one.strength >= MASTERED for one in view.standings.values()):
        return None
    oldest = max(view.standings.values(), key=lambda one: (one.since is None, one.since or 0, one.concept))
    return _item(oldest, "review" if oldest.answers else "assess", "make-sure")


def _item(
    one: Standing, action: Action, why: str, values: Mapping[str, str] | None = None, easier: bool = False
) -> Step:  # fmt: skip
    """An item neither too easy nor too hard for this learner."""
    harder = -1 if easier or one.success < HARD or one.failures > 1 else 1 if one.success > EASY else 0
    return Step(action, one.concept, why, values or {}, harder=harder)


def _next_part(one: Standing, style: str) -> str:
    """A representation that was not shown yet, the wished ones first; the one shown longest ago when all were."""
    parts = PARTS.get(style, PARTS[""])
    fresh = [part for part in parts if part not in one.parts]
    return fresh[0] if fresh else min(parts, key=lambda part: one.parts[::-1].index(part) * -1)
