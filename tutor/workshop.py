"""What is done with items: made, drafted, proven, graded, put into exams, and looked at after an exam.

Values returned are plain data, in the form of the command line's JSON, unless said otherwise.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from agents.errors import BadModel, NoExercise
from agents.grade import Grade
from agents.item import Item, Kind
from knowledge.course import Course
from knowledge.factcheck import FactChecker
from knowledge.rulings import Rulings
from knowledge.text_guard import guard_text
from knowledge.verifier import BUNDLED, Verifier
from tutor.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from agents.exercises import Exercises
    from agents.gate import Gate
    from agents.grader import Grader
    from tutor.exam_review import Decisions
    from tutor.exams import Exams

DEFAULT_LANGUAGE = "es"


class Workshop:
    """The items of one course. `checker`, `verifier` and `chat_model` open theirs when an item needs them; the last
    raises `BadModel` where none is chosen."""

    def __init__(
        self, settings: Settings, course: Course, checker: Callable[[], FactChecker],
        verifier: Callable[[], Verifier | None], chat_model: "Callable[[], BaseChatModel]",
    ) -> None:  # fmt: skip
        self.settings = settings
        self.course = course
        self._checker, self._verifier, self._chat_model = checker, verifier, chat_model

    @cached_property
    def rulings(self) -> Rulings:
        """What the course says of single claims; the index is opened only for one that is not ruled on yet."""
        return Rulings(self.course, self._checker, self.settings.verifier == BUNDLED)

    @cached_property
    def exercises(self) -> "Exercises":
        """Everything that can be asked about the course."""
        from agents.exercises import Exercises  # noqa: PLC0415  every family: a tenth of a second, not for a question
        from agents.grounded import grounded_recipes  # noqa: PLC0415  as Exercises

        return Exercises(self.course, grounded=grounded_recipes(self.course, self.rulings.of))

    @cached_property
    def gate(self) -> "Gate":
        """What proves items that a person or a chat model wrote."""
        from agents.gate import Gate  # noqa: PLC0415  as in exercises

        return Gate(self.rulings.of)

    @cached_property
    def grader(self) -> "Grader":
        """Who grades: rules, with the bundled verifier as a second opinion, and the chosen chat model where they cannot
        tell."""
        from agents.formula_process import Algebra  # noqa: PLC0415  as in exercises
        from agents.grader import Grader  # noqa: PLC0415  as in exercises

        rubric = None
        if self.settings.speaks:
            from agents.chat_rubric import ChatRubric  # noqa: PLC0415  a second that rules need not pay

            rubric = ChatRubric(self._chat_model())
        verifier = self._verifier() if self.settings.verifier == BUNDLED else None  # its limits are those of this one
        return Grader(verifier, self.course.glossary, rubric, Algebra())

    @cached_property
    def exams(self) -> "Exams":
        """Makes exams from blueprints and keeps those under review."""
        from tutor.exams import Exams  # noqa: PLC0415  LangGraph and the writers: a second that an item need not pay

        return Exams(self.exercises, self.gate.proved, self.settings.data_dir)

    def item(
        self, concept: str, *, kind: Kind | None = None, difficulty: int = 0, seed: int = 0,
        language: str = DEFAULT_LANGUAGE,
    ) -> dict[str, Any]:  # fmt: skip
        """One proven item on a concept, with its key. Raises `NoExercise`."""
        made = self.exercises.item(concept, kind=kind, difficulty=difficulty, seed=seed, language=language)
        return made.as_json()

    def drafted_item(
        self, concept: str, *, difficulty: int = 0, seed: int = 0, language: str = DEFAULT_LANGUAGE
    ) -> dict[str, Any]:
        """An item that the chat model drafts and that holds, and why the drafts before it did not (`rejected`); one of
        the course's own (`drafted` is then false) where none of them does, or the model fails.

        Raises `NoExercise` where the course has none either, or `BadModel` where no chat model is chosen.
        """
        from agents.chat_drafter import Drafter  # noqa: PLC0415  as in grader

        known = self.exercises.concept(concept, language)
        level = difficulty or self.course.concepts[known].difficulty
        drafter = Drafter(self._chat_model(), self.course, self.gate)
        try:
            made = drafter.draft(known, bloom="understand", difficulty=level, seed=seed, language=language)
        except (NoExercise, BadModel) as error:
            why = cast("dict[str, int]", error.values.get("counts", {error.code: 1}))
            item, drafted = self.item(concept, difficulty=difficulty, seed=seed, language=language), False
        else:
            item, drafted, why = made.item.as_json(), True, made.rejected
        rejected = [{"reason": reason, "count": count} for reason, count in sorted(why.items())]
        return {**item, "drafted": drafted, "rejected": rejected}

    def grade(self, item: Item, answer: str) -> dict[str, Any]:
        """The grade of an answer to an item, without memory of any other. Raises `BadText` for what is no text."""
        return asdict(self._graded(item, answer))

    def _graded(self, item: Item, answer: str) -> Grade:
        clean = guard_text(answer, self.settings.max_text) if any(char.isalnum() for char in answer) else ""
        return self.grader.grade(item, clean)

    def exam(
        self, blueprint: Path, out: Path, *, seed: int = 0, versions: int = 1, language: str = "", **more: Any
    ) -> dict[str, Any]:
        """An exam from its blueprint, written to a folder of its own, or with `review=True` waiting for the teacher;
        `more`: as `Exams.request` takes it. Raises `BadBlueprint`, `BadExam`."""
        made = self.exams.request(blueprint, out, seed=seed, versions=versions, language=language, **more)
        return self.exams.make(made)

    def review(self, exam: str, decisions: "Decisions | None" = None) -> dict[str, Any]:
        """An exam under review after a teacher's decisions, all of them or none. Raises `BadReview`."""
        return self.exams.review(exam, decisions)

    def results(
        self, exams: Sequence[Path], tables: Sequence[Path], *, by_hand: Path | None = None, out: Path | None = None,
        language: str = "auto", count: bool = True,
    ) -> dict[str, Any]:  # fmt: skip
        """What the students' answers (CSV) say of an exam (the JSON file of each version), of them and of its concepts;
        the fields are in docs/results.md. Raises `BadResults`, `BadResponses`."""
        from tutor.results import Asked, exam_results  # noqa: PLC0415  the analysis: an item need not load it

        asked = Asked(tuple(exams), tuple(tables), by_hand, out, language, count)
        beliefs = {misconception.id: misconception.statement for misconception in self.course.misconceptions}
        return exam_results(
            asked, self.settings.data_dir, self._graded, self.gate.proved, self.course.concept_name,
            lambda mistake, spoken: beliefs.get(mistake, {}).get(spoken, ""),
        )  # fmt: skip
