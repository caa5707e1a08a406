"""The form in which a teacher changes a question. It is kept only when its proof, made anew, holds; else what fails is
said, and what was typed stays."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from agents.grade_options import LETTERS
from tutor.exam_desk import ExamDesk
from tutor.item_edit import LETTERED, MOST_CHARACTERS, SINGLE
from ui.item_words import check_lines
from ui.seeded import seeded
from ui.trouble import explained
from ui.who import Reader

EDITED = "edited-item"  # in the session: the question whose form is open
FAILED = "edit-failed"  # in the session: what of the last try failed


class EditForm:
    """The form of one question. `item`: as `ExamDesk.exam` has it."""

    def __init__(self, reader: Reader, desk: ExamDesk, exam: str, item: Mapping[str, Any]) -> None:
        self.reader = reader
        self.desk = desk
        self.exam = exam
        self.item = item
        self.text = reader.text

    def draw(self) -> None:
        """The form, and above it what failed the last time."""
        form = self.desk.form(self.exam, self.item["id"])
        with st.form(f"form-{self.item['id']}"):
            st.markdown(f"**{self.text('edit-title', place=self.item['place'])}**")
            st.caption(self.text("edit-how"))
            if failed := st.session_state.get(FAILED):
                st.warning(failed, icon=":material/error:")
            given = {**form, "stem": self._area("stem", form["stem"], self.text("edit-stem"))}
            given["options"] = [self._option(place, option) for place, option in enumerate(form["options"])]
            given["key"] = self._right(form, given["options"])
            given["rationale"] = self._area("rationale", form["rationale"], self.text("solution"))
            hints = self._area("hints", "\n".join(form["hints"]), self.text("edit-hints"))
            given["hints"] = hints.splitlines()
            with st.container(horizontal=True):
                kept = st.form_submit_button(self.text("edit-save"), icon=":material/verified:", type="primary")
                st.form_submit_button(self.text("edit-cancel"), on_click=_close)
        if kept:
            self._keep(given)

    def _area(self, name: str, value: str, label: str) -> str:
        return str(st.text_area(label, key=seeded(self._key(name), value), max_chars=MOST_CHARACTERS))

    def _option(self, place: int, option: str) -> str:
        label = self.text("edit-option", letter=LETTERS[place].lower())
        return str(st.text_input(label, key=seeded(self._key(f"option-{place}"), option), max_chars=MOST_CHARACTERS))

    def _right(self, form: Mapping[str, Any], options: list[str]) -> Any:
        """The key, as the kind needs it."""
        places, kind = list(range(len(options))), form["kind"]
        if kind in SINGLE:
            return st.selectbox(
                self.text("edit-right"), places, key=seeded(self._key("key"), form["key"]), format_func=self._letter
            )
        if kind == "multi":
            return st.multiselect(
                self.text("edit-rights"), places, key=seeded(self._key("key"), form["key"]), format_func=self._letter
            )
        label = self.text(f"edit-key-{kind}") if kind in {*LETTERED, "short"} else self.text("edit-key")
        if kind == "short":
            return self._area("key", form["key"], label)
        return st.text_input(label, key=seeded(self._key("key"), form["key"]), max_chars=MOST_CHARACTERS)

    def _letter(self, place: int) -> str:
        return LETTERS[place].lower()

    def _key(self, name: str) -> str:
        return f"edit-{self.item['id']}-{name}"

    def _keep(self, given: Mapping[str, Any]) -> None:
        try:
            failing = self.desk.edit(self.exam, given, self.reader.language)
        except Exception as error:  # noqa: BLE001  the edge: whatever went wrong is said kindly
            st.session_state[FAILED] = explained(error, self.reader.texts, self.reader.language)
        else:
            if failing:
                st.session_state[FAILED] = f"{self.text('edit-failed')}\n\n{check_lines(self.reader, failing)}"
            else:
                _close()
                st.session_state["news"] = "edited"
        st.rerun()


def open_form(name: str) -> None:
    """Open the form of a question, and shut that of another."""
    _close()
    st.session_state[EDITED] = name


def _close() -> None:
    """Shut the form, and forget what was typed."""
    name = st.session_state.pop(EDITED, "")
    st.session_state.pop(FAILED, None)
    for key in [key for key in st.session_state if str(key).startswith(f"edit-{name}-")]:
        del st.session_state[key]
