"""What is believed of the reader's knowledge of each concept, and every answer that it rests on."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import streamlit as st

from agents.grade_options import LETTERS
from ui import marked
from ui.who import Reader
from ui.written import day, share

ICONS = {
    "correct": ":green[:material/check_circle:]", "partial": ":orange[:material/adjust:]",
    "incorrect": ":red[:material/cancel:]", "ungraded": ":material/help:", "knows": ":material/person:",
    "does_not_know": ":material/person:",
}  # fmt: skip
Act = Callable[..., None]  # does a verb of the study; what goes wrong is said on the page


class Estimates:
    """The estimates of one reader, drawn. `act` is called with a verb of `Study` and what it takes."""

    def __init__(self, reader: Reader, act: Act) -> None:
        self.reader = reader
        self.act = act
        self.text = reader.text
        self.study = reader.tutor.study

    @cached_property
    def _items(self) -> dict[str, dict[str, Any]]:
        """The exercises that were answered, by id."""
        return self.reader.tutor.practice.asked(self.reader.learner)

    def draw(self, concepts: list[Mapping[str, Any]]) -> None:
        """Each concept with its evidence, in the order of the course: what is pressed does not move away."""
        st.subheader(self.text("estimates"), anchor=False)
        st.caption(self.text("estimates-how"))
        for concept in concepts:
            with st.container(border=True, gap="small"):
                self._concept(concept)

    def _concept(self, concept: Mapping[str, Any]) -> None:
        claimed = any(seen["what"] == "claim" for seen in concept["evidence"])
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{concept['name'][self.reader.language]}**", width="content")
            if not claimed:
                self._know(concept["id"])
        st.progress(concept["mastery"], text=self._estimate(concept))
        for held in concept["misconceptions"]:
            st.markdown(f":orange[:material/warning:] {self._mistake(held)}")
        label = self.text("evidence", count=len(concept["evidence"]))
        evidence = st.expander(label, key=f"evidence-{concept['id']}", on_change="rerun")
        if evidence.open:  # hundreds of answers are not drawn for who looks at the estimates
            with evidence:
                for seen in reversed(concept["evidence"]):
                    self._evidence(seen)

    def _know(self, concept: str) -> None:
        verb, learner, language = self.study.claim, self.reader.learner, self.reader.language
        st.button(
            self.text("i-know"), key=f"know-{concept}", type="tertiary", icon=":material/done:", on_click=self.act,
            args=(verb, learner, concept, True, language),
        )  # fmt: skip

    def _estimate(self, concept: Mapping[str, Any]) -> str:
        low, high = (self._share(bound) for bound in concept["interval"])
        said = [
            f"**{self._share(concept['mastery'])}**", self.text("interval", low=low, high=high),
            self.text("level-now", level=self.text(f"level-{concept['level']}").lower()),
        ]  # fmt: skip
        if concept["due"]:
            said.append(self.text("due", day=self._day(concept["due"])))
        return " · ".join(said)

    def _mistake(self, held: Mapping[str, Any]) -> str:
        statement = held["statement"][self.reader.language]
        if not statement:
            return self.text("mistake-unnamed")
        return self.text("mistake", statement=marked.safe(statement.rstrip(".")))

    # One answer

    def _evidence(self, seen: Mapping[str, Any]) -> None:
        with st.container(gap="xxsmall"):
            st.markdown(f"{ICONS.get(seen['verdict'], '')} {self._heading(seen)}")
            st.caption(" · ".join(self._facts(seen)))
            if seen["answer"]:
                st.markdown("\n".join(f"> {line}" for line in marked.said(seen["answer"]).split("\n")))
            if seen["item"]:
                self._exercise(seen)

    def _heading(self, seen: Mapping[str, Any]) -> str:
        before, after = self._share(seen["before"]), self._share(seen["after"])
        moved = self.text("moved", before=before, after=after) if seen["counted"] else self.text("not-counted")
        return f"**{self.text('grade-' + seen['verdict'])}** · {moved}"

    def _facts(self, seen: Mapping[str, Any]) -> list[str]:
        when = self._day(seen["at"])
        if seen["what"] == "claim":
            return [when]
        return [when, self.text("help", count=seen["help"]) if seen["help"] else self.text("no-help")]

    def _exercise(self, seen: Mapping[str, Any]) -> None:
        """The exercise, closed, and the way to say that it is wrong."""
        item = self._items.get(seen["item"])
        with st.container(horizontal=True, gap="small"):
            if item:
                with st.popover(self.text("exercise"), key=f"exercise-{seen['number']}", type="tertiary"):
                    st.markdown(_question(item))
            if seen["counted"]:
                st.button(
                    self.text("wrong"), key=f"wrong-{seen['number']}", type="tertiary", icon=":material/flag:",
                    on_click=self.act, args=(self.study.dispute, self.reader.learner, seen["item"]),
                )  # fmt: skip

    def _share(self, value: float) -> str:
        return share(value, self.reader.texts, self.reader.language)

    def _day(self, moment: str) -> str:
        return day(moment, self.reader.texts, self.reader.language)


def _question(item: Mapping[str, Any]) -> str:
    """What was asked, without its key."""
    options = [f"- {letter}) {option}" for letter, option in zip(LETTERS, item["options"], strict=False)]
    return marked.safe("\n\n".join(filter(None, (item["stem"], "\n".join(options)))))
