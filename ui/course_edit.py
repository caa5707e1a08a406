"""A text of a course, changed in place: validated before it is written, and kept while it is being typed."""

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

from knowledge.course_faults import Fault
from knowledge.errors import AteneaError
from tutor.course_desk import MOST_CHARACTERS, CourseDesk
from ui import marked
from ui.doing import act
from ui.room import kind
from ui.seeded import seeded
from ui.trouble import explained
from ui.who import Reader

FILE = "course-file"  # in the session: the file that is open
PROBLEMS = "course-problems"  # in the session: course -> its problems, as they were found
CHANGED = "course-changed"  # in the session: whether a text of a course was written
REFUSED = "course-refused"  # in the session, by its widget: the problems that a text would bring, and the text
MOST_LINE = 80  # characters of a line that is shown
HEIGHT = 520  # pixels of the text


class CourseEdit:
    """The texts of one course. `course`: as `CourseDesk.all` has it."""

    def __init__(self, reader: Reader, desk: CourseDesk, course: Mapping[str, Any]) -> None:
        self.reader = reader
        self.desk = desk
        self.course = course
        self.name: str = course["name"]
        self.text = reader.text

    def draw(self) -> None:
        """The file that is chosen, and its text."""
        if not self.course["editable"]:
            st.info(self.text("read-only-how"), icon=":material/lock:")
        files = self.desk.files(self.name)
        asked = st.query_params.get("file", "")
        key = seeded(FILE, asked if asked in files else None)
        if st.session_state[key] not in files:
            st.session_state[key] = None
        file = st.selectbox(
            self.text("file"), files, key=key, placeholder=self.text("file-choose"), filter_mode="contains", index=None
        )
        if file:
            st.query_params["file"] = file
            try:
                self._file(file)
            except AteneaError as error:
                st.warning(explained(error, self.reader.texts, self.reader.language), icon=":material/info:")

    def _file(self, file: str) -> None:
        held = self.desk.text(self.name, file)
        key = seeded(f"course-text-{self.name}-{file}", held["text"] if held["draft"] is None else held["draft"])
        if refused := st.session_state.get(REFUSED, {}).get(key):
            self._refused(file, *refused)
        elif held["draft"] is not None:
            st.caption(f":material/history: {self.text('draft-back')}")
        typed = st.text_area(
            self.text("text"), key=key, height=HEIGHT, max_chars=MOST_CHARACTERS, on_change=self._keep,
            args=(file, key), disabled=not self.course["editable"],
        )  # fmt: skip
        with st.container(horizontal=True):
            if st.button(
                self.text("save"), icon=":material/save:", type=kind(self.course["editable"]),
                disabled=not self.course["editable"],
            ):  # fmt: skip
                with st.spinner(self.text("saving")):
                    act(self.reader, lambda: self._write(file, key, str(typed)))
                if "trouble" not in st.session_state and key not in st.session_state[REFUSED]:
                    st.session_state["news"] = "saved"
                st.rerun()
            if held["draft"] is not None:
                st.button(
                    self.text("draft-forget"), icon=":material/undo:", on_click=self._forget,
                    args=(file, key, held["text"]),
                )  # fmt: skip
        if self.course["used"] and st.session_state.get(CHANGED):
            st.caption(self.text("use-now-how"))
            if st.button(self.text("use-now"), icon=":material/refresh:"):
                st.session_state.pop(CHANGED)
                st.cache_resource.clear()
                st.rerun()

    def _refused(self, file: str, problems: list[Fault], typed: str) -> None:
        """The problems that a text would bring, those of its own file first and with the line that each speaks of."""
        rows, lines = [], typed.splitlines()
        for fault in sorted(problems, key=lambda fault: fault.file != file):
            where = self.text("problem", file=marked.safe(fault.file), line=fault.line)
            line = lines[fault.line - 1].strip() if fault.file == file and fault.line <= len(lines) else ""
            shown = f" · {_code(line[:MOST_LINE])}" if line else ""
            rows.append(f"- **{where}**{shown}  \n  {marked.safe(fault.said.text(self.reader.language))}")
        st.warning("\n".join([self.text("not-saved"), "", *rows]), icon=":material/error:")

    def _write(self, file: str, key: str, typed: str) -> None:
        refused: dict[str, tuple[list[Fault], str]] = st.session_state.setdefault(REFUSED, {})
        refused.pop(key, None)
        problems = self.desk.write(self.name, file, typed)
        if problems:
            refused[key] = problems, typed
            self.desk.keep(self.name, file, typed)
        else:
            st.session_state[CHANGED] = True
            st.session_state.pop(PROBLEMS, None)  # they were those of the old text

    def _keep(self, file: str, key: str) -> None:
        act(self.reader, self.desk.keep, self.name, file, st.session_state[key])

    def _forget(self, file: str, key: str, text: str) -> None:
        self.desk.forget(self.name, file)
        st.session_state[key] = text
        st.session_state.get(REFUSED, {}).pop(key, None)


def _code(text: str) -> str:
    """A text as it is, backticks too."""
    ticks = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    return f"{ticks} {text} {ticks}" if "`" in text else f"{ticks}{text}{ticks}"
