"""The page of the open model: what Atenea believes of the reader, why, and how to change it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from knowledge.messages import Messages
from tutor.learner.profile import Profile
from tutor.tutor import Tutor
from ui import marked, own_data, places, who
from ui.doing import act, tell
from ui.estimates import Estimates
from ui.who import Reader
from ui.wishes import Wishes

SHOWN_STEPS = 6


def draw(tutor: Tutor, texts: Messages, language: str, _: DeltaGenerator) -> None:
    """The whole page in `language`."""
    st.title(texts.text("page-model", language), anchor=False)
    reader = Reader(tutor, texts, language, who.learner())
    if reader.learner:
        OpenModel(reader).draw()
    else:
        st.info(reader.text("nobody"), icon=":material/group:")


class OpenModel:
    """One reader's model, which they can see, correct, take along and delete."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.text = reader.text
        self.study = reader.tutor.study
        self.state = st.session_state

    def draw(self) -> None:
        """Everything, or what to do where nothing is known yet."""
        tell(self.reader)
        model = self.reader.model()
        profile = model["profile"] if model else asdict(Profile())
        known = [concept for concept in model["concepts"] if concept["evidence"]] if model else []
        if model and known:
            self._head(model)
            self._path(model["path"])
            Estimates(self.reader, self._act).draw(known)
        else:
            self._empty()
        self._claim({concept["id"] for concept in known})
        Wishes(self.reader, profile, self._act).draw()
        if model:
            own_data.draw(self.reader)

    # What stands on the page

    def _empty(self) -> None:
        st.markdown(self.text("model-empty"))
        self._ask_button("ask-exercise", ":material/exercise:")

    def _head(self, model: Mapping[str, Any]) -> None:
        goal = ", ".join(map(self.reader.concept, model["profile"]["goal"])) or self.text("goal-all")
        st.markdown(self.text("model-head", answers=model["answers"], goal=goal))

    def _path(self, path: list[Mapping[str, Any]]) -> None:
        st.subheader(self.text("path"), anchor=False)
        steps = [f"{number}. {marked.safe(step['why'])}" for number, step in enumerate(path[:SHOWN_STEPS], start=1)]
        st.markdown("\n".join(steps) or self.text("path-done"))
        self._ask_button("ask-next", ":material/arrow_forward:")

    def _ask_button(self, key: str, icon: str) -> None:
        """A button that asks something on the page of the conversation."""
        if st.button(self.text(key), icon=icon, type="primary"):
            self.state["asked"] = self.text(key)
            places.go("learn")

    def _claim(self, known: set[str]) -> None:
        """A concept without evidence of which the reader says that they know it."""
        with st.expander(self.text("claim")):
            st.caption(self.text("claim-how"))
            others = [concept for concept in self.reader.tutor.course.concepts if concept not in known]
            chosen = st.selectbox(
                self.text("concept"), others, index=None, format_func=self.reader.concept,
                placeholder=self.text("concept-choose"), key=f"claim-{self.reader.language}",
            )  # fmt: skip
            st.button(
                self.text("i-know"), key="know", disabled=chosen is None, on_click=self._act,
                args=(self.study.claim, self.reader.learner, chosen, True, self.reader.language),
            )  # fmt: skip

    # What the reader does

    def _act(self, verb: Callable[..., object], *values: object, said: str = "") -> None:
        act(self.reader, verb, *values, said=said)
