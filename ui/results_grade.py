"""The answers that a person must grade, in a form."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from tutor.export.shown import amount
from tutor.results_desk import ResultsDesk
from ui import marked
from ui.doing import act
from ui.who import Reader

MOST_AT_ONCE = 20


class GradeForm:
    """The answers of one analysis that no machine grades. `rows`: as `results.json` has them under `to_grade`."""

    def __init__(self, reader: Reader, desk: ResultsDesk, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self.reader = reader
        self.desk = desk
        self.name = name
        self.rows = sorted(rows, key=lambda row: row["points"] is not None)
        self.text = reader.text

    def draw(self) -> None:
        """Those that wait first, and after them those that a person has graded."""
        if not self.rows:
            st.markdown(f":green[:material/check_circle:] {self.text('grade-none')}")
            return
        st.markdown(self.text("grade-lead"))
        given: dict[tuple[str, str], float] = {}
        with st.form(f"grade-{self.name}", border=False):
            for row in self.rows[:MOST_AT_ONCE]:
                points = self._row(row)
                if points is not None and points != row["points"]:
                    given[row["student"], row["item"]] = points
            kept = st.form_submit_button(self.text("grade-save"), icon=":material/save:", type="primary")
        if kept and given:
            act(self.reader, self.desk.grade, self.name, given, said="graded")
            st.rerun()

    def _row(self, row: Mapping[str, Any]) -> float | None:
        with st.container(border=True):
            who = marked.safe(row["name"] or row["student"])
            number = f"{row['version']}{row['number']}"
            st.markdown(f"**{self.text('grade-answer', name=who, number=number)}**")
            st.caption(marked.safe(row["stem"]))
            st.markdown("\n".join(f"> {line}" for line in marked.said(row["answer"]).split("\n")))
            if row["why"]:
                st.caption(self.text("grade-why", why=marked.safe(row["why"])))
            points: float | None = st.number_input(
                self.text("grade-points", worth=amount(row["worth"], self.reader.language)), 0.0, float(row["worth"]),
                row["points"], step=0.25, key=f"points-{row['student']}-{row['item']}", width=200,
            )  # fmt: skip
        return points
