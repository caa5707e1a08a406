"""The product in one place: everything that the command line, the app and a script ask of Atenea.

    tutor = Tutor(Settings())
    turn = tutor.ask("¿Qué es la atención?")
    print(turn["answer"])

Parts are opened when they are first needed and kept. Values returned are plain data, in the form of the command line's
JSON, unless said otherwise.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.citations import Citations
from agents.composer import Composer
from agents.dialogue_acts import ACTS
from agents.evidence import Gatherer
from agents.explainer import Explainer, Writer
from agents.plan import Memory
from agents.planner import Planner
from agents.steady_judge import SteadyJudge
from knowledge.candidates import texts_to_verify
from knowledge.corpus import Corpus, open_corpus
from knowledge.course import Course
from knowledge.course_cache import open_course
from knowledge.course_loader import validate_course
from knowledge.documents import Document
from knowledge.encoder import Encoder, load_encoder
from knowledge.errors import BadIndex, KnowledgeError
from knowledge.factcheck import FactChecker
from knowledge.formats.references import Metadata
from knowledge.library import Library
from knowledge.messages import LANGUAGES
from knowledge.storage import writable_folder
from knowledge.text_guard import guard_text, text_language
from knowledge.verifier import Verifier, load_verifier
from knowledge.verifier_onnx import OnnxVerifier
from tutor.claim_rows import claim_row
from tutor.errors import TutorError
from tutor.library_desk import LibraryDesk, keep_upload
from tutor.new_course import new_course
from tutor.parts import REPLIES, Parts, Reader
from tutor.recording import Recording
from tutor.settings import CHAT_JUDGE, Settings
from tutor.sources import ALL, Against, Sources
from tutor.turn_record import counts
from tutor.workshop import DEFAULT_LANGUAGE, Workshop

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from agents.research.chat_summary import Label
    from agents.research.drafting import SummaryWriter
    from tutor.bank_desk import BankDesk
    from tutor.check_desk import CheckDesk
    from tutor.course_desk import CourseDesk
    from tutor.exam_desk import ExamDesk
    from tutor.learner.pupil import Pupil
    from tutor.learner.study import Study
    from tutor.learner_map import LearnerMap
    from tutor.practice import Practice
    from tutor.research_desk import ResearchDesk
    from tutor.results_desk import ResultsDesk

MAX_THREAD_NAME = 200
Notice = Callable[[str], None]


class Tutor:
    """Atenea. `notice` hears of what takes long or was mended, a line each (the command line prints it to stderr)."""

    def __init__(self, settings: Settings | None = None, notice: Notice | None = None) -> None:
        self.settings = settings or Settings()
        self.notice = notice or (lambda _: None)
        self._parts: dict[tuple[str, ...], Parts] = {}
        self._opening = threading.Lock()

    # What it stands on

    @cached_property
    def course(self) -> Course:
        """The course, without its explanation texts (the index has them)."""
        return open_course(self.settings.course, self._cache)

    @cached_property
    def public_course(self) -> Course:
        """The course without its question bank, whose keys are for teachers alone."""
        return replace(self.course, bank=())

    @cached_property
    def encoder(self) -> Encoder:
        """The sentence encoder."""
        return load_encoder(self.settings.encoder, self._cache)

    @cached_property
    def verifier(self) -> Verifier | None:
        """What reads evidence and claim together; None when the rules decide alone."""
        if self.settings.verifier != CHAT_JUDGE:
            return load_verifier(self.settings.verifier, self._cache)
        from agents.chat_judge import ChatJudge  # noqa: PLC0415  a second that other verifiers need not pay

        judge = ChatJudge(self.chat_model, self.settings.speaker)
        return SteadyJudge(judge, lambda: OnnxVerifier(cache=self._cache), lambda error: self.notice(str(error)))

    @cached_property
    def chat_model(self) -> "BaseChatModel":
        """The chosen chat model, loaded once for all who speak or judge by it. Raises `BadModel`."""
        from agents.chat_model import load_chat_model  # noqa: PLC0415  a second that the composer need not pay

        settings = self.settings
        model = load_chat_model(settings.speaker, settings.speaker_key, settings.answer_seconds, self._model_loading)
        return self.recording.listen(model, self.settings.speaker)

    @cached_property
    def recording(self) -> Recording:
        """What is recorded of the chat model's calls."""
        return Recording(self.settings, self.notice)

    @cached_property
    def workshop(self) -> Workshop:
        """Exercises, their proof and their grading, exams and their results."""
        return Workshop(self.settings, self.course, self._course_alone, lambda: self.verifier, lambda: self.chat_model)

    @cached_property
    def exam_desk(self) -> "ExamDesk":
        """What a teacher does with exams in the app."""
        from tutor.exam_desk import ExamDesk  # noqa: PLC0415  as in Workshop.exams

        return ExamDesk(self.workshop.exams, self.settings.data_dir)

    @cached_property
    def bank_desk(self) -> "BankDesk":
        """Everything that can be asked, for a teacher to look through."""
        from tutor.bank_desk import BankDesk, flagged_items  # noqa: PLC0415  as in Workshop.exams

        bank = self.workshop.exams.bank
        return BankDesk(bank, self.settings.data_dir, lambda spoken: flagged_items(self.results_desk.spoken(spoken)))

    @cached_property
    def course_desk(self) -> "CourseDesk":
        """The courses, for a teacher to look through and change."""
        from tutor.course_desk import CourseDesk  # noqa: PLC0415  what a question need not load

        return CourseDesk(self.settings)

    @cached_property
    def results_desk(self) -> "ResultsDesk":
        """What a teacher does with the answers that come back."""
        from tutor.results_desk import ResultsDesk  # noqa: PLC0415  as in study

        return ResultsDesk(self.workshop.results, lambda: self.study.model, self.settings.data_dir)

    @cached_property
    def study(self) -> "Study":
        """The learners: what they know, what they should do next, their exercises."""
        from tutor.learner.study import Study  # noqa: PLC0415  exercises and FSRS, which a question need not load

        return Study(self.course, self.settings.learners_file, lambda: self.workshop)

    @property
    def practice(self) -> "Practice":
        """The exercises of a learner as they stand, for who draws them."""
        from tutor.practice import Practice  # noqa: PLC0415  as in study

        return Practice(self.study)

    @property
    def learner_map(self) -> "LearnerMap":
        """The course as a map of what a learner knows."""
        from tutor.learner_map import LearnerMap  # noqa: PLC0415  as in study

        return LearnerMap(self.study)

    @cached_property
    def desk(self) -> "ResearchDesk":
        """Summaries and digests of documents."""
        from tutor.research_desk import ResearchDesk  # noqa: PLC0415  what a question need not load

        return ResearchDesk(self.settings, self._sources.alone, self._summary_writer, self.notice)

    def _summarised(self, topic: str, language: str) -> dict[str, Any] | None:
        """What the person's documents say to a topic; None where they have none."""
        if not any(entry.id for entry in self.library.entries()):
            return None
        return self.desk.answer(topic, language=language)

    def _summary_writer(self, label: "Label") -> "SummaryWriter | None":
        """Who words summaries: a chat model when one is chosen and loads, else None, the composer."""
        if not self.settings.speaks:
            return None
        from agents.research.chat_summary import ChatSummaryWriter  # noqa: PLC0415  as in chat_model

        return ChatSummaryWriter(self.chat_model, self.settings.speaker, label)

    def _course_alone(self) -> FactChecker:
        """The fact check over the course without the person's library: what exercises rest on."""
        return self._sources.corpus((), "course").checker

    @cached_property
    def check_desk(self) -> "CheckDesk":
        """The texts that a person checks in the app."""
        from tutor.check_desk import CheckDesk  # noqa: PLC0415  the reading of documents: a question need not load it

        return CheckDesk(self.settings.data_dir / "checks", self.settings.limits)

    @cached_property
    def library(self) -> Library:
        """The person's own documents."""
        return Library(self.settings.library_dir, self.settings.limits)

    @cached_property
    def writer(self) -> Writer:
        """Who words the answers: a chat model when one is chosen and loads, else the composer."""
        if not self.settings.speaks:
            return Composer()
        from agents.chat_writer import ChatWriter  # noqa: PLC0415  as in chat_model

        return ChatWriter(self.chat_model, self.settings.speaker)

    @cached_property
    def _reader(self) -> Reader | None:
        """Who reads the messages that the rules do not understand: a chat model when one is chosen, else nobody."""
        if not self.settings.speaks:
            return None
        from agents.chat_planner import ChatPlanner  # noqa: PLC0415  as in chat_model

        return ChatPlanner(self.chat_model, self.course)

    @cached_property
    def _cache(self) -> Path:
        try:
            return writable_folder(self.settings.cache_dir)
        except KnowledgeError:
            return writable_folder(self.settings.data_dir / "cache")

    @cached_property
    def _graph(self) -> Any:
        from tutor.graphs.checkpoints import open_checkpointer  # noqa: PLC0415  LangGraph: a second, not for `check`
        from tutor.graphs.turn import build_graph  # noqa: PLC0415

        writable_folder(self.settings.data_dir)
        return build_graph(open_checkpointer(self.settings.threads_file))

    def corpus(self, sources: Sequence[Path] = (), against: Against = ALL) -> Corpus:
        """What may be cited: the given documents alone, or the course and the person's library."""
        return self.parts(sources, against).corpus

    def prepare(self) -> None:
        """Export the encoder, build the course's index and read its sentences for the fact check, so that the first
        question and the first claim are quick."""
        corpus = self.corpus()
        _ = corpus.checker.looker.sentences
        if isinstance(self.verifier, OnnxVerifier):
            own = (passage for passage in corpus.retriever.passages.values() if passage.document == self.course.id)
            self.verifier.keep(texts_to_verify(own), lambda done, total: self.notice(f"reading: {done} of {total}"))

    # A turn

    def ask(
        self, question: str, *, language: str = "auto", level: str = "", thread: str = "",
        sources: Sequence[Path] = (), learner: str = "", against: Against = ALL,
    ) -> dict[str, Any]:  # fmt: skip
        """One tutoring turn; the same `thread` continues a conversation, and `learner` says who asks, whose model then
        shapes the answer. `against`: what may be cited where no `sources` are given. Raises `AteneaError`."""
        *_, last = self.stream(
            question, language=language, level=level, thread=thread, sources=sources, learner=learner, against=against
        )  # fmt: skip
        turn: dict[str, Any] = last["turn"]
        return turn

    def stream(
        self, question: str, *, language: str = "auto", level: str = "", thread: str = "",
        sources: Sequence[Path] = (), learner: str = "", against: Against = ALL, instead: bool = False,
    ) -> Iterator[dict[str, Any]]:  # fmt: skip
        """The same turn as events: a `sentence` as each is verified, then `{"kind": "turn", "turn": ...}`.

        The last event comes after the turn is safely stored. `instead`: it takes the place of the thread's last turn.
        """
        from tutor.graphs.threads import forget_turn, last_turn  # noqa: PLC0415  as in _graph
        from tutor.graphs.turn import run_turn, thread_memory  # noqa: PLC0415  as in _graph

        started = time.perf_counter()
        text = guard_text(question, self.settings.max_question)
        thread = thread or learner or uuid.uuid4().hex[:12]
        if len(thread) > MAX_THREAD_NAME or not thread.strip():
            raise TutorError("thread-name", thread=thread[:40])
        graph, parts = self._graph, self.parts(sources, against)
        pupil = self._pupil(learner, thread)
        spoken = self._language(text, language, thread_memory(graph, thread))
        timings = {"open": _ms(started)}
        old = last_turn(graph, thread) if instead else None
        fresh = self._fresh_citations(parts, pupil)
        record = self.recording.turn()
        events = run_turn(graph, fresh, thread, text, spoken, level, old.memory if old else None)
        for event in record.events(events):
            if event["kind"] == "sentence":
                timings.setdefault("first_sentence", _ms(started))
                yield event
            else:
                self._remember(pupil, event["state"], thread)
                if self.writer.name != Composer.name:
                    record.judge(event["state"]["tally"])
                timings["checking"] = round(event["state"]["tally"].get("seconds", 0.0) * 1000, 1)
                if old:
                    forget_turn(graph, thread, old)
                timings["total"] = _ms(started)
                yield {"kind": "turn", "turn": self._turn(event["state"], thread, timings)}

    def history(self, thread: str) -> list[dict[str, Any]]:
        """The finished turns of a thread, oldest first, in the form that `ask` returns."""
        from tutor.graphs.turn import thread_turns  # noqa: PLC0415  as in _graph

        return [self._turn(values, thread, {}) for values in thread_turns(self._graph, thread)]

    def offers(self, concept: str, language: str) -> dict[str, str]:
        """What may be asked next about a concept that was explained: wish -> the lab that serves it, or ""."""
        from tutor.offers import offers  # noqa: PLC0415  labs, which a question need not load

        return offers(self.course, self.corpus().retriever.passages, concept, language)

    def studio_graph(self) -> Any:
        """The graph bound to this tutor's parts, without a store of its own, for LangGraph's tools."""
        from tutor.graphs.turn import build_graph  # noqa: PLC0415  as in _graph

        return build_graph(None, self._fresh_citations(self.parts()))

    def _turn(self, state: dict[str, Any], thread: str, timings: dict[str, float]) -> dict[str, Any]:
        return {
            "question": state["question"], "answer": state["answer"], "language": state["language"],
            "level": state["level"], "intent": state["plan"]["intent"], "concepts": list(state["plan"]["concepts"]),
            "sentences": state["sentences"], "sources": state["sources"], "not_in_sources": state["missing"],
            "next": state["next"], "engine": state.get("engine") or self.writer.name,
            "abstained": state["abstained"], "thread": thread,
            "drafts": counts(state["tally"]), "exercise": state.get("exercise"), "timings_ms": timings,
        }  # fmt: skip

    # Learners

    def conversations(self, learner: str, most: int = 20) -> list[dict[str, Any]]:
        """The latest conversations of a learner: `thread`, its first `question`, `turns`, and `at`."""
        from tutor.graphs.threads import thread_heads  # noqa: PLC0415  as in _graph

        known = self.study.knows(learner)
        return thread_heads(self._graph, self.study.threads(learner), most) if known else []

    def learner_export(self, learner: str) -> dict[str, Any]:
        """Everything that is kept of a learner: events, exercises, conversations."""
        whole = self.study.export(learner)
        return {**whole, "conversations": {thread: self.history(thread) for thread in whole["threads"]}}

    def learner_delete(self, learner: str) -> dict[str, Any]:
        """Remove everything that is kept of a learner, conversations included."""
        from tutor.graphs.checkpoints import forget_threads  # noqa: PLC0415  as in _graph

        threads = self.study.threads(learner)
        if threads:
            forget_threads(self._graph.checkpointer, threads)
        self.recording.log.forget_texts()
        self.study.delete(learner)
        self.check_desk.forget(learner)
        return {"learner": learner, "threads": threads, "deleted": True}

    # Checking and searching

    def check(
        self, text: str, *, language: str = "auto", sources: Sequence[Path] = (), against: Against = ALL
    ) -> Iterator[dict[str, Any]]:
        """The claims of a text with their verdicts, in order, as each is found. Without a `language` each claim is read
        in its own, of the two. `against`: as in `ask`. Raises `AteneaError`."""
        text = guard_text(text, self.settings.max_text)
        spoken = text_language(text, language, DEFAULT_LANGUAGE)
        parts = self.parts(sources, against)
        for checked in parts.corpus.checker.check(text, spoken, mixed=language not in LANGUAGES):
            yield claim_row(checked, spoken, parts.citations.literature)

    def readable(self, text: str, language: str = "auto") -> tuple[str, str]:
        """The text as it is checked, in which the spans of its claims are places, and its language.

        Raises `BadText` when it cannot be checked.
        """
        clean = guard_text(text, self.settings.max_text)
        return clean, text_language(clean, language, DEFAULT_LANGUAGE)

    def source_names(self, language: str, sources: Sequence[Path] = (), against: Against = ALL) -> list[str]:
        """What speaks, as a person knows it: the given files and folders, or the course and the library."""
        if sources:
            return [Path(source).resolve().name for source in sources]
        own = [] if against == "course" else [entry.title for entry in self.library.entries() if entry.id]
        return own if against == "library" else [self.course.title[language], *own]

    def search(
        self, query: str, *, k: int = 10, language: str = "auto", sources: Sequence[Path] = (), against: Against = ALL
    ) -> dict[str, Any]:
        """Retrieval alone."""
        query = guard_text(query, self.settings.max_question)
        spoken = text_language(query, language, DEFAULT_LANGUAGE)
        hits = self.corpus(sources, against).retriever.search(query, spoken, k)
        return {
            "language": spoken,
            "hits": [
                {"passage": hit.passage.id, "document": hit.passage.document, "title": hit.passage.title,
                 "locator": hit.passage.locator, "text": hit.passage.text, "score": round(hit.score, 4),
                 "path": hit.passage.path, "headings": list(hit.passage.headings)}
                for hit in hits
            ],
        }  # fmt: skip

    # The library

    def library_add(
        self, paths: Sequence[Path], *, retry: bool = False, look_up: bool = False, language: str = "en"
    ) -> dict[str, Any]:
        """Add documents, and watch the folders from now on; one that cannot be read is listed with its problem.

        `retry`: also what could not be read before. `look_up`: ask the registers about the new ones, where the
        settings allow it; one that is not answered is told to `notice`.
        """
        desk = LibraryDesk(self.library, self.settings, self.notice)
        added = desk.add(paths, retry, look_up, language)
        self._library_changed()
        return {"documents": [asdict(entry) for entry in added]}

    def library_upload(self, files: Sequence[tuple[str, bytes]], language: str = "en") -> dict[str, Any]:
        """Keep files that came without a place of their own, (name, content) each, and add them.

        They lie in the data folder, each under the digest of its content, so that no name takes another's place.
        """
        paths = [keep_upload(self.settings.data_dir, name, content) for name, content in files]
        return self.library_add(paths, language=language)

    def library_list(self, language: str = "en") -> dict[str, Any]:
        """The person's documents, and the files that could not be read."""
        return {"documents": [asdict(entry) for entry in self.library.entries(language)]}

    def library_refresh(self, *, retry: bool = False, rebuild: bool = False, language: str = "en") -> dict[str, Any]:
        """Bring the library up to date with its files; `rebuild`: make a damaged list again first."""
        desk = LibraryDesk(self.library, self.settings, self.notice)
        now, left = desk.refresh(retry, rebuild, language)
        self._library_changed()
        return {"documents": [asdict(entry) for entry in now], "removed": [asdict(entry) for entry in left]}

    def library_set(
        self, document: str, said: Metadata, unsay: Sequence[str] = (), *, look_up: bool = False, language: str = "en"
    ) -> dict[str, Any]:
        """Correct what is said of a document; fields in `unsay` are again what its file says."""
        desk = LibraryDesk(self.library, self.settings, self.notice)
        corrected = desk.describe(document, said, unsay, look_up, language)
        self._library_changed()
        return {"documents": [asdict(corrected)]}

    def library_remove(self, document: str, language: str = "en") -> dict[str, Any]:
        """Remove one document by its id, or what came from a path; the files stay where they are."""
        removed = self.library.remove(document, language)
        self._library_changed()
        return {"documents": [asdict(entry) for entry in removed]}

    # Courses

    def course_list(self) -> dict[str, Any]:
        """The course in use."""
        course = self.course
        return {
            "courses": [
                {"id": course.id, "title": dict(course.title), "description": dict(course.description),
                 "path": str(course.path), "version": course.version, "concepts": [
                     {"id": concept.id, "name": dict(concept.name), "prerequisites": list(concept.prerequisites),
                      "difficulty": concept.difficulty} for concept in course.concepts.values()]}
            ]
        }  # fmt: skip

    def course_validate(self, path: Path | None = None) -> dict[str, Any]:
        """Every fault of a course folder: file, line, message."""
        return {"problems": [asdict(fault) for fault in validate_course(path or self.settings.course)]}

    def course_new(self, path: Path) -> dict[str, Any]:
        """Lay down a small working course to start from."""
        path = path.resolve()
        return {"courses": [{"id": new_course(path), "path": str(path)}]}

    # How it is put together

    def parts(self, sources: Sequence[Path] = (), against: Against = ALL) -> Parts:
        """What a turn works with, over the given documents alone or over the course and the library; opened once."""
        key = tuple(str(Path(source).resolve()) for source in sources) or (against,)
        with self._opening:
            if key not in self._parts:
                self._parts[key] = self._parts_over(self._sources.corpus(sources, against), with_library=key == (ALL,))
            return self._parts[key]

    def _parts_over(self, corpus: Corpus, *, with_library: bool) -> Parts:
        planner = Planner(self.course, corpus.retriever, corpus.finder)
        return Parts(
            corpus, dict(self.course.title), planner, Gatherer(corpus), Explainer(corpus.checker, self.writer),
            Citations(self.course.sources if corpus.course else {}),
            summarise=self._summarised if with_library else (lambda topic, language: None),  # noqa: ARG005
            reader=self._reader,
        )  # fmt: skip

    @cached_property
    def _sources(self) -> Sources:
        """What may be cited, opened once each."""
        return Sources(self.settings, lambda: self.library, self._open, self.notice)

    def _open(self, documents: Sequence[Document] | Mapping[str, Document], *, with_course: bool) -> Corpus:
        return open_corpus(
            self.course, self.encoder, self._cache, documents, with_course=with_course,
            documents_cache=writable_folder(self.settings.data_dir / "cache") if documents else None,
            progress=self._progress, damaged=self._damaged, verifier=self.verifier,
        )  # fmt: skip

    def _library_changed(self) -> None:
        self._sources.forget()
        for against in (ALL, "library"):
            self._parts.pop((against,), None)

    def _fresh_citations(self, parts: Parts, pupil: "Pupil | None" = None) -> Parts:
        return Parts(
            parts.corpus, parts.course_title, parts.planner, parts.gatherer, parts.explainer,
            Citations(parts.citations.literature), pupil, parts.summarise, parts.reader,
        )  # fmt: skip

    def _pupil(self, learner: str, thread: str) -> "Pupil | None":
        """Who asks, with this conversation remembered as theirs."""
        if not learner:
            return None
        from tutor.learner.pupil import Pupil  # noqa: PLC0415  as in study

        self.study.keep_thread(learner, thread)
        return Pupil(self.study, learner, REPLIES)

    def _remember(self, pupil: "Pupil | None", state: dict[str, Any], thread: str) -> None:
        """That a concept was explained to the learner of a turn."""
        if pupil is None or not state["sentences"] or state["plan"]["intent"] in ACTS:
            return
        concepts = [one for one in state["plan"]["concepts"][:1] if one in self.course.concepts]
        for concept in concepts:
            pupil.study.explained(pupil.learner, concept, state["plan"]["intent"], f"{thread}:{uuid.uuid4().hex[:8]}")

    def _language(self, text: str, asked: str, memory: Memory) -> str:
        settled = asked if asked in LANGUAGES else self.settings.language
        return text_language(text, settled, memory.language or DEFAULT_LANGUAGE)

    def _progress(self, done: int, total: int) -> None:
        self.notice(f"indexing: {done} of {total} passages")

    def _model_loading(self, done: int, total: int) -> None:
        if done * 4 // total > (done - 1) * 4 // total:  # a quarter more: a model has hundreds of parts
            self.notice(f"loading the chat model: {done * 100 // total} %")

    def _damaged(self, error: BadIndex) -> None:
        self.notice(str(error))


def _ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
