"""The page of the item bank: search it, and open a question with its key, proof, sources and history. `?item=` in the
address names one."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from agents.item import BLOOM, DIFFICULTIES, KINDS
from knowledge.messages import LANGUAGES, Messages
from tutor.bank_desk import ORIGINS, BankDesk, Wanted
from tutor.tutor import Tutor
from ui import marked, who
from ui.bank_entry import FILTERS, BankEntry
from ui.doing import tell
from ui.own_texts import OwnTexts
from ui.room import broad
from ui.seeded import seeded
from ui.who import Reader

ITEM = "item"  # in the address: kind and recipe
ON_A_PAGE = 12
MOST_WORDS = 200  # characters
EVERY, MORE = 1.0, 400  # seconds between two looks; entries read anew that are worth another search


def draw(tutor: Tutor, texts: Messages, language: str, choices: DeltaGenerator) -> None:  # noqa: ARG001  pages are called alike
    """The whole page in `language`."""
    reader = Reader(tutor, OwnTexts(texts, ("items", "bank")), language, who.learner())
    with broad():
        kind, _, recipe = st.query_params.get(ITEM, "").partition(" ")
        if recipe:
            BankEntry(reader, tutor.bank_desk, recipe, kind).draw()
        else:
            Search(reader, tutor.bank_desk).draw()


class Search:
    """The filters and what fits them."""

    def __init__(self, reader: Reader, desk: BankDesk) -> None:
        self.reader = reader
        self.desk = desk
        self.text = reader.text
        self.kept: dict[str, Any] = st.session_state.setdefault(FILTERS, {})

    def draw(self) -> None:
        """Everything."""
        st.title(self.text("page-bank"), anchor=False)
        tell(self.reader)
        st.markdown(self.text("bank-lead"))
        wanted, language = self._wanted()
        found = self.desk.search(wanted, language)
        entries = found["found"]
        if found["read"] < found["of"]:
            self._reading(found, language)
        count = len(entries)
        st.markdown(f"**{self.text('found-1') if count == 1 else self.text('found', count=count)}**")
        if not entries and found["read"] == found["of"]:
            st.info(self.text("found-none"), icon=":material/search_off:")
        pages, rows = max(1, -(-count // ON_A_PAGE)), st.container()
        page = self._page(wanted, pages)
        with rows:
            for row in self.desk.rows(entries[(page - 1) * ON_A_PAGE : page * ON_A_PAGE], language):
                self._row(row)

    def _reading(self, found: Mapping[str, Any], language: str) -> None:
        """How far the words are read; every now and then what fits is looked for again."""

        @st.fragment(run_every=EVERY)
        def look() -> None:
            read = self.desk.texts.read(language)
            if read == found["of"] or read >= found["read"] + MORE:
                st.rerun()
            st.progress(read / found["of"], text=self.text("reading", read=read, of=found["of"]))

        look()

    def _page(self, wanted: Wanted, pages: int) -> int:
        """The page that is shown; another search begins at its first."""
        if self.kept.get("wanted") != wanted:
            self.kept.update(wanted=wanted, page=1)
        page = min(int(self.kept["page"]), pages)
        if pages > 1:
            key = f"bank-page-{hash(wanted)}"
            if key not in st.session_state:  # drawn anew: where the reader was
                self.kept["default"] = page
            page = min(st.pagination(pages, default=self.kept["default"], key=key), pages)
        self.kept["page"] = page
        return page

    # What is wanted

    def _wanted(self) -> tuple[Wanted, str]:
        words, language = st.columns([3, 1], vertical_alignment="bottom")
        with words:
            text = st.text_input(
                self.text("search"), key=self._seeded("text", ""), placeholder=self.text("search-hint"),
                max_chars=MOST_WORDS, icon=":material/search:",
            )  # fmt: skip
        with language:
            spoken = st.segmented_control(
                self.text("language"), LANGUAGES, key=self._seeded("language", self.reader.language), required=True,
                format_func=lambda code: self.text(f"answers-{code}"),
            )  # fmt: skip
        concepts = self._choice("concept", "concepts", list(self.reader.tutor.course.concepts), self.reader.concept)
        with st.expander(self.text("more-filters"), icon=":material/tune:"):
            left, right = st.columns(2)
            with left:
                kinds = self._choice("kinds", "kinds", list(KINDS), lambda kind: self.text(f"kind-{kind}"))
                bloom = self._choice("bloom", "bloom", list(BLOOM), lambda level: self.text(f"bloom-{level}"))
            with right:
                levels = self._choice("difficulty", "difficulty", list(DIFFICULTIES), str)
                origins = self._choice("origin", "origins", list(ORIGINS), lambda one: self.text(f"origin-{one}"))
        self.kept.update(
            text=text, language=spoken, concepts=concepts, kinds=kinds, bloom=bloom, difficulty=levels, origins=origins
        )
        return Wanted(text.strip(), *map(tuple, (concepts, kinds, bloom, levels, origins))), str(spoken)

    def _choice(self, label: str, name: str, options: list[Any], said: Callable[[Any], str]) -> list[Any]:
        chosen: list[Any] = st.multiselect(
            self.text(label), options, format_func=said, placeholder=self.text("any"), key=self._seeded(name, [])
        )
        return chosen

    def _seeded(self, name: str, value: Any) -> str:
        """The key of a filter, which begins with what was chosen before a question was opened."""
        return seeded(f"bank-{name}-{self.reader.language}", self.kept.get(name, value))

    def _row(self, row: Mapping[str, Any]) -> None:
        facts = [
            self.reader.concept(row["concept"]), self.text(f"kind-{row['kind']}"), self.text(f"bloom-{row['bloom']}"),
            self.text("levels", levels="–".join(map(str, dict.fromkeys((row["levels"][0], row["levels"][-1]))))),
            self.text(f"origin-{row['origin']}"),
        ]  # fmt: skip
        if row["asked"]:
            facts.append(self.text("asked-once") if row["asked"] == 1 else self.text("asked-times", count=row["asked"]))
        badge = ""
        if row["measured"] and row["measured"]["off"]:
            badge = f"  \n:orange-badge[:material/warning: {self.text('badge-' + row['measured']['off'])}]"
        title = marked.safe(row["title"]) or row["recipe"]
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"{title}  \n:small[{' · '.join(facts)}]{badge}", width="stretch")
            name = f"{row['kind']} {row['recipe']}"
            st.button(self.text("open"), key=f"open-{name}", on_click=_open, args=(name,), help=facts[0])


def _open(name: str) -> None:
    st.query_params[ITEM] = name
