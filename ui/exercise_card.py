"""An exercise as it is drawn: what is asked, the hints taken, the verdict on an answer, and the solution."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from agents.grade_options import LETTERS
from ui import marked
from ui.who import Reader
from ui.written import day, share

BOXES = {
    "correct": (st.success, ":material/check_circle:"), "partial": (st.warning, ":material/adjust:"),
    "incorrect": (st.warning, ":material/cancel:"), "ungraded": (st.info, ":material/help:"),
}  # fmt: skip


class ExerciseCard:
    """One exercise. `sheet`: as `Practice.at_hand` gives it."""

    def __init__(self, reader: Reader, sheet: Mapping[str, Any]) -> None:
        self.reader = reader
        self.text = reader.text
        self.sheet = sheet
        self.item = sheet["item"]

    def head(self) -> None:
        """What it is about, and how hard it is."""
        said = [f"**{marked.safe(self.sheet['name'])}**", self.text(f"kind-{self.item['kind']}")]
        said.append(self.text("difficulty", level=self.item["difficulty"]))
        if self.sheet["placement"]:
            said.append(self.text("placement-question"))
        st.caption(" · ".join(said))

    def question(self) -> None:
        """The stem; the options as well where no input shows them whole. What is to be paired stands at the inputs."""
        paired = self.item["kind"] == "match" and self.sheet["open"]
        st.markdown(marked.safe(self.sheet["asks"] if paired else self.item["stem"]))
        if self.item["options"] and (paired or not self.sheet["open"]):
            pairs = zip(LETTERS, self.item["options"], strict=False)
            st.markdown("\n".join(f"- {letter}) {marked.safe(option)}" for letter, option in pairs))
        if self.item["unit"]:
            st.caption(self.text("unit-asked"))

    def hints(self) -> None:
        """The rungs of the ladder that were taken."""
        for rung, hint in enumerate(self.sheet["hints"], start=1):
            label = self.text("hint-taken", rung=rung, of=self.sheet["of"] - 1)
            st.info(f"**{label}**  \n{marked.safe(hint)}", icon=":material/lightbulb:")

    def verdict(self) -> None:
        """How the last answer was graded, why, and how many tries are left."""
        reply = self.sheet["reply"]
        box, icon = BOXES[reply["verdict"]]
        lines = [f"**{self.text('grade-' + reply['verdict'])}.** {marked.safe(reply['feedback'])}"]
        if reply["mistake"]:
            lines.append(self.text("mistake", statement=marked.safe(reply["mistake"].rstrip("."))))
        if self.sheet["open"] and reply["verdict"] in {"incorrect", "partial"}:
            lines.append(self.text("tries-left", count=self.sheet["most_tries"] - self.sheet["tries"]))
        box("\n\n".join(lines), icon=icon)

    def mastery(self) -> None:
        """What the last answer changed of the estimate, and when to review."""
        reply = self.sheet["reply"]
        if not reply or reply["verdict"] == "ungraded" or self.sheet["disputed"]:
            return
        before, after = reply["mastery"]["before"], reply["mastery"]["after"]
        moved = self.text("moved", before=self._share(before), after=self._share(after))
        word = self.text("went-up" if after > before else "went-down" if after < before else "stayed")
        st.progress(min(1.0, max(0.0, after)), text=f"**{marked.safe(self.sheet['name'])}** · {moved} · {word}")
        if reply["due"]:
            due = self.text("due", day=day(reply["due"], self.reader.texts, self.reader.language))
            st.caption(due[:1].upper() + due[1:])

    def solution(self) -> None:
        """The worked solution, where the policy shows it."""
        if self.sheet["solution"]:
            with st.expander(self.text("solution"), expanded=True, icon=":material/menu_book:"):
                st.markdown(marked.quotation(self.sheet["solution"]))

    def _share(self, value: float) -> str:
        return share(value, self.reader.texts, self.reader.language)
