"""The research assistant: a question over documents, step by step. The graph calls the steps and keeps what they hand
back, which is plain data: ids, places and numbers.

    questions = researcher.plan(question, language)
    documents = researcher.search(questions[0], language)       for each question
    evidence = researcher.read(document, questions, language)   for each document found
    summary = researcher.write(questions, language, evidence)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain

import numpy as np

from agents.errors import BadModel
from agents.research.auditing import Auditor
from agents.research.clash_text import about
from agents.research.disagreements import Clash, Clashes
from agents.research.drafting import DraftPart, Findings, SummaryWriter
from agents.research.gaps import gaps_of
from agents.research.points import Point, points_of
from agents.research.questions import content_words, questions_of
from agents.research.reading_words import holds
from agents.research.stretches import Stretch, stretches_of
from agents.research.summary import Disagreement, Line, Quotation, Reference, Summary
from agents.research.summary_composer import SummaryComposer, quoting
from agents.research.themes import Themes
from agents.research.weighing import Weighed, Weigher
from knowledge.corpus import Corpus
from knowledge.documents import Document, Passage
from knowledge.reading import Reading
from knowledge.terms import plain, stem

RANKED = 60  # passages whose rank in search counts
FOUND = 30  # passages that a question finds
PER_DOCUMENT = 4  # of them, of one document
DOCUMENTS = 40  # that are read for a question
PASSAGES = 6  # that are read of a document for each question
KEPT = 12  # stretches kept of a document
WEIGHED = 24  # stretches of a document whose vectors are compared
COMPARED = 60  # stretches among which disagreements are looked for
ANSWER = 3  # points of the short answer
ENOUGH = 0.7  # of the best relevance, below which a point does not belong to it
AGAIN = 0.9  # worth of a second point of one document, beside that of another
LIMITS = 4

Evidence = dict[str, str | int | float]  # a weighed stretch as data: passage, first, last, relevance, question


@dataclass(frozen=True)
class CitedDocuments:
    """The documents that may be cited: as texts and as references, by id."""

    documents: Mapping[str, Document]

    @cached_property
    def references(self) -> dict[str, Reference]:
        """Each document as it is cited."""
        return {name: reference_of(document) for name, document in self.documents.items()}

    def label(self, stretch: Stretch) -> str:
        """Who says it, as a reader knows them: "Vaswani et al. (2017)", else the title."""
        return label_of(self.references[stretch.passage.document])


def reference_of(document: Document) -> Reference:
    """A document as it is cited."""
    return Reference(
        document=document.id, title=document.title, authors=document.authors, year=document.year, doi=document.doi,
        arxiv=document.arxiv, url=document.url, venue=document.venue, path=document.path, kind=document.kind,
        language=document.language,
    )  # fmt: skip


def label_of(reference: Reference) -> str:
    """Authors and year where they are known, else the title."""
    families = [_family(author) for author in reference.authors]
    if not families or not reference.year:
        return reference.title
    who = families[0] if len(families) == 1 else f"{families[0]} et al."
    return f"{who} ({reference.year})"


def _family(author: str) -> str:
    return author.split(",")[0].strip() if "," in author else author.split()[-1] if author.split() else author


class Researcher:
    """Answers questions from documents; `writer` words what was found, and is believed in nothing."""

    def __init__(self, corpus: Corpus, cited: CitedDocuments, writer: SummaryWriter | None = None) -> None:
        self.corpus = corpus
        self.retriever = corpus.retriever
        self.cited = cited
        self.writer = writer or SummaryComposer()
        self.weigher = Weigher(corpus.retriever, corpus.checker.looker.reader)
        self.themes = Themes(corpus.retriever)
        self._ranks = lru_cache(maxsize=64)(self._found)
        self.clashes = Clashes(corpus.retriever, corpus.checker.looker.reader)

    def plan(self, question: str, language: str) -> tuple[str, ...]:
        """The question, then those that it is made of."""
        return questions_of(question, language)

    def search(self, question: str, language: str) -> list[str]:
        """Ids of the documents that a question finds, best first."""
        hits = self.retriever.search_diverse(plain(question), language, FOUND, PER_DOCUMENT)
        return list(dict.fromkeys(hit.passage.document for hit in hits))

    def read(self, document: str, questions: Sequence[str], language: str) -> list[Evidence]:
        """What a document says to the questions: its best stretches, best first."""
        passages = {
            hit.passage.id: hit.passage
            for question in questions
            for hit in self.retriever.search_document(plain(question), language, document, PASSAGES)
        }
        stretches = list(chain.from_iterable(stretches_of(passage) for passage in passages.values()))
        likely = self.weigher.likeliest(questions, language, stretches, WEIGHED)
        ranks = [self._ranks(question, language) for question in questions]
        weighed = sorted(self.weigher.weigh(questions, language, likely, ranks), key=lambda one: -one.relevance)
        return [as_evidence(one) for one in weighed[:KEPT]]

    def write(self, questions: Sequence[str], language: str, evidence: Sequence[Evidence]) -> Summary:
        """The audited summary of the evidence of all documents."""
        weighed = self._weighed(evidence)
        findings, relevance = self.find(questions, language, weighed)
        auditor = self.auditor(language, findings.stretches, relevance)
        parts, engine = auditor.audit(self._drafted(findings)), self.writer.name
        if not parts and engine != SummaryComposer.name:
            parts, engine = auditor.audit(SummaryComposer().draft(findings)), SummaryComposer.name
        disagreements = self._disagreements(findings, auditor)
        used = [Stretch(passage, 0, len(passage.sentences) - 1) for passage in self._quoted(auditor.quotations)]
        return self.printed(
            Summary(
                question=questions[0], language=language, parts=parts, quotations=auditor.quotations, references=(),
                searched=(), disagreements=disagreements, dropped=auditor.dropped.counts, engine=engine,
                questions=tuple(questions[1:]),
                missing=gaps_of(questions, language, weighed, used, self.retriever.glossary),
            )
        )  # fmt: skip

    def _drafted(self, findings: Findings) -> list[DraftPart]:
        """What the writer drafts; nothing of one that fails on the way."""
        try:
            return list(self.writer.draft(findings))
        except BadModel:
            return []

    def auditor(
        self, language: str, pool: Sequence[Stretch], relevance: Mapping[tuple[str, int, int], float]
    ) -> Auditor:
        """An audit of what is printed in `language` and may cite `pool`."""
        return Auditor(self.corpus.checker, self.cited.documents, language, pool, relevance)

    def printed(self, summary: Summary) -> Summary:
        """The summary with the documents that it cites and those that were searched."""
        references = self.cited.references
        cited = dict.fromkeys(quotation.document for quotation in summary.quotations)
        return replace(
            summary, references=tuple(references[name] for name in cited), searched=tuple(references.values())
        )

    def passages_of(self, document: str) -> list[Passage]:
        """The passages of a document in order."""
        found: list[Passage] = []
        while (passage := self.corpus.passage(f"{document}:{len(found) + 1}")) is not None:
            found.append(passage)
        return found

    def find(
        self, questions: Sequence[str], language: str, weighed: Sequence[Weighed]
    ) -> tuple[Findings, dict[tuple[str, int, int], float]]:
        """What the evidence comes to, and how relevant each stretch is."""
        ranked = sorted(weighed, key=lambda one: (-one.relevance, one.stretch.key))
        relevance = {one.stretch.key: one.relevance for one in ranked}
        if not ranked or self._speaks_of_another(questions[0], language, ranked):
            return Findings(tuple(questions), language), relevance
        alike = self.weigher.likeness([one.stretch for one in ranked])
        rows = {one.stretch.key: row for row, one in enumerate(ranked)}
        points = points_of(ranked, alike, lambda one, other: self.clashes.agrees(one.stretch, other.stretch))
        if not points:
            return Findings(tuple(questions), language), relevance
        answer = _answering(points, len(questions))
        rest = [point for point in points if point not in answer]
        agreed = tuple(point for point in rest if point.also)
        others = [point for point in rest if not point.also]
        asked = frozenset(stem(word, language) for word in content_words(questions[0], language))
        own = [rows[point.lead.stretch.key] for point in others]
        themes = self.themes.find(others, alike[np.ix_(own, own)], asked, language)
        used = {one.stretch.key for point in points for one in (point.lead, *point.also)}
        least = min(point.lead.relevance for point in points)
        limits = [
            one for one in ranked
            if one.stretch.key not in used and one.relevance >= least
            and holds("limits", one.stretch.quote, one.stretch.language)
        ]  # fmt: skip
        clashes = self.clashes.find([one.stretch for one in ranked[:COMPARED] if one.relevance >= least / 2])
        return Findings(
            tuple(questions), language, answer, tuple(themes), agreed, tuple(clashes), tuple(limits[:LIMITS])
        ), relevance  # fmt: skip

    def _disagreements(self, findings: Findings, auditor: Auditor) -> tuple[Disagreement, ...]:
        found = []
        for clash in findings.clashes:
            sides = self._sides(clash, findings.language, auditor)
            if len(sides) == 2:
                found.append(Disagreement(clash.kind, about(clash, findings.language), sides))
        return tuple(found)

    def _sides(self, clash: Clash, language: str, auditor: Auditor) -> tuple[Line, ...]:
        drafts = [quoting(stretch, language) for stretch in (clash.one, clash.other)]
        return tuple(auditor.lines_again(drafts))

    def _speaks_of_another(self, question: str, language: str, weighed: Sequence[Weighed]) -> bool:
        """Whether the question names things, and nothing that was found names any of them: what it says is then true of
        something else."""
        reader = self.weigher.reader
        names = [word.keys for word in reader.read(plain(question), language).words if word.name and not word.counted]
        if not names:
            return False
        passages = {one.stretch.passage.id: one.stretch.passage for one in weighed}.values()
        texts = {
            (text, passage.language) for passage in passages
            for text in (passage.title, *passage.headings, *(sentence.text for sentence in passage.sentences))
        }  # fmt: skip
        held = frozenset[str]().union(*(key for text, own in texts for key in _keys(reader.read(text, own))))
        return not any(keys & held for keys in names)

    def _found(self, question: str, language: str) -> dict[str, float]:
        """How well search finds each passage, 0 to 1: 1 for the one that leads."""
        hits = self.retriever.search(plain(question), language, RANKED)
        best = hits[0].score if hits else 1.0
        return {hit.passage.id: hit.score / best for hit in hits}

    def _weighed(self, evidence: Sequence[Evidence]) -> list[Weighed]:
        found = {}
        for row in evidence:
            passage = self.corpus.passage(str(row["passage"]))
            if passage is not None:
                stretch = Stretch(passage, int(row["first"]), int(row["last"]))
                found[stretch.key] = Weighed(stretch, float(row["relevance"]), int(row["question"]))
        return list(found.values())

    def _quoted(self, quotations: Sequence[Quotation]) -> list[Passage]:
        found = (self.corpus.passage(name) for name in dict.fromkeys(one.passage for one in quotations))
        return [passage for passage in found if passage is not None]


def _keys(reading: Reading) -> Iterator[frozenset[str]]:
    """What the words of a reading may match by, light ones too."""
    return (word.keys for word in reading.words)


def as_evidence(weighed: Weighed) -> Evidence:
    """A weighed stretch as plain data."""
    passage, first, last = weighed.stretch.key
    return {
        "passage": passage, "first": first, "last": last, "relevance": weighed.relevance, "question": weighed.question,
    }  # fmt: skip


def _answering(points: Sequence[Point], questions: int) -> tuple[Point, ...]:
    """The points of the short answer: the best one, the best to each further question, then the next best, those of
    further documents before others."""
    ranked = sorted(points, key=lambda point: -point.lead.relevance)
    chosen, enough = [ranked[0]], ENOUGH * ranked[0].lead.relevance
    for question in range(1, questions):
        best = next((point for point in ranked if point.lead.question == question), None)
        if best is not None and best not in chosen:
            chosen.append(best)
    while len(chosen) < ANSWER:
        spoken = {point.lead.stretch.passage.document for point in chosen}
        worth = {
            place: point.lead.relevance * (AGAIN if point.lead.stretch.passage.document in spoken else 1.0)
            for place, point in enumerate(ranked) if point not in chosen and point.lead.relevance >= enough
        }  # fmt: skip
        if not worth:
            break
        chosen.append(ranked[max(worth, key=worth.__getitem__)])
    return tuple(chosen[: max(ANSWER, questions)])
