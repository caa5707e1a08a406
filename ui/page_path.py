"""The page of the path: what comes next and why, the goal, the map of the course, reviews, and the days of study."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from knowledge.messages import Messages
from tutor.learner_map import BANDS, tally
from tutor.tutor import Tutor
from ui import marked, places, who
from ui.advice import Advice
from ui.doing import act, tell
from ui.own_texts import OwnTexts
from ui.path_graph import SIGNS, drawn_part
from ui.who import Reader
from ui.written import day, share

MOST_REVIEWS = 8


def draw(tutor: Tutor, texts: Messages, language: str, _: DeltaGenerator) -> None:
    """The whole page in `language`."""
    reader = Reader(tutor, OwnTexts(texts, ("path",)), language, who.learner())
    st.title(reader.text("page-path"), anchor=False)
    if reader.learner:
        PathPage(reader).draw()
    else:
        st.info(reader.text("nobody"), icon=":material/group:")


class PathPage:
    """The way of one reader through the course."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.text = reader.text
        self.language = reader.language
        self.study = reader.tutor.study

    def draw(self) -> None:
        """What to do now first; then where that leads."""
        tell(self.reader)
        advice = Advice(self.reader, elsewhere=True)
        advice.draw()
        whole = self.reader.tutor.learner_map.draw(self.reader.learner, self.language)
        self._goal(whole)
        self._map(whole, advice.step["concept"])
        self._reviews(whole["reviews"])
        self._days(whole["days"])

    # The goal

    def _goal(self, whole: Mapping[str, Any]) -> None:
        key = f"path-goal-{self.language}"
        st.multiselect(
            self.text("goal"), list(self.reader.tutor.course.concepts), default=whole["goal"], key=key,
            format_func=self.reader.concept, placeholder=self.text("goal-all"), on_change=self._aim, args=(key,),
        )  # fmt: skip
        way = [concept for concept in whole["concepts"] if concept["on_way"]]
        counts = tally(way)
        st.progress(counts["mastered"] / max(1, len(way)), text=self.text("path-so-far", of=len(way), **counts))

    def _aim(self, key: str) -> None:
        goal = list(st.session_state[key])
        act(self.reader, lambda: self.study.set(self.reader.learner, goal=goal))

    # The map

    def _map(self, whole: Mapping[str, Any], following: str) -> None:
        st.subheader(self.text("path-map"), anchor=False)
        topics = {topic["id"]: topic["name"] for topic in whole["topics"]}
        if topics:
            chosen = self._topic(topics, whole["concepts"], following)
            own = [concept for concept in whole["concepts"] if concept["topic"] == chosen]
            alt = "; ".join(self._said(concept) for concept in own)
            graph = drawn_part(whole["concepts"], chosen, following, self._share)
            st.graphviz_chart(graph, width="stretch", alt=f"{topics[chosen]}. {alt}")
        else:
            own = list(whole["concepts"])
        st.caption(" · ".join(f"{SIGNS[band]} {self.text('band-' + band)}" for band in BANDS))
        with st.expander(self.text("path-list"), icon=":material/list:"):
            for concept in own:
                self._concept(concept)

    def _topic(self, topics: Mapping[str, str], concepts: Sequence[Mapping[str, Any]], following: str) -> str:
        """The part of the course that is drawn: that of the next step, until the reader chooses."""
        first = next((concept["topic"] for concept in concepts if concept["id"] == following), "")
        names = list(topics)
        chosen: str = st.selectbox(
            self.text("path-part"), names, index=names.index(first) if first in names else 0,
            format_func=topics.__getitem__, key=f"path-part-{self.language}", persist_state="session",
        )  # fmt: skip
        return chosen

    def _concept(self, concept: Mapping[str, Any]) -> None:
        """One concept of the list, and the way to practise it."""
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(marked.safe(self._said(concept)), width="content")
            self._practise(concept["id"], concept["name"], f"list-{concept['id']}")

    def _said(self, concept: Mapping[str, Any]) -> str:
        """How a concept stands, in words."""
        parts = [f"{SIGNS[concept['band']]} {concept['name']}: {self.text('band-' + concept['band'])}"]
        if concept["band"] != "unseen":
            parts.append(self._share(concept["mastery"]))
        if concept["due"]:
            parts.append(self.text("path-due-now"))
        return ", ".join(parts)

    def _practise(self, concept: str, name: str, key: str, label: str = "path-practise") -> None:
        asked = st.button(
            self.text(label), key=key, type="tertiary", icon=":material/exercise:", help=marked.safe(name)
        )
        if asked:
            learner, language = self.reader.learner, self.language
            act(self.reader, lambda: self.study.serve(learner, concept, language=language))
            places.go("practise")

    # Reviews and days

    def _reviews(self, reviews: Sequence[Mapping[str, Any]]) -> None:
        st.subheader(self.text("path-reviews"), anchor=False)
        if not reviews:
            st.caption(self.text("path-no-reviews"))
        for review in reviews[:MOST_REVIEWS]:
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                when = day(review["at"], self.reader.texts, self.language)
                key = "path-review-due" if review["due"] else "path-review-later"
                st.markdown(self.text(key, concept=marked.safe(review["name"]), day=when), width="content")
                if review["due"]:
                    self._practise(review["concept"], review["name"], f"review-{review['concept']}", "path-review")

    def _days(self, days: Sequence[Mapping[str, Any]]) -> None:
        """The last week, a sign a day; it praises and never counts what is missing."""
        studied = sum(one["studied"] for one in days)
        if not studied:
            return
        names = self.text("weekdays").split()
        signs = [f"{names[date.fromisoformat(one['day']).weekday()]} {'●' if one['studied'] else '○'}" for one in days]
        st.subheader(self.text("path-week"), anchor=False)
        st.markdown(self.text("path-days" if studied > 1 else "path-day", count=studied))
        st.caption("\u2003".join(signs))

    def _share(self, value: float) -> str:
        return share(value, self.reader.texts, self.language)
