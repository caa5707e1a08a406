"""A chat model as a second reader of messages that the rules do not understand: what they are about and want of it.

It chooses from a short list of concepts and from ways of explaining; it can name no act, nothing about a learner or an
exercise, and whether the sources then answer is not its to say.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from langchain_core.language_models import BaseChatModel
from pydantic import BaseModel, ConfigDict, Field, create_model

from agents.chat_structured import structured
from agents.chat_writer import told_before
from agents.errors import BadModel
from agents.plan import Memory, Plan
from agents.prompting import as_data, blocks
from knowledge.course import Course
from knowledge.frequency import zipf

MOST_CONCEPTS = 3
COMMON = 4.0  # Zipf frequency from which a word may be anybody's way of saying things
Intent = Literal[
    "explain", "why", "how", "example", "formula", "code", "compare", "simpler", "deeper", "again", "mistakes"
]  # fmt: skip


class _Reading(BaseModel):
    model_config = ConfigDict(extra="forbid")

    concepts: list[str]
    intent: Intent


class ChatPlanner:
    """Reads messages with a chat model."""

    def __init__(self, model: BaseChatModel, course: Course) -> None:
        self.model = model
        self.course = course

    def read(self, plan: Plan, memory: Memory, shortlist: Sequence[str]) -> Plan | None:
        """The rules' plan with the model's concepts, all of the shortlist, and its intent; None where it finds none or
        fails.

        A message whose own words say nothing can only be about what the conversation was about.
        """
        among = shortlist if plan.focus else memory.concepts
        listed = [one for one in dict.fromkeys((*memory.concepts, *among)) if one in self.course.concepts]
        if not listed:
            return None
        asked = blocks(
            "planner", plan.language, history=told_before(memory), message=as_data(plan.message),
            concepts=[{"id": one, "name": self.course.concept_name(one, plan.language)} for one in listed],
        )  # fmt: skip
        try:
            found = structured(self.model, _reading(tuple(listed)), asked, plan.language, "planner")
        except BadModel:  # without it the rules' plan stands
            return None
        if found is None or not found.concepts:
            return None
        concepts = tuple(dict.fromkeys(found.concepts))
        rest = tuple(one for one in plan.concepts if one not in concepts)
        made = replace(
            plan, intent=found.intent, concepts=concepts + rest, others=concepts[1:], named=True, facts=(),
            carried=concepts[0] in memory.concepts,
        )  # fmt: skip
        return _of_the_conversation(made) if plan.carried and made.carried else made


def _of_the_conversation(plan: Plan) -> Plan:
    """A follow-up in words of its own ("that looking everywhere thing"): only the rare ones must be the sources'."""
    told = tuple(word for word in plan.focus if word in plan.critical or zipf(word, plan.language) < COMMON)
    return replace(plan, focus=told, lacking=tuple(word for word in plan.lacking if word in told), answered=None)


def _reading(concepts: tuple[str, ...]) -> type[_Reading]:
    """The form of an answer: no concept that is not listed, and no intent that is more than a way of explaining."""
    among: Any = Literal[concepts]
    several: Any = Annotated[list[among], Field(max_length=MOST_CONCEPTS)]
    return create_model("Reading", __base__=_Reading, concepts=several)
