"""The explainer: an answer, sentence by sentence, each checked before anyone sees it.

A writer drafts (the composer, or a chat model); every sentence is verified against the evidence. One that fails is
replaced once by the sentence of the evidence that says most of it, else dropped and counted. A chat model that
gets nothing through leaves the answer to the composer; of one that fails on the way, what was verified stays, and the
composer ends the answer.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from agents.composer import Composer
from agents.errors import BadModel
from agents.evidence import Pack
from agents.fragments import may_be_fragment
from agents.plan import Draft, Memory, Plan
from knowledge.errors import BadText
from knowledge.factcheck import Evidence, FactChecker
from knowledge.terms import plain, words
from knowledge.text_guard import text_language

FEWEST_WORDS = 3  # of a sentence that a model words; with fewer it says nothing that can be checked
MOST_DROPPED = 20  # sentences in vain, with none that passed, before the writer is left
REWRITE_COVERAGE = 0.5  # share of a failed sentence that an evidence sentence must say to take its place


class Writer(Protocol):
    """What drafts answers: `write` is its verb, `name` says who speaks ("composer" or "llm:<model>")."""

    name: str

    def write(self, plan: Plan, pack: Pack, memory: Memory) -> Iterator[Draft]:
        """The sentences of an answer, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence that passed: its text, verdict and evidence; `passage` is where it belongs (for paragraphs)."""

    text: str
    verdict: str
    evidence: tuple[Evidence, ...]
    passage: str


@dataclass
class Tally:
    """What became of the drafts of one answer. `composed`: sentences that the composer put in a model's place;
    `failed`: how often the model itself failed."""

    passed: int = 0
    rewritten: int = 0
    dropped: int = 0
    withheld: int = 0
    composed: int = 0
    failed: int = 0

    def engine(self, writer: str) -> str:
        """Who spoke: `writer`, or the composer when nothing of what was said is the writer's."""
        own = self.passed + self.rewritten - self.composed
        return writer if own or not (self.composed or self.failed) else Composer.name


class Explainer:
    """Speaks the answer to a plan from an evidence pack."""

    def __init__(self, checker: FactChecker, writer: Writer) -> None:
        self.checker = checker
        self.writer = writer
        self.composer = Composer()

    def explain(
        self, plan: Plan, pack: Pack, memory: Memory, tally: Tally, withheld: Callable[[str], bool] = lambda _: False
    ) -> Iterator[Spoken]:  # fmt: skip
        """The verified sentences, as they are ready; `tally` counts what passed and what did not. `withheld`: whether a
        sentence must not be said now, however true."""
        for spoken in self._spoken(plan, pack, memory, tally):
            if withheld(spoken.text):
                tally.withheld += 1
            else:
                yield spoken

    def _spoken(self, plan: Plan, pack: Pack, memory: Memory, tally: Tally) -> Iterator[Spoken]:
        said: set[str] = set()
        try:
            for draft in self.writer.write(plan, pack, memory):
                spoken = self._verified(draft, plan, pack, said, tally)
                if spoken is not None:
                    said.add(spoken.text)
                    yield spoken
                elif not said and tally.dropped >= MOST_DROPPED:
                    break
        except BadModel:
            tally.failed += 1
        if (tally.failed or not said) and self.writer.name != self.composer.name:
            yield from self._composed(plan, pack, memory, said, tally)

    def _composed(self, plan: Plan, pack: Pack, memory: Memory, said: set[str], tally: Tally) -> Iterator[Spoken]:
        """The composer's sentences in the model's place, without those that were said."""
        for draft in self.composer.write(plan, pack, memory):
            spoken = self._verified(draft, plan, pack, said, tally) if draft.text not in said else None
            if spoken is not None:
                said.add(spoken.text)
                tally.composed += 1
                yield spoken

    def _verified(self, draft: Draft, plan: Plan, pack: Pack, said: set[str], tally: Tally) -> Spoken | None:
        if not draft.verbatim and len(words(plain(draft.text))) < FEWEST_WORDS:
            tally.dropped += 1
            return None
        evidence = draft.passages or pack.passages
        try:  # a model may slip into the other language; its words are then read in that one
            spoken = plan.language if draft.verbatim else text_language(draft.text, "auto", plan.language)
        except BadText:  # into a third one, or into none
            tally.dropped += 1
            return None
        checked = self.checker.verify(draft.text, spoken, evidence)
        if checked.verdict == "supported" and draft.text not in said and not _is_piece(draft, spoken, checked.evidence):
            tally.passed += 1
            return Spoken(draft.text, checked.verdict, checked.evidence[:1], checked.evidence[0].passage.id)
        nearest = self.checker.nearest(draft.text, plan.language, evidence, REWRITE_COVERAGE)
        if nearest is None or nearest.sentence.text in said:
            tally.dropped += 1
            return None
        tally.rewritten += 1
        return Spoken(nearest.sentence.text, "supported", (nearest,), nearest.passage.id)


def _is_piece(draft: Draft, language: str, evidence: Sequence[Evidence]) -> bool:
    """Whether a model's words may be a piece of the sentence that they rest on, which then takes their place."""
    said = len(words(plain(evidence[0].sentence.text))) if evidence else 0
    return not draft.verbatim and said > len(words(plain(draft.text))) and may_be_fragment(draft.text, language)


def whole_answer(spoken: list[tuple[str, str, list[int]]]) -> str:
    """The answer as Markdown from (text, passage id, citation numbers).

    A paragraph for each passage; lists, formulas and code on lines of their own.
    """
    pieces: list[str] = []
    last = ""
    for text, passage, numbers in spoken:
        marks = "".join(f"[{number}]" for number in numbers)
        block = text.startswith(("```", "$$"))
        shown = text if block else f"{text} {marks}" if marks else text
        if block:
            pieces.append("\n\n" if pieces else "")
        elif text.startswith("- "):
            pieces.append("\n" if pieces and pieces[-1].startswith("- ") else "\n\n" if pieces else "")
        elif pieces:
            after_block = pieces[-1].startswith(("```", "$$", "- "))
            pieces.append(" " if passage == last and not after_block else "\n\n")
        pieces.append(shown)
        last = passage
    return "".join(pieces).strip()
