"""The page of a researcher: the documents they bring, what these say to a question, and the files to take away."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from knowledge.messages import Messages
from tutor.research_desk import Files
from tutor.tutor import Tutor
from ui import marked, who
from ui.doing import act, tell
from ui.who import Reader

KINDS = ("pdf", "docx", "epub", "html", "htm", "tex", "ipynb", "md", "txt", "bib", "ris")
OUTPUTS = {"md": "text/markdown", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
           "tex": "text/x-tex", "bib": "text/x-bibtex", "csv": "text/csv"}  # fmt: skip
NAME = "atenea"  # of the files to take away


def draw(tutor: Tutor, texts: Messages, language: str, _: DeltaGenerator) -> None:
    """The whole page in `language`."""
    st.title(texts.text("page-research", language), anchor=False)
    Research(Reader(tutor, texts, language, who.learner())).draw()


class Research:
    """One researcher's library and their question to it."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.tutor = reader.tutor
        self.text = reader.text
        self.state = st.session_state

    def draw(self) -> None:
        """The question first, since it is what the page is for; the library beneath it."""
        tell(self.reader)
        documents = self.tutor.library_list(self.reader.language)["documents"]
        ready = [document for document in documents if document["status"] == "ready"]
        st.markdown(self.text("research-lead") if ready else self.text("research-empty"))
        if ready:
            self._ask()
        if summary := self.state.get("summary"):
            self._summary(summary)
        self._library(documents)

    # The question

    def _ask(self) -> None:
        with st.form("research", border=False):
            question = st.text_input(
                self.text("research-question"), key="research-question", max_chars=500, bind="query-params"
            )  # fmt: skip
            asked = st.form_submit_button(self.text("research-ask"), icon=":material/search:", type="primary")
        if asked and question.strip():
            with st.spinner(self.text("searching")):
                act(self.reader, lambda: self._answer(question))
            tell(self.reader)

    def _answer(self, question: str) -> None:
        """The summary, with its files as bytes: what is kept of them is the reader's to decide."""
        with TemporaryDirectory() as folder:
            files = Files(Path(folder) / f"{NAME}.md", formats=tuple(OUTPUTS)[1:])
            made = self.tutor.desk.answer(question, files=files)
            written = {Path(file).suffix[1:]: Path(file).read_bytes() for file in made["files"]}
        self.state["summary"] = {**made, "written": written}

    def _summary(self, made: Mapping[str, Any]) -> None:
        st.subheader(marked.safe(made["question"]), anchor=False)
        for section in made["sections"]:
            st.markdown(f"**{marked.safe(section['title'])}**")
            st.markdown("\n".join(f"- {self._cited(sentence)}" for sentence in section["sentences"]))
        if made["disagreements"]:
            st.markdown(f"**{self.text('research-disagreements')}**")
            for found in made["disagreements"]:
                sides = "\n".join(f"  - {self._cited(side)}" for side in found["sides"])
                st.markdown(f"- {marked.safe(found['about'])}\n{sides}")
        if made["abstained"]:
            st.info(self.text("research-nothing"), icon=":material/info:")
        if made["not_in_sources"]:
            st.caption(self.text("research-missing", missing=marked.safe(", ".join(made["not_in_sources"]))))
        if made["sources"]:
            self._sources(made["sources"])
            self._files(made["written"])

    def _cited(self, sentence: Mapping[str, Any]) -> str:
        """A sentence with the badge of its verdict and the numbers of its quotations."""
        note = f" {self.text('research-translated')}" if sentence["translation"] else ""
        badge = marked.mark(sentence["verdict"], sentence["citations"])
        return f"{marked.safe(sentence['text'])}{note}\N{NO-BREAK SPACE}{badge}"

    def _sources(self, sources: Sequence[Mapping[str, Any]]) -> None:
        with st.expander(self.text("sources"), icon=":material/format_quote:"):
            for source in sources:
                place = f"{marked.safe(source['title'])} · {marked.safe(source['locator'])}"
                st.markdown(f"**{source['n']}** {place}\n\n> {marked.quotation(source['quote'])}")

    def _files(self, written: Mapping[str, bytes]) -> None:
        with st.container(horizontal=True):
            for kind, data in written.items():
                st.download_button(
                    self.text(f"research-file-{kind}"), data, file_name=f"{NAME}.{kind}", mime=OUTPUTS[kind],
                    icon=":material/download:", key=f"file-{kind}", on_click="ignore",
                )  # fmt: skip

    # The library

    def _library(self, documents: Sequence[Mapping[str, Any]]) -> None:
        st.subheader(self.text("library"), anchor=False)
        with st.form("upload", clear_on_submit=True, border=False):
            given = st.file_uploader(self.text("library-add"), type=list(KINDS), accept_multiple_files=True)
            added = st.form_submit_button(self.text("library-add-now"), icon=":material/upload:")
        if added and given:
            files = [(file.name, file.getvalue()) for file in given]
            with st.spinner(self.text("library-reading")):
                act(self.reader, lambda: self.tutor.library_upload(files, self.reader.language), said="library-added")
            st.rerun()
        for document in documents:
            self._document(document)

    def _document(self, document: Mapping[str, Any]) -> None:
        line, button = st.columns([4, 1], vertical_alignment="center")
        title = marked.safe(document["title"])
        if document["status"] == "ready":
            who_ = ", ".join(document["authors"][:3])
            pages = self.text("library-pages", count=document["pages"]) if (document["pages"] or 0) > 1 else ""
            more = " · ".join(filter(None, (who_, str(document["year"] or ""), pages)))
            line.markdown(f"{title}  \n:small[{marked.safe(more)}]" if more else title)
        else:
            line.warning(f"{title}: {marked.safe(document['problem'])}", icon=":material/error:")
        button.button(
            self.text("library-remove"), key=f"remove-{document['id'] or document['path']}", icon=":material/delete:",
            on_click=act, args=(self.reader, lambda: self.tutor.library_remove(document["id"] or document["path"]),),
            help=title,
        )  # fmt: skip
