"""What the reader wants of their studies: goal, exam, time, style. It is kept as they say it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import streamlit as st

from tutor.learner.profile import MOST_MINUTES, STYLES
from ui.who import Reader

DATE_FORMAT = {"es": "DD/MM/YYYY", "en": "YYYY-MM-DD"}
MINUTES_STEP = 5


class Wishes:
    """The form of one reader's wishes. `profile`: as `Study.show` gives it; `act` is called with a verb of `Study` and
    what it takes."""

    def __init__(self, reader: Reader, profile: Mapping[str, Any], act: Callable[..., None]) -> None:
        self.reader = reader
        self.profile = profile
        self.act = act
        self.text = reader.text

    def draw(self) -> None:
        """The form, closed until it is wanted; saving keeps what was changed."""
        with st.expander(self.text("wishes")), st.form("wishes", border=False):
            given = {**self._studies(), **self._placement()}
            if st.form_submit_button(self.text("save"), icon=":material/save:"):
                self._save(given)

    def _studies(self) -> dict[str, Any]:
        exam = self.profile["exam_date"]
        goal = st.multiselect(
            self.text("goal"), list(self.reader.tutor.course.concepts), default=self.profile["goal"],
            format_func=self.reader.concept, placeholder=self.text("goal-all"), key=self._key("goal"),
        )  # fmt: skip
        day = st.date_input(
            self.text("exam-date"), date.fromisoformat(exam) if exam else None,
            format=DATE_FORMAT[self.reader.language], key=self._key("exam"),
        )  # fmt: skip
        minutes = st.number_input(
            self.text("minutes"), 0, MOST_MINUTES, self.profile["minutes"], step=MINUTES_STEP, key=self._key("minutes")
        )
        styles = ["", *STYLES]
        style = st.selectbox(
            self.text("style"), styles, index=styles.index(self.profile["style"]), key=self._key("style"),
            format_func=lambda name: self.text(f"style-{name or 'any'}"),
        )  # fmt: skip
        return {"goal": goal, "exam_date": day.isoformat() if day else "", "minutes": minutes, "style": style}

    def _placement(self) -> dict[str, Any]:
        """Whether to begin with the placement test; nothing to choose once it is done."""
        now = self.profile["placement"]
        if now == "done":
            return {}
        asked = st.toggle(self.text("placement"), now == "ask", key=self._key("placement"))
        return {"placement": "ask" if asked else "skip"}

    def _key(self, name: str) -> str:
        """Each language has its own widget: a browser keeps an option by its words."""
        return f"wish-{name}-{self.reader.language}"

    def _save(self, given: Mapping[str, Any]) -> None:
        changed = {name: value for name, value in given.items() if value != self.profile[name]}
        if changed:
            self.act(lambda: self.reader.tutor.study.set(self.reader.learner, **changed), said="saved")
            st.rerun()
