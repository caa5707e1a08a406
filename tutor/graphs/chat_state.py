"""The state of the chat graph, and what its nodes read from it and leave in it."""

from collections.abc import Callable
from typing import Any, TypedDict

from agents.explainer import Spoken
from agents.plan import Memory, Plan
from tutor.parts import Parts

REMEMBERED_PASSAGES = 60


class ChatState(TypedDict, total=False):
    """One turn, and the memory that the thread keeps. Plain data only."""

    question: str
    language: str
    level: str
    memory: dict[str, Any]
    plan: dict[str, Any]
    pack: dict[str, Any]
    sentences: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    answer: str
    missing: list[str]
    next: list[str]
    abstained: bool
    tally: dict[str, int]
    exercise: dict[str, Any] | None
    engine: str


def memory_of(state: Any) -> Memory:
    """What a thread remembers, from its state; nothing for a new one."""
    kept = dict(state.get("memory") or {})
    for name in ("concepts", "said"):
        kept[name] = tuple(kept.get(name, ()))
    return Memory(**kept)


def plan_of(state: ChatState) -> Plan:
    """The plan that a state holds as data."""
    kept = dict(state["plan"])
    for name in ("concepts", "focus", "hits", "topic", "others"):
        kept[name] = tuple(kept[name])
    kept["facts"] = tuple((entity, attribute) for entity, attribute in kept["facts"])
    return Plan(**kept)


def after(memory: Memory, made: Plan | None, spoken: list[Spoken], state: ChatState) -> Memory:
    """The memory after the turn; without a plan or an answer the topic stays."""
    said = tuple(dict.fromkeys((*memory.said, *(item.passage for item in spoken))))[-REMEMBERED_PASSAGES:]
    topic = made.concepts if made and spoken and made.named else memory.concepts
    return Memory(
        language=state["language"], level=state.get("level", ""), concepts=topic,
        intent=made.intent if made else memory.intent, question=state["question"], said=said,
    )  # fmt: skip


def withheld_in(parts: Parts) -> Callable[[str], bool]:
    """Whether a sentence would answer the exercise that is open, by itself or with those that were said before it."""
    guard = parts.pupil.guard if parts.pupil is not None else None
    if guard is None:
        return lambda _: False
    said: list[str] = []

    def hidden(sentence: str) -> bool:
        if guard.hidden([*said, sentence]):
            return True
        said.append(sentence)
        return False

    return hidden
