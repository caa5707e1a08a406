"""Where the turns of the suite `tutoring` are played: a tutor of its own, with a model that others speak for.

What came before a turn is answered by the composer (the model says nothing), and what a message means is read by the
rules alone, so that no request depends on an answer.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from agents.errors import BadModel
from agents.evidence import Pack
from agents.explainer import Writer
from agents.keys.guard import twin_of
from agents.plan import Draft, Memory, Plan
from knowledge.documents import Passage
from knowledge.factcheck import FactChecker
from tutor.errors import BadData
from tutor.evaluation_leaks import apart, written_in
from tutor.evaluation_leaks_judge import LeakJudge
from tutor.evaluation_tutoring_files import Request
from tutor.tutor import Tutor

LABEL = "exchanged"
Speak = Callable[[str, Request], str | None]  # (name of a request, request) -> what is answered, None for nothing yet


@dataclass(frozen=True, slots=True)
class TutoringRow:
    """A turn. `before`: what was asked before it in the same conversation; `abstain`: whether the sources do not say
    it; `exercise`: id of the concept of an open exercise; `documents`: (name, text) of what is to be summarised."""

    id: str
    text: str
    lang: str
    kind: str
    level: str = ""
    before: tuple[str, ...] = ()
    abstain: bool = False
    exercise: str = ""
    documents: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Played:
    """A turn that was played. `requests`: names of what the model was asked; `said`: its answers; `unanswered`: names
    of the requests that had none; `passages`: the evidence; `judge`: of the exercise that is open."""

    turn: dict[str, Any]
    requests: tuple[str, ...]
    said: tuple[str, ...]
    unanswered: tuple[str, ...]
    passages: tuple[Passage, ...]
    checker: FactChecker
    judge: LeakJudge | None


@dataclass
class _Heard:
    """A writer that remembers the evidence that it was given last."""

    writer: Writer
    name: str
    passages: tuple[Passage, ...] = ()

    def write(self, plan: Plan, pack: Pack, memory: Memory) -> Iterator[Draft]:
        self.passages = pack.passages
        return self.writer.write(plan, pack, memory)


class Stage:
    """Plays turns while a `with` block lasts; learners and documents live in a folder that is removed with it."""

    def __init__(self, tutor: Tutor, speak: Speak) -> None:
        self.tutor = tutor
        self.speak = speak
        self._home = TemporaryDirectory()
        self._row = ""  # whose requests `speak` answers; "" for silence
        self._requests: list[str] = []
        self._said: list[str] = []
        self._unanswered: list[str] = []
        self._failure: Exception | None = None

    def __enter__(self) -> Self:
        from agents.chat_exchange import ExchangedChat  # noqa: PLC0415  langchain: a second that others need not pay
        from agents.chat_writer import ChatWriter  # noqa: PLC0415  the same
        from agents.research.chat_summary import ChatSummaryWriter  # noqa: PLC0415  the same

        self._folder = Path(self._home.__enter__())
        self._own, _ = apart(self.tutor, self._folder / "learners", "composer")
        model = ExchangedChat(answer=self._answer)
        writer = ChatWriter(model, LABEL)
        self._heard = _Heard(writer, writer.name)
        self._own.writer = self._heard
        self._own.desk.speaker = lambda label: ChatSummaryWriter(model, LABEL, label)
        return self

    def __exit__(self, *failure: Any) -> None:
        self._home.__exit__(*failure)

    def composed(self, row: TutoringRow) -> dict[str, Any]:
        """The turn as the composer answers it."""
        return self._turn(row, f"{row.id}-composed", silent=True)[0]

    def play(self, row: TutoringRow) -> Played:
        """The turn as the model answers it. Raises what `speak` raised."""
        self._requests, self._said, self._unanswered, self._failure = [], [], [], None
        turn, judge = self._turn(row, f"{row.id}-asked", silent=False)
        if self._failure is not None:
            raise self._failure
        corpus = self._own.corpus(self._files(row))
        passages: tuple[Passage, ...] = ()
        if self._requests:
            passages = tuple(corpus.retriever.passages.values()) if row.documents else self._heard.passages
        return Played(
            turn, tuple(self._requests), tuple(self._said), tuple(self._unanswered), passages, corpus.checker, judge
        )  # fmt: skip

    def _answer(self, request: Request) -> str:
        """The model's answer; a failure waits for the end of the turn, which would take it for the model's own."""
        if not self._row:
            return ""
        name = f"{self._row}.{len(self._requests) + 1}" if self._requests else self._row
        self._requests.append(name)
        try:
            found = self.speak(name, request)
        except (BadData, BadModel) as error:
            self._failure = self._failure or error
            return ""
        if found is None:
            self._unanswered.append(name)
        self._said.append(found or "")
        return found or ""

    def _turn(self, row: TutoringRow, thread: str, *, silent: bool) -> tuple[dict[str, Any], LeakJudge | None]:
        learner = thread if row.exercise else ""
        judge = self._exercise(learner, row) if row.exercise else None
        for message in row.before:
            self._ask(message, row, thread, learner)
        self._row = "" if silent else row.id
        try:
            turn = self._summary(row) if row.documents else self._ask(row.text, row, thread, learner)
        finally:
            self._row = ""
        return turn, judge

    def _ask(self, text: str, row: TutoringRow, thread: str, learner: str) -> dict[str, Any]:
        return self._own.ask(text, language=row.lang, level=row.level, thread=thread, learner=learner)

    def _exercise(self, learner: str, row: TutoringRow) -> LeakJudge:
        self._own.study.serve(learner, row.exercise, language=row.lang)
        item = self._own.study.open_item(learner)
        assert item is not None
        return LeakJudge(
            item, twin_of(item, self._own.workshop.exercises.recipes), written_in(self._own.course.path)
        )  # fmt: skip

    def _summary(self, row: TutoringRow) -> dict[str, Any]:
        """A summary of the row's documents in the form of a turn."""
        found = self._own.desk.answer(row.text, language=row.lang, sources=self._files(row))
        sentences = [line for part in found["sections"] for line in part["sentences"]]
        answer = "\n".join(line["text"] for line in sentences)
        return {"answer": answer, "sentences": sentences, "drafts": {}, "abstained": found["abstained"]}

    def _files(self, row: TutoringRow) -> list[Path]:
        """The row's documents as files; none where it has none, and the course speaks."""
        if not row.documents:
            return []
        folder = self._folder / row.id
        folder.mkdir(exist_ok=True)
        for name, text in row.documents:
            (folder / Path(name).name).write_text(text, encoding="utf-8")
        return [folder]
