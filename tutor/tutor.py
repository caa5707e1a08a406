"""The product in one place: everything that the command line, the app and a script ask of Atenea.

    tutor = Tutor(Settings())
    turn = tutor.ask("¿Qué es la atención?")
    print(turn["answer"])

Parts are opened when they are first needed and kept. Values returned are plain data, in the form of the command line's
JSON, unless said otherwise.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.explainer import Writer
from knowledge.candidates import texts_to_verify
from knowledge.corpus import Corpus, open_corpus
from knowledge.course import Course
from knowledge.course_cache import open_course
from knowledge.course_loader import validate_course
from knowledge.documents import Document
from knowledge.encoder import Encoder, load_encoder
from knowledge.errors import KnowledgeError
from knowledge.factcheck import FactChecker
from knowledge.formats.references import Metadata
from knowledge.library import Library
from knowledge.storage import writable_folder
from knowledge.verifier import Verifier, load_verifier
from knowledge.verifier_onnx import OnnxVerifier
from tutor.assembly import Assembly
from tutor.checking import Checking
from tutor.conversations import Conversations
from tutor.library_desk import LibraryDesk, keep_upload
from tutor.new_course import new_course
from tutor.parts import Parts
from tutor.recording import Recording
from tutor.settings import CHAT_JUDGE, Settings
from tutor.sources import ALL, Against, Sources
from tutor.voices import Voices
from tutor.workshop import Workshop

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from tutor.bank_desk import BankDesk
    from tutor.check_desk import CheckDesk
    from tutor.course_desk import CourseDesk
    from tutor.exam_desk import ExamDesk
    from tutor.inquiry_desk import InquiryDesk
    from tutor.learner.study import Study
    from tutor.learner_map import LearnerMap
    from tutor.practice import Practice
    from tutor.research_desk import ResearchDesk
    from tutor.results_desk import ResultsDesk
    from tutor.upload_desk import UploadDesk

Notice = Callable[[str], None]


class Tutor:
    """Atenea. `notice` hears of what takes long or was mended, a line each (the command line prints it to stderr)."""

    def __init__(self, settings: Settings | None = None, notice: Notice | None = None) -> None:
        self.settings = settings or Settings()
        self.notice = notice or (lambda _: None)

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
        return self._voices.judge(self._cache)

    @cached_property
    def library(self) -> Library:
        """The person's own documents."""
        return Library(self.settings.library_dir, self.settings.limits)

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

    @property
    def upload_megabytes(self) -> float:
        """What a file that is uploaded may have at most."""
        return self.settings.limits.megabytes

    # Who speaks

    @cached_property
    def chat_model(self) -> "BaseChatModel":
        """The chosen chat model, loaded once for all who speak or judge by it. Raises `BadModel`."""
        return self._voices.load()

    @cached_property
    def writer(self) -> Writer:
        """Who words the answers: a chat model when one is chosen, else the composer. Raises `BadModel`."""
        return self._voices.writer()

    @cached_property
    def recording(self) -> Recording:
        """What is recorded of the chat model's calls."""
        return self._voices.recording

    # Its desks

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

        return ResearchDesk(self.settings, self._sources.alone, self._voices.summary_writer, self.notice)

    @cached_property
    def inquiry_desk(self) -> "InquiryDesk":
        """What a researcher asks in the app, and what came of it."""
        from tutor.inquiry_desk import InquiryDesk  # noqa: PLC0415  as in desk

        return InquiryDesk(self.settings.data_dir / "inquiries", self.desk, lambda: self.library)

    @cached_property
    def upload_desk(self) -> "UploadDesk":
        """The library in the app: files brought, corrected, taken out."""
        from tutor.upload_desk import UploadDesk  # noqa: PLC0415  as in desk

        return UploadDesk(
            self.settings.data_dir, lambda: self.library, self._assembly.forget_library, lambda: self.desk.open(())
        )  # fmt: skip

    @cached_property
    def check_desk(self) -> "CheckDesk":
        """The texts that a person checks in the app."""
        from tutor.check_desk import CheckDesk  # noqa: PLC0415  the reading of documents: a question need not load it

        return CheckDesk(self.settings.data_dir / "checks", self.settings.limits)

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
        return self._conversations.stream(
            question, language=language, level=level, thread=thread, sources=sources, learner=learner, against=against,
            instead=instead,
        )  # fmt: skip

    def history(self, thread: str) -> list[dict[str, Any]]:
        """The finished turns of a thread, oldest first, in the form that `ask` returns."""
        return self._conversations.history(thread)

    def offers(self, concept: str, language: str) -> dict[str, str]:
        """What may be asked next about a concept that was explained: wish -> the lab that serves it, or ""."""
        from tutor.offers import offers  # noqa: PLC0415  labs, which a question need not load

        return offers(self.course, self.corpus().retriever.passages, concept, language)

    def studio_graph(self) -> Any:
        """The graph bound to this tutor's parts, without a store of its own, for LangGraph's tools."""
        from tutor.graphs.turn import build_graph  # noqa: PLC0415  LangGraph: a second, not for `check`

        return build_graph(None, self._assembly.fresh(self.parts()))

    # Learners

    def conversations(self, learner: str, most: int = 20) -> list[dict[str, Any]]:
        """The latest conversations of a learner: `thread`, its first `question`, `turns`, and `at`."""
        return self._conversations.heads(self.study.threads(learner), most) if self.study.knows(learner) else []

    def learner_export(self, learner: str) -> dict[str, Any]:
        """Everything that is kept of a learner: events, exercises, conversations, checked texts, inquiries."""
        whole = self.study.export(learner)
        return {
            **whole, "conversations": {thread: self.history(thread) for thread in whole["threads"]},
            "checks": self.check_desk.export(learner), "inquiries": self.inquiry_desk.export(learner),
        }  # fmt: skip

    def learner_delete(self, learner: str) -> dict[str, Any]:
        """Remove everything that `learner_export` holds."""
        threads = self.study.threads(learner)
        self._conversations.forget(threads)
        self.recording.log.forget_texts()
        self.study.delete(learner)
        self.check_desk.forget(learner)
        self.inquiry_desk.forget(learner)
        return {"learner": learner, "threads": threads, "deleted": True}

    # Checking and searching

    def check(
        self, text: str, *, language: str = "auto", sources: Sequence[Path] = (), against: Against = ALL
    ) -> Iterator[dict[str, Any]]:
        """The claims of a text with their verdicts, in order, as each is found. Without a `language` each claim is read
        in its own, of the two. `against`: as in `ask`. Raises `AteneaError`."""
        return self._checking.check(text, language, sources, against)

    def readable(self, text: str, language: str = "auto") -> tuple[str, str]:
        """The text as it is checked, in which the spans of its claims are places, and its language.

        Raises `BadText` when it cannot be checked.
        """
        return self._checking.readable(text, language)

    def source_names(self, language: str, sources: Sequence[Path] = (), against: Against = ALL) -> list[str]:
        """What speaks, as a person knows it: the given files and folders, or the course and the library."""
        return self._checking.source_names(language, sources, against)

    def search(
        self, query: str, *, k: int = 10, language: str = "auto", sources: Sequence[Path] = (), against: Against = ALL
    ) -> dict[str, Any]:
        """Retrieval alone."""
        return self._checking.search(query, k, language, sources, against)

    # The library

    def library_add(
        self, paths: Sequence[Path], *, retry: bool = False, look_up: bool = False, language: str = "en"
    ) -> dict[str, Any]:
        """Add documents, and watch the folders from now on; one that cannot be read is listed with its problem.

        `retry`: also what could not be read before. `look_up`: ask the registers about the new ones, where the
        settings allow it; one that is not answered is told to `notice`.
        """
        added = self._library_desk.add(paths, retry, look_up, language)
        self._assembly.forget_library()
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
        now, left = self._library_desk.refresh(retry, rebuild, language)
        self._assembly.forget_library()
        return {"documents": [asdict(entry) for entry in now], "removed": [asdict(entry) for entry in left]}

    def library_set(
        self, document: str, said: Metadata, unsay: Sequence[str] = (), *, look_up: bool = False, language: str = "en"
    ) -> dict[str, Any]:
        """Correct what is said of a document; fields in `unsay` are again what its file says."""
        corrected = self._library_desk.describe(document, said, unsay, look_up, language)
        self._assembly.forget_library()
        return {"documents": [asdict(corrected)]}

    def library_remove(self, document: str, language: str = "en") -> dict[str, Any]:
        """Remove one document by its id, or what came from a path; the files stay where they are."""
        removed = self.library.remove(document, language)
        self._assembly.forget_library()
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

    def course_validate(self, path: Path | None = None, language: str = "en") -> dict[str, Any]:
        """Every fault of a course folder: file, line, code, message."""
        return {"problems": [fault.as_dict(language) for fault in validate_course(path or self.settings.course)]}

    def course_new(self, path: Path) -> dict[str, Any]:
        """Lay down a small working course to start from."""
        path = path.resolve()
        return {"courses": [{"id": new_course(path), "path": str(path)}]}

    # How it is put together

    def parts(self, sources: Sequence[Path] = (), against: Against = ALL) -> Parts:
        """What a turn works with, over the given documents alone or over the course and the library; opened once."""
        return self._assembly.parts(sources, against)

    @cached_property
    def _voices(self) -> Voices:
        """Who speaks, by whatever is the chat model then."""
        return Voices(self.settings, lambda: self.chat_model, self.notice)

    @cached_property
    def _conversations(self) -> Conversations:
        return Conversations(
            self.settings, self._assembly, lambda: self.study, lambda: self.writer, lambda: self.recording
        )

    @cached_property
    def _checking(self) -> Checking:
        return Checking(self.settings, self._assembly, lambda: self.course, lambda: self.library)

    @cached_property
    def _assembly(self) -> Assembly:
        return Assembly(
            lambda: self.course, lambda: self._sources, lambda: self.writer, lambda: self._voices.reader(self.course),
            self._summarised,
        )  # fmt: skip

    @property
    def _library_desk(self) -> LibraryDesk:
        return LibraryDesk(self.library, self.settings, self.notice)

    @cached_property
    def _sources(self) -> Sources:
        """What may be cited, opened once each."""
        return Sources(self.settings, lambda: self.library, self._open, self.notice)

    def _open(self, documents: Sequence[Document] | Mapping[str, Document], *, with_course: bool) -> Corpus:
        return open_corpus(
            self.course, self.encoder, self._cache, documents, with_course=with_course,
            documents_cache=writable_folder(self.settings.data_dir / "cache") if documents else None,
            progress=lambda done, total: self.notice(f"indexing: {done} of {total} passages"),
            damaged=lambda error: self.notice(str(error)), verifier=self.verifier,
        )  # fmt: skip

    def _course_alone(self) -> FactChecker:
        """The fact check over the course without the person's library: what exercises rest on."""
        return self._sources.corpus((), "course").checker

    def _summarised(self, topic: str, language: str) -> dict[str, Any] | None:
        """What the person's documents say to a topic; None where they have none."""
        if not any(entry.id for entry in self.library.entries()):
            return None
        return self.desk.answer(topic, language=language)

    @cached_property
    def _cache(self) -> Path:
        try:
            return writable_folder(self.settings.cache_dir)
        except KnowledgeError:
            return writable_folder(self.settings.data_dir / "cache")
