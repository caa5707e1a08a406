"""The page on which a text is checked: each claim marked where it stands, with its verdict and its evidence."""

import time
from pathlib import Path
from secrets import token_hex
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from knowledge.messages import Messages
from tutor.claim_rows import tally
from tutor.sources import Against
from tutor.tutor import Tutor
from ui import who
from ui.doing import act, tell
from ui.uploader import choose_file
from ui.who import Reader

HERE = Path(__file__).parent
TEXTS = Messages(HERE / "texts_check.toml")
KINDS = ("txt", "md", "pdf", "docx", "epub", "html", "htm", "tex", "ipynb")
AGAINST: tuple[Against, ...] = ("all", "course", "library")
MARKS = {"supported": "✓", "contradicted": "✗", "not_found": "?"}
EVERY = 0.25  # seconds between two drawings of a text that is being checked
TYPED, WORK, FILE = "check-text", "check", "check-file"  # in the session


def draw(tutor: Tutor, texts: Messages, language: str, _: DeltaGenerator) -> None:
    """The whole page in `language`."""
    Check(Reader(tutor, texts, language, who.learner())).draw()


class Check:
    """One person's text. It is kept on the disk under the name in the address, so that a reload loses nothing."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.tutor = reader.tutor
        self.state = st.session_state

    def text(self, key: str, **values: object) -> str:
        """A text of the page in the reader's language."""
        return TEXTS.text(key, self.reader.language, **values)

    def draw(self) -> None:
        """What is to be checked, then what was found."""
        st.title(self.reader.text("page-check"), anchor=False)
        st.markdown(self.text("lead"))
        st.html(HERE / "assets" / "checked.css")
        self._open()
        against = self._given()
        with st.container(horizontal=True):
            asked = st.button(self.text("check"), icon=":material/fact_check:", type="primary")
            if self.state[WORK]["text"]:
                st.button(self.text("clear"), icon=":material/restart_alt:", on_click=self._start_anew)
            else:
                example = self.text("example-text")
                st.button(self.text("example"), icon=":material/lightbulb:", on_click=self._take, args=(example,))
        place = st.container()
        if asked:
            with place:
                self._checked(against)
        tell(self.reader)
        if self.state[WORK]["checked"]:
            with place:
                self._found()

    # The text

    def _open(self) -> None:
        """The text of the address, when the page is met for the first time."""
        name = st.query_params.get("text", "")
        open_ = self.state.get(WORK)
        if open_ is None or (name and name != open_["name"]):
            kept = self.tutor.check_desk.kept(self.reader.learner, name)
            self.state[WORK] = {**kept, "name": name or token_hex(8)}
            self.state[TYPED] = kept["text"]
        elif TYPED not in self.state:  # Streamlit forgets what was typed while another page was shown
            self.state[TYPED] = self.state[WORK]["text"]

    def _given(self) -> Against:
        """The text and what it is to be checked against."""
        st.text_area(
            self.text("text"), key=TYPED, height=220, placeholder=self.text("placeholder"), on_change=self._typed
        )  # fmt: skip
        language, most = self.reader.language, self.tutor.upload_megabytes
        choose_file(self.text("upload"), KINDS, language, FILE, most, self._uploaded)
        if not any(document["id"] for document in self._library()):
            return "course"
        work = self.state[WORK]
        chosen: Against = st.radio(
            self.text("against"), AGAINST, index=AGAINST.index(work["against"]), horizontal=True,
            format_func=lambda one: self.text(f"against-{one}"), key=f"against-{self.reader.language}",
        )  # fmt: skip
        work["against"] = chosen
        return chosen

    def _library(self) -> list[dict[str, Any]]:
        if not who.person().roles:
            return []
        found: list[dict[str, Any]] = self.tutor.library_list(self.reader.language)["documents"]
        return found

    def _typed(self) -> None:
        self.state[WORK]["text"] = self.state[TYPED]
        self._keep()

    def _take(self, text: str) -> None:
        self.state[TYPED] = text
        self._typed()

    def _uploaded(self) -> None:
        given = self.state[FILE]
        if given is not None:
            act(self.reader, lambda: self._take(self.tutor.check_desk.text_of(given.name, given.getvalue())))

    def _start_anew(self) -> None:
        st.query_params.pop("text", None)
        self.state.pop(WORK, None)
        self.state[TYPED] = ""

    def _keep(self) -> None:
        work = self.state[WORK]
        act(self.reader, lambda: self.tutor.check_desk.keep(self.reader.learner, work["name"], work))
        st.query_params["text"] = work["name"]

    # The check

    def _checked(self, against: Against) -> None:
        """Check it all, each verdict drawn as it comes. What was found stays when the reader stops it."""
        work = self.state[WORK]
        if not work["text"].strip():
            st.info(self.text("nothing"), icon=":material/info:")
            return
        line = st.empty()
        with line.container(horizontal=True, vertical_alignment="center"):
            bar = st.progress(0.0, text=self.text("checking", count=0))
            st.button(self.text("stop"), icon=":material/stop_circle:", key="check-stop")
        found: list[dict[str, Any]] = []
        place = st.empty()

        def all_of_it() -> None:
            text, spoken = self.tutor.readable(work["text"])
            work.update(source=work["text"], checked=text, language=spoken, claims=found, whole=False)
            drawn = 0.0
            for claim in self.tutor.check(text, against=against):
                found.append(claim)
                if time.monotonic() - drawn > EVERY:
                    bar.progress(claim["end"] / len(text), text=self.text("checking", count=len(found)))
                    place.html(self._marked(work))
                    drawn = time.monotonic()
            work["whole"] = True

        act(self.reader, all_of_it)
        line.empty()
        place.empty()
        self._keep()

    def _found(self) -> None:
        work = self.state[WORK]
        if not work["whole"]:
            st.info(self.text("stopped", check=self.text("check")), icon=":material/stop_circle:")
        elif work["text"] != work["source"]:
            st.info(self.text("changed"), icon=":material/edit:")
        if not work["claims"]:
            st.info(self.text("no-claims"), icon=":material/info:")
            return
        st.subheader(self.text("result"), anchor=False)
        st.html(self._counts(work))
        st.caption(self.text("open"))
        st.html(self._marked(work))
        st.download_button(
            self.text("download"), data=lambda: self._report(work), file_name=self.text("file"), mime="text/html",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip

    def _marked(self, work: dict[str, Any]) -> str:
        text = self.tutor.check_desk.marked(work["checked"], work["claims"], self.reader.language)
        return f'<div class="checked">{text}</div>'

    def _counts(self, work: dict[str, Any]) -> str:
        """How many claims got each verdict; its words are ours and its numbers are counted, so nothing is escaped."""
        counts = tally(work["claims"], work["language"])["counts"]
        rows = "".join(
            f'<li class="{verdict}"><span class="many"><span aria-hidden="true">{MARKS[verdict]}</span> {count}</span>'
            f"<strong>{self.text(verdict)}</strong>: {self.text(f'means-{verdict}')}</li>"
            for verdict, count in counts.items()
        )
        return f'<div class="checked"><ul class="counts">{rows}</ul></div>'

    def _report(self, work: dict[str, Any]) -> str:
        against = self.tutor.source_names(self.reader.language, against=work["against"])
        return self.tutor.check_desk.report(work["checked"], work["claims"], self.reader.language, against)
