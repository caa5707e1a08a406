"""The page of a researcher: what their documents say, and the library that they ask.

The address says what is open: `?inquiry=` an inquiry, `?document=` a document, `?view=library` the library.
"""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from knowledge.messages import Messages
from tutor.tutor import Tutor
from ui import who
from ui.doing import tell
from ui.own_texts import OwnTexts
from ui.research_ask import Ask
from ui.research_document import DOCUMENT, DocumentView
from ui.research_library import LibraryView
from ui.room import broad
from ui.who import Reader

VIEW = "view"  # in the address
VIEWS = {"ask": ":material/search:", "library": ":material/library_books:"}


def draw(tutor: Tutor, texts: Messages, language: str, _: DeltaGenerator) -> None:
    """The whole page in `language`."""
    reader = Reader(tutor, OwnTexts(texts, ("research",)), language, who.learner())
    with broad():
        if document := st.query_params.get(DOCUMENT):
            DocumentView(reader, document, lambda name: _summarise(reader, name)).draw()
        else:
            Research(reader).draw()


class Research:
    """One researcher's library and what they ask it."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.text = reader.text

    def draw(self) -> None:
        """The part that is chosen: asking, once there is something to ask."""
        st.title(self.text("page-research"), anchor=False)
        tell(self.reader)
        documents: list[dict[str, Any]] = self.reader.tutor.library_list(self.reader.language)["documents"]
        ready = [document for document in documents if document["status"] == "ready"]
        st.markdown(self.text("lead" if ready else "empty"))
        if self._view(ready, documents) == "ask":
            Ask(self.reader, ready).draw()
        else:
            LibraryView(self.reader, documents).draw()

    def _view(self, ready: list[dict[str, Any]], documents: list[dict[str, Any]]) -> str:
        """Which part is shown; before there is anything to ask there is no choice."""
        if not ready:
            return "library"
        key = f"research-view-{self.reader.language}"
        asked = st.query_params.get(VIEW, "ask")
        st.session_state[key] = asked if asked in VIEWS else "ask"
        chosen = st.segmented_control(
            self.text("view"), list(VIEWS), key=key, required=True, label_visibility="collapsed",
            format_func=lambda name: f"{VIEWS[name]} {self.text(f'view-{name}', count=len(documents))}",
            on_change=lambda: _show(st.session_state[key]),
        )  # fmt: skip
        return str(chosen)


def _show(view: str) -> None:
    st.query_params[VIEW] = view


def _summarise(reader: Reader, document: str) -> None:
    """Begin the summary of one document, and open it."""
    desk = reader.tutor.inquiry_desk
    st.query_params["inquiry"] = desk.ask(
        reader.learner, "summary", documents=[document], language=reader.language
    )  # fmt: skip
    st.query_params.pop(DOCUMENT, None)
    _show("ask")
