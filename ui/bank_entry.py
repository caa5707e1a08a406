"""One question of the bank: an item of it with its key and proof, its quality, and where it was asked."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from knowledge.errors import AteneaError
from tutor.bank_desk import BankDesk
from tutor.export.shown import amount
from ui import marked
from ui.item_words import check_lines, facts, proof_line, question, rests_on, solution
from ui.trouble import explained
from ui.who import Reader
from ui.written import share

FILTERS = "bank-filters"  # in the session: what was searched for, while a question is open
SEED = "bank-seed"  # in the session: of the item that is shown
GOOD, BAD = ":green[:material/check_circle:]", ":red[:material/error:]"
LOOK, TELL = ":orange[:material/warning:]", ":material/info:"


class BankEntry:
    """One question, named by its recipe and kind."""

    def __init__(self, reader: Reader, desk: BankDesk, recipe: str, kind: str) -> None:
        self.reader = reader
        self.desk = desk
        self.recipe = recipe
        self.kind = kind
        self.text = reader.text
        self.language = st.session_state.get(FILTERS, {}).get("language", reader.language)

    def draw(self) -> None:
        """All of it, or why there is none."""
        st.button(self.text("back-bank"), icon=":material/arrow_back:", type="tertiary", on_click=_leave)
        seeds = st.session_state.setdefault(SEED, {})
        level = st.session_state.get(f"level-{self.recipe}", 0)
        try:
            found = self.desk.entry(self.recipe, self.kind, level or 0, seeds.get(self.recipe, 0), self.language)
        except AteneaError as error:
            st.warning(explained(error, self.reader.texts, self.reader.language), icon=":material/info:")
            return
        st.title(self.reader.concept(found["concept"]), anchor=False)
        self._choices(found)
        if found["shown"]:
            self._item(found)
        else:
            st.info(self.text("not-proven"), icon=":material/block:")
        self._quality(found)
        self._history(found["asked"])

    def _choices(self, found: Mapping[str, Any]) -> None:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if len(found["levels"]) > 1:
                st.segmented_control(
                    self.text("level"), found["levels"], default=found["level"], required=True,
                    key=f"level-{self.recipe}",
                )  # fmt: skip
            st.button(
                self.text("another" if found["renewable"] else "another-order"), icon=":material/autorenew:",
                on_click=self._another,
            )  # fmt: skip

    def _item(self, found: Mapping[str, Any]) -> None:
        shown = found["shown"]
        with st.container(border=True):
            asked, proven = st.columns([3, 2], gap="medium")
            with asked:
                st.markdown(question(shown))
                st.caption(f"{facts(self.reader, found['item'])}  \n{shown['asks']}")
            with proven:
                st.markdown(f"**{self.text('key')}**\n\n{marked.safe(shown['key'])}")
                st.markdown(rests_on(self.reader, shown))
        with st.expander(proof_line(self.reader, shown), icon=":material/verified:"):
            st.markdown(check_lines(self.reader, shown["checks"]))
        with st.expander(self.text("solution"), icon=":material/lightbulb:"):
            st.markdown(solution(self.reader, shown))

    def _quality(self, found: Mapping[str, Any]) -> None:
        st.subheader(self.text("quality"), anchor=False)
        lines = []
        if found["shown"]:
            proven = found["shown"]["proven"]
            lines.append(
                f"{GOOD} {self.text('quality-proven')}" if proven else f"{BAD} {self.text('quality-unproven')}"
            )
        measured = found["measured"]
        if measured:
            name = f"quality-{measured['off'] or 'level'}"
            right = share(measured["right"], self.reader.texts, self.reader.language)
            level = amount(round(measured["level"], 1), self.reader.language)
            said = self.text(name, level=level, answers=measured["answers"], right=right)
            lines.append(f"{LOOK if measured['off'] else TELL} {said}")
        else:
            lines.append(f"{TELL} {self.text('quality-no-answers')}")
        for flag in found["flags"]:
            parts = {name: marked.safe(flag[name]) for name in ("title", "says", "do")}
            lines.append(f"{LOOK if flag['sure'] else TELL} {self.text('quality-flag', **parts)}")
        st.markdown("\n".join(f"- {line}" for line in lines))

    def _history(self, asked: list[Mapping[str, Any]]) -> None:
        st.subheader(self.text("history"), anchor=False)
        rows = [
            self.text("history-row", title=marked.safe(exam["title"]), language=exam["language"],
                      versions=", ".join(exam["versions"]))
            for exam in asked
        ]  # fmt: skip
        st.markdown("\n".join(f"- {row}" for row in rows) or self.text("history-none"))

    def _another(self) -> None:
        seeds = st.session_state[SEED]
        seeds[self.recipe] = seeds.get(self.recipe, 0) + 1


def _leave() -> None:
    st.query_params.pop("item", None)
