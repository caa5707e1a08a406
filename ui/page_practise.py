"""The page of practising: an exercise at a time, with its hints, its grade and what that changed."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from knowledge.messages import Messages
from tutor.tutor import Tutor
from ui import who
from ui.advice import Advice
from ui.answer_inputs import AnswerInputs
from ui.doing import act, tell
from ui.exercise_card import ExerciseCard
from ui.own_texts import OwnTexts
from ui.who import Reader

ITEM = "item"  # in the address: the exercise that this visit is about
ANY = ""
AT_ONCE = frozenset({"mcq", "true_false", "multi", "numeric", "short"})  # inputs that Enter may send


def draw(tutor: Tutor, texts: Messages, language: str, _: DeltaGenerator) -> None:
    """The whole page in `language`."""
    reader = Reader(tutor, OwnTexts(texts, ("practise",)), language, who.learner())
    st.title(reader.text("page-practise"), anchor=False)
    if reader.learner:
        Practising(reader).draw()
    else:
        st.info(reader.text("nobody"), icon=":material/group:")


class Practising:
    """One reader at their exercises."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.text = reader.text
        self.study = reader.tutor.study
        self.practice = reader.tutor.practice

    def draw(self) -> None:
        """The exercise at hand; where there is none, what to take up."""
        tell(self.reader)
        sheet = self.practice.at_hand(self.reader.learner, self.reader.language)
        if sheet and sheet["open"]:
            self._keep(sheet["item"]["id"])
            self._open(sheet)
        elif sheet and st.query_params.get(ITEM) == sheet["item"]["id"]:
            self._over(sheet)
        else:
            self._choose()

    def _keep(self, item: str) -> None:
        if st.query_params.get(ITEM) != item:
            st.query_params[ITEM] = item

    # Taking something up

    def _choose(self) -> None:
        Advice(self.reader).draw()
        self._own_choice()

    def _own_choice(self) -> None:
        st.subheader(self.text("own-choice"), anchor=False)
        concepts = list(self.reader.tutor.course.concepts)
        concept = st.selectbox(
            self.text("concept"), concepts, index=None,
            format_func=self.reader.concept, placeholder=self.text("concept-choose"),
            key=f"practise-concept-{self.reader.language}",
        )  # fmt: skip
        kinds = [ANY, *(self.practice.kinds(concept) if concept else [])]
        kind = st.selectbox(
            self.text("kind"), kinds, format_func=lambda one: self.text(f"kind-{one or 'any'}"), disabled=not concept,
            key=f"practise-kind-{self.reader.language}",
        )  # fmt: skip
        self._serve_button(concept, self.text("give"), kind)

    def _serve_button(self, concept: str | None, label: str, kind: str = ANY) -> None:
        st.button(
            label, icon=":material/exercise:", key="serve", disabled=not concept, on_click=self._serve,
            args=(concept or "", kind),
        )  # fmt: skip

    # An open exercise

    def _open(self, sheet: Mapping[str, Any]) -> None:
        card = ExerciseCard(self.reader, sheet)
        with st.container(border=True):
            card.head()
            card.question()
            answer, sent = self._answer(sheet)
        if sheet["reply"]:
            card.verdict()
        card.hints()
        with st.container(horizontal=True, gap="small"):
            self._hint(sheet)
            st.button(
                self.text("leave"), icon=":material/skip_next:", type="tertiary", key="leave", on_click=self._act,
                args=(self.study.skip, self.reader.learner, sheet["item"]["id"]),
            )  # fmt: skip
            self._wrong(sheet)
        if sent:
            self._send(sheet, answer)

    def _answer(self, sheet: Mapping[str, Any]) -> tuple[str, bool]:
        """The answer so far, and whether it is sent."""
        inputs = AnswerInputs(self.reader, sheet["item"], sheet["lines"])
        if sheet["item"]["kind"] in AT_ONCE:
            with st.form(f"form-{inputs.name}", border=False):
                answer = inputs.draw()
                return answer, st.form_submit_button(self.text("send"), icon=":material/send:", type="primary")
        answer = inputs.draw()
        return answer, st.button(self.text("send"), icon=":material/send:", type="primary", key="send")

    def _send(self, sheet: Mapping[str, Any], answer: str) -> None:
        if not answer:
            st.warning(self.text("answer-missing"), icon=":material/edit:")
            return
        self._act(self.study.answer, self.reader.learner, sheet["item"]["id"], answer)
        st.rerun()

    def _hint(self, sheet: Mapping[str, Any]) -> None:
        """The next rung, and whether it gives the solution away."""
        hints, verb = len(sheet["hints"]), (self.study.hint, self.reader.learner, sheet["item"]["id"])
        if not sheet["reveals"]:
            label = self.text("hint", rung=hints + 1, of=sheet["of"] - 1)
            st.button(label, icon=":material/lightbulb:", key="hint", on_click=self._act, args=verb)
        elif sheet["allowed"]:
            label, why = self.text("reveal"), self.text("reveal-why")
            st.button(label, icon=":material/visibility:", key="reveal", help=why, on_click=self._act, args=verb)
        else:
            st.caption(self.text("try-first"))

    def _wrong(self, sheet: Mapping[str, Any]) -> None:
        """The way to say that the exercise itself is wrong, and why."""
        with st.popover(self.text("wrong"), icon=":material/flag:", type="tertiary"):
            st.caption(self.text("wrong-how"))
            why = st.text_area(self.text("wrong-why"), key=f"why-{sheet['item']['id']}", max_chars=1000)
            if st.button(self.text("wrong-send"), key="wrong-send"):
                self._act(self.study.dispute, self.reader.learner, sheet["item"]["id"], why)
                st.rerun()

    # An exercise that is over

    def _over(self, sheet: Mapping[str, Any]) -> None:
        card = ExerciseCard(self.reader, sheet)
        if sheet["disputed"]:
            st.info(self.text("disputed"), icon=":material/flag:")
        elif sheet["reply"]:
            card.verdict()
        elif not sheet["solution"]:
            st.info(self.text("left"), icon=":material/skip_next:")
        card.mastery()
        with st.container(horizontal=True, gap="small"):
            st.button(
                self.text("next-one"), icon=":material/arrow_forward:", type="primary", key="next", on_click=self._next
            )
            self._serve_button(sheet["concept"], self.text("another", concept=sheet["name"]))
            if not sheet["disputed"]:
                self._wrong(sheet)
        card.solution()
        with st.expander(self.text("the-exercise"), icon=":material/exercise:"):
            card.question()

    # What the reader does

    def _next(self) -> None:
        """What is advised now: an exercise, or the advice itself where it is none."""
        st.query_params.pop(ITEM, None)
        Advice(self.reader).take()

    def _serve(self, concept: str, kind: str) -> None:
        self._act(lambda: self.study.serve(self.reader.learner, concept, kind=kind, language=self.reader.language))

    def _act(self, verb: Any, *values: object) -> None:
        act(self.reader, verb, *values)
