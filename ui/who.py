"""Who reads: on a machine of one person it is that person, whose answers are remembered."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from knowledge.messages import Messages
from tutor.tutor import Tutor

ME = "me"
THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


def learner() -> str:
    """Whose model is used: `ME` when only this machine can reach the app, "" when others may as well."""
    return ME if st.get_option("server.address") in THIS_MACHINE else ""


@dataclass(frozen=True)
class Reader:
    """One person before the app. `learner`: the name under which they are remembered, "" for nobody."""

    tutor: Tutor
    texts: Messages
    language: str
    learner: str

    def text(self, key: str, **values: object) -> str:
        """A text of the app in the reader's language."""
        return self.texts.text(key, self.language, **values)

    def concept(self, concept: str) -> str:
        """The name of a concept of the course, in the reader's language."""
        return self.tutor.course.concept_name(concept, self.language)

    def model(self) -> dict[str, Any] | None:
        """What is believed of the reader, as `Study.show` says it; None of whom nothing is kept."""
        study = self.tutor.study
        return study.show(self.learner, self.language) if self.learner in study.learners() else None
