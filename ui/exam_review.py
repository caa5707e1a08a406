"""The review of an exam: each question with its key, proof and sources beside it, and what the teacher decides."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from tutor.exam_desk import ExamDesk
from ui import marked
from ui.doing import act
from ui.exam_edit import EDITED, EditForm, open_form
from ui.item_words import check_lines, facts, points, proof_line, question, rests_on, shares, solution
from ui.room import kind
from ui.who import Reader

ON_A_PAGE = 6
STATES = {True: ":green-badge[:material/check_circle: {word}]", False: ":orange-badge[:material/pending: {word}]"}


class Review:
    """The items of one exam. `made`: as `ExamDesk.exam` gives it."""

    def __init__(self, reader: Reader, desk: ExamDesk, made: Mapping[str, Any]) -> None:
        self.reader = reader
        self.desk = desk
        self.made = made
        self.text = reader.text
        self.open = made["state"] == "review"
        self.exam: str = made["exam"]

    def draw(self) -> None:
        """What falls short, one version's questions, and the end of the review."""
        for line in self._lacking():
            st.caption(f":material/info: {line}")
        version = self._version()
        waiting = [item for one in self.made["versions"] for item in one["items"] if not item["accepted"]]
        items = version["items"]
        if self.open:
            self._standing(waiting)
            key = f"waiting-{self.exam}"
            if st.toggle(self.text("only-waiting"), key=key):
                items = [item for item in items if not item["accepted"]]
        if not items:
            st.info(self.text("none-waiting"), icon=":material/check_circle:")
        for item in self._page(items):
            self._item(item)
        if self.open:
            self._end(waiting)

    def _version(self) -> Mapping[str, Any]:
        versions: dict[str, Mapping[str, Any]] = {one["version"]: one for one in self.made["versions"]}
        if len(versions) == 1:
            return next(iter(versions.values()))
        chosen: str = st.segmented_control(
            self.text("version"), list(versions), default=next(iter(versions)), required=True,
            key=f"version-{self.exam}",
        )  # fmt: skip
        return versions[chosen]

    def _standing(self, waiting: Sequence[Mapping[str, Any]]) -> None:
        everything = sum(len(one["items"]) for one in self.made["versions"])
        accepted = everything - len(waiting)
        st.progress(accepted / everything if everything else 1.0,
                    text=self.text("accepted-of", accepted=accepted, all=everything))  # fmt: skip

    def _page(self, items: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        pages = -(-len(items) // ON_A_PAGE)
        if pages <= 1:
            return items
        page = min(st.pagination(pages, key=f"page-{self.exam}"), pages)  # fewer may wait now
        return items[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]

    # One question

    def _item(self, item: Mapping[str, Any]) -> None:
        shown = item["shown"]
        with st.container(border=True):
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.markdown(f"**{item['place']}** · {points(self.reader, item['points'])}", width="content")
                if self.open:
                    word = self.text("state-accepted" if item["accepted"] else "state-waiting")
                    st.markdown(STATES[item["accepted"]].format(word=word), width="content")
            asked, proven = st.columns([3, 2], gap="medium")
            with asked:
                st.markdown(question(shown))
                st.caption(f"{facts(self.reader, item)}  \n{shown['asks']}")
            with proven:
                self._proven(item["id"], shown)
            if self.open:
                self._decide(item)

    def _proven(self, name: str, shown: Mapping[str, Any]) -> None:
        st.markdown(f"**{self.text('key')}**\n\n{marked.safe(shown['key'])}")
        st.markdown(rests_on(self.reader, shown))
        with st.expander(proof_line(self.reader, shown), icon=":material/verified:", key=f"proof-{name}"):
            st.markdown(check_lines(self.reader, shown["checks"]))
        with st.expander(self.text("solution"), key=f"solution-{name}"):
            st.markdown(solution(self.reader, shown))

    def _decide(self, item: Mapping[str, Any]) -> None:
        name = item["id"]
        if st.session_state.get(EDITED) == name:
            EditForm(self.reader, self.desk, self.exam, item).draw()
            return
        with st.container(horizontal=True, gap="small"):
            if not item["accepted"]:
                self._button("accept", ":material/check:", item, "accepted-now")
            self._button("replace", ":material/autorenew:", item, "replaced")
            self._button("reject", ":material/delete:", item, "rejected")
            st.button(
                self.text("edit"), key=f"edit-{name}", icon=":material/edit:", help=item["place"], on_click=open_form,
                args=(name,),
            )  # fmt: skip

    def _button(self, verb: str, icon: str, item: Mapping[str, Any], said: str) -> None:
        st.button(
            self.text(verb), key=f"{verb}-{item['id']}", icon=icon, help=item["place"], on_click=act,
            args=(self.reader, lambda: self.desk.decide(self.exam, **{verb: [item["id"]]})), kwargs={"said": said},
        )  # fmt: skip

    # The whole

    def _end(self, waiting: Sequence[Mapping[str, Any]]) -> None:
        st.divider()
        if waiting:
            st.markdown(self.text("waiting-left", count=len(waiting)))
        with st.container(horizontal=True):
            st.button(
                self.text("accept-all"), icon=":material/done_all:", disabled=not waiting, on_click=act,
                args=(self.reader, lambda: self.desk.decide(self.exam, accept=["all"])),
                kwargs={"said": "accepted-all"},
            )  # fmt: skip
            st.button(
                self.text("write-files"), icon=":material/task_alt:", type=kind(not waiting), disabled=bool(waiting),
                on_click=act, args=(self.reader, self.desk.write, self.exam),
            )  # fmt: skip

    def _lacking(self) -> list[str]:
        """What the exam has less of than its blueprint asks for, and what earlier exams asked too."""
        groups: dict[tuple[int, str], list[Mapping[str, Any]]] = defaultdict(list)
        gone: Counter[tuple[int, str]] = Counter()
        lines = []
        for one in self.made["shortfalls"]:
            if one["of"] == "keys":
                lines.append(self.text("short-keys", version=one["version"]))
            elif one["of"] == "items":
                gone[one["section"], one["version"]] += 1
            else:
                groups[one["section"], one["of"]].append(one)
        lines += [
            self.text("short-section", section=section, of=self._of(of), values=", ".join(shares(self.reader, found)))
            for (section, of), found in groups.items()
        ]  # fmt: skip
        lines += [
            self.text("short-items", section=section, version=version, count=count)
            for (section, version), count in gone.items()
        ]  # fmt: skip
        return lines + [
            self.text("repeats", count=one["count"], title=marked.safe(one["title"])) for one in self.made["repeats"]
        ]  # fmt: skip

    def _of(self, of: str) -> str:
        return self.text({"concept": "concepts", "kind": "kinds"}.get(of, of)).lower()
