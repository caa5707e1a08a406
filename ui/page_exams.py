"""The page of exams: a list of what there is, a blueprint being written, or an exam under review.

The address says which: `?blueprint=` and `?exam=` name one, so that a reload comes back to it.
"""

from datetime import UTC, datetime
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from knowledge.messages import Messages
from tutor.exam_desk import ExamDesk
from tutor.tutor import Tutor
from ui import marked, who
from ui.doing import act, tell
from ui.exam_editor import Editor
from ui.exam_view import ExamView
from ui.own_texts import OwnTexts
from ui.room import broad
from ui.uploader import choose_file
from ui.who import Reader
from ui.written import day

BLUEPRINT, EXAM = "blueprint", "exam"  # in the address
STATES = {"making": (":material/pause_circle:", "orange"), "review": (":material/rate_review:", "blue"),
          "written": (":material/check_circle:", "green")}  # fmt: skip


def draw(tutor: Tutor, texts: Messages, language: str, _: DeltaGenerator) -> None:
    """The whole page in `language`."""
    reader = Reader(tutor, OwnTexts(texts, ("items", "exams")), language, who.learner())
    desk = tutor.exam_desk
    with broad():
        _chosen(reader, desk)


def _chosen(reader: Reader, desk: ExamDesk) -> None:
    if exam := st.query_params.get(EXAM):
        ExamView(reader, desk, exam).draw()
    elif draft := st.query_params.get(BLUEPRINT):
        Editor(reader, desk, draft).draw()
    else:
        Exams(reader, desk).draw()


class Exams:
    """What there is, and how to begin."""

    def __init__(self, reader: Reader, desk: ExamDesk) -> None:
        self.reader = reader
        self.desk = desk
        self.text = reader.text

    def draw(self) -> None:
        """How to begin, the blueprints being written, and the exams."""
        st.title(self.text("page-exams"), anchor=False)
        tell(self.reader)
        drafts, exams = self.desk.drafts.all(), self.desk.begun()
        st.markdown(self.text("exams-lead"))
        if not drafts and not exams:
            st.info(self.text("exams-empty"), icon=":material/lightbulb:")
        self._begin(bool(drafts or exams))
        if exams:
            st.subheader(self.text("made-exams"), anchor=False)
            for exam in exams:
                self._exam(exam)
        if drafts:
            st.subheader(self.text("drafts"), anchor=False)
            for draft in drafts:
                self._draft(draft)

    def _begin(self, known: bool) -> None:
        with st.container(horizontal=True):
            st.button(
                self.text("new-blueprint"), icon=":material/add:", type="primary" if known else "secondary",
                on_click=self._open_new, args=(False,),
            )  # fmt: skip
            st.button(
                self.text("example-blueprint"), icon=":material/lightbulb:", type="secondary" if known else "primary",
                on_click=self._open_new, args=(True,),
            )  # fmt: skip
        with st.expander(self.text("import"), icon=":material/upload_file:"):
            given = choose_file(self.text("import-file"), ("toml",), self.reader.language, "blueprint-file")
            if st.button(self.text("import"), key="import-now", disabled=given is None) and given:
                act(self.reader, lambda: self._go(BLUEPRINT, self.desk.imported(given.getvalue())))
                if EXAM not in st.query_params and BLUEPRINT not in st.query_params:
                    tell(self.reader)
                else:
                    st.rerun()

    def _open_new(self, example: bool) -> None:
        title = self.text("example-title") if example else ""
        act(self.reader, lambda: self._go(BLUEPRINT, self.desk.begin(self.reader.language, title)))

    def _go(self, kind: str, name: str) -> None:
        st.query_params[kind] = name

    def _exam(self, exam: dict[str, Any]) -> None:
        icon, colour = STATES[exam["state"]]
        facts = self.text(
            "exam-facts", language=self.text(f"language-{exam['language']}"), versions=exam["versions"],
            day=self._day(exam["changed"]),
        )  # fmt: skip
        badge = f":{colour}-badge[{icon} {self.text('state-' + exam['state'])}]"
        self._row(EXAM, exam["exam"], exam["title"], f"{badge} {facts}")

    def _draft(self, draft: dict[str, Any]) -> None:
        sections = draft["section"]
        facts = self.text(
            "draft-facts", sections=len(sections), items=sum(section["count"] for section in sections),
            day=self._day(draft["changed"]),
        )  # fmt: skip
        self._row(BLUEPRINT, draft["id"], draft["title"], facts)

    def _row(self, kind: str, name: str, title: str, facts: str) -> None:
        title = marked.safe(title.strip()) or self.text("untitled")
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{title}**  \n{facts}", width="stretch")
            st.button(self.text("open"), key=f"open-{kind}-{name}", on_click=self._go, args=(kind, name), help=title)

    def _day(self, moment: float) -> str:
        return day(datetime.fromtimestamp(moment, UTC).isoformat(), self.reader.texts, self.reader.language)
