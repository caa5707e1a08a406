"""What the tutor advises the reader to do now, why, and the buttons that do it."""

from collections.abc import Callable

import streamlit as st

from ui import marked, places
from ui.doing import act
from ui.own_texts import OwnTexts
from ui.who import Reader

WITHOUT_ITEM = frozenset({"explain", "done"})  # steps that hand nothing out


class Advice:
    """The next step of one reader. `elsewhere`: whether exercises are done on another page than this."""

    def __init__(self, reader: Reader, elsewhere: bool = False) -> None:
        self.reader = Reader(reader.tutor, OwnTexts(reader.texts, ("advice",)), reader.language, reader.learner)
        self.elsewhere = elsewhere
        self.text = self.reader.text
        self.study = reader.tutor.study
        self.step = reader.tutor.practice.advised(reader.learner, reader.language)
        self.newcomer = self.step["placement"] and not self.step["open"]

    def draw(self) -> None:
        """The advice as a card."""
        said = self.text("advice-placement") if self.newcomer else marked.safe(self.step["why"])
        with st.container(border=True):
            st.markdown(f"**{self.text('advice')}**")
            st.markdown(said)
            with st.container(horizontal=True, gap="small"):
                self._buttons()

    def take(self) -> None:
        """Have the advised exercise handed out, where one is advised."""
        if self.step["action"] not in WITHOUT_ITEM:
            act(self.reader, lambda: self.study.next(self.reader.learner, language=self.reader.language))

    def _buttons(self) -> None:
        if self.step["action"] == "explain":
            if st.button(self.text("explain-first"), icon=":material/school:", type="primary", key="explain-first"):
                self._have_explained()
            self._button("practise-anyway", ":material/exercise:", self._serve)
        elif self.step["action"] == "done":
            places.link("path", self.text("to-path"), ":material/conversion_path:")
        else:
            begin = "go-on" if self.step["open"] else "begin-placement" if self.newcomer else "begin"
            self._button(begin, ":material/play_arrow:", self.take, primary=True)
            if self.newcomer:
                st.button(self.text("no-placement"), key="no-placement", on_click=self._without_placement)

    def _button(self, key: str, icon: str, verb: Callable[[], None], primary: bool = False) -> None:
        """A button that hands an exercise out, and opens the page where it is done."""
        if st.button(self.text(key), icon=icon, key=key, type="primary" if primary else "secondary"):
            verb()
            if self.elsewhere:
                places.go("practise")
            st.rerun()

    def _serve(self) -> None:
        learner, concept, language = self.reader.learner, self.step["concept"], self.reader.language
        act(self.reader, lambda: self.study.serve(learner, concept, language=language))

    def _without_placement(self) -> None:
        act(self.reader, lambda: self.study.set(self.reader.learner, placement="skip"))

    def _have_explained(self) -> None:
        """The explanation that comes first is asked for in the conversation."""
        step = self.study.next(self.reader.learner, language=self.reader.language)
        st.session_state["asked"] = step["message"]
        places.go("learn")
