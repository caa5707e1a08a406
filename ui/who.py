"""Who reads: the one person of this machine, whoever has signed in, or a visitor of whom nothing is remembered."""

import re
from dataclasses import dataclass
from typing import Any

import streamlit as st

from knowledge.messages import Messages
from tutor.launch import is_this_machine
from tutor.learner.profile import Profile
from tutor.people import ALONE, FILE, ME, VISITOR, Person, Roles, read_roles
from tutor.tutor import Tutor

__all__ = ["ME", "Reader", "learner", "person", "recognise", "signed_in", "signs_in"]

PERSON = "person"  # in the session
PORT = re.compile(r":\d*$")  # a browser puts an address of IPv6 in brackets


def signs_in() -> bool:
    """Whether this installation has a sign-in."""
    return "is_logged_in" in st.user.to_dict()


def signed_in() -> bool:
    """Whether the reader has signed in; their account need not be of the class."""
    return bool(st.user.to_dict().get("is_logged_in"))


def recognise(tutor: Tutor) -> Person:
    """Find out who reads, before anything is drawn. Raises `BadClass`: the file of roles has faults.

    A class is never taken for one person's machine: with a file of roles, who has not signed in is a visitor.
    """
    roles = read_roles(tutor.settings.data_dir / FILE)
    if signed_in():
        found = (roles or Roles()).person(st.user.to_dict())
    else:
        found = ALONE if roles is None and not signs_in() and _on_this_machine() else VISITOR
    st.session_state[PERSON] = found
    return found


def _on_this_machine() -> bool:
    """Whether the app is bound to this machine alone, and the browser asked for it by a name of this machine."""
    host = PORT.sub("", st.context.headers.get("Host", "localhost")).strip("[]")
    return is_this_machine(st.get_option("server.address")) and is_this_machine(host)


def person() -> Person:
    """Who reads, as `recognise` has found."""
    found: Person = st.session_state.get(PERSON, VISITOR)
    return found


def learner() -> str:
    """The name under which what the reader learns is kept; "" where nobody is remembered."""
    return person().learner


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

    def knows(self) -> bool:
        """Whether anything is kept of the reader."""
        return self.tutor.study.knows(self.learner)

    def profile(self) -> Profile:
        """What the reader wants of their studies, as far as they have said it."""
        return self.tutor.study.state(self.learner).profile

    def model(self) -> dict[str, Any] | None:
        """What is believed of the reader, as `Study.show` says it; None of whom nothing is kept."""
        return self.tutor.study.show(self.learner, self.language) if self.knows() else None
