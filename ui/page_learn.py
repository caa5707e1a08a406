"""The first page: a conversation with the tutor, its verdicts and its sources."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from knowledge.errors import AteneaError
from knowledge.messages import Messages
from tutor.tutor import Tutor
from ui import marked, who
from ui.advice import Advice
from ui.learn_after import AfterAnswer
from ui.learn_answer import Answer
from ui.learn_threads import draw_threads
from ui.trouble import explained
from ui.who import Reader

AUTO = "auto"
LEVELS = ("beginner", "intermediate", "advanced")
ANSWERS = (AUTO, "es", "en")
EXAMPLES = ("example-1", "example-2", "example-3")
EXERCISE = "example-exercise"
OWL = str(Path(__file__).parent / "assets" / "owl.png")
PERSON = ":material/person:"


def draw(tutor: Tutor, texts: Messages, language: str, choices: DeltaGenerator) -> None:
    """The whole page in `language`; what the reader may choose goes into `choices`."""
    Conversation(tutor, texts, language).draw(choices)


class Conversation:
    """One reader's conversation, kept by the tutor under the thread that the address names."""

    def __init__(self, tutor: Tutor, texts: Messages, language: str) -> None:
        self.tutor = tutor
        self.texts = texts
        self.language = language
        self.learner = who.learner()
        self.reader = Reader(tutor, texts, language, self.learner)
        self.state = st.session_state
        self.levels = (AUTO, *LEVELS) if self.learner else LEVELS
        self.level = self.levels[0]
        self.answers = ANSWERS[0]

    def draw(self, choices: DeltaGenerator) -> None:
        """The choices, what was said, and what is being asked now."""
        with choices:
            self._choices()
        turns = self._turns()
        question = self._question()
        if not turns and not question:
            self._welcome()
        if question and self.state.get("instead"):
            turns = turns[:-1]
        for turn in turns:
            self._person(turn["question"])
            with st.chat_message("assistant", avatar=OWL):
                Answer(self.reader, turn).draw(st.empty())
        if question:
            self._person(question)
            with st.chat_message("assistant", avatar=OWL):
                self._ask(question)
        elif stopped := self.state.get("stopped"):
            self._stopped(stopped)
        if self.state["turns"]:
            last = self.state["turns"][-1]
            after = AfterAnswer(self.reader, last, self._send, self._again)
            after.draw()
            self._suggestions("next", [message for message in last["next"] if message not in after.messages])

    def text(self, key: str, **values: object) -> str:
        """A text of the app in the reader's language."""
        return self.texts.text(key, self.language, **values)

    # What the reader chooses and asks

    def _choices(self) -> None:
        anew = self.text("new-conversation")
        st.button(anew, icon=":material/add_comment:", on_click=self._start_anew, width="stretch")
        draw_threads(self.reader, self.state.get("thread", ""), self._take_up)
        self.level = self._choice(st.radio, "level", self.levels)
        self.answers = self._choice(st.selectbox, "answers", ANSWERS)

    def _choice(self, widget: Callable[..., str], name: str, options: tuple[str, ...]) -> str:
        """One choice, kept in the address. A browser keeps an option by its words: each language has its own widget."""
        kept, key = self.state.get(name) or st.query_params.get(name, ""), f"{name}-{self.language}"
        chosen = widget(
            self.text(name), options, index=options.index(kept) if kept in options else 0, key=key,
            format_func=lambda option: self.text(f"{name}-{option}"), on_change=self._keep, args=(name, key),
        )  # fmt: skip
        if chosen != options[0] or name in st.query_params:
            st.query_params[name] = chosen
        return chosen

    def _keep(self, name: str, key: str) -> None:
        """In the session first: a rerun that follows at once still brings the old address."""
        self.state[name] = self.state[key]

    def _start_anew(self) -> None:
        st.query_params.pop("thread", None)
        self.state["thread"], self.state["turns"] = "", []
        for key in ("asked", "failure", "instead", "stopped"):
            self.state.pop(key, None)

    def _take_up(self, thread: str) -> None:
        """Another conversation, where it was left."""
        self._start_anew()
        st.query_params["thread"] = thread
        del self.state["turns"]

    def _question(self) -> str:
        """What to answer now; it stays in the session until it is answered, so that no rerun loses it."""
        if "restored" in self.state:
            self.state["message"] = self.state.pop("restored")
        notice = st.bottom.empty()
        typed = st.chat_input(self.text("ask-here"), key="message", submit_mode="disable")
        if typed:
            self._send(typed)
        if "failure" in self.state:
            notice.warning(self.state["failure"], icon=":material/info:")
        return str(self.state.get("asked", ""))

    def _send(self, question: str) -> None:
        self.state["asked"] = question
        for key in ("failure", "instead", "stopped"):
            self.state.pop(key, None)

    def _again(self, question: str) -> None:
        """Answer the last question anew; until that is done, the old answer is kept."""
        self._send(question)
        self.state["instead"] = True

    def _stop(self) -> None:
        """Leave the answer that is under way: what was said of it stays on the page, and nothing is kept."""
        question, sentences = self.state.pop("asked", ""), self.state.pop("so-far", [])
        if not self.state.pop("instead", False):
            self.state["stopped"] = {"question": question, "sentences": sentences}

    def _suggestions(self, heading: str, questions: list[str]) -> None:
        if not questions:
            return
        st.caption(self.text(heading))
        with st.container(horizontal=True, gap="small"):
            for place, question in enumerate(questions):
                st.button(question, key=f"{heading}-{place}", on_click=self._send, args=(question,), wrap=True)

    # What the tutor said

    def _turns(self) -> list[dict[str, Any]]:
        if "turns" not in self.state:
            self.state["thread"], self.state["turns"] = st.query_params.get("thread", ""), []
            if self.state["thread"]:
                try:
                    self.state["turns"] = self.tutor.history(self.state["thread"])
                except AteneaError as error:
                    self._failed(error)
        if self.state["thread"]:
            st.query_params["thread"] = self.state["thread"]
        return list(self.state["turns"])

    def _ask(self, question: str) -> None:
        place, stop = st.empty(), st.empty()
        place.markdown(f":shimmer[{self.text('searching')}]")
        stop.button(self.text("stop"), icon=":material/stop_circle:", key="stop", type="tertiary", on_click=self._stop)
        sentences: list[dict[str, Any]] = []
        self.state["so-far"] = sentences
        thread = self.state["thread"] or uuid4().hex[:12]  # a learner has many conversations
        level = "" if self.level == AUTO else self.level
        try:
            for event in self.tutor.stream(
                question, language=self.answers, level=level, thread=thread, learner=self.learner,
                instead=bool(self.state.get("instead")),
            ):  # fmt: skip
                if event["kind"] == "sentence":
                    sentences.append(event)
                    place.markdown(marked.answer(sentences, event["sources"]))
                else:
                    self._answered(event["turn"])
                    stop.empty()
                    Answer(self.reader, event["turn"]).draw(place)
        except Exception as error:  # noqa: BLE001  the edge: whatever went wrong is said kindly
            self.state["restored"] = question
            self._failed(error, self.text("kept"))
            st.rerun()

    def _answered(self, turn: dict[str, Any]) -> None:
        for key in ("asked", "so-far", "stopped"):
            self.state.pop(key, None)
        if self.state.pop("instead", False):
            self.state["turns"].pop()
        self.state["turns"].append(turn)
        self.state["thread"] = st.query_params["thread"] = turn["thread"]

    def _failed(self, error: Exception, *more: str) -> None:
        for key in ("asked", "so-far", "instead"):
            self.state.pop(key, None)
        self.state["failure"] = explained(error, self.texts, self.language, *more)

    # How it looks

    def _welcome(self) -> None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.image(OWL, width=64, alt="Atenea")
            st.title("Atenea", anchor=False)
        st.markdown(self.text("tagline", course=self.tutor.course.title[self.language]))
        examples = (*EXAMPLES, EXERCISE) if self.learner else EXAMPLES
        self._suggestions("start", [self.text(example) for example in examples])
        if self.learner:
            Advice(self.reader, elsewhere=True).draw()
        else:
            st.caption(self.text("nobody"))

    def _stopped(self, stopped: Mapping[str, Any]) -> None:
        """A question whose answer was left, as far as it was said."""
        self._person(stopped["question"])
        with st.chat_message("assistant", avatar=OWL):
            if stopped["sentences"]:
                st.markdown(marked.answer(stopped["sentences"], stopped["sentences"][-1]["sources"]))
            st.caption(self.text("stopped"))

    def _person(self, question: str) -> None:
        with st.chat_message("user", avatar=PERSON):
            st.markdown(marked.said(question))
