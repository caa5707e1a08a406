"""What a tutor works with, and its fixed replies: what checking and searching need of it without the chat graph."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from agents.citations import Citations
from agents.evidence import Gatherer
from agents.explainer import Explainer
from agents.plan import Memory, Plan
from agents.planner import Planner
from knowledge.corpus import Corpus
from knowledge.messages import Messages

if TYPE_CHECKING:
    from tutor.learner.pupil import Pupil

REPLIES = Messages(Path(__file__).with_name("replies.toml"))


class Reader(Protocol):
    """A second reader of messages."""

    def read(self, plan: Plan, memory: Memory, shortlist: Sequence[str]) -> Plan | None:
        """Another plan of the message, about concepts of the shortlist or of the conversation; None for no better."""
        ...


@dataclass(frozen=True)
class Parts:
    """One set for each corpus. `pupil`: the learner of this turn, when it is known who asks. `summarise`: what the
    person's own documents say to a topic, in a language, as `ResearchDesk.answer` gives it; None where there are none.
    `reader`: who reads messages that the planner's rules do not understand, None for nobody.
    """

    corpus: Corpus
    course_title: dict[str, str]
    planner: Planner
    gatherer: Gatherer
    explainer: Explainer
    citations: Citations
    pupil: "Pupil | None" = None
    summarise: Callable[[str, str], dict[str, Any] | None] = lambda topic, language: None  # noqa: ARG005
    reader: Reader | None = None
