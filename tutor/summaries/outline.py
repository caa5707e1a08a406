"""What stands in a summary's file, and in what order, for every format that a person reads.

Headings, paragraphs of sentences with the numbers of their quotations, lists, a comparison, the quotations. A writer
turns each into its format's markup; it decides nothing of what is said.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from agents.research.summary import Disagreement, Line, Part, Quotation, Reference, Summary
from tutor.export.xml_tree import node
from tutor.summaries.inline import Inline, code_of, inline, one_line
from tutor.summaries.kinds import title_of
from tutor.summaries.names import author_name
from tutor.summaries.words import counted, quoted, said, said_or

AS_PROSE = frozenset({"answer", "theme", "aspect"})  # parts whose sentences follow one another; others are lists


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` from 1, the title of the whole."""

    level: int
    content: Inline


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, the quotations it rests on, and what is said of it in brackets."""

    content: Inline
    citations: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Prose:
    """Sentences that follow one another."""

    sentences: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list whose entries are sentences."""

    entries: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A comparison: a row a document, first its name. A cell without sentences has none to say."""

    head: tuple[Inline, ...]
    rows: tuple[tuple[tuple[Said, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of a document: `label` says where they stand. `code`: they are code, lines and all."""

    n: int
    document: str
    label: Inline
    quote: Inline
    code: str | None
    locator: str


Block = Heading | Prose | Bullets | Grid | Quoted


@dataclass(frozen=True)
class Outline:
    """The blocks of a summary; `body`, then `quotations`, then a writer's references, then `made`."""

    summary: Summary

    @property
    def language(self) -> str:
        """In which the words around are."""
        return self.summary.language

    @cached_property
    def documents(self) -> dict[str, Reference]:
        """Document id -> how it is cited."""
        return {one.document: one for one in (*self.summary.searched, *self.summary.references)}

    @cached_property
    def numbered(self) -> dict[int, Quotation]:
        """Number -> quotation."""
        return {quotation.n: quotation for quotation in self.summary.quotations}

    def numbers_of(self, document: str) -> tuple[int, ...]:
        """The numbers of the quotations of a document."""
        return tuple(sorted(n for n, quotation in self.numbered.items() if quotation.document == document))

    def body(self) -> Iterator[Block]:
        """The title, what this is, the parts, the comparison, the disagreements, what no source says."""
        title = self.summary.question or said("heading.digest", self.language)
        yield Heading(1, (one_line(title),))
        yield Prose((Said((self._counts(),)), Said((said("about.checked", self.language),)), Said((self._writer(),))))
        if self.summary.questions not in ((), (self.summary.question,)):
            yield self._heading("heading.questions")
            yield Bullets(tuple(Said(inline(question)) for question in self.summary.questions))
        for part in self.summary.parts:
            yield from self._part(part)
        if self.summary.table:
            yield self._heading("heading.table")
            yield self._grid()
        kinds = {part.kind for part in self.summary.parts}
        yield from () if "disagreement" in kinds else self._disagreements(())
        yield from () if "missing" in kinds else self._missing(())

    def quotations(self) -> Iterator[Block]:
        """The quotations by number, under their heading."""
        if self.numbered:
            yield self._heading("heading.quotations")
        for n, quotation in sorted(self.numbered.items()):
            code = code_of(quotation.quote)
            quote = () if code is not None else inline(quotation.quote)
            yield Quoted(n, quotation.document, self._label(quotation), quote, code, one_line(quotation.locator))

    def made(self) -> Iterator[Block]:
        """What was searched in vain, and what was drafted and left out."""
        cited = {reference.document for reference in self.summary.references}
        others = [one for one in self.summary.searched if one.document not in cited]
        dropped = {reason: count for reason, count in self.summary.dropped.items() if count}
        if others or dropped:
            yield self._heading("heading.made")
        if others:
            yield Prose((Said((said("made.not-cited", self.language),)),))
            yield Bullets(tuple(Said(self._named(one)) for one in others))
        if dropped:
            yield Prose((Said((said("made.dropped", self.language),)),))
            yield Bullets(tuple(Said((self._dropped(reason, count),)) for reason, count in dropped.items()))

    def short_name(self, reference: Reference) -> str:
        """As a reader knows it: "Vaswani et al. (2017)", or its title where no author is known."""
        families = [author_name(author, reference.language).family for author in reference.authors]
        if not families:
            return title_of(reference)
        who = families[0]
        if len(families) == 2:
            link = "author.and-i" if re.match("[iíIÍ]|[hH][ií](?![aeo])", families[1]) else "author.and"
            who = said(link, self.language, first=who, second=families[1])
        elif len(families) > 2:
            who = said("author.others", self.language, first=who)
        return who if reference.year is None else said("author.year", self.language, who=who, year=reference.year)

    def _heading(self, name: str) -> Heading:
        return Heading(2, (said(name, self.language),))

    def _counts(self) -> str:
        counts = {
            "searched": len(self.summary.searched), "cited": len(self.summary.references),
            "quotation": len(self.numbered),
        }  # fmt: skip
        told = {name: counted(name, count, self.language) for name, count in counts.items()}
        return said("about.counts", self.language, **{**told, "quotations": told["quotation"]})

    def _writer(self) -> str:
        kind, _, model = one_line(self.summary.engine).partition(":")
        if not model:
            return said("about.wrote-composer", self.language)
        return said("about.wrote-model", self.language, model=model if kind == "llm" else f"{kind}:{model}")

    def _part(self, part: Part) -> Iterator[Block]:
        title = one_line(part.title) or said(f"part.{part.kind}", self.language)
        if part.kind == "disagreement":
            yield from self._disagreements(part.lines, title)
        elif part.kind == "missing":
            yield from self._missing(part.lines, title)
        elif part.lines:
            yield Heading(2, inline(title))
            sentences = tuple(map(self._said, part.lines))
            yield Prose(sentences) if part.kind in AS_PROSE else Bullets(sentences)

    def _disagreements(self, lines: Sequence[Line], title: str = "") -> Iterator[Block]:
        """The disagreements, each with what its sides say in their own words, and lines that repeat none of them."""
        sides = {side.text for one in self.summary.disagreements for side in one.sides}
        others = tuple(self._said(line) for line in lines if line.text not in sides)
        if self.summary.disagreements or others:
            yield Heading(2, inline(title or said("part.disagreement", self.language)))
        if others:
            yield Bullets(others)
        for one in self.summary.disagreements:
            yield Heading(3, self._about(one))
            yield Bullets(tuple(self._side(side) for side in one.sides))

    def _missing(self, lines: Sequence[Line], title: str = "") -> Iterator[Block]:
        told = {line.text: self._said(line) for line in lines}
        told |= {text: Said(inline(text)) for text in self.summary.missing if text not in told}
        if told:
            yield Heading(2, inline(title or said("part.missing", self.language)))
            yield Bullets(tuple(told.values()))

    def _about(self, one: Disagreement) -> Inline:
        about = one_line(one.about)
        return (*inline(about[:1].upper() + about[1:]), f" ({said(f'disagreement.{one.kind}', self.language)})")

    def _side(self, side: Line) -> Said:
        """What a side says, then the words it rests on and where they stand; once where they are the same."""
        quotations = [self.numbered[n] for n in side.citations]
        same = [quotation for quotation in quotations if one_line(quotation.quote) == one_line(side.text)]
        content: Inline = () if same else inline(side.text)
        for quotation in same[:1] or quotations:
            before = " — " if content else ""
            content = (*content, before, *self._label(quotation), ": ", *self._in_marks(quotation))
        return Said(content, side.citations, self._note(side))

    def _in_marks(self, quotation: Quotation) -> Inline:
        opening, closing = quoted("\0", self.language).split("\0")
        return (opening, *inline(one_line(quotation.quote)), closing)

    def _said(self, line: Line) -> Said:
        return Said(inline(line.text), line.citations, self._note(line))

    def _note(self, line: Line) -> str:
        notes = ["translation"] if line.translation else []
        notes += [line.verdict] if line.verdict != "supported" and line.citations else []
        return ", ".join(said(f"note.{note}", self.language) for note in notes)

    def _named(self, reference: Reference) -> Inline:
        """A document by its author, year and title."""
        name, title = self.short_name(reference), title_of(reference)
        told = node("em", *inline(title))
        return (told,) if name == title else (f"{name}, ", told)

    def _label(self, quotation: Quotation) -> Inline:
        """Where a quotation stands, and its language where that is another than the summary's."""
        named = self._named(self.documents[quotation.document])
        place = f", {one_line(quotation.locator)}" if quotation.locator.strip() else ""
        foreign = said_or(f"note.in-{quotation.language}", self.language, "")
        return (*named, place + (f" ({foreign})" if foreign and quotation.language != self.language else ""))

    def _dropped(self, reason: str, count: int) -> str:
        told = said_or(f"dropped.{reason}", self.language, one_line(reason))
        return f"{counted('draft', count, self.language)}: {told}"

    def _grid(self) -> Grid:
        table = self.summary.table
        assert table is not None
        names = [(Said(self._named(self.documents[document])),) for document in table.rows]
        cells = [tuple(tuple(map(self._said, cell)) for cell in row) for row in table.cells]
        head = ((said("table.document", self.language),), *(inline(one_line(column)) for column in table.columns))
        return Grid(head, tuple((name, *row) for name, row in zip(names, cells, strict=True)))
