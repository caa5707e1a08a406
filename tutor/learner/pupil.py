"""A learner in a conversation: what a turn may know of them, and what it does when a message is more than a question.

Exercises are asked for, answered, hinted at, left and disputed here, plans and progress told. What the sources say is
the explainer's to say; what is said here is said of the learner and their exercises, in the words of replies.toml.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from agents.errors import NoExercise
from agents.grade_options import LETTERS
from agents.item import Item
from agents.keys.guard import KeyGuard, twin_of
from agents.plan import Plan
from knowledge.messages import Messages
from knowledge.terms import stems
from tutor.learner.reply import Reply
from tutor.learner.shown import knowing_of, level_of, percent
from tutor.learner.study import Study
from tutor.learner.view import standings_of, study_view
from tutor.results_read import says_nothing

SHOWN_STEPS = 6
SAME = 0.5  # share of an option's words in a claim, from which checking the claim would answer the exercise
SHORT = 60  # characters of an answer that is told by its form
_PROSE = frozenset({"short"})
_LETTER = re.compile(
    r"^\W*(?:la |el |es la |es el |opcion |opción |option |it'?s |is )*[a-j1-9](?:\W+(?:y |and |e )?[a-j1-9])*\W*$",
    re.I,
)
_SAID = re.compile(r"^\s*(?:mi |my )?(?:respuesta|answer|solución|solution)\s*(?:es|is)?\s*[:=]?\s+", re.I)


@dataclass(frozen=True)
class Pupil:
    """One learner in one turn. `texts`: the replies."""

    study: Study
    learner: str
    texts: Messages
    taken: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def open(self) -> Item | None:
        """The exercise that waits for an answer, as it was when the turn began."""
        return self.study.open_item(self.learner)

    @cached_property
    def guard(self) -> KeyGuard | None:
        """What keeps the key of the open exercise, while the policy does not allow it: in both languages."""
        if self.open is None:
            return None
        return KeyGuard(self.open, twin_of(self.open, self.study.exercises.recipes), self.study.course.glossary)

    def planned(self, made: Plan, message: str, asked_level: str) -> Plan:
        """The plan with what is known of the learner: level and style for its concept, a mistake to address first, and
        whether the message answers the open exercise."""
        if self.open is not None and self._answers(self.open, message, made):
            return replace(made, intent="answer", concepts=(self.open.concept,))
        if not made.concepts or made.concepts[0] not in self.study.course.concepts:
            return made
        state, course, concept = self.study.state(self.learner), self.study.course, made.concepts[0]
        near = (concept, *course.concepts[concept].prerequisites)
        standing, *others = standings_of(state.tracer, course, near, self.study.clock(), state)
        level = made.level if asked_level else level_of(standing)
        statements = {one.id: one.statement[made.language] for one in course.misconceptions}
        told = [(knowing_of(one), course.concept_name(one.concept, made.language)) for one in (standing, *others)]
        told += [("mistake", statements[one]) for one in standing.mistakes if one in statements]
        return replace(
            made, level=level, style=state.profile.style, mistake=next(iter(standing.mistakes), ""),
            learner=tuple(told), exercise=self.open is not None and self.open.concept in near,
        )  # fmt: skip

    def would_answer(self, claim: str, language: str) -> bool:
        """Whether to check this claim would answer the open exercise."""
        if self.open is None:
            return False
        said = set(stems(claim, language))
        for option in (*self.open.options, *self.open.claims):
            words = set(stems(option, self.open.language))
            if words and len(words & said) / len(words) >= SAME:
                return True
        return bool(self.guard and self.guard.gives_away(claim))

    def reply(self, made: Plan, message: str) -> Reply:
        """What to say to a message that is about the learner or an exercise."""
        verbs: dict[str, Callable[[Plan, str], Reply]] = {
            "test_me": self._test, "next": self._what_now, "answer": self._answer, "hint": self._hint,
            "reveal": self._reveal, "skip": self._skip, "dispute": self._dispute, "know": self._know, "plan_study":
            self._plan, "review": self._review, "progress": self._progress,
        }  # fmt: skip
        return verbs[made.intent](made, message)

    # Exercises

    def _answers(self, item: Item, message: str, made: Plan) -> bool:
        if _SAID.search(message) or says_nothing(message):
            return True
        if made.intent != "explain" or "?" in message or "¿" in message:
            return False
        if item.options:
            return bool(_LETTER.match(message)) or message.strip().lower() in [one.lower() for one in item.options]
        if item.kind in _PROSE:
            return len(message.split()) > 1 and not made.carried
        return len(message) <= SHORT and (not made.named or any(char.isdigit() for char in message))

    def _answer(self, made: Plan, message: str) -> Reply:
        assert self.open is not None
        language, said = made.language, _SAID.sub("", message, count=1)
        graded = self.study.answer(self.learner, self.open.id, said)
        lines = [graded["feedback"]]
        if graded["verdict"] != "ungraded":
            lines.append(self._moved(graded["concept"], graded["mastery"], language))
        if graded["solution"]:
            lines.append(graded["solution"])
        over = self.study.open_item(self.learner) is None
        offers = ("offer-next", "offer-progress") if over else ("offer-hint", "offer-skip")
        return Reply("\n\n".join(lines), next=self._offers(offers, language))

    def _test(self, made: Plan, message: str) -> Reply:  # noqa: ARG002  the verbs' common form
        language = made.language
        if made.concepts and (made.named or made.carried):
            try:
                return self._shown(self.study.serve(self.learner, made.concepts[0], language=language), language)
            except NoExercise as error:
                return Reply(f"{error.message(language)} {error.hint(language)}".strip())
        return self._next(language)

    def _what_now(self, made: Plan, message: str) -> Reply:  # noqa: ARG002  as above
        return self._next(made.language)

    def _next(self, language: str) -> Reply:
        step = self.study.next(self.learner, language=language)
        if step["item"]:
            shown = self._shown(step["item"], language)
            return replace(shown, text=f"{step['why']}\n\n{shown.text}")
        return Reply(step["why"], next=(step["message"],) if step["message"] else ())

    def _shown(self, item: dict[str, Any], language: str) -> Reply:
        options = [f"- {letter}) {option}" for letter, option in zip(LETTERS, item["options"], strict=False)]
        text = "\n\n".join(filter(None, (item["stem"], "\n".join(options))))
        return Reply(text, item, self._offers(("offer-hint", "offer-skip"), language))

    def _hint(self, made: Plan, message: str) -> Reply:  # noqa: ARG002  as above
        if self.open is None:
            return self._no_exercise(made.language)
        rung = self.study.hint(self.learner, self.open.id)
        return Reply(rung["text"], next=self._offers(("offer-hint", "offer-skip"), made.language))

    def _reveal(self, made: Plan, message: str) -> Reply:
        """The key is asked for: the ladder decides, whatever the message says."""
        if self.open is None:
            return self._no_exercise(made.language)
        exercise = self.study.state(self.learner).exercises[self.open.id]
        if exercise.rungs >= len(self.open.hints):
            return self._hint(made, message)
        return Reply(self.texts.text("not-yet", made.language),
                     next=self._offers(("offer-hint", "offer-skip"), made.language))  # fmt: skip

    def _skip(self, made: Plan, message: str) -> Reply:  # noqa: ARG002  as above
        if self.open is None:
            return self._no_exercise(made.language)
        self.study.skip(self.learner, self.open.id)
        return Reply(self.texts.text("skipped", made.language), next=self._offers(("offer-next",), made.language))

    def _dispute(self, made: Plan, message: str) -> Reply:
        exercise = next(reversed(self.study.state(self.learner).exercises.values()), None)
        if exercise is None:
            return self._no_exercise(made.language)
        said = self.study.dispute(self.learner, exercise.item, message)
        moved = self._moved(said["concept"], said["mastery"], made.language)
        return Reply(f"{self.texts.text('disputed', made.language)} {moved}",
                     next=self._offers(("offer-next",), made.language))  # fmt: skip

    def _no_exercise(self, language: str) -> Reply:
        return self._told("no-exercise-open", language)

    def _told(self, key: str, language: str) -> Reply:
        """A fixed reply, and the offer to go on."""
        return Reply(self.texts.text(key, language), next=self._offers(("offer-next",), language))

    # The learner

    def _know(self, made: Plan, message: str) -> Reply:  # noqa: ARG002  as above
        if not made.concepts:
            return Reply(self.texts.text("know-what", made.language))
        said = self.study.claim(self.learner, made.concepts[0], language=made.language)
        moved = self._moved(said["concept"], said["mastery"], made.language)
        return Reply(f"{self.texts.text('noted', made.language)} {moved}",
                     next=self._offers(("offer-next",), made.language))  # fmt: skip

    def _plan(self, made: Plan, message: str) -> Reply:  # noqa: ARG002  as above
        state = self.study.state(self.learner)
        steps = self.study.path(state, self.study.clock(), made.language)
        lines = [f"{number}. {step['why']}" for number, step in enumerate(steps[:SHOWN_STEPS], start=1)]
        head = self.texts.text("plan" if lines else "plan-done", made.language, count=len(steps))
        return Reply("\n".join([head, "", *lines]).strip(), next=self._offers(("offer-next",), made.language))

    def _review(self, made: Plan, message: str) -> Reply:
        if made.named and not made.carried:
            return self._test(made, message)
        view = study_view(self.study.state(self.learner), self.study.course, self.study.clock())
        due = [one for one in view.standings.values() if one.due is not None and one.due <= 0]
        if not due:
            return self._told("nothing-due", made.language)
        due.sort(key=lambda one: one.due or 0.0)
        names = ", ".join(self.study.course.concept_name(one.concept, made.language) for one in due)
        first = self._shown(self.study.serve(self.learner, due[0].concept, language=made.language), made.language)
        return replace(first, text=f"{self.texts.text('due-now', made.language, concepts=names)}\n\n{first.text}")

    def _progress(self, made: Plan, message: str) -> Reply:  # noqa: ARG002  as above
        shown = self.study.show(self.learner, made.language) if self.learner in self.study.learners() else None
        known = [one for one in shown["concepts"] if one["evidence"]] if shown else []
        if not known:
            return self._told("no-progress", made.language)
        known.sort(key=lambda one: -one["mastery"])
        lines = [
            self.texts.text(
                "how-sure",
                made.language,
                concept=one["name"][made.language],
                **{
                    name: percent(value, made.language)
                    for name, value in zip(("mastery", "low", "high"), (one["mastery"], *one["interval"]), strict=True)
                },
            )
            for one in known
        ]
        lines += [
            f"- {held['statement'][made.language]}" for one in known for held in one["misconceptions"]
            if held["statement"][made.language]
        ]  # fmt: skip
        head = self.texts.text("progress", made.language)
        return Reply("\n".join([head, "", *lines]), next=self._offers(("offer-next",), made.language))

    def _moved(self, concept: str, mastery: dict[str, float], language: str) -> str:
        return self.texts.text(
            "mastery-moved", language, concept=self.study.course.concept_name(concept, language),
            before=percent(mastery["before"], language), after=percent(mastery["after"], language),
        )  # fmt: skip

    def _offers(self, keys: tuple[str, ...], language: str) -> tuple[str, ...]:
        return tuple(self.texts.text(key, language) for key in keys)
