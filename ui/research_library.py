"""The library of a researcher: bringing files, watching them being read, finding and removing documents."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ui import marked
from ui.doing import act
from ui.research_document import facts, open_document
from ui.trouble import explained
from ui.uploader import choose_files
from ui.who import Reader

KINDS = ("pdf", "docx", "epub", "html", "htm", "tex", "ipynb", "md", "txt", "bib", "ris")
EVERY = 0.5  # seconds between two looks at what is being read
ON_A_PAGE = 25
FEW = 6  # added files that are named without being asked for
SHOW_FILTER = 8  # documents from which on they can be searched
REMOVING = "research-removing"  # in the session: what is to be removed once it is confirmed
OUTCOMES = {
    "waiting": ":gray-badge[:material/hourglass_empty: {word}]", "added": ":green-badge[:material/check: {word}]",
    "known": ":blue-badge[:material/done_all: {word}]", "problem": ":orange-badge[:material/error: {word}]",
    "left": ":gray-badge[:material/block: {word}]",
}  # fmt: skip


class LibraryView:
    """The documents that there are, and the way to more. `documents`: as `Tutor.library_list` gives them."""

    def __init__(self, reader: Reader, documents: Sequence[Mapping[str, Any]]) -> None:
        self.reader = reader
        self.desk = reader.tutor.upload_desk
        self.documents = documents
        self.text = reader.text
        self.state = st.session_state

    def draw(self) -> None:
        """Bringing files first; then the list."""
        job = self.desk.job(self.reader.learner, self.reader.language)
        if job and job["state"] == "running":
            self._reading()
        else:
            if job:
                self._read(job)
            self._bring()
        if self.documents:
            self._list()

    # Bringing files

    def _bring(self) -> None:
        with st.form("upload", clear_on_submit=True, border=False):
            given = choose_files(
                self.text("add"), KINDS, self.reader.language, "research-files",
                self.reader.tutor.upload_megabytes,
            )  # fmt: skip
            added = st.form_submit_button(self.text("add-now"), icon=":material/upload:", type="primary")
        if added and given:
            files = [(file.name, file.getvalue()) for file in given]
            act(self.reader, self.desk.add, self.reader.learner, files, self.reader.language)
            st.query_params["view"] = "library"
            st.rerun()

    def _reading(self) -> None:
        """The files while they are read, and the way to stop."""

        @st.fragment(run_every=EVERY)
        def look() -> None:
            job = self.desk.job(self.reader.learner, self.reader.language)
            if not job or job["state"] != "running":
                st.rerun()
            share = 1.0 if job["step"] == "index" else job["done"] / job["total"] if job["total"] else 0.0
            step = "index" if job["step"] == "index" else "reading"
            said = self.text(step, done=job["done"], total=job["total"], name=marked.safe(job["step"]))
            st.progress(min(1.0, share), text=said)
            self._outcomes(job["files"])

        look()
        st.button(
            self.text("stop"), icon=":material/stop_circle:", on_click=self.desk.stop, args=(self.reader.learner,)
        )

    def _read(self, job: Mapping[str, Any]) -> None:
        """What has become of the files that were brought last."""
        with st.container(border=True):
            outcomes = [file["outcome"] for file in job["files"]]
            count = {name: outcomes.count(name) for name in OUTCOMES}
            said = [self.text(f"count-{name}", count=number) for name, number in count.items() if number]
            st.markdown(f"**{self.text('brought')}** {' · '.join(said)}")
            if job["state"] == "failed":
                st.warning(explained(job["error"], self.reader.texts, self.reader.language), icon=":material/error:")
            added = [file for file in job["files"] if file["outcome"] == "added"]
            if len(added) > FEW:
                self._outcomes([file for file in job["files"] if file["outcome"] != "added"])
                with st.expander(self.text("one-by-one", count=len(added))):
                    self._outcomes(added)
            else:
                self._outcomes(job["files"])
            with st.container(horizontal=True):
                if count["added"] or count["known"]:
                    st.button(
                        self.text("ask-now"), icon=":material/search:", type="primary", on_click=self._ask_now
                    )  # fmt: skip
                st.button(
                    self.text("close"), icon=":material/close:", on_click=self.desk.close, args=(self.reader.learner,)
                )

    def _outcomes(self, files: Sequence[Mapping[str, Any]]) -> None:
        rows = []
        for file in files:
            badge = OUTCOMES[file["outcome"]].format(word=self.text(f"outcome-{file['outcome']}"))
            why = f"  \n  :small[{marked.safe(file['problem'])}]" if file["outcome"] == "problem" else ""
            rows.append(f"- {badge} {marked.safe(file['name'])}{why}")
        st.markdown("\n".join(rows))

    def _ask_now(self) -> None:
        self.desk.close(self.reader.learner)
        st.query_params["view"] = "ask"

    # The list

    def _list(self) -> None:
        st.subheader(self.text("library"), anchor=False)
        shown = self._filtered()
        if not shown:
            st.info(self.text("none-found"), icon=":material/search_off:")
            return
        pages = -(-len(shown) // ON_A_PAGE)
        top, place = st.container(), st.container()
        page = st.pagination(pages, key=f"research-page-{pages}") if pages > 1 else 1
        rows = shown[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
        with place:
            picked = [_key(document) for document in rows if self._row(document)]
        with top:
            self._removal(picked)

    def _filtered(self) -> list[Mapping[str, Any]]:
        """The documents that hold all words of the filter in what is said of them; those with a problem first."""
        words = ""
        if len(self.documents) >= SHOW_FILTER:
            words = st.text_input(
                self.text("filter"), key="research-filter", icon=":material/search:",
                placeholder=self.text("filter-hint"),
            )  # fmt: skip
        wanted = words.casefold().split()
        shown = [
            document for document in self.documents
            if all(word in _said(document) for word in wanted)
        ]  # fmt: skip
        return sorted(shown, key=lambda document: document["status"] == "ready")

    def _row(self, document: Mapping[str, Any]) -> bool:
        """One document; whether it is picked."""
        key, title = _key(document), marked.safe(document["title"])
        with st.container(border=True, horizontal=True, vertical_alignment="center", wrap=False):
            picked = st.checkbox(
                self.text("pick", title=title), key=f"pick-{key}", label_visibility="collapsed", width="content"
            )
            if document["status"] == "ready":
                st.markdown(f"**{title}**  \n:small[{marked.safe(facts(document, self.text))}]", width="stretch")
                st.button(
                    self.text("open"), key=f"open-{key}", on_click=open_document, args=(document["id"],), help=title
                )
            else:
                problem = f":orange-badge[:material/error: {self.text('outcome-problem')}]"
                why = marked.safe(document["problem"].replace(document["path"], document["title"]))
                st.markdown(f"**{title}** {problem}  \n:small[{why}]", width="stretch")
        return picked

    def _removal(self, picked: Sequence[str]) -> None:
        """Removing what is picked, once it is confirmed."""
        asked = [name for name in self.state.get(REMOVING, ()) if name in picked]
        if asked:
            with st.container(border=True):
                st.warning(self.text("remove-sure", count=len(asked)), icon=":material/delete:")
                with st.container(horizontal=True):
                    st.button(
                        self.text("remove-now", count=len(asked)), icon=":material/delete:", type="primary",
                        key="remove-now", on_click=self._remove, args=(asked,),
                    )  # fmt: skip
                    st.button(self.text("keep"), key="remove-not", on_click=self.state.pop, args=(REMOVING, None))
            return
        with st.container(horizontal=True):
            st.button(
                self.text("remove-picked", count=len(picked)), icon=":material/delete:", key="remove-picked",
                disabled=not picked, on_click=self.state.update, args=({REMOVING: list(picked)},),
            )  # fmt: skip
            if any(document["status"] == "problem" for document in self.documents):
                st.button(
                    self.text("retry"), icon=":material/refresh:", key="retry", on_click=act,
                    args=(self.reader, self.desk.retry, self.reader.learner, self.reader.language),
                )  # fmt: skip

    def _remove(self, names: Sequence[str]) -> None:
        self.state.pop(REMOVING, None)
        act(self.reader, self.desk.remove, names, said="removed")


def _key(document: Mapping[str, Any]) -> str:
    """What names a document, or a file that could not be read."""
    return str(document["id"] or document["path"])


def _said(document: Mapping[str, Any]) -> str:
    """What a filter looks through."""
    parts = (document["title"], *document["authors"], str(document["year"] or ""), document["doi"], document["arxiv"])
    return " ".join((*parts, document["venue"], document["path"].rpartition("/")[2])).casefold()
