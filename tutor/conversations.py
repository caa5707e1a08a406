"""The conversations of a tutor: their turns, kept by thread, and who began them.

A turn is plain data, in the form of the command line's JSON.
"""

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.composer import Composer
from agents.dialogue_acts import ACTS
from agents.explainer import Writer
from knowledge.messages import LANGUAGES
from knowledge.storage import writable_folder
from knowledge.text_guard import guard_text, text_language
from tutor.assembly import Assembly
from tutor.errors import TutorError
from tutor.parts import REPLIES
from tutor.recording import Recording
from tutor.settings import Settings
from tutor.sources import Against
from tutor.turn_record import counts
from tutor.workshop import DEFAULT_LANGUAGE

if TYPE_CHECKING:
    from tutor.learner.pupil import Pupil
    from tutor.learner.study import Study

MAX_THREAD_NAME = 200
Turn = dict[str, Any]


class Conversations:
    """The threads of a data folder. `assembly` puts together what a turn works with; `study`, `writer` and `recording`
    give those of the tutor, when a turn needs them."""

    def __init__(
        self, settings: Settings, assembly: Assembly, study: "Callable[[], Study]", writer: Callable[[], Writer],
        recording: Callable[[], Recording],
    ) -> None:  # fmt: skip
        self.settings = settings
        self.assembly = assembly
        self._study, self._writer, self._recording = study, writer, recording

    @cached_property
    def graph(self) -> Any:
        """The graph of a turn, over the store of this data folder."""
        from tutor.graphs.checkpoints import open_checkpointer  # noqa: PLC0415  LangGraph: a second, not for `check`
        from tutor.graphs.turn import build_graph  # noqa: PLC0415

        writable_folder(self.settings.data_dir)
        return build_graph(open_checkpointer(self.settings.threads_file))

    def stream(
        self, question: str, *, language: str, level: str, thread: str, sources: Sequence[Path], learner: str,
        against: Against, instead: bool,
    ) -> Iterator[dict[str, Any]]:  # fmt: skip
        """One turn as events, as `Tutor.stream` says."""
        from tutor.graphs.checkpoints import forget_turn  # noqa: PLC0415  as in graph
        from tutor.graphs.threads import last_turn  # noqa: PLC0415  as in graph
        from tutor.graphs.turn import run_turn, thread_memory  # noqa: PLC0415  as in graph

        started = time.perf_counter()
        text = guard_text(question, self.settings.max_question)
        thread = _named(thread or learner or uuid.uuid4().hex[:12])
        graph, parts = self.graph, self.assembly.parts(sources, against)
        pupil = self._pupil(learner, thread)
        memory = thread_memory(graph, thread)
        spoken = self._language(text, language, memory.language or parts.planner.language_of(text))
        timings = {"open": _ms(started)}
        old = last_turn(graph, thread) if instead else None
        fresh = self.assembly.fresh(parts, pupil)
        record = self._recording().turn()
        events = run_turn(graph, fresh, thread, text, spoken, level, old.memory if old else None)
        for event in record.events(events):
            if event["kind"] == "sentence":
                timings.setdefault("first_sentence", _ms(started))
                yield event
            else:
                self._remember(pupil, event["state"], thread)
                if self._writer().name != Composer.name:
                    record.judge(event["state"]["tally"])
                timings["checking"] = round(event["state"]["tally"].get("seconds", 0.0) * 1000, 1)
                if old:
                    forget_turn(graph.checkpointer, thread, old.place)
                timings["total"] = _ms(started)
                yield {"kind": "turn", "turn": self._turn(event["state"], thread, timings)}

    def history(self, thread: str) -> list[Turn]:
        """The finished turns of a thread, oldest first."""
        from tutor.graphs.turn import thread_turns  # noqa: PLC0415  as in graph

        return [self._turn(values, thread, {}) for values in thread_turns(self.graph, thread)]

    def heads(self, threads: Sequence[str], most: int) -> list[dict[str, Any]]:
        """The latest of these threads: `thread`, its first `question`, `turns`, and `at`."""
        from tutor.graphs.threads import thread_heads  # noqa: PLC0415  as in graph

        return thread_heads(self.graph, threads, most)

    def forget(self, threads: Sequence[str]) -> None:
        """Remove them."""
        from tutor.graphs.checkpoints import forget_threads  # noqa: PLC0415  as in graph

        if threads:
            forget_threads(self.graph.checkpointer, threads)

    def _turn(self, state: dict[str, Any], thread: str, timings: dict[str, float]) -> Turn:
        return {
            "question": state["question"], "answer": state["answer"], "language": state["language"],
            "level": state["level"], "intent": state["plan"]["intent"], "concepts": list(state["plan"]["concepts"]),
            "sentences": state["sentences"], "sources": state["sources"], "not_in_sources": state["missing"],
            "next": state["next"], "engine": state.get("engine") or self._writer().name,
            "abstained": state["abstained"], "thread": thread,
            "drafts": counts(state["tally"]), "exercise": state.get("exercise"), "timings_ms": timings,
        }  # fmt: skip

    def _pupil(self, learner: str, thread: str) -> "Pupil | None":
        """Who asks, with this conversation remembered as theirs."""
        if not learner:
            return None
        from tutor.learner.pupil import Pupil  # noqa: PLC0415  exercises and FSRS, which a question need not load

        self._study().keep_thread(learner, thread)
        return Pupil(self._study(), learner, REPLIES)

    def _remember(self, pupil: "Pupil | None", state: dict[str, Any], thread: str) -> None:
        """That a concept was explained to the learner of a turn."""
        intent, concepts = state["plan"]["intent"], state["plan"]["concepts"][:1]
        if pupil is None or not state["sentences"] or intent in ACTS:
            return
        for concept in concepts:
            if concept in pupil.study.course.concepts:
                pupil.study.explained(pupil.learner, concept, intent, f"{thread}:{uuid.uuid4().hex[:8]}")

    def _language(self, text: str, asked: str, likely: str) -> str:
        settled = asked if asked in LANGUAGES else self.settings.language
        return text_language(text, settled, likely or DEFAULT_LANGUAGE)


def _named(thread: str) -> str:
    """The name of a thread. Raises `TutorError` for one that cannot be kept."""
    if len(thread) > MAX_THREAD_NAME or not thread.strip():
        raise TutorError("thread-name", thread=thread[:40])
    return thread


def _ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
