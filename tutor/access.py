"""What one person may do with a `Tutor`: `reach(tutor, person)` is the tutor as that person has it.

Each public member of the tutor has a rule here, as has each of a desk that a student reaches; what has no rule is the
owner's alone, the one person of a machine of their own, who has the tutor itself. A rule says which roles may use a
member. Besides, whoever is no owner

- names no learner but themselves, except where the rule lets a teacher look at the class;
- reads and continues no conversation but their own;
- gives no path of this machine, except where the rule lets them;
- and, when they have no role at all, hears the course alone and nothing of the library (`VISITED` says of which verbs).

What a student gets holds no key: the course comes without its question bank, and what is kept of a learner without the
keys of its exercises.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from inspect import signature
from typing import Any, cast

from tutor.errors import Forbidden
from tutor.item_files import item_from
from tutor.learner.shown import public_item
from tutor.people import OWNER, RESEARCHER, STUDENT, TEACHER, Person
from tutor.tutor import Tutor

VISITORS_THREAD = re.compile(r"[0-9a-f]{12,64}")  # the app's own names: nobody guesses that of somebody else
PATHS = ("sources", "paths", "path")


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Rule:
    """Who may use a member, and how far. `roles`: one of them is enough; `visitors`: those without any role as well.

    `of_class`: roles that may name any learner. `paths`: paths of this machine may be given. `desk`: the members of
    what is given have rules of their own. `visit`: what is put in a visitor's call, whatever they gave. Who is no
    teacher gets the member `instead`, and of a value what `shown` makes of it.
    """

    roles: frozenset[str]
    visitors: bool = False
    of_class: frozenset[str] = frozenset()
    paths: bool = False
    desk: bool = False
    visit: Mapping[str, Any] = field(default_factory=dict)
    instead: str = ""
    shown: Callable[[Any], Any] = _as_it_is


def _without_keys(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {**kept, "items": {name: public_item(item_from(body)) for name, body in kept["items"].items()}}


_STUDENTS = frozenset({STUDENT, TEACHER, RESEARCHER})
_TEACHERS = frozenset({TEACHER})
_RESEARCHERS = frozenset({RESEARCHER, TEACHER})
ANYONE = Rule(_STUDENTS, visitors=True)
VISITED = replace(ANYONE, visit={"against": "course"})  # what may be cited: nothing of the library
MEMBER = Rule(_STUDENTS)
OF_CLASS = Rule(_STUDENTS, of_class=_TEACHERS)
TEACHERS = Rule(_TEACHERS, of_class=_TEACHERS, paths=True)
RESEARCHERS = Rule(_RESEARCHERS, paths=True)
OWN_RESEARCH = Rule(_RESEARCHERS)
NOBODY = Rule(frozenset())  # the owner alone

RULES: dict[str, Rule] = {
    "course": replace(ANYONE, instead="public_course"), "public_course": ANYONE, "course_list": ANYONE,
    "prepare": ANYONE, "ask": VISITED, "stream": VISITED, "history": ANYONE,
    "check_desk": Rule(_STUDENTS, visitors=True, desk=True),
    "check_desk.text_of": ANYONE, "check_desk.marked": ANYONE, "check_desk.report": ANYONE,
    "check_desk.keep": ANYONE, "check_desk.kept": ANYONE, "check_desk.forget": MEMBER, "check_desk.size": MEMBER,
    "check": VISITED, "readable": ANYONE, "search": VISITED, "source_names": VISITED,
    "learner_export": replace(MEMBER, shown=_without_keys), "learner_delete": MEMBER,
    "offers": ANYONE, "conversations": MEMBER,
    "practice": Rule(_STUDENTS, desk=True), "practice.at_hand": MEMBER, "practice.advised": MEMBER,
    "practice.kinds": MEMBER, "practice.asked": MEMBER,
    "learner_map": Rule(_STUDENTS, desk=True), "learner_map.draw": OF_CLASS,
    "library_list": MEMBER, "upload_megabytes": ANYONE,
    "library_add": RESEARCHERS, "library_upload": RESEARCHERS, "library_refresh": RESEARCHERS,
    "library_set": RESEARCHERS, "library_remove": RESEARCHERS, "desk": RESEARCHERS,
    "inquiry_desk": Rule(_RESEARCHERS, desk=True),
    **{f"inquiry_desk.{verb}": OWN_RESEARCH for verb in ("ask", "go_on", "stop", "look", "all", "take", "remove")},
    "upload_desk": Rule(_RESEARCHERS, desk=True),
    **{f"upload_desk.{verb}": OWN_RESEARCH for verb in (
        "add", "retry", "job", "stop", "close", "correct", "form", "remove")},
    "course_validate": TEACHERS, "course_new": TEACHERS, "workshop": TEACHERS, "exam_desk": TEACHERS,
    "results_desk": TEACHERS, "bank_desk": TEACHERS, "course_desk": TEACHERS,
    "study": Rule(_STUDENTS, desk=True),
    "study.next": MEMBER, "study.serve": MEMBER, "study.answer": MEMBER, "study.hint": MEMBER, "study.skip": MEMBER,
    "study.explained": MEMBER, "study.set": MEMBER, "study.claim": MEMBER, "study.dispute": MEMBER,
    "study.threads": MEMBER, "study.keep_thread": MEMBER, "study.replied": MEMBER, "study.why": MEMBER,
    "study.mistake": MEMBER,
    "study.export": replace(MEMBER, shown=_without_keys),
    "study.show": OF_CLASS, "study.state": OF_CLASS, "study.knows": OF_CLASS, "study.path": OF_CLASS,
    "study.learners": TEACHERS, "study.disputes": TEACHERS, "study.rule": TEACHERS,
}  # fmt: skip


def reach(tutor: Tutor, person: Person) -> Tutor:
    """The tutor as `person` has it; what they may not do raises `Forbidden`, and nothing has happened then."""
    return tutor if OWNER in person.roles else cast("Tutor", Access(tutor, tutor, person))


class Access:
    """A part of a tutor (`desk`: its name and a dot, "" for the tutor itself) as one person has it."""

    def __init__(self, tutor: Tutor, part: object, person: Person, desk: str = "") -> None:
        self._tutor = tutor
        self._part = part
        self._person = person
        self._desk = desk

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        rule = RULES.get(f"{self._desk}{name}", NOBODY)
        if not (self._person.roles & rule.roles or (rule.visitors and not self._person.roles)):
            raise Forbidden("forbidden", what=f"{self._desk}{name}")
        teaches = TEACHER in self._person.roles
        value = getattr(self._part, name if teaches else rule.instead or name)
        if rule.desk:
            return Access(self._tutor, value, self._person, f"{name}.")
        shown = _as_it_is if teaches else rule.shown
        return self._guarded(value, rule, shown) if callable(value) else shown(value)

    def _guarded(self, verb: Callable[..., Any], rule: Rule, shown: Callable[[Any], Any]) -> Callable[..., Any]:
        form = signature(verb)

        def allowed(*values: Any, **named: Any) -> Any:
            given = form.bind(*values, **named)
            given.apply_defaults()
            self._look(given.arguments, rule)
            if not self._person.roles:
                given.arguments.update(rule.visit)
            return shown(verb(*given.args, **given.kwargs))

        return allowed

    def _look(self, given: Mapping[str, Any], rule: Rule) -> None:
        """Raise `Forbidden` for what this person may not name."""
        if "learner" in given and not self._may_name(given["learner"], rule):
            raise Forbidden("forbidden-learner")
        if not rule.paths and any(given.get(name) for name in PATHS):
            raise Forbidden("forbidden-path")
        thread = given.get("thread") or ("" if "thread" not in given else given.get("learner", ""))
        if thread and not self._may_read(thread):
            raise Forbidden("forbidden-thread")

    def _may_name(self, learner: object, rule: Rule) -> bool:
        return learner == self._person.learner or bool(self._person.roles & rule.of_class)

    def _may_read(self, thread: str) -> bool:
        """Their own conversation, or one that nobody has begun."""
        owners = self._tutor.study.owners(thread)
        if self._person.learner:
            return owners == [self._person.learner] or not (owners or self._tutor.history(thread))
        return not owners and VISITORS_THREAD.fullmatch(thread) is not None
