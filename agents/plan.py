"""What passes between the agents: the memory of a thread, the plan of a turn, a drafted sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from knowledge.documents import Passage

LEVELS = ("beginner", "intermediate", "advanced")
EXACT = frozenset({"how_many", "who", "when"})  # questions with one right answer: every word of them counts


@dataclass(frozen=True, slots=True)
class Memory:
    """What the thread remembers. `said`: ids of the passages that were shown, oldest first; `turns`: what was asked
    and answered last, both shortened, oldest first."""

    language: str = ""
    level: str = ""
    concepts: tuple[str, ...] = ()
    intent: str = ""
    question: str = ""
    said: tuple[str, ...] = ()
    turns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a turn is about, decided by code.

    `concepts`: ids, the likeliest first. `query`: what to search for (typing errors mended, the carried concept added).
    `focus`: the words beyond the concepts' names that an answer should speak to; `critical`: those of them that it
    must speak to (names, rare words said of the concept). `named`: whether the first concept is certain, by its name
    or by all that the question says. `carried`: whether it comes from the turn before. `hits`: ids of the passages
    found, best first. `topic`: the words by which the person named the first concept ("rag", when the concept is the
    limitations). `others`: further concepts that the person named. `facts`: (entity, attribute) pairs of the table
    that the question asks for. `answered`: whether the course answers, as far as its finder can tell; None when it was
    not asked; `odds`: the probability of that. `lacking`: words that nothing about the question's concepts holds.
    `style`: how this learner likes to be taught (intuition, mathematics, code, pictures), "" for no wish; `mistake`: id
    of a misconception that they hold about the first concept, "" for none; `learner`: what a writer may know of them,
    (word, text) each: ("solid" | "learning" | "unseen", a concept's name), ("mistake", what they wrongly believe);
    `exercise`: whether one on this concept is open. `message`: what the person wrote; `conversation`: what tells theirs
    from others, "" for none. `halves`: the plans of the
    questions that a compound message is made of; the plan itself is then the first one's.
    """

    intent: str
    language: str
    level: str
    concepts: tuple[str, ...]
    query: str
    focus: tuple[str, ...]
    named: bool
    carried: bool
    hits: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    topic: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    critical: tuple[str, ...] = ()
    answered: bool | None = None
    odds: float = 0.0
    lacking: tuple[str, ...] = ()
    style: str = ""
    mistake: str = ""
    learner: tuple[tuple[str, str], ...] = ()
    exercise: bool = False
    message: str = ""
    conversation: str = ""
    halves: tuple["Plan", ...] = ()

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> "Plan":
        """The plan that `asdict` made data of, be it through JSON."""
        made = {name: _frozen(value) for name, value in kept.items() if name in {field.name for field in fields(cls)}}
        return cls(**{**made, "halves": tuple(cls.restored(half) for half in kept.get("halves", ()))})


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence that a writer proposes, and the passages that it rests on (by number in the evidence pack)."""

    text: str
    passages: tuple[Passage, ...]
    verbatim: bool = False


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value
