"""The class after an exam: what each student masters, and who needs what."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from tutor.export.shown import amount
from ui import marked, results_charts
from ui.who import Reader
from ui.written import share

MOST_BELIEFS = 3  # that are told of a concept


class ClassPart:
    """The class of one analysis. `found`: as `ResultsDesk.results` gives it."""

    def __init__(self, reader: Reader, found: Mapping[str, Any]) -> None:
        self.reader = reader
        self.found = found
        self.rows = found["mastery"]
        self.text = reader.text

    def draw(self) -> None:
        """The heat map, the same as a table, and who needs what."""
        if self.rows:
            self._heat()
        st.subheader(self.text("needs-title"), anchor=False)
        st.caption(self.text("needs-how"))
        if not self.found["needs"]:
            st.markdown(f":green[:material/check_circle:] {self.text('needs-none')}")
        for need in self.found["needs"]:
            self._need(need)

    def _heat(self) -> None:
        concepts, students = (results_charts.ordered(self.rows, name) for name in ("concept", "name"))
        weakest = [row["mastery"] for row in self.rows if row["concept"] == concepts[0]]
        st.subheader(self.text("heat-title"), anchor=False)
        st.caption(self.text("heat-how"))
        alt = self.text(
            "heat-alt", concepts=len(concepts), students=len(students), concept=self.reader.concept(concepts[0]),
            mean=self._share(sum(weakest) / len(weakest)),
        )  # fmt: skip
        with st.container(height=results_charts.height(len(concepts)), border=False):  # wider than a phone: it scrolls
            st.altair_chart(results_charts.mastery(self.reader, self.rows), width="content", alt=alt)
        with st.expander(self.text("heat-table")):
            cells = {(row["concept"], row["name"]): self._share(row["mastery"]) for row in self.rows}
            columns = {
                self.reader.concept(concept): [cells.get((concept, student), "") for student in students]
                for concept in concepts
            }
            st.dataframe({self.text("heat-student"): students, **columns}, hide_index=True, alt=alt)

    def _need(self, need: Mapping[str, Any]) -> None:
        told = [
            self.text(
                "needs-row", name=marked.safe(one["name"]), points=self._number(one["points"]),
                of=self._number(one["of"]),
            )
            for one in need["students"]
        ]  # fmt: skip
        head = self.text("needs-count", concept=self.reader.concept(need["concept"]), count=len(told))
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{head}**")
            st.markdown(", ".join(told))
            if beliefs := self._beliefs(need):
                st.caption(self.text("needs-beliefs", beliefs=beliefs))

    def _beliefs(self, need: Mapping[str, Any]) -> str:
        """The misconceptions that their answers show, in the words of the course."""
        known = {
            mistake["misconception"]: mistake["believe"]
            for concept in self.found["concepts"] for mistake in concept["mistakes"] if mistake["believe"]
        }  # fmt: skip
        shown = dict.fromkeys(name for one in need["students"] for name in one["misconceptions"] if name in known)
        return " · ".join(marked.safe(known[name]) for name in list(shown)[:MOST_BELIEFS])

    def _number(self, value: float) -> str:
        return amount(round(value, 2), self.reader.language)

    def _share(self, value: float) -> str:
        return share(value, self.reader.texts, self.reader.language)
