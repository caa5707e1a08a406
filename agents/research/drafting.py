"""What passes between the steps of a summary: the evidence, a draft of it, and what became of the draft.

A draft is a writer's: the composer's, whose lines are quotations, or a chat model's, whose lines are its own words.
Nothing of it is printed before it is audited (agents/research/auditing.py).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from agents.research.disagreements import Clash
from agents.research.points import Point
from agents.research.stretches import Stretch
from agents.research.summary import PartKind
from agents.research.themes import Theme
from agents.research.weighing import Weighed


@dataclass(frozen=True, slots=True)
class Findings:
    """What the sources say to a question: the points that answer it at once, the rest by theme, what several say, where
    they disagree, where they say that something ends. `questions`: the question, then those it is made of."""

    questions: tuple[str, ...]
    language: str
    answer: tuple[Point, ...] = ()
    themes: tuple[Theme, ...] = ()
    agreements: tuple[Point, ...] = ()
    clashes: tuple[Clash, ...] = ()
    limits: tuple[Weighed, ...] = ()

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """All that may be cited, each once, in the order in which it is first used."""
        voices = [*self.answer, *self.agreements, *(point for theme in self.themes for point in theme.points)]
        found = [one.stretch for point in voices for one in (point.lead, *point.also)]
        found += [one.stretch for one in self.limits]
        found += [stretch for clash in self.clashes for stretch in (clash.one, clash.other)]
        return tuple({stretch.key: stretch for stretch in found}.values())


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A sentence and the stretches it rests on. `quoted`: it is the words of the first, perhaps framed; else `language`
    is that of its own words."""

    text: str
    stretches: tuple[Stretch, ...]
    language: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class DraftPart:
    """A section as drafted; its lines come as they are written."""

    kind: PartKind
    title: str
    lines: Iterable[DraftLine]


@dataclass
class Dropped:
    """What became of the lines that did not pass: written anew from their evidence, or dropped, by reason."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, reason: str) -> None:
        """Count one."""
        self.counts[reason] = self.counts.get(reason, 0) + 1


class SummaryWriter(Protocol):
    """What drafts a summary: `draft` is its verb, `name` says who speaks ("composer" or "llm:<model>")."""

    name: str

    def draft(self, findings: Findings) -> Iterator[DraftPart]:
        """The sections in order."""
        ...
