"""One exam: while it is made, its review, its pages in print, and its files."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from knowledge.errors import AteneaError
from tutor.exam_desk import ExamDesk
from ui import marked
from ui.doing import act, tell
from ui.exam_files import ExamFiles
from ui.exam_review import Review
from ui.item_words import points
from ui.trouble import explained
from ui.who import Reader

EVERY = 0.7  # seconds between two looks at what is being made
STEPS = ("plan", "draw", "check", "write")
PARTS = ("review", "preview", "files")
PART_ICONS = {"review": ":material/rate_review:", "preview": ":material/print:", "files": ":material/download:"}


class ExamView:
    """One exam. `exam`: its id."""

    def __init__(self, reader: Reader, desk: ExamDesk, exam: str) -> None:
        self.reader = reader
        self.desk = desk
        self.exam = exam
        self.text = reader.text

    def draw(self) -> None:
        """What there is of it now."""
        st.button(self.text("back-exams"), icon=":material/arrow_back:", type="tertiary", on_click=self._leave)
        listed = next((one for one in self.desk.begun() if one["exam"] == self.exam), None)
        st.title(marked.safe(listed["title"]) if listed else self.text("page-exams"), anchor=False)
        tell(self.reader)
        job = self.desk.job(self.exam)
        if job and job["state"] == "running":
            self._progress()
        elif job and job["state"] == "failed":
            st.error(explained(job["error"], self.reader.texts, self.reader.language), icon=":material/error:")
            self._again(listed)
        elif listed and listed["state"] == "making":
            st.info(self.text("stopped"), icon=":material/pause_circle:")
            self._again(listed)
        else:
            self._made()

    # While it is made

    def _progress(self) -> None:
        @st.fragment(run_every=EVERY)
        def look() -> None:
            job = self.desk.job(self.exam)
            if not job or job["state"] != "running":
                st.rerun()
            st.progress(_share(job), text=self.text(f"step-{job['step']}", done=job["done"], total=job["total"]))

        st.markdown(f"**{self.text('making')}**")
        look()
        st.button(self.text("stop"), icon=":material/stop_circle:", on_click=self.desk.jobs.stop, args=(self.exam,))

    def _again(self, listed: Mapping[str, Any] | None) -> None:
        """What can be done with an exam that is not finished."""
        with st.container(horizontal=True):
            st.button(
                self.text("go-on"), icon=":material/play_arrow:", type="primary", on_click=act,
                args=(self.reader, self.desk.go_on, self.exam),
            )  # fmt: skip
            if listed:
                st.button(
                    self.text("back-to-blueprint"), icon=":material/edit_note:", on_click=self._to_blueprint,
                    args=(listed["draft"],),
                )  # fmt: skip

    # When it is made

    def _made(self) -> None:
        try:
            made = self.desk.exam(self.exam, self.reader.language)
        except AteneaError as error:
            st.warning(explained(error, self.reader.texts, self.reader.language), icon=":material/info:")
            return
        written = made["state"] == "written"
        st.caption(self.text(
            "total", items=max(len(version["items"]) for version in made["versions"]),
            points=points(self.reader, made["points"]), minutes=made["minutes"],
        ))  # fmt: skip
        st.markdown(self.text("written-lead" if written else "review-lead"))
        part = st.segmented_control(
            self.text("part"), PARTS, default="files" if written else "review", required=True,
            key=f"part-{self.exam}-{made['state']}-{self.reader.language}", label_visibility="collapsed",
            format_func=lambda name: f"{PART_ICONS[name]} {self.text(name)}",
        )  # fmt: skip
        if part == "review":
            Review(self.reader, self.desk, made).draw()
        elif part == "preview":
            ExamFiles(self.reader, self.desk, made).preview()
        else:
            ExamFiles(self.reader, self.desk, made).files()

    def _to_blueprint(self, draft: str) -> None:
        self._leave()
        st.query_params["blueprint"] = draft

    def _leave(self) -> None:
        st.query_params.pop("exam", None)


def _share(job: Mapping[str, Any]) -> float:
    """How far a job is: each step counts the same."""
    at = STEPS.index(job["step"]) if job["step"] in STEPS else 0
    return min(1.0, (at + (job["done"] / job["total"] if job["total"] else 0.0)) / len(STEPS))
