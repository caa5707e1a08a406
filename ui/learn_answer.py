"""A finished answer of the tutor: its sentences with their marks, what the sources do not say, and the sources."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import marked
from ui.who import Reader

SHORT_MS = 100  # below it the time is not told more exactly


class Answer:
    """One turn of a conversation, as `Tutor.history` gives it."""

    def __init__(self, reader: Reader, turn: Mapping[str, Any]) -> None:
        self.text = reader.text
        self.turn = turn

    def draw(self, place: DeltaGenerator) -> None:
        """All of it; the sentences into `place`, where they stood while they were streaming."""
        turn = self.turn
        limits, abstained = marked.closing(turn), turn["abstained"]
        parts = marked.opening(turn), marked.answer(turn["sentences"], turn["sources"]), "" if abstained else limits
        said = "\n\n".join(filter(None, parts))
        if said:
            place.markdown(said)
        if limits and abstained:
            (st if said else place).info(f"**{self.text('no-answer')}**  \n{limits}", icon=":material/search_off:")
        if turn["exercise"]:
            st.caption(self.text(f"reply-{turn['exercise']['kind']}"))
        if turn["sources"]:
            st.caption(f"**{self.text('sources')}** · {self._legend()}")
        with st.container(gap="xxsmall"):
            for source in turn["sources"]:
                self._source(source)
        if turn["sentences"]:
            st.caption(self._worded_by())

    def _legend(self) -> str:
        verdicts = dict.fromkeys(sentence["verdict"] for sentence in self.turn["sentences"])
        return " ".join(
            self.text("legend", mark=marked.mark(verdict), word=self.text(f"verdict-{verdict}")) for verdict in verdicts
        )

    def _source(self, source: Mapping[str, Any]) -> None:
        """One source, closed; it opens to its quote and the literature behind it."""
        where = marked.safe(source["locator"] or source["title"])
        behind = [f"{reference['label']} {reference['locator']}".strip() for reference in source["references"]]
        with st.expander(" · ".join(filter(None, (f"**{source['n']}**", where, "; ".join(behind))))):
            st.markdown(marked.quotation(source["quote"]))
            for reference in source["references"]:
                where = ", ".join(filter(None, (reference["title"], reference["locator"])))
                shown = f"[{reference['label']}]({reference['url']})" if reference["url"] else reference["label"]
                st.caption(f"{shown} · {where}" if where else shown)
            if not source["references"]:
                st.caption(marked.safe(source["title"]))

    def _worded_by(self) -> str:
        engine = self.turn["engine"]
        name = self.text("engine-composer") if engine == "composer" else self.text("engine-model", name=engine)
        total = self.turn["timings_ms"].get("total")
        if total is None:
            return name
        seconds = (f"{total / 1000:.1f}" if total >= SHORT_MS else "< 0.1").replace(".", self.text("decimal"))
        return f"{name} · {self.text('seconds', seconds=seconds)}"
