"""One analysis: its questions, the class, the students, what a person must grade, and the files."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from knowledge.errors import AteneaError
from tutor.export.shown import amount
from tutor.results_desk import ResultsDesk
from ui import marked, results_charts
from ui.doing import act, tell
from ui.results_class import ClassPart
from ui.results_grade import GradeForm
from ui.trouble import explained
from ui.who import Reader
from ui.written import share

PARTS = ("questions", "class", "students", "to-grade", "files")
ICONS = {"questions": ":material/quiz:", "class": ":material/groups:", "students": ":material/person:",
         "to-grade": ":material/edit_note:", "files": ":material/download:"}  # fmt: skip
MIME = {".csv": "text/csv", ".json": "application/json"}


class ResultsView:
    """One analysis. `name`: its id."""

    def __init__(self, reader: Reader, desk: ResultsDesk, name: str) -> None:
        self.reader = reader
        self.desk = desk
        self.name = name
        self.text = reader.text

    def draw(self) -> None:
        """The whole analysis, a part at a time; or why there is none."""
        st.button(self.text("back-results"), icon=":material/arrow_back:", type="tertiary", on_click=_leave)
        try:
            found = self.desk.results(self.name, self.reader.language)
        except AteneaError as error:
            st.title(self.text("page-results"), anchor=False)
            st.warning(explained(error, self.reader.texts, self.reader.language), icon=":material/info:")
            tell(self.reader)
            if any(one["id"] == self.name for one in self.desk.all()):
                self._removal()
            return
        st.title(marked.safe(found["title"]), anchor=False)
        tell(self.reader)
        self._numbers(found)
        waiting = sum(row["points"] is None for row in found["to_grade"])
        part = st.segmented_control(
            self.text("part"), PARTS, default=PARTS[0], required=True, label_visibility="collapsed",
            key=f"part-{self.name}-{self.reader.language}", format_func=lambda name: self._part(name, waiting),
        )  # fmt: skip
        if part == "questions":
            self._questions(found["items"])
        elif part == "class":
            ClassPart(self.reader, found).draw()
        elif part == "students":
            self._students(found["students"])
        elif part == "to-grade":
            GradeForm(self.reader, self.desk, self.name, found["to_grade"]).draw()
        else:
            self._files()
        if found["notes"]:
            missing = bool(found["silent"] or found["unfinished"])  # somebody of the class is not in these results
            with st.expander(self.text("notes"), icon=":material/info:", expanded=missing):
                st.markdown("\n".join(f"- {marked.safe(note)}" for note in found["notes"]))

    def _part(self, name: str, waiting: int) -> str:
        count = f" ({waiting})" if name == "to-grade" and waiting else ""
        return f"{ICONS[name]} {self.text(name)}{count}"

    def _numbers(self, found: Mapping[str, Any]) -> None:
        alpha = found["reliability"]["alpha"]
        known = alpha["value"] is not None
        between = (
            self.text("interval", low=self._decimal(alpha["lo"]), high=self._decimal(alpha["hi"])) if known else ""
        )
        with st.container(horizontal=True):
            st.metric(self.text("students-count"), found["students_count"], width=150)
            of = max((version["points"] for version in found["versions"]), default=0)
            mean = f"{amount(round(found['mean'], 2), self.reader.language)} / {amount(of, self.reader.language)}"
            st.metric(self.text("mean"), mean, width=200)
            st.metric(
                self.text("reliability"), self._decimal(alpha["value"]) if known else self.text("unknown"),
                help=" ".join([between, *found["reliability"]["means"]]).strip() or None, width=220,
            )  # fmt: skip

    def _decimal(self, value: float | None) -> str:
        return "–" if value is None else amount(round(value, 2), self.reader.language)

    def _share(self, value: float | None) -> str:
        return "–" if value is None else share(value, self.reader.texts, self.reader.language)

    # Questions

    def _questions(self, items: Sequence[Mapping[str, Any]]) -> None:
        measured = [item["right"]["value"] for item in items if item["right"]["value"] is not None]
        flagged = [item for item in items if item["flags"]]
        if any(item["discrimination"]["value"] is not None for item in items):
            st.subheader(self.text("chart-title"), anchor=False)
            alt = self.text(
                "chart-alt", count=len(measured), low=self._share(min(measured)), high=self._share(max(measured)),
                flagged=len(flagged),
            )  # fmt: skip
            st.altair_chart(results_charts.questions(self.reader, items), width="stretch", alt=alt)
            st.caption(self.text("chart-how"))
        table([self._item_row(item) for item in items], self.text("items-alt"))
        st.subheader(self.text("look-at"), anchor=False)
        if not flagged:
            st.markdown(f":green[:material/check_circle:] {self.text('look-none')}")
        for item in flagged:
            self._flagged(item)

    def _item_row(self, item: Mapping[str, Any]) -> dict[str, str]:
        level = item["difficulty"]
        return {
            self.text("column-number"): item["number"], self.text("column-concept"): item["concept_name"],
            self.text("column-kind"): self.text(f"kind-{item['kind']}"),
            self.text("column-right"): self._share(item["right"]["value"]),
            self.text("column-discrimination"): self._decimal(item["discrimination"]["value"]),
            self.text("column-level"): f"{level['stated']} → {self._decimal(level['expected'])}",
            self.text("column-state"): self.text("chart-look" if item["flags"] else "chart-fine"),
        }  # fmt: skip

    def _flagged(self, item: Mapping[str, Any]) -> None:
        with st.container(border=True):
            st.markdown(f"**{item['number']}** · {marked.safe(item['concept_name'])}")
            st.markdown(marked.safe(item["stem"]))
            for flag in item["flags"]:
                icon = ":orange[:material/warning:]" if flag["sure"] else ":material/help:"
                sure = self.text("look-sure" if flag["sure"] else "look-maybe")
                st.markdown(f"{icon} {marked.safe(flag['says'])} {marked.safe(flag['do'])} :small[({sure})]")
            if item["options"]:
                with st.expander(self.text("options-used"), key=f"options-{item['number']}"):
                    st.markdown("\n".join(f"- {self._option(option)}" for option in item["options"]))
            for mistake in item["mistakes"]:
                if mistake["believe"]:
                    belief = marked.safe(mistake["believe"])
                    st.caption(self.text("mistake-row", count=mistake["students"], belief=belief))

    def _option(self, option: Mapping[str, Any]) -> str:
        mark = ":green[:material/check:]" if option["key"] else ":material/radio_button_unchecked:"
        return self.text(
            "option-row", mark=mark, letter=option["letter"], text=marked.safe(option["text"]),
            share=self._share(option["share"]),
        )  # fmt: skip

    # Students and files

    def _students(self, students: Sequence[Mapping[str, Any]]) -> None:
        table([self._student_row(one) for one in students], self.text("students-alt"))

    def _student_row(self, one: Mapping[str, Any]) -> dict[str, str]:
        language = self.reader.language
        return {
            self.text("column-student"): one["name"] or one["student"], self.text("column-version"): one["version"],
            self.text("column-points"): f"{amount(one['points'], language)} / {amount(one['graded_of'], language)}",
            self.text("column-share"): self._share(one["share"]),
            self.text("column-blank"): str(one["blank"] or ""), self.text("column-grade"): str(one["to_grade"] or ""),
            self.text("column-weakest"): self.reader.concept(one["weakest"]) if one["weakest"] else "",
        }  # fmt: skip

    def _files(self) -> None:
        with st.container(horizontal=True):
            for file in self.desk.files(self.name):
                st.download_button(
                    self.text(f"file-{file.name}"), data=file.read_bytes, file_name=file.name,
                    mime=MIME[file.suffix], icon=":material/download:", key=f"file-{file.name}", on_click="ignore",
                )  # fmt: skip
        self._removal()

    def _removal(self) -> None:
        with st.popover(self.text("remove-results"), icon=":material/delete:", type="tertiary"):
            st.caption(self.text("remove-results-how"))
            st.button(self.text("remove-results-sure"), icon=":material/delete:", on_click=self._remove)

    def _remove(self) -> None:
        act(self.reader, self.desk.remove, self.name, said="removed")
        if "trouble" not in st.session_state:
            _leave()


def table(rows: Sequence[Mapping[str, str]], alt: str) -> None:
    """Rows of the same columns as a table that can be sorted; `alt`: what it is, for who does not see it."""
    st.dataframe({name: [row[name] for row in rows] for name in (rows[0] if rows else ())}, hide_index=True, alt=alt)


def _leave() -> None:
    st.query_params.pop("results", None)
