"""The audit of a draft: a line is printed only when its sources say it and its quotations stand where they are said to.

A line that fails is written anew once, in the words of the evidence that says most of it; failing that, it is dropped
and counted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from agents.research.drafting import DraftLine, DraftPart, Dropped
from agents.research.stretches import Stretch, shown
from agents.research.summary import Line, Part, Quotation
from agents.research.summary_composer import quoting
from knowledge.documents import Document
from knowledge.errors import BadText
from knowledge.factcheck import FactChecker
from knowledge.terms import plain, words
from knowledge.text_guard import text_language

REWRITE = 0.5  # share of a failed line that a sentence of its evidence must say to take its place
FEWEST_WORDS = 3  # of a line; fewer say nothing that could be looked for


class Auditor:
    """Audits the draft of one summary and numbers what it quotes: `audit` is its verb.

    `documents`: by id, those that may be quoted. `pool`: all stretches that may be cited.
    """

    def __init__(
        self, checker: FactChecker, documents: Mapping[str, Document], language: str,
        pool: Sequence[Stretch], relevance: Mapping[tuple[str, int, int], float],
    ) -> None:  # fmt: skip
        self.checker = checker
        self.documents = documents
        self.language = language
        self.pool = pool
        self.relevance = relevance
        self.dropped = Dropped()
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._quotations: list[Quotation] = []
        self._said: set[str] = set()

    @property
    def quotations(self) -> tuple[Quotation, ...]:
        """What was quoted so far, by number."""
        return tuple(self._quotations)

    def audit(self, drafts: Iterable[DraftPart]) -> tuple[Part, ...]:
        """The parts with the lines that passed; a part of which none did is left out."""
        parts = ((draft, tuple(self.lines(draft.lines))) for draft in drafts)
        return tuple(Part(draft.kind, draft.title, lines) for draft, lines in parts if lines)

    def lines(self, drafts: Iterable[DraftLine]) -> Iterator[Line]:
        """The lines that pass, each text once."""
        for draft in drafts:
            if draft.text in self._said:
                continue
            line = self._quoted(draft) if draft.quoted else self._worded(draft)
            if line is not None and line.text not in self._said:
                self._said.add(line.text)
                yield line

    def lines_again(self, drafts: Sequence[DraftLine]) -> list[Line]:
        """Quoted lines that may have been printed before: the sides of a disagreement."""
        return [line for draft in drafts if (line := self._quoted(draft)) is not None]

    def _quoted(self, draft: DraftLine) -> Line | None:
        """A line of quoted words: they must stand in the document, and as printed say what they say there."""
        stretch = draft.stretches[0]
        kept = [one for one in draft.stretches if self._stands(one)]
        if stretch not in kept:
            self.dropped.add("quote-lost")
            return None
        text, own = draft.text, shown(stretch.quote, stretch.language)
        if own != stretch.quote and not self._is_supported(own, stretch):
            text = draft.text.replace(own, stretch.quote)  # what was cut off mattered: word for word then
        if not self._is_supported(stretch.quote, stretch):
            self.dropped.add("unsupported")
            return None
        return Line(text, "supported", self._cite(kept))

    def _is_supported(self, text: str, stretch: Stretch) -> bool:
        own = stretch.passage.sentences[stretch.first : stretch.last + 1]
        if text == stretch.quote and all(
            self.checker.verify(sentence.text, stretch.language, [stretch.passage]).verdict == "supported"
            for sentence in own
        ):
            return True
        return self.checker.verify(text, stretch.language, [stretch.passage]).verdict == "supported"

    def _worded(self, draft: DraftLine) -> Line | None:
        """A line in a writer's own words: each of its claims must be supported by what may be cited."""
        try:
            spoken = text_language(draft.text, "auto", draft.language)
        except BadText:
            self.dropped.add("unreadable")
            return None
        if len(words(plain(draft.text))) < FEWEST_WORDS:
            self.dropped.add("unreadable")
            return None
        passages = list(dict.fromkeys(one.passage for one in (*draft.stretches, *self.pool)))
        checked = self.checker.verify(draft.text, spoken, passages)
        if checked.verdict == "supported":
            held = [self._stretch_at(found.passage.id, found.sentence.text) for found in checked.evidence]
            kept = [one for one in held if one is not None and self._stands(one)]
            if kept:
                foreign = any(one.language != spoken for one in kept)
                return Line(draft.text, "supported", self._cite(kept), checked.score, translation=foreign)
        return self._rewritten(draft, spoken)

    def _rewritten(self, draft: DraftLine, spoken: str) -> Line | None:
        cited = [one.passage for one in draft.stretches] or [one.passage for one in self.pool]
        nearest = self.checker.nearest(draft.text, spoken, list(dict.fromkeys(cited)), REWRITE)
        stretch = self._stretch_at(nearest.passage.id, nearest.sentence.text) if nearest else None
        if stretch is None:
            self.dropped.add("unsupported")
            return None
        self.dropped.add("rewritten")
        return self._quoted(quoting(stretch, self.language))

    def _stretch_at(self, passage: str, text: str) -> Stretch | None:
        """The stretch of the pool that holds a sentence, or the sentence by itself."""
        for one in self.pool:
            if one.passage.id != passage:
                continue
            texts = [sentence.text for sentence in one.passage.sentences]
            if text in texts:
                place = texts.index(text)
                return one if one.first <= place <= one.last else Stretch(one.passage, place, place)
        return None

    def _stands(self, stretch: Stretch) -> bool:
        """Whether the quotation is found, word for word but for white space, at its place in its document."""
        document = self.documents.get(stretch.passage.document)
        if document is None:
            return False
        there = document.text[stretch.passage.start : stretch.passage.end or None]
        return " ".join(stretch.quote.split()) in " ".join(there.split())

    def _cite(self, stretches: Sequence[Stretch]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(self._number(stretch) for stretch in stretches))

    def _number(self, stretch: Stretch) -> int:
        if stretch.key not in self._numbers:
            number = len(self._quotations) + 1
            self._numbers[stretch.key] = number
            passage = stretch.passage
            self._quotations.append(
                Quotation(
                    n=number, document=passage.document, locator=passage.locator, quote=stretch.quote,
                    language=passage.language, passage=passage.id, sentence=stretch.first, start=passage.start,
                    end=passage.end, score=self.relevance.get(stretch.key, 0.0),
                )
            )  # fmt: skip
        return self._numbers[stretch.key]
