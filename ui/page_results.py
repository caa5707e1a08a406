"""The page of results: hand in what students answered, and see how questions and class did. `?results=` in the address
names an analysis."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from knowledge.messages import Messages
from tutor.export.shown import amount
from tutor.results_desk import template
from tutor.tutor import Tutor
from ui import marked, who
from ui.doing import tell
from ui.own_texts import OwnTexts
from ui.results_view import ResultsView
from ui.room import broad, kind
from ui.trouble import explained
from ui.uploader import choose_files
from ui.who import Reader
from ui.written import day

NAME = "results"  # in the address
OTHER = "other"  # an exam that was not made here


def draw(tutor: Tutor, texts: Messages, language: str, _: DeltaGenerator) -> None:
    """The whole page in `language`."""
    reader = Reader(tutor, OwnTexts(texts, ("items", "results")), language, who.learner())
    with broad():
        if name := st.query_params.get(NAME):
            ResultsView(reader, tutor.results_desk, name).draw()
        else:
            Results(reader).draw()


class Results:
    """What was analysed so far, and the form for more."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.desk = reader.tutor.results_desk
        self.exams = reader.tutor.exam_desk
        self.text = reader.text

    def draw(self) -> None:
        """The form, and the list."""
        st.title(self.text("page-results"), anchor=False)
        tell(self.reader)
        former = self.desk.all()
        st.markdown(self.text("results-lead"))
        if not former:
            st.info(self.text("results-empty"), icon=":material/lightbulb:")
        self._new()
        if former:
            st.subheader(self.text("former"), anchor=False)
            for one in former:
                self._row(one["id"], *(self._damaged() if one["damaged"] else self._former(one)))

    def _damaged(self) -> tuple[str, str]:
        return self.text("former-damaged"), self.text("former-damaged-how")

    def _former(self, one: Mapping[str, Any]) -> tuple[str, str]:
        """The title of an analysis, and what is told of it."""
        texts, language = self.reader.texts, self.reader.language
        changed = day(datetime.fromtimestamp(one["changed"], UTC).isoformat(), texts, language)
        mean = f"{amount(round(one['mean'], 2), language)} / {amount(one['of'], language)}"
        facts = self.text("former-facts", students=one["students"], mean=mean, day=changed)
        if one["to_grade"]:
            facts += f" :orange-badge[:material/edit_note: {self.text('former-grade', count=one['to_grade'])}]"
        return marked.safe(one["title"]), facts

    def _row(self, name: str, title: str, facts: str) -> None:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{title}**  \n{facts}", width="stretch")
            st.button(self.text("open"), key=f"open-{name}", on_click=_open, args=(name,), help=title)

    # More

    def _new(self) -> None:
        with st.container(border=True):
            st.markdown(f"**{self.text('analyse-heading')}**")
            exams = self._exam()
            tables = choose_files(self.text("tables"), ("csv", "txt"), self.reader.language, "tables")
            with st.expander(self.text("tables-how"), icon=":material/help:"):
                st.markdown(self.text("tables-form"))
                if exams:
                    st.download_button(
                        self.text("template"), data=lambda: template([content for _, content in exams]),
                        file_name="responses.csv", mime="text/csv", icon=":material/download:", on_click="ignore",
                    )  # fmt: skip
            ready = bool(exams and tables)
            if st.button(self.text("analyse"), icon=":material/analytics:", type=kind(ready), disabled=not ready):
                self._analyse(exams, [(table.name, table.getvalue()) for table in tables or ()])

    def _exam(self) -> list[tuple[str, bytes]]:
        """The JSON files of the exam that is chosen, none until one is."""
        made = {one["exam"]: one for one in self.exams.begun() if one["state"] == "written"}
        chosen = st.selectbox(
            self.text("which-exam"), [*made, OTHER], index=0 if made else None, key=f"exam-{self.reader.language}",
            placeholder=self.text("exam-choose"), format_func=lambda name: self._named(name, made),
        )  # fmt: skip
        if chosen == OTHER or (chosen is None and not made):
            given = choose_files(self.text("exam-files"), ("json",), self.reader.language, "exam-json")
            return [(file.name, file.getvalue()) for file in given]
        files = self.exams.files(chosen) if chosen else []
        return [(file["name"], Path(file["path"]).read_bytes()) for file in files if file["format"] == "json"]

    def _named(self, name: str, made: Mapping[str, Mapping[str, Any]]) -> str:
        return self.text("exam-other") if name == OTHER else str(made[name]["title"])

    def _analyse(self, exams: Sequence[tuple[str, bytes]], tables: Sequence[tuple[str, bytes]]) -> None:
        """What is wrong with a file is said here, beside the files, which stay."""
        try:
            with st.spinner(self.text("analysing")):
                name = self.desk.add(exams, tables)
        except Exception as error:  # noqa: BLE001  the edge: whatever went wrong is said kindly
            said = explained(error, self.reader.texts, self.reader.language, self.text("analyse-kept"))
            st.warning(said, icon=":material/error:")
        else:
            _open(name)
            st.rerun()


def _open(name: str) -> None:
    st.query_params[NAME] = name
