"""One section of a blueprint: what it asks for, how much of it can be had, and what would help where it cannot."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from agents.item import BLOOM, DIFFICULTIES, KINDS
from tutor.blueprint import ALL, MOST_ITEMS
from tutor.exam_desk import ExamDesk
from tutor.exam_drafts import BlueprintDraft, DraftSection
from ui.item_words import shares
from ui.seeded import seeded
from ui.who import Reader

MOST_UNEVEN = 6  # values that are named
MOST_POINTS = 1000.0
Change = Callable[[Callable[[BlueprintDraft], None]], None]


class SectionCard:
    """The card of one section. `change` does something to the draft and keeps it."""

    def __init__(self, reader: Reader, desk: ExamDesk, draft: str, change: Change) -> None:
        self.reader = reader
        self.names = {ALL: reader.text("all-concepts"), **desk.choosable(reader.language)}
        self.draft = draft
        self.change = change
        self.text = reader.text
        self.number = 0

    def draw(self, number: int, section: DraftSection, found: Mapping[str, Any] | None) -> None:
        """The section, `number` from 1 on; `found` as `feasibility` has its row."""
        self.number = number
        with st.container(border=True):
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.markdown(f"**{self.text('section', number=number)}**", width="content")
                if found:
                    st.markdown(self._badge(found), width="content")
            self._fields(section)
            if found and not found["lacks"]:
                self._advice(section, found)

    def _badge(self, found: Mapping[str, Any]) -> str:
        if found["lacks"]:
            return f":blue-badge[:material/edit: {self.text('fits-choose')}]"
        values = {name: found[name] for name in ("possible", "wanted", "there")}
        if found["possible"] < found["wanted"]:
            return f":red-badge[:material/error: {self.text('fits-not', **values)}]"
        return f":green-badge[:material/check: {self.text('fits', **values)}]"

    def _fields(self, section: DraftSection) -> None:
        self._choices(section, "concepts", list(self.names), self.names.__getitem__, self.text("choose-concepts"))
        kinds, bloom, levels = st.columns(3)
        with kinds:
            self._choices(section, "kinds", list(KINDS), lambda kind: self.text(f"kind-{kind}"))
        with bloom:
            self._choices(section, "bloom", list(BLOOM), lambda level: self.text(f"bloom-{level}"))
        with levels:
            self._choices(section, "difficulty", list(DIFFICULTIES), str)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            self._number(section, "count", self.text("count"), 1, MOST_ITEMS, 1)
            self._number(section, "points_each", self.text("points-each"), 0.01, MOST_POINTS, 0.25)
            label = self.text("section", number=self.number)
            st.button(
                self.text("copy-section"), key=self._key(section, "copy"), icon=":material/content_copy:",
                on_click=self.change, args=(lambda draft: _copy(draft, section.id),), help=label, type="tertiary",
            )  # fmt: skip
            st.button(
                self.text("remove-section"), key=self._key(section, "remove"), icon=":material/delete:",
                on_click=self.change, args=(lambda draft: _remove(draft, section.id),), help=label, type="tertiary",
            )  # fmt: skip

    def _choices(
        self, section: DraftSection, name: str, options: list[Any], said: Callable[[Any], str], hint: str = ""
    ) -> None:
        key = seeded(self._key(section, name), [value for value in getattr(section, name) if value in options])
        st.multiselect(
            self.text(name), options,
            format_func=said, placeholder=hint or self.text("any"), key=key, on_change=self._set,
            args=(section.id, name, key),
        )  # fmt: skip

    def _number(self, section: DraftSection, name: str, label: str, least: Any, most: Any, step: Any) -> None:
        key = seeded(self._key(section, name), getattr(section, name))
        st.number_input(
            label, least, most, step=step, key=key, on_change=self._set,
            args=(section.id, name, key), width=170,
        )  # fmt: skip

    # What it finds

    def _advice(self, section: DraftSection, found: Mapping[str, Any]) -> None:
        if found["possible"] < found["wanted"]:
            st.caption(self.text("mend"))
            with st.container(horizontal=True, gap="small"):
                for mend in found["mend"]:
                    self._mend(section, mend["of"], [ALL] if mend["of"] == "concepts" else [], there=mend["there"])
                if found["possible"]:
                    self._mend(section, "count", found["possible"], possible=found["possible"])
        elif found["missing"]:
            values = shares(self.reader, found["missing"])
            more = len(values) - MOST_UNEVEN
            told = values[:MOST_UNEVEN] + ([self.text("uneven-more", count=more)] if more > 0 else [])
            st.caption(self.text("uneven", values=", ".join(told)))

    def _mend(self, section: DraftSection, name: str, value: Any, **said: int) -> None:
        st.button(
            self.text(f"mend-{name}", **said), key=self._key(section, f"mend-{name}"), icon=":material/auto_fix_high:",
            on_click=self._put, args=(section.id, name, value),
        )  # fmt: skip

    # How it is kept

    def _key(self, section: DraftSection | str, name: str) -> str:
        own = section if isinstance(section, str) else section.id
        return f"draft-{self.draft}-{own}-{name}-{self.reader.language}"

    def _set(self, section: str, name: str, key: str) -> None:
        value = st.session_state[key]
        if value is not None:
            self.change(lambda draft: _put(draft, section, name, value))

    def _put(self, section: str, name: str, value: Any) -> None:
        """What a button sets, in its input too."""
        st.session_state[self._key(section, name)] = value
        self.change(lambda draft: _put(draft, section, name, value))


def _put(draft: BlueprintDraft, section: str, name: str, value: Any) -> None:
    for one in draft.section:
        if one.id == section:
            setattr(one, name, value)


def _copy(draft: BlueprintDraft, section: str) -> None:
    at = next((place for place, one in enumerate(draft.section) if one.id == section), None)
    if at is not None:
        twin = DraftSection.model_validate(draft.section[at].model_dump(exclude={"id"}))
        draft.section.insert(at + 1, twin)


def _remove(draft: BlueprintDraft, section: str) -> None:
    draft.section = [one for one in draft.section if one.id != section]
