"""One document of the library: what is said of it, correcting that, its summary, and taking it out."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from tutor.upload_desk import FIELDS
from ui import marked
from ui.doing import act, tell
from ui.trouble import explained
from ui.who import Reader

DOCUMENT = "document"  # in the address
LONGEST = {"year": 10}  # characters of a field; of the others LONG
LONG = 2000


def facts(document: Mapping[str, Any], text: Callable[..., str]) -> str:
    """What is known of a document, in a line."""
    language = document["language"]
    pages = document["pages"] or 0
    said = (
        ", ".join(document["authors"][:3]) + (" …" if len(document["authors"]) > 3 else ""),
        str(document["year"] or ""), document["venue"],
        f"DOI {document['doi']}" if document["doi"] else "",
        f"arXiv {document['arxiv']}" if document["arxiv"] else "",
        text(f"in-{language}") if language in {"es", "en"} else language,
        text("pages", count=pages) if pages > 1 else "",
        text("passage" if document["passages"] == 1 else "passages", count=document["passages"]),
    )  # fmt: skip
    return " · ".join(filter(None, said))


def open_document(document: str) -> None:
    """Open a document's own page."""
    st.query_params[DOCUMENT] = document


class DocumentView:
    """One document. `document`: its id; `summarise`: begins its summary and opens it."""

    def __init__(self, reader: Reader, document: str, summarise: Callable[[str], None]) -> None:
        self.reader = reader
        self.desk = reader.tutor.upload_desk
        self.document = document
        self.summarise = summarise
        self.text = reader.text
        self.state = st.session_state

    def draw(self) -> None:
        """What is said of it, and what can be done with it."""
        st.button(self.text("back"), icon=":material/arrow_back:", type="tertiary", on_click=_leave)
        documents = self.reader.tutor.library_list(self.reader.language)["documents"]
        found = next((one for one in documents if one["id"] == self.document), None)
        st.title(marked.safe(found["title"]) if found else self.text("library"), anchor=False)
        tell(self.reader)
        if found is None:
            st.info(self.text("document-gone"), icon=":material/search_off:")
            return
        st.markdown(marked.safe(facts(found, self.text)))
        st.caption(marked.safe(found["path"].rpartition("/")[2]))
        if found["problem"]:
            st.warning(marked.safe(found["problem"]), icon=":material/error:")
        st.button(
            self.text("make-summary-one"), icon=":material/summarize:", on_click=act,
            args=(self.reader, self.summarise, self.document),
        )  # fmt: skip
        self._form()
        self._removal()

    def _form(self) -> None:
        """Correcting what is said; what is refused stays as it was typed, with the reason."""
        st.subheader(self.text("correct"), anchor=False)
        st.caption(self.text("correct-how"))
        now = self.desk.form(self.document)
        turn = self.state.setdefault(f"corrected-{self.document}", 0)
        with st.form(f"document-{self.document}"):
            typed = {
                name: st.text_input(
                    self.text(f"field-{name}"), now[name], key=f"field-{name}-{self.document}-{turn}",
                    max_chars=LONGEST.get(name, LONG), placeholder=self.text(f"field-{name}-hint"),
                )
                for name in FIELDS
            }  # fmt: skip
            kept = st.form_submit_button(self.text("save"), icon=":material/save:", type="primary")
        if kept:
            try:
                self.desk.correct(self.document, typed, self.reader.language)
            except Exception as error:  # noqa: BLE001  the edge: whatever went wrong is said kindly
                said = explained(error, self.reader.texts, self.reader.language, self.text("correct-kept"))
                st.warning(said, icon=":material/error:")
            else:
                self.state[f"corrected-{self.document}"] = turn + 1
                self.state["news"] = "corrected"
                st.rerun()

    def _removal(self) -> None:
        with st.expander(self.text("remove-one"), icon=":material/delete:"):
            st.markdown(self.text("remove-what"))
            st.button(
                self.text("remove-one-now"), icon=":material/delete:", key="remove-one", on_click=act,
                args=(self.reader, self._remove), kwargs={"said": "removed"},
            )  # fmt: skip

    def _remove(self) -> None:
        self.desk.remove([self.document])
        _leave()


def _leave() -> None:
    st.query_params.pop(DOCUMENT, None)
    st.query_params["view"] = "library"
