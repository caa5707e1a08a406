"""Asking documents: what is wanted, how far it is, what came of it, and what was asked before."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from agents.research.aspects import ASPECTS
from tutor.inquiry_desk import KINDS, MOST_ASPECTS, WITH_ASPECTS, Kind, Wish
from ui import marked
from ui.doing import act, tell
from ui.research_result import Result
from ui.seeded import seeded
from ui.trouble import explained
from ui.who import Reader
from ui.written import day

INQUIRY = "inquiry"  # in the address
OPEN = "research-open"  # in the session: the inquiry whose wish the inputs hold
EVERY = 0.5  # seconds between two looks at what is being made
STEPS = ("open", "read", "write")
MOST_TITLES = 3  # named of an inquiry
LONGEST = 500  # characters of a question
ICONS: Mapping[Kind, str] = {
    "question": ":material/help:", "table": ":material/table_chart:", "summary": ":material/summarize:",
    "timeline": ":material/timeline:", "terms": ":material/label:",
}  # fmt: skip


class Ask:
    """One researcher's inquiries. `documents`: those that can be asked."""

    def __init__(self, reader: Reader, documents: Sequence[Mapping[str, Any]]) -> None:
        self.reader = reader
        self.desk = reader.tutor.inquiry_desk
        self.titles = {str(document["id"]): str(document["title"]) for document in documents}
        self.text = reader.text
        self.state = st.session_state

    def draw(self) -> None:
        """The wish, and beneath it what came of it."""
        name = st.query_params.get(INQUIRY, "")
        found = self.desk.look(self.reader.learner, name) if name else {"state": ""}
        if name and self.state.get(OPEN) != name:
            self._take_up(found)
        self._wish()
        self._found(found)
        self._earlier(name)

    # What is wanted

    def _wish(self) -> None:
        kind = st.segmented_control(
            self.text("kind"), KINDS, key=self._seeded("kind", "question"), required=True,
            format_func=lambda one: f"{ICONS[one]} {self.text(f'kind-{one}')}",
        )  # fmt: skip
        assert kind is not None  # one is always chosen
        with st.form("research", border=False):
            wish = self._question() if kind == "question" else self._digest(kind)
            asked = st.form_submit_button(self.text(f"make-{kind}"), icon=ICONS[kind], type="primary")
        if asked and (kind != "question" or wish["question"].strip()):
            act(self.reader, lambda: self._begin(kind, wish))
            if "trouble" in self.state:
                tell(self.reader)
            else:
                st.rerun()

    def _question(self) -> dict[str, Any]:
        question = st.text_input(
            self.text("question"), key=seeded("research-question", ""), max_chars=LONGEST,
            placeholder=self.text("question-hint"),
        )  # fmt: skip
        return {"question": question, "language": "auto"}

    def _digest(self, kind: Kind) -> dict[str, Any]:
        st.caption(self.text(f"about-{kind}"))
        key = self._seeded("documents", [])
        self.state[key] = [name for name in self.state[key] if name in self.titles]
        documents = st.multiselect(
            self.text("documents"), list(self.titles), key=key, format_func=lambda name: self.titles[name],
            placeholder=self.text("documents-all", count=len(self.titles)),
        )  # fmt: skip
        aspects: list[str] = []
        if kind in WITH_ASPECTS:
            key = self._seeded("aspects", list(ASPECTS))
            self.state[key] = list(self.state[key])  # said anew: what was only seeded is gone after a fragment's rerun
            aspects = st.multiselect(
                self.text("aspects"), ASPECTS, key=key, accept_new_options=True,
                max_selections=MOST_ASPECTS, format_func=self._aspect, placeholder=self.text("aspects-hint"),
                help=self.text("aspects-help"),
            )  # fmt: skip
        return {"documents": documents, "aspects": aspects, "language": self.reader.language}

    def _aspect(self, name: str) -> str:
        return self.text(f"aspect-{name}") if name in ASPECTS else name

    def _begin(self, kind: Kind, wish: Mapping[str, Any]) -> None:
        name = self.desk.ask(self.reader.learner, kind, **wish)
        self.state[OPEN] = name
        st.query_params[INQUIRY] = name

    def _take_up(self, found: Mapping[str, Any]) -> None:
        """The inputs hold the wish of an inquiry that was opened."""
        self.state[OPEN] = found.get("id", "")
        wish: Wish | None = found.get("wish")
        if wish is None:
            return
        self.state[self._key("kind")] = wish.kind
        if wish.kind == "question":
            self.state["research-question"] = wish.question
        else:
            self.state[self._key("documents")] = list(wish.documents)
        if wish.kind in WITH_ASPECTS:
            self.state[self._key("aspects")] = list(wish.aspects or ASPECTS)

    def _key(self, name: str) -> str:
        return f"research-{name}-{self.reader.language}"

    def _seeded(self, name: str, value: Any) -> str:
        return seeded(self._key(name), value)

    # What came of it

    def _found(self, found: Mapping[str, Any]) -> None:
        state = found["state"]
        if state == "running":
            self._progress(found["id"])
        elif state == "failed":
            st.error(explained(found["error"], self.reader.texts, self.reader.language), icon=":material/error:")
            self._again(found["id"], "try-again")
        elif state == "stopped":
            st.info(self.text("stopped"), icon=":material/pause_circle:")
            self._again(found["id"], "go-on")
        elif state == "done":
            Result(self.reader, found, self.title(found["wish"])).draw()
        elif state == "none":
            st.info(self.text("inquiry-gone"), icon=":material/search_off:")

    def _progress(self, name: str) -> None:
        @st.fragment(run_every=EVERY)
        def look() -> None:
            now = self.desk.look(self.reader.learner, name)
            if now["state"] != "running":
                st.rerun()
            st.progress(_share(now), text=self.text(f"step-{now['step'] or 'open'}", done=now["done"], of=now["total"]))

        look()
        st.button(
            self.text("stop"), icon=":material/stop_circle:", on_click=self.desk.stop, args=(self.reader.learner, name)
        )

    def _again(self, name: str, label: str) -> None:
        st.button(
            self.text(label), icon=":material/play_arrow:", on_click=act,
            args=(self.reader, self.desk.go_on, self.reader.learner, name),
        )  # fmt: skip

    def title(self, wish: Wish) -> str:
        """What an inquiry is called."""
        if wish.kind == "question":
            return wish.question
        named = "; ".join(wish.titles[:MOST_TITLES])
        if more := len(wish.titles) - MOST_TITLES:
            named = self.text("titles-more", titles=named, count=more) if more > 0 else named
        return self.text(f"title-{wish.kind}", titles=named or self.text("titles-all"))

    # What was asked before

    def _earlier(self, shown: str) -> None:
        rows = [row for row in self.desk.all(self.reader.learner) if row["id"] != shown]
        if not rows:
            return
        with st.expander(self.text("earlier", count=len(rows)), icon=":material/history:"):
            for row in rows:
                title, name = marked.safe(self.title(row["wish"])), row["id"]
                when = day(datetime.fromtimestamp(row["changed"], UTC).isoformat(), self.reader.texts,
                           self.reader.language)  # fmt: skip
                with st.container(horizontal=True, vertical_alignment="center"):
                    st.markdown(f"{ICONS[row['wish'].kind]} {title}  \n:small[{when}]", width="stretch")
                    st.button(self.text("open"), key=f"open-{name}", on_click=_open, args=(name,), help=title)
                    st.button(
                        self.text("remove"), key=f"forget-{name}", icon=":material/delete:", help=title,
                        on_click=act, args=(self.reader, self.desk.remove, self.reader.learner, name),
                    )  # fmt: skip


def _open(name: str) -> None:
    st.query_params[INQUIRY] = name


def _share(job: Mapping[str, Any]) -> float:
    """How far a job is: each step counts the same."""
    at = STEPS.index(job["step"]) if job["step"] in STEPS else 0
    return min(1.0, (at + (job["done"] / job["total"] if job["total"] else 0.0)) / len(STEPS))
