"""A course to look through: a concept with its explanation, statements, misconceptions and sources."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from knowledge.errors import AteneaError
from tutor.course_desk import CourseDesk
from ui import marked
from ui.seeded import seeded
from ui.trouble import explained
from ui.who import Reader

ICON = ":material/article:"


class CourseBrowse:
    """The concepts of one course. `open_file` opens a file where it is changed."""

    def __init__(self, reader: Reader, desk: CourseDesk, name: str, open_file: Callable[[str], None]) -> None:
        self.reader = reader
        self.desk = desk
        self.name = name
        self.open_file = open_file
        self.text = reader.text

    def draw(self, outline: Mapping[str, Any]) -> None:
        """The concept that is chosen; `outline` as `CourseDesk.outline` gives it."""
        concepts = {one["id"]: one for one in outline["concepts"]}
        if not concepts:
            st.info(self.text("none"), icon=":material/info:")
            return
        asked = st.query_params.get("concept", "")
        key = seeded(f"course-concept-{self.name}-{self.reader.language}", asked if asked in concepts else None)
        if st.session_state[key] not in concepts:
            st.session_state[key] = next(iter(concepts))
        chosen = str(st.selectbox(
            self.text("concept"), list(concepts), key=key, format_func=lambda one: self._named(concepts[one])
        ))  # fmt: skip
        st.query_params["concept"] = chosen
        try:
            found = self.desk.concept(self.name, chosen, self.reader.language)
        except AteneaError as error:
            st.warning(explained(error, self.reader.texts, self.reader.language), icon=":material/info:")
            return
        self._concept(concepts[chosen], found)

    def _named(self, concept: Mapping[str, Any]) -> str:
        if not concept["topic"]:
            return str(concept["name"])
        return self.text("concept-row", name=concept["name"], topic=concept["topic"])

    def _concept(self, concept: Mapping[str, Any], found: Mapping[str, Any]) -> None:
        needs = ", ".join(found["prerequisites"])
        facts = [self.text("difficulty-of", level=concept["difficulty"]),
                 self.text("needs", concepts=needs) if needs else self.text("needs-nothing")]  # fmt: skip
        st.caption(marked.safe(" · ".join(facts)))
        st.subheader(self.text("explanation"), anchor=False)
        for place, unit in enumerate(found["units"]):
            levels = ", ".join(self.text(f"level-{level}") for level in unit["levels"])
            head = f"**{marked.safe(unit['title'])}**" + (f" :small[· {levels}]" if levels else "")
            with st.expander(head, key=f"unit-{concept['id']}-{place}", icon=ICON, expanded=place == 0):
                st.markdown(marked.safe(unit["text"]))
        self._statements(found["statements"])
        self._misconceptions(found["misconceptions"])
        self._sources(found["sources"])
        with st.expander(self.text("edit-files"), icon=":material/edit:"), st.container(horizontal=True):
            for file in found["files"]:
                st.button(
                    file.rsplit("/", 1)[-1], key=f"open-{file}", help=file, on_click=self.open_file, args=(file,)
                )  # fmt: skip

    def _statements(self, statements: list[Mapping[str, Any]]) -> None:
        st.subheader(self.text("statements"), anchor=False)
        rows = [f"- {marked.safe(one['text'])}{_cited(one['sources'])}" for one in statements]
        st.markdown("\n".join(rows) or self.text("none"))

    def _misconceptions(self, mistakes: list[Mapping[str, Any]]) -> None:
        st.subheader(self.text("misconceptions"), anchor=False)
        if not mistakes:
            st.markdown(self.text("none"))
        for one in mistakes:
            said = self.text("misconception", statement=marked.safe(one["statement"].rstrip(".")))
            st.markdown(
                f":red[:material/close:] {said}  \n:green[:material/check:] {marked.safe(one['refutation'])}"
                f"{_cited(one['sources'])}"
            )  # fmt: skip

    def _sources(self, sources: list[Mapping[str, Any]]) -> None:
        st.subheader(self.text("literature"), anchor=False)
        rows = []
        for one in sources:
            label = marked.safe(one["label"])
            label = f"[{label}]({one['url']})" if one["url"] else label
            rows.append(f"- {label} · {marked.safe(one['title'])}")
        st.markdown("\n".join(rows) or self.text("none"))


def _cited(sources: str) -> str:
    return f" :small[({marked.safe(sources)})]" if sources else ""
