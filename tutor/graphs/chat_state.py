"""The state of the chat graph, and what its nodes read from it and leave in it."""

from collections.abc import Callable
from textwrap import shorten
from typing import Any, TypedDict

from agents.explainer import Spoken
from agents.plan import Memory, Plan
from tutor.parts import Parts

REMEMBERED_PASSAGES = 60
REMEMBERED_TURNS = 6
LONGEST_TURN = 300  # characters of a question or an answer that is remembered


class ChatState(TypedDict, total=False):
    """One turn, and the memory that the thread keeps. Plain data only."""

    question: str
    thread: str
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
    kept["turns"] = tuple((question, answer) for question, answer in kept.get("turns", ()))
    return Memory(**kept)


def plan_of(state: ChatState) -> Plan:
    """The plan that a state holds as data."""
    return Plan.restored(state["plan"])


def after(memory: Memory, made: Plan | None, spoken: list[Spoken], state: ChatState) -> Memory:
    """The memory after the turn; without a plan or an answer the topic stays."""
    said = tuple(dict.fromkeys((*memory.said, *(item.passage for item in spoken))))[-REMEMBERED_PASSAGES:]
    topic = made.concepts if made and spoken and made.named else memory.concepts
    return Memory(
        language=state["language"], level=state.get("level", ""), concepts=topic,
        intent=made.intent if made else memory.intent, question=state["question"], said=said,
        turns=_turns(memory, state["question"], [item.text for item in spoken]),
    )  # fmt: skip


def _turns(memory: Memory, question: str, said: list[str]) -> tuple[tuple[str, str], ...]:
    """The last turns with this one. They are dropped a few at a time, so that what stays begins alike in between."""
    if not said:
        return memory.turns
    kept = memory.turns if len(memory.turns) < REMEMBERED_TURNS else memory.turns[-REMEMBERED_TURNS // 2 :]
    return *kept, (_shortened(question), _shortened(" ".join(said)))


def _shortened(text: str) -> str:
    return shorten(text, LONGEST_TURN, placeholder=" …")


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
