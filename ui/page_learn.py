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
from ui.trouble import explained

AUTO = "auto"
LEVELS = ("beginner", "intermediate", "advanced")
ANSWERS = (AUTO, "es", "en")
EXAMPLES = ("example-1", "example-2", "example-3")
EXERCISE = "example-exercise"
SHORT_MS = 100  # below it the time is not told more exactly
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
        for turn in turns:
            self._person(turn["question"])
            with st.chat_message("assistant", avatar=OWL):
                self._reply(st.empty(), turn)
        if question:
            self._person(question)
            with st.chat_message("assistant", avatar=OWL):
                self._ask(question)
        if self.state["turns"]:
            self._suggestions("next", self.state["turns"][-1]["next"])

    def text(self, key: str, **values: object) -> str:
        """A text of the app in the reader's language."""
        return self.texts.text(key, self.language, **values)

    # What the reader chooses and asks

    def _choices(self) -> None:
        anew = self.text("new-conversation")
        st.button(anew, icon=":material/add_comment:", on_click=self._start_anew, width="stretch")
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
        for key in ("asked", "failure"):
            self.state.pop(key, None)

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
        self.state.pop("failure", None)

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
        place = st.empty()
        place.markdown(f":shimmer[{self.text('searching')}]")
        sentences = []
        thread = self.state["thread"] or uuid4().hex[:12]  # a learner has many conversations
        level = "" if self.level == AUTO else self.level
        try:
            for event in self.tutor.stream(
                question, language=self.answers, level=level, thread=thread, learner=self.learner
            ):
                if event["kind"] == "sentence":
                    sentences.append(event)
                    place.markdown(marked.answer(sentences, event["sources"]))
                else:
                    self._answered(event["turn"])
                    self._reply(place, event["turn"])
        except Exception as error:  # noqa: BLE001  the edge: whatever went wrong is said kindly
            self.state["restored"] = question
            self._failed(error, self.text("kept"))
            st.rerun()

    def _answered(self, turn: dict[str, Any]) -> None:
        del self.state["asked"]
        self.state["turns"].append(turn)
        self.state["thread"] = st.query_params["thread"] = turn["thread"]

    def _failed(self, error: Exception, *more: str) -> None:
        self.state.pop("asked", None)
        self.state["failure"] = explained(error, self.texts, self.language, *more)

    # How it looks

    def _welcome(self) -> None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.image(OWL, width=64)
            st.title("Atenea", anchor=False)
        st.markdown(self.text("tagline", course=self.tutor.course.title[self.language]))
        examples = (*EXAMPLES, EXERCISE) if self.learner else EXAMPLES
        self._suggestions("start", [self.text(example) for example in examples])
        if not self.learner:
            st.caption(self.text("nobody"))

    def _person(self, question: str) -> None:
        with st.chat_message("user", avatar=PERSON):
            st.markdown(marked.said(question))

    def _reply(self, place: DeltaGenerator, turn: Mapping[str, Any]) -> None:
        """A finished answer: its sentences, what the sources do not say, the sources, who worded it."""
        limits, abstained = marked.closing(turn), turn["abstained"]
        parts = marked.opening(turn), marked.answer(turn["sentences"], turn["sources"]), "" if abstained else limits
        said = "\n\n".join(filter(None, parts))
        if said:
            place.markdown(said)
        if limits and abstained:
            (st if said else place).info(f"**{self.text('no-answer')}**  \n{limits}", icon=":material/search_off:")
        if turn["exercise"]:
            st.caption(self.text(f"reply-{turn['exercise']['kind']}"))
        if turn["sources"]:
            st.caption(f"**{self.text('sources')}** · {self._legend(turn)}")
        with st.container(gap="xxsmall"):
            for source in turn["sources"]:
                self._source(source)
        if turn["sentences"]:
            st.caption(self._worded_by(turn))

    def _legend(self, turn: Mapping[str, Any]) -> str:
        verdicts = dict.fromkeys(sentence["verdict"] for sentence in turn["sentences"])
        return " ".join(
            self.text("legend", mark=marked.mark(verdict), word=self.text(f"verdict-{verdict}")) for verdict in verdicts
        )

    def _source(self, source: Mapping[str, Any]) -> None:
        """One source, closed; it opens to its quote and the literature behind it."""
        where = marked.safe(source["locator"] or source["title"])
        behind = [f"{reference['label']} {reference['locator']}".strip() for reference in source["references"]]
        with st.expander(" · ".join(filter(None, (f"**{source['n']}**", where, "; ".join(behind))))):
            st.markdown(marked.quotation(source["quote"]))
            for reference in source["references"]:
                where = ", ".join(filter(None, (reference["title"], reference["locator"])))
                shown = f"[{reference['label']}]({reference['url']})" if reference["url"] else reference["label"]
                st.caption(f"{shown} · {where}" if where else shown)
            if not source["references"]:
                st.caption(marked.safe(source["title"]))

    def _worded_by(self, turn: Mapping[str, Any]) -> str:
        engine = turn["engine"]
        name = self.text("engine-composer") if engine == "composer" else self.text("engine-model", name=engine)
        total = turn["timings_ms"].get("total")
        if total is None:
            return name
        seconds = (f"{total / 1000:.1f}" if total >= SHORT_MS else "< 0.1").replace(".", self.text("decimal"))
        return f"{name} · {self.text('seconds', seconds=seconds)}"
