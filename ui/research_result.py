"""What came of an inquiry: its sentences with their verdicts, the comparison, the quotations, and the files."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from tutor.summaries.style_files import SHIPPED
from ui import marked
from ui.who import Reader

ACROSS = 3  # documents that stand side by side; more stand one under the other
MIME = {
    "md": "text/markdown", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "tex": "application/zip", "bib": "text/x-bibtex", "csl": "application/json",
    "ris": "application/x-research-info-systems", "csv": "text/csv", "jsonl": "application/x-ndjson",
}  # fmt: skip
GROUPS = {
    "files-text": ("md", "docx", "tex"), "files-references": ("bib", "csl", "ris"), "files-evidence": ("csv", "jsonl"),
}  # fmt: skip


class Result:
    """One inquiry that is done. `found`: as `InquiryDesk.look` gives it; `title`: what it is called."""

    def __init__(self, reader: Reader, found: Mapping[str, Any], title: str) -> None:
        self.reader = reader
        self.desk = reader.tutor.inquiry_desk
        self.name: str = found["id"]
        self.files: Mapping[str, str] = found["files"]
        self.made: Mapping[str, Any] = found["made"]
        self.title = title
        self.text = reader.text
        self.names = {document["id"]: document["title"] for document in self.made["documents"]}

    def draw(self) -> None:
        """All of it."""
        made = self.made
        st.subheader(marked.safe(self.title), anchor=False)
        self._about()
        if made["abstained"]:
            st.info(self.text("nothing"), icon=":material/search_off:")
        for section in made["sections"]:
            st.markdown(f"**{marked.safe(section['title'])}**")
            st.markdown("\n".join(f"- {self._cited(sentence)}" for sentence in section["sentences"]))
        if made["table"] and not made["abstained"]:
            self._table(made["table"])
        if made["disagreements"]:
            self._disagreements()
        if made["not_in_sources"]:
            st.caption(self.text("missing", missing=marked.safe(", ".join(made["not_in_sources"]))))
        if made["sources"]:
            self._sources()
            self._files()

    def _about(self) -> None:
        """How much was looked through, who words it, and what the marks mean."""
        read, quoted = len(self.names), sum(1 for document in self.made["documents"] if document["quotations"])
        engine = self.made["engine"]
        by = self.text("engine-composer") if engine == "composer" else self.text("engine-model", name=engine)
        st.caption(f"{self.text('searched', read=read, quoted=quoted)} · {marked.safe(by)}")

    def _cited(self, sentence: Mapping[str, Any]) -> str:
        """A sentence with the badge of its verdict and the numbers of its quotations."""
        note = f" {self.text('translated')}" if sentence["translation"] else ""
        badge = marked.mark(sentence["verdict"], sentence["citations"])
        return f"{marked.safe(sentence['text'])}{note}\N{NO-BREAK SPACE}{badge}"

    # Side by side

    def _table(self, table: Mapping[str, Any]) -> None:
        """Documents against aspects: few documents stand side by side, many one under the other."""
        documents = _apart([marked.safe(self.names[name]) for name in table["rows"]])
        aspects = _apart([marked.safe(column) for column in table["columns"]])
        cells = [[self._cell(cell) for cell in row] for row in table["cells"]]
        first, rows, columns = self.text("documents"), documents, aspects
        if len(documents) <= ACROSS:
            first, rows, columns = self.text("aspects"), aspects, documents
            cells = [list(column) for column in zip(*cells, strict=True)]
        lines = [dict(zip(columns, said, strict=True)) for said in cells]
        st.table(
            [{first: f"**{row}**", **line} for row, line in zip(rows, lines, strict=True)],
            hide_index=True, hide_header=False, alt=self.title,
        )  # fmt: skip

    def _cell(self, lines: Sequence[Mapping[str, Any]]) -> str:
        if not lines:
            return f":gray[{self.text('cell-none')}]"
        return " ".join(" ".join(self._cited(line).split("\n")) for line in lines)

    def _disagreements(self) -> None:
        st.markdown(f":material/balance: **{self.text('disagreements')}**")
        for found in self.made["disagreements"]:
            sides = "\n".join(f"  - {self._cited(side)}" for side in found["sides"])
            st.markdown(f"- {marked.safe(found['about'])}\n{sides}")

    # What it rests on

    def _sources(self) -> None:
        verdicts = dict.fromkeys(self._verdicts())
        legend = " ".join(
            self.text("legend", mark=marked.mark(verdict), word=self.text(f"verdict-{verdict}")) for verdict in verdicts
        )
        st.caption(f"**{self.text('sources')}** · {legend}")
        with st.container(gap="xxsmall"):
            for source in self.made["sources"]:
                place = " · ".join(filter(None, (marked.safe(source["title"]), marked.safe(source["locator"]))))
                with st.expander(f"**{source['n']}** · {place}"):
                    st.markdown(marked.quotation(source["quote"]))
                    who = ", ".join(source["authors"][:3])
                    if said := " · ".join(filter(None, (who, str(source["year"] or "")))):
                        st.caption(marked.safe(said))

    def _verdicts(self) -> list[str]:
        table = self.made["table"]
        lines = [line for section in self.made["sections"] for line in section["sentences"]]
        lines += [line for row in (table["cells"] if table else ()) for cell in row for line in cell]
        lines += [line for found in self.made["disagreements"] for line in found["sides"]]
        return [line["verdict"] for line in lines]

    # What is taken away

    def _files(self) -> None:
        st.markdown(f":material/download: **{self.text('files')}**")
        style = st.selectbox(
            self.text("style"), list(SHIPPED), format_func=lambda name: self.text(f"style-{name}"), width=320,
            key=f"research-style-{self.reader.language}",
        )  # fmt: skip
        for group, names in GROUPS.items():
            st.caption(self.text(group))
            with st.container(horizontal=True, gap="small"):
                for name in names:
                    self._file(name, style)

    def _file(self, name: str, style: str) -> None:
        take = partial(self.desk.take, self.reader.learner, self.name, name, style)
        st.download_button(
            self.text(f"file-{name}"), data=take, file_name=self.files[name],
            mime=MIME[name], icon=":material/download:", key=f"file-{name}", on_click="ignore",
        )  # fmt: skip


def _apart(names: Sequence[str]) -> list[str]:
    """The names, each once: of those that are the same the later ones get a number."""
    return [
        f"{name} ({names[:place].count(name) + 1})" if name in names[:place] else name
        for place, name in enumerate(names)
    ]
