"""The page of the course: look through it, validate it, change a text in place, copy it or bring another. The address
names the course (`?course=`), the part that is open and the file."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from knowledge.course_faults import Fault
from knowledge.messages import Messages
from tutor.course_desk import CourseDesk
from tutor.tutor import Tutor
from ui import marked, who
from ui.course_browse import CourseBrowse
from ui.course_edit import FILE, PROBLEMS, CourseEdit
from ui.course_more import NEXT, CourseMore
from ui.doing import act, tell
from ui.own_texts import OwnTexts
from ui.room import broad
from ui.seeded import seeded
from ui.who import Reader

COURSE = "course"  # in the address
PARTS = ("browse", "validate", "edit", "courses")
ICONS = {"browse": ":material/menu_book:", "validate": ":material/rule:", "edit": ":material/edit:",
         "courses": ":material/library_add:"}  # fmt: skip


def draw(tutor: Tutor, texts: Messages, language: str, _: DeltaGenerator) -> None:
    """The whole page in `language`."""
    reader = Reader(tutor, OwnTexts(texts, ("items", "course")), language, who.learner())
    with broad():
        CoursePage(reader, tutor.course_desk).draw()


class CoursePage:
    """One course, a part at a time."""

    def __init__(self, reader: Reader, desk: CourseDesk) -> None:
        self.reader = reader
        self.desk = desk
        self.text = reader.text

    def draw(self) -> None:
        """Everything."""
        st.title(self.text("page-course"), anchor=False)
        tell(self.reader)
        courses = {one["name"]: one for one in self.desk.all()}
        name = self._chosen(courses)
        outline = self.desk.outline(name, self.reader.language)
        self._head(courses[name], outline)
        key = seeded(f"course-part-{self.reader.language}", st.query_params.get("part", PARTS[0]))
        if st.session_state[key] not in PARTS:
            st.session_state[key] = PARTS[0]
        part = st.segmented_control(
            self.text("part"), PARTS, required=True, key=key, label_visibility="collapsed",
            format_func=lambda one: f"{ICONS[one]} {self.text(one)}",
        )  # fmt: skip
        st.query_params["part"] = str(part)
        if part == "browse":
            CourseBrowse(self.reader, self.desk, name, self._open).draw(outline)
        elif part == "validate":
            self._validate(name)
        elif part == "edit":
            CourseEdit(self.reader, self.desk, courses[name]).draw()
        else:
            CourseMore(self.reader, self.desk, name).draw()

    def _chosen(self, courses: Mapping[str, Mapping[str, Any]]) -> str:
        names = list(courses)
        asked = st.query_params.get(COURSE, names[0])
        if len(names) == 1:
            return names[0]
        key = seeded(f"course-name-{self.reader.language}", asked if asked in names else names[0])
        st.session_state[key] = st.session_state.pop(NEXT, st.session_state[key])
        if st.session_state[key] not in names:  # it was taken away meanwhile
            st.session_state[key] = names[0]
        chosen = str(st.selectbox(self.text("which-course"), names, key=key))
        st.query_params[COURSE] = chosen
        return chosen

    def _head(self, course: Mapping[str, Any], outline: Mapping[str, Any]) -> None:
        own = "own" if course["editable"] else "read-only"
        icon = ":material/edit:" if course["editable"] else ":material/lock:"
        badges = [f":{'green' if course['editable'] else 'blue'}-badge[{icon} {self.text(f'badge-{own}')}]"]
        if course["used"]:
            badges.append(f":green-badge[:material/check: {self.text('badge-used')}]")
        version = f" · {self.text('version-of', version=outline['version'])}" if outline["version"] else ""
        st.markdown(f"**{marked.safe(outline['title'])}**{marked.safe(version)} {' '.join(badges)}")
        st.caption(marked.safe(outline["description"]) or self.text("course-lead"))

    # Validate

    def _validate(self, name: str) -> None:
        found: dict[str, list[Fault]] = st.session_state.setdefault(PROBLEMS, {})
        if st.button(self.text("validate-now"), icon=":material/rule:", type="primary"):
            with st.spinner(self.text("validating")):
                act(self.reader, lambda: found.update({name: self.desk.validate(name)}))
            tell(self.reader)
        if name not in found:
            return
        if not found[name]:
            st.success(self.text("sound", files=len(self.desk.files(name))), icon=":material/check_circle:")
            return
        st.markdown(f":orange[:material/warning:] **{self.text('problems', count=len(found[name]))}**")
        for number, fault in enumerate(found[name]):
            with st.container(border=True, horizontal=True, vertical_alignment="center"):
                where = self.text("problem", file=marked.safe(fault.file), line=fault.line)
                said = marked.safe(fault.said.text(self.reader.language))
                st.markdown(f"**{where}**  \n{said}", width="stretch")
                st.button(
                    self.text("open-file"), key=f"fault-{number}", help=where, on_click=self._open,
                    args=(fault.file,),
                )  # fmt: skip

    def _open(self, file: str) -> None:
        """Open a file where it is changed."""
        st.session_state[f"course-part-{self.reader.language}"] = "edit"
        st.session_state[FILE] = file
        st.query_params["file"] = file
