"""More courses: a copy, a small one to start from, or one that is brought as a ZIP file; and a course to take away."""

import shlex
from typing import Any

import streamlit as st

from tutor.course_desk import CourseDesk
from ui.course_edit import PROBLEMS
from ui.doing import act, tell
from ui.room import kind
from ui.uploader import choose_file
from ui.who import Reader

WAYS = ("copy-this", "small-one", "from-zip")
MOST_NAME = 60  # characters
ADDED = "course-added"  # in the session: a course was added just now, and its name is to be typed no more
NEXT = "course-next"  # in the session: the course to show when the page is drawn again


class CourseMore:
    """What can be added beside one course, `name`."""

    def __init__(self, reader: Reader, desk: CourseDesk, name: str) -> None:
        self.reader = reader
        self.desk = desk
        self.name = name
        self.text = reader.text

    def draw(self) -> None:
        """Where courses lie, the way to take this one away, and the form for another."""
        st.download_button(
            self.text("download-course"), data=lambda: self.desk.packed(self.name), file_name=f"{self.name}.zip",
            mime="application/zip", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        st.markdown(self.text("courses-lead"))
        path = next(one["path"] for one in self.desk.all() if one["name"] == self.name)
        st.code(f"ATENEA_COURSE={shlex.quote(path)} atenea ui", language="bash", wrap_lines=True)
        if st.session_state.pop(ADDED, False):
            st.session_state.pop("new-course", None)
        with st.container(border=True):
            way = st.radio(
                self.text("how-new"), WAYS, format_func=self.text, key=f"way-{self.reader.language}", horizontal=True
            )
            given = self._zip() if way == "from-zip" else None
            name = st.text_input(
                self.text("new-name"), placeholder=self.text("new-name-hint"), max_chars=MOST_NAME, key="new-course"
            )
            ready = bool(name) and (way != "from-zip" or given is not None)
            if st.button(self.text("add-course"), icon=":material/add:", type=kind(ready), disabled=not ready):
                with st.spinner(self.text("validating")):
                    act(self.reader, lambda: self._add(way, name.strip(), given), said="added")
                if "trouble" in st.session_state:
                    tell(self.reader)
                else:
                    st.session_state[ADDED] = True
                    st.rerun()

    def _zip(self) -> Any:
        most = self.reader.tutor.upload_megabytes
        return choose_file(self.text("zip-file"), ("zip",), self.reader.language, "zip", most)

    def _add(self, way: str, name: str, given: Any) -> None:
        if way == "copy-this":
            self.desk.copy(self.name, name)
        elif way == "small-one":
            self.desk.new(name)
        else:
            st.session_state.setdefault(PROBLEMS, {})[name] = self.desk.upload(given.getvalue(), given.name, name)
        st.session_state[NEXT] = name
