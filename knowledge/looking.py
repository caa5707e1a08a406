"""What is known of a claim before its verdict: the sentences that stand nearest to it, as rules and verifier read them.

Of a course the sentences are found by themselves (knowledge/sentence_finder.py), of documents those of the passages
that search finds. While the rules go over them, a verifier reads the first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from knowledge.beliefs import Belief, Beliefs
from knowledge.candidates import Candidate, Rarity, closest, overlapping, sentences_of
from knowledge.claims import Claim
from knowledge.course import Course
from knowledge.documents import Passage
from knowledge.reading import Reader, Reading
from knowledge.retrieval import Hit, Retriever
from knowledge.rules import Judged, Rules, read_thresholds
from knowledge.second_look import Asked, ReadJudged, ask
from knowledge.sentence_finder import CourseSentences
from knowledge.terms import plain
from knowledge.verifier import Verifier

FOUND = 8  # sentences of the course that are compared with a claim
CANDIDATE_PASSAGES = 16  # of documents in the claim's own language (docs/LOG.md)
FOREIGN_PASSAGES = 4  # of the other one
COMPARED = 14  # of their sentences, compared with the claim word by word: those that say most of it


@dataclass(frozen=True, slots=True)
class Looked:
    """What is known of a claim when its verdict is due: how it reads, the sentences compared with it, those that the
    verifier read (nearest first), and the misconception that it states."""

    reading: Reading
    judged: tuple[Judged, ...]
    read: tuple[ReadJudged, ...]
    belief: Belief | None


class Looker:
    """Looks at claims beside the sentences of one retriever and of a course: `look` is its verb."""

    def __init__(
        self, retriever: Retriever, course: Course | None, verifier: Verifier | None,
        sentences: Callable[[], CourseSentences] | None, *, documents: bool,
    ) -> None:  # fmt: skip
        """As `FactChecker`'s."""
        self.retriever = retriever
        self.course = course
        self.verifier = verifier
        self._open_sentences = sentences
        self.documents = documents or sentences is None
        self.reader = Reader(retriever.glossary, course.facts.name_spans if course else None)
        self.rules = Rules(retriever, self.reader)
        self.beliefs = Beliefs(course, self.reader)
        self.thresholds = read_thresholds()

    @cached_property
    def sentences(self) -> CourseSentences | None:
        """The course's sentences, opened when they are first asked for."""
        return self._open_sentences() if self._open_sentences else None

    def look(self, claim: Claim, language: str, evidence: Sequence[Passage] = ()) -> Looked:
        """The claim beside the sentences that stand nearest to it, nothing decided yet."""
        whole = claim.whole
        if self.verifier is not None and self.sentences and not self.reads_all:
            self.verifier.begin(plain(whole))
        reading = self.reader.read(whole, language)
        rarity = Rarity(self.retriever, language)
        found = self.sentences.search(whole, language, FOUND) if self.sentences else []
        own = [*found, *self._fact_candidates(whole, language)]
        asked = self._ask(whole, own) if found and not self.reads_all else None  # meanwhile the rest is looked at
        near = overlapping(reading, own, self.reader, rarity)
        near += self._in_passages(reading, near, evidence)
        asked = asked or self._ask(whole, near)
        headed = len(self.reader.read(claim.subject, language).words) if claim.headed else 0
        judged = self.rules.judge(reading, near, headed)
        support = self.thresholds[language].support
        belief = self.beliefs.stated(reading, rarity, support, support, headed)
        return Looked(reading, tuple(judged), asked.heard(judged) if asked else (), belief)

    def read(self, claim: Claim, judged: Sequence[Judged]) -> tuple[ReadJudged, ...]:
        """What the verifier makes of these sentences, whatever they are of; nothing without one."""
        if self.verifier is None:
            return ()
        asked = ask(self.verifier, plain(claim.whole), [one.candidate for one in judged], {})
        return asked.heard(judged) if asked else ()

    def compared(self, sentence: str, language: str, evidence: Sequence[Passage]) -> list[Judged]:
        """The sentences of the evidence that say most of `sentence`, as the rules judge them."""
        reading = self.reader.read(sentence, language)
        candidates = sentences_of([Hit(passage, 1.0) for passage in evidence])
        near = closest(reading, candidates, self.reader, Rarity(self.retriever, language), COMPARED)
        return self.rules.judge(reading, near)

    def near(self, text: str, language: str) -> list[Candidate]:
        """Sentences near a text, as they are found."""
        found = self.sentences.search(text, language, FOUND) if self.sentences else []
        return [*found, *sentences_of(self._hits(text, language))]

    def _ask(self, whole: str, near: Sequence[Candidate]) -> Asked | None:
        """Have the verifier read the nearest sentences; one that knows a course reads no others (docs/LOG.md)."""
        if self.verifier is None:
            return None
        allowed = [one for one in near if self.reads_all or self.is_course(one)]
        return ask(self.verifier, plain(whole), allowed, self.retriever.passages)

    @property
    def reads_all(self) -> bool:
        """Whether the verifier reads other sentences than a course's."""
        return self.verifier is not None and self.verifier.general

    def _in_passages(self, reading: Reading, near: Sequence[Candidate], evidence: Sequence[Passage]) -> list[Candidate]:
        """The sentences of the evidence, and of the passages that search finds, that say most of the claim."""
        hits = [*(Hit(passage, 1.0) for passage in evidence), *self._hits(reading.text, reading.language)]
        known = {one.text for one in near}
        others = [one for one in sentences_of(hits) if one.text not in known]
        return closest(reading, others, self.reader, Rarity(self.retriever, reading.language), COMPARED)

    def _hits(self, text: str, language: str) -> list[Hit]:
        """The passages that search finds; not the course's where its sentences are found by themselves."""
        if not self.documents:
            return []
        other = "en" if language == "es" else "es"
        found = [
            *self.retriever.search(text, language, CANDIDATE_PASSAGES, (language,)),
            *self.retriever.search(text, language, FOREIGN_PASSAGES, (other,)),
        ]
        course = self.course.id if self.course and self.sentences else ""
        return [hit for hit in found if hit.passage.document != course]

    def is_course(self, candidate: Candidate) -> bool:
        """Whether a sentence is the course's."""
        return self.course is not None and candidate.passage.document == self.course.id

    def _fact_candidates(self, whole: str, language: str) -> list[Candidate]:
        """The table's facts about what the claim names, as sentences."""
        if self.course is None:
            return []
        table = self.course.facts
        entities = sorted({entity.id for _, entity in table.entities_in(whole)})
        attributes = sorted({attribute.id for _, attribute in table.attributes_in(whole, language)})
        facts = [(entity, fact) for entity in entities for name in attributes if (fact := table.find(entity, name))]
        passages = [self.course.fact_passage(entity, fact, language) for entity, fact in facts]
        return [Candidate(passage, place) for passage in passages for place in range(len(passage.sentences))]
