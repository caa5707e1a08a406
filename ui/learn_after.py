"""What may be done with the last answer of a conversation: ask for it otherwise, or answer the exercise in it."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from ui import places
from ui.answer_inputs import AnswerInputs
from ui.own_texts import OwnTexts
from ui.who import Reader

WISHES = {
    "simpler": ":material/child_care:", "deeper": ":material/zoom_in:", "example": ":material/lightbulb:",
    "code": ":material/code:", "picture": ":material/bar_chart:", "test": ":material/exercise:",
}  # fmt: skip
ABOUT_EXERCISES = frozenset({"test_me", "next", "review", "hint", "reveal", "answer"})  # turns with an open exercise


class AfterAnswer:
    """The last turn of a conversation. `send`: asks a message; `again`: has this turn's question answered anew."""

    def __init__(
        self, reader: Reader, turn: Mapping[str, Any], send: Callable[[str], None], again: Callable[[str], None]
    ) -> None:
        self.reader = reader
        self.text = reader.text
        self.turn = turn
        self.send = send
        self.again = again
        self.messages: set[str] = set()  # what the buttons of `draw` ask

    def draw(self) -> None:
        """Whichever of these fits."""
        if self.turn["intent"] in ABOUT_EXERCISES and self.reader.learner:
            self._exercise()
        if self.turn["sentences"]:
            self._wishes()

    # The answer, otherwise

    def _wishes(self) -> None:
        concept = next(iter(self.turn["concepts"]), "")
        offered = self.reader.tutor.offers(concept, self.turn["language"])
        with st.container(horizontal=True, gap="small"):
            for wish in WISHES:
                if wish in offered and (wish != "test" or self.reader.learner):
                    self._wish(wish, concept, offered[wish])
            st.button(
                self.text("again"), icon=":material/refresh:", key="again", type="tertiary",
                help=self.text("again-how"), on_click=self.again, args=(self.turn["question"],),
            )  # fmt: skip

    def _wish(self, wish: str, concept: str, lab: str) -> None:
        """One wish: a message to the tutor; a picture is drawn by a lab."""
        asked = st.button(self.text(f"wish-{wish}"), icon=WISHES[wish], key=f"wish-{wish}", type="tertiary")
        if wish == "picture":
            if asked:
                st.session_state["lab"] = lab
                places.go("labs")
            return
        language = self.turn["language"]
        name = self.reader.tutor.course.concept_name(concept, language)
        message = self.reader.texts.text(f"wish-{wish}-say", language, concept=name)
        self.messages.add(message)
        if asked:
            self.send(message)
            st.rerun()

    # The exercise in it

    def _exercise(self) -> None:
        sheet = self.reader.tutor.practice.at_hand(self.reader.learner, self.reader.language)
        if not sheet or not sheet["open"]:
            return
        texts = OwnTexts(self.reader.texts, ("practise",))
        reader = Reader(self.reader.tutor, texts, self.reader.language, self.reader.learner)
        with st.container(border=True, key="exercise-here"):
            answer = AnswerInputs(reader, sheet["item"], sheet["lines"]).draw()
            if st.button(reader.text("send"), icon=":material/send:", type="primary", key="send-answer"):
                if answer:
                    self.send(reader.text("my-answer", answer=answer))
                    st.rerun()
                st.warning(reader.text("answer-missing"), icon=":material/edit:")
