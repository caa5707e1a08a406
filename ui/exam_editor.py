"""A blueprint while it is being written. Every change is kept on the disk at once, and the exam is planned anew, so
that each section says what it finds.

Sections are cards of ordinary inputs, and no grid: they have labels, work by keyboard and fit on a phone.
"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from knowledge.errors import AteneaError
from tutor.exam_desk import ExamDesk
from tutor.exam_drafts import MOST_MINUTES, MOST_SECTIONS, MOST_TITLE, BlueprintDraft, DraftSection
from tutor.exam_request import MOST_VERSIONS
from ui.doing import act, tell
from ui.exam_section import SectionCard
from ui.item_words import points
from ui.room import kind
from ui.seeded import seeded
from ui.trouble import explained
from ui.who import Reader

LANGUAGES = ("es", "en")
MOST_SEED = 10**9


class Editor:
    """One blueprint. `draft`: its id."""

    def __init__(self, reader: Reader, desk: ExamDesk, draft: str) -> None:
        self.reader = reader
        self.desk = desk
        self.name = draft
        self.text = reader.text

    def draw(self) -> None:
        """The whole blueprint, or why there is none."""
        st.button(self.text("back-exams"), icon=":material/arrow_back:", type="tertiary", on_click=self._leave)
        st.title(self.text("blueprint"), anchor=False)
        tell(self.reader)
        try:
            draft = self.desk.drafts.get(self.name)
        except AteneaError as error:
            st.warning(explained(error, self.reader.texts, self.reader.language), icon=":material/info:")
            return
        self._head(draft)
        found = self._found()
        st.subheader(self.text("sections"), anchor=False)
        if not draft.section:
            st.info(self.text("no-sections"), icon=":material/lightbulb:")
        rows = {row["id"]: row for row in found["sections"]} if found else {}
        for number, section in enumerate(draft.section, start=1):
            SectionCard(self.reader, self.desk, self.name, self._change).draw(number, section, rows.get(section.id))
        st.button(
            self.text("add-section"), icon=":material/add:", on_click=self._change, args=(_with_section,),
            disabled=len(draft.section) >= MOST_SECTIONS,
        )  # fmt: skip
        self._foot(draft, found)

    # What the exam is

    def _head(self, draft: BlueprintDraft) -> None:
        key = seeded(self._key("title"), draft.title)
        st.text_input(
            self.text("title"), max_chars=MOST_TITLE, placeholder=self.text("title-hint"), key=key,
            on_change=self._set, args=("title", key),
        )  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="bottom"):
            key = seeded(self._key("language"), draft.language)
            st.segmented_control(
                self.text("exam-language"), LANGUAGES, required=True, key=key,
                format_func=lambda code: self.text(f"answers-{code}"), on_change=self._set, args=("language", key),
            )  # fmt: skip
            self._number("minutes", draft.minutes, 1, MOST_MINUTES)
            self._number("versions", draft.versions, 1, MOST_VERSIONS, self.text("versions-how"))
        with st.expander(self.text("more-choices")):
            self._number("seed", draft.seed, 0, MOST_SEED, self.text("seed-how"))
            earlier = self.desk.earlier()
            key = seeded(self._key("avoid"), [name for name in draft.avoid if name in earlier])
            st.multiselect(
                self.text("avoid"), list(earlier), key=key,
                format_func=lambda name: earlier.get(name, name), placeholder=self.text("avoid-none"),
                on_change=self._set, args=("avoid", key), disabled=not earlier,
            )  # fmt: skip

    def _number(self, name: str, value: int, least: int, most: int, how: str | None = None) -> None:
        key = seeded(self._key(name), value)
        st.number_input(
            self.text(name), least, most, step=1, key=key, help=how, on_change=self._set, args=(name, key),
            width=170,
        )  # fmt: skip

    def _found(self) -> Mapping[str, Any] | None:
        """What the exam finds; the faults of a blueprint are said."""
        try:
            return self.desk.feasible(self.name)
        except AteneaError as error:
            st.warning(explained(error, self.reader.texts, self.reader.language), icon=":material/info:")
            return None

    # What becomes of it

    def _foot(self, draft: BlueprintDraft, found: Mapping[str, Any] | None) -> None:
        st.divider()
        ready = bool(found and found["ready"])
        if found and draft.section:
            st.markdown(self.text(
                "total", items=found["items"], points=points(self.reader, found["points"]), minutes=draft.minutes
            ))  # fmt: skip
        if found and not ready:
            lacks = found["lacks"] or ["questions"]
            st.caption(" ".join(self.text(f"lacks-{name}") for name in lacks))
        with st.container(horizontal=True):
            st.button(
                self.text("generate"), icon=":material/play_arrow:", type=kind(ready), disabled=not ready,
                on_click=act, args=(self.reader, self._make),
            )  # fmt: skip
            st.download_button(
                self.text("export-blueprint"), data=lambda: self.desk.text(self.name), file_name="blueprint.toml",
                mime="application/toml", icon=":material/download:", on_click="ignore",
            )  # fmt: skip
            with st.popover(self.text("delete-blueprint"), icon=":material/delete:", type="tertiary"):
                st.button(self.text("delete-blueprint-sure"), icon=":material/delete:", on_click=self._delete)
        st.caption(self.text("blueprint-kept"))

    def _make(self) -> None:
        exam = self.desk.start(self.name)
        self._leave()
        st.query_params["exam"] = exam

    def _delete(self) -> None:
        self.desk.drafts.forget(self.name)
        self._leave()

    def _leave(self) -> None:
        st.query_params.pop("blueprint", None)

    # How it is kept

    def _key(self, name: str) -> str:
        """Each language has its own widget: a browser keeps an option by its words."""
        return f"draft-{self.name}-{name}-{self.reader.language}"

    def _set(self, name: str, key: str) -> None:
        value = st.session_state[key]
        if value is not None:
            self._change(lambda draft: setattr(draft, name, value))

    def _change(self, change: Callable[[BlueprintDraft], None]) -> None:
        """Change the draft on the disk; what cannot be kept is said."""

        def kept() -> None:
            draft = self.desk.drafts.get(self.name)
            change(draft)
            self.desk.drafts.keep(self.name, draft)

        act(self.reader, kept)


def _with_section(draft: BlueprintDraft) -> None:
    draft.section.append(DraftSection())
