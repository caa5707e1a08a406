"""The explainer: an answer, sentence by sentence, each checked before anyone sees it.

A writer drafts (the composer, or a chat model, which writes on while its sentences are checked); every sentence is
verified against the evidence. One that fails is replaced once by the sentence of the evidence that says most of it, or
dropped where that was said; where no evidence says much of it and it claimed something of the subject, the composer's
next sentence stands in its place. A chat model that gets nothing through leaves the answer to the composer; of one that
fails on the way, what was verified stays, and the composer ends the answer.

Checking keeps a core busy, and a model speaks to many at a time. So no more sentences are checked at once than there
are cores: the first of an answer before all others, then those of the answer that was begun first.
"""

import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from typing import Protocol

from agents.ahead import ahead
from agents.composer import Composer
from agents.errors import BadModel
from agents.evidence import Pack
from agents.fragments import may_be_fragment
from agents.plan import Draft, Memory, Plan
from agents.turnstile import Turnstile
from knowledge.claims import split_claims
from knowledge.errors import BadText
from knowledge.factcheck import Checked, Evidence, FactChecker
from knowledge.terms import plain, stems, words
from knowledge.text_guard import text_language

FEWEST_WORDS = 3  # of a sentence that a model words; with fewer it says nothing that can be checked
MOST_DROPPED = 20  # sentences in vain, with none that passed, before the writer is left
REWRITE_COVERAGE = 0.5  # share of a failed sentence that an evidence sentence must say to take its place
WAITING = 64  # sentences of a model that may wait to be checked; then the model waits
CHECKING = Turnstile(min(4, os.cpu_count() or 1))  # more at once would only share the interpreter's lock


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
    """What became of the drafts of one answer. `repeated`: sentences that said again what had been said; `composed`:
    those that the composer put in a model's place; `failed`: how often the model itself failed; `seconds`: what the
    checking took."""

    passed: int = 0
    rewritten: int = 0
    dropped: int = 0
    withheld: int = 0
    composed: int = 0
    failed: int = 0
    repeated: int = 0
    seconds: float = field(default=0.0, compare=False)

    @property
    def drafts(self) -> int:
        """Sentences that the writer worded so far."""
        return self.own + self.dropped + self.repeated

    @property
    def own(self) -> int:
        """Sentences of the writer that were said, as it worded them or as the evidence does."""
        return self.passed + self.rewritten - self.composed

    def engine(self, writer: str) -> str:
        """Who spoke: `writer`, or the composer when nothing of what was said is the writer's."""
        return writer if self.own or not (self.composed or self.failed) else Composer.name


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
        answer = _Answer(self.checker, plan, pack, tally)
        if self.writer.name == self.composer.name:
            yield from filter(None, map(answer.verified, self.writer.write(plan, pack, memory)))
            return
        rest, began = self.composer.write(plan, pack, memory), time.monotonic()
        try:
            # Closed at once when the reader goes, so that the model stops.
            with closing(self._drafts(plan, pack, memory)) as drafts:
                for draft in drafts:
                    with self._in_turn(tally, began):
                        spoken = answer.verified(draft) or (answer.composed(rest) if answer.gap else None)
                    if spoken is not None:
                        yield spoken
                    if not tally.own and tally.dropped >= MOST_DROPPED:
                        break
        except BadModel:
            tally.failed += 1
        while (tally.failed or not tally.own) and (spoken := answer.composed(rest)) is not None:
            yield spoken

    def _drafts(self, plan: Plan, pack: Pack, memory: Memory) -> Generator[Draft, None, None]:
        """The model's sentences, written ahead while earlier ones are checked."""
        return ahead(lambda: self.writer.write(plan, pack, memory), WAITING, "atenea-writer")

    def _in_turn(self, tally: Tally, began: float) -> AbstractContextManager[None]:
        """A place among what is checked, for an answer begun at `began`. A verifier made for any subject may be a model
        on a server or a GPU, which many may well ask at once."""
        return nullcontext() if self.checker.looker.reads_all else CHECKING.through(bool(tally.drafts), began)


class _Answer:
    """What was said of one answer so far, and whether a further sentence may be said, or what in its place.

    `gap`: whether the last draft failed and claimed something of the subject, so that something is missing there.
    """

    def __init__(self, checker: FactChecker, plan: Plan, pack: Pack, tally: Tally) -> None:
        self.checker = checker
        self.plan = plan
        self.pack = pack
        self.tally = tally
        self.gap = False
        self._topic = set(stems(plan.query, plan.language))
        self._said: set[str] = set()  # as it was said
        self._told: set[str] = set()  # sentences of the sources that what was said rests on

    def verified(self, draft: Draft) -> Spoken | None:
        """The draft, or the sentence of the evidence that takes its place; None when neither may be said."""
        began, self.gap = time.perf_counter(), False
        spoken = self._verified(draft)
        self.tally.seconds += time.perf_counter() - began
        if spoken is not None:
            self._said.add(spoken.text)
            self._told.add(spoken.evidence[0].sentence.text)
        return spoken

    def composed(self, drafts: Iterator[Draft]) -> Spoken | None:
        """The composer's next sentence that was not said; None when it has no more."""
        for draft in drafts:
            spoken = self.verified(draft) if not self._was_said(draft.text) else None
            if spoken is not None:
                self.tally.composed += 1
                return spoken
        return None

    def _verified(self, draft: Draft) -> Spoken | None:
        language = self._language(draft)
        if language is None:
            self.tally.dropped += 1
            return None
        evidence = draft.passages or self.pack.passages
        checked = self.checker.verify(draft.text, language, evidence)
        if checked.verdict == "supported" and not _is_piece(draft, language, checked.evidence):
            if draft.text in self._said or checked.evidence[0].sentence.text in self._said:
                self.tally.repeated += 1
                return None
            self.tally.passed += 1
            return Spoken(draft.text, checked.verdict, checked.evidence[:1], checked.evidence[0].passage.id)
        nearest = self.checker.nearest(draft.text, self.plan.language, evidence, REWRITE_COVERAGE)
        if nearest is None or self._was_said(nearest.sentence.text):
            self.tally.dropped += 1
            self.gap = nearest is None and self._claims(draft.text, language, checked)
            return None
        self.tally.rewritten += 1
        return Spoken(nearest.sentence.text, "supported", (nearest,), nearest.passage.id)

    def _claims(self, text: str, language: str, checked: Checked) -> bool:
        """Whether a text claims something of the subject, of which the question or the sources speak."""
        about = bool(checked.evidence) or bool(self._topic & set(stems(text, language)))
        return about and any(split_claims(text, language))

    def _was_said(self, sentence: str) -> bool:
        """Whether a sentence of the sources was said, in its own words or in others."""
        return sentence in self._said or sentence in self._told

    def _language(self, draft: Draft) -> str | None:
        """The language in which a draft is read; None where it says nothing that can be read."""
        if draft.verbatim:
            return self.plan.language
        if len(words(plain(draft.text))) < FEWEST_WORDS:
            return None
        try:  # a model may slip into the other language; its words are then read in that one
            return text_language(draft.text, "auto", self.plan.language)
        except BadText:  # into a third one, or into none
            return None


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
