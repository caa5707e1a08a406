"""The fact check: a verdict for each claim of a text, with the sentence that it rests on.

A claim is decided, in this order: by the table of facts (a value that its maker has not published is `not_found`,
whatever number the claim names), by an authored misconception, then by the sentences of the passages that retrieval
finds. Similarity finds candidates and never decides. Where nothing decides, the answer is `not_found`.
"""

import math
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from knowledge.claims import Claim, split_claims, split_parts
from knowledge.comparison import Comparison, compare
from knowledge.course import Course
from knowledge.documents import Passage, Sentence
from knowledge.fact_claims import decide
from knowledge.messages import LANGUAGES
from knowledge.reading import Reader, Reading
from knowledge.retrieval import Hit, Retriever

Verdict = Literal["supported", "contradicted", "not_found"]

_TABLE_ROW = re.compile(r"\|[\s:-]*-{2,}[\s:-]*\|")  # the rule under a Markdown table's head
_BADNESS = ("contradicted", "not_found", "supported")
THRESHOLDS_FILE = Path(__file__).with_name("thresholds.toml")
CANDIDATE_PASSAGES = 8  # of the claim's own language
FOREIGN_PASSAGES = 4  # of the other one
MIN_POSSIBLE = 0.4  # share of the claim's weight that a sentence must hold to be compared with it word by word
PARTS_FROM = 0.5  # share of a claim that some sentence says, from which its parts are worth a look of their own
PARTLY_REVERSE = 0.5  # share of a partly true belief's statement that a claim must say to be told which part is true
SHARED_KEYS = 2  # without which a claim cannot be a misconception's statement
TABLE_PROBABILITY = 0.99
UNKNOWN_WEIGHT = 2.0  # of a word that no passage has: it may be a synonym, or what makes the claim false


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a passage. `score`: how far it says (or denies) the claim, 0..1."""

    passage: Passage
    sentence: Sentence
    score: float


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim with its verdict.

    `score`: probability that the verdict is right; for `not_found`, that the claim is supported after all.
    `evidence`: best first; for `not_found` what came nearest. `note`: a message key and its values, for the reader.
    """

    claim: Claim
    verdict: Verdict
    score: float
    evidence: tuple[Evidence, ...] = ()
    note: str = ""
    note_values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Belief:
    """A misconception that a claim states: the sentence that sets it right, and whether it is right of some models."""

    refutation: Evidence
    partly_true: bool


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a verdict begins. Fitted by `evals/fit_thresholds.py`; the file says on what."""

    support: float
    contradict: float
    reverse: float
    midpoint: float
    slope: float


def read_thresholds(path: Path = THRESHOLDS_FILE) -> dict[str, Thresholds]:
    """Language -> thresholds."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return {language: Thresholds(**table[language]) for language in ("es", "en")}


class FactChecker:
    """Checks texts against the passages of one retriever, and against the course's facts and misconceptions."""

    def __init__(self, retriever: Retriever, course: Course | None) -> None:
        self.retriever = retriever
        self.course = course
        self.reader = Reader(retriever.glossary, course.facts.name_spans if course else None)
        self.thresholds = read_thresholds()

    def check(self, text: str, language: str) -> Iterator[Checked]:
        """The claims of a text with their verdicts, in order, as they are found."""
        for claim in split_claims(text, language):
            yield self.check_claim(claim, language)

    def verify(self, sentence: str, language: str, evidence: Sequence[Passage]) -> Checked:
        """The verdict on one sentence of an answer: supported only when every claim in it is.

        A sentence that stands in the evidence word for word is supported by itself; a sentence without a claim (a
        question, a greeting) is `not_found`.
        """
        whole = Claim(sentence, 0, len(sentence))
        quoted = self._quoted(sentence, evidence)
        if quoted is not None:
            return Checked(whole, "supported", 1.0, (quoted,))
        checked = [self.check_claim(claim, language, evidence) for claim in split_claims(sentence, language)]
        if not checked:
            return Checked(whole, "not_found", 0.0)
        worst = min(checked, key=lambda item: (_BADNESS.index(item.verdict), item.score))
        rests_on = tuple(found for item in checked for found in item.evidence[:1])
        return Checked(whole, worst.verdict, worst.score, rests_on, worst.note, worst.note_values)

    def nearest(self, sentence: str, language: str, evidence: Sequence[Passage], least: float) -> Evidence | None:
        """The sentence of the evidence that says most of `sentence`, at least the share `least` of it."""
        reading = self.reader.read(sentence, language)
        judged = self._judge(reading, _candidates([Hit(passage, 1.0) for passage in evidence]))
        best = max((found for _, found in judged), key=lambda found: found.score, default=None)
        return best if best is not None and best.score >= least else None

    def _quoted(self, sentence: str, evidence: Sequence[Passage]) -> Evidence | None:
        text = " ".join(sentence.split())
        for passage in evidence:
            for own in passage.sentences:
                if own.text == sentence or " ".join(own.text.split()) == text:
                    return Evidence(passage, own, 1.0)
        return None

    def check_claim(self, claim: Claim, language: str, evidence: Sequence[Passage] = ()) -> Checked:
        """The verdict on one claim. `evidence`: passages to look at beside those that retrieval finds."""
        checked = self._check_whole(claim, language, evidence)
        if checked.verdict != "not_found" or checked.note:
            return checked
        pieces = split_parts(claim, language)
        nearest = max((found.score for found in checked.evidence), default=0.0)
        if len(pieces) < 2 or nearest < PARTS_FROM:
            return checked
        parts = [self._check_whole(piece, language, evidence) for piece in pieces]
        qualified = next((part for part in parts if part.note), None)
        if qualified is not None:
            return replace(qualified, claim=claim)
        if any(part.verdict != "supported" for part in parts):
            return checked
        rests_on = tuple(found for part in parts for found in part.evidence[:1])
        return Checked(claim, "supported", min(part.score for part in parts), tuple(dict.fromkeys(rests_on)))

    def _check_whole(self, claim: Claim, language: str, evidence: Sequence[Passage]) -> Checked:
        """The verdict on a claim that is not taken apart."""
        whole = claim.whole
        reading = self.reader.read(whole, language)
        by_table = self._by_table(claim, whole, reading)
        if by_table is not None:
            return by_table
        other = "en" if language == "es" else "es"
        found = [
            *self.retriever.search(whole, language, CANDIDATE_PASSAGES, (language,)),
            *self.retriever.search(whole, language, FOREIGN_PASSAGES, (other,)),
        ]
        candidates = _candidates([*(Hit(passage, 1.0) for passage in evidence), *found])
        headed = len(self.reader.read(claim.subject, language).words) if claim.headed else 0
        candidates = [*self._fact_candidates(whole, language), *candidates]
        judged = self._judge(reading, candidates, headed)
        belief = self._misconception(reading, language, headed)
        return self._decide(claim, language, judged, belief)

    def _by_table(self, claim: Claim, whole: str, reading: Reading) -> Checked | None:
        """What the table of facts says of the claim, when the claim is its business."""
        decision = decide(whole, reading, self.course.facts) if self.course else None
        if decision is None or self.course is None:
            return None
        found = tuple(
            Evidence(passage, passage.sentences[0], 1.0)
            for passage in (self.course.fact_passage(entity, fact, reading.language) for entity, fact in decision.rows)
        )
        if decision.decision == "undisclosed":
            maker = self.course.facts.entities[decision.rows[0][0]].maker
            return Checked(claim, "not_found", 0.0, found, "undisclosed", {"maker": maker})
        return Checked(claim, decision.decision, TABLE_PROBABILITY, found)

    def _judge(
        self, claim: Reading, candidates: Iterable[tuple[Passage, int]], headed: int = 0
    ) -> list[tuple[Comparison, Evidence]]:
        """The sentences that share words with the claim, compared with it under their headings."""
        judged, rarity = [], self._rarity(claim.language)
        weights = [(word.keys, rarity(word.stem)) for word in claim.words if not word.light and not word.counted]
        least = MIN_POSSIBLE * sum(weight for _, weight in weights)
        for passage, place in candidates:
            readings = self._readings(passage)
            around = readings[max(0, place - 1) : place] + readings[place + 1 : place + 2]
            # A course's first heading names what the passage is about; its questions name what it is not, too.
            named = passage.headings[:1] if passage.concept else passage.headings
            if readings[place].keys.isdisjoint(claim.keys) and not claim.formulas:
                continue
            headings = self.reader.read(" ; ".join(named), passage.language)
            neighbours = frozenset().union(*(reading.keys for reading in around))
            wordings = self._other_wordings(passage)
            seen = readings[place].keys | headings.keys | neighbours | wordings
            possible = sum(weight for keys, weight in weights if not keys.isdisjoint(seen))
            if possible < least and not claim.formulas:
                continue
            result = compare(claim, readings[place], headings, rarity, neighbours, wordings, headed)
            judged.append((result, Evidence(passage, passage.sentences[place], result.coverage)))
        return judged

    def _other_wordings(self, passage: Passage) -> frozenset[str]:
        """What all wordings of a statement say together, in both languages: they mean the same."""
        if passage.kind != "statement":
            return frozenset()
        twins = (self.retriever.passages.get(passage.twin(language)) for language in LANGUAGES)
        return frozenset().union(*(reading.keys for twin in twins if twin for reading in self._readings(twin)))

    def _readings(self, passage: Passage) -> tuple[Reading, ...]:
        return tuple(self.reader.read(sentence.text, passage.language) for sentence in passage.sentences)

    def _decide(
        self, claim: Claim, language: str, judged: list[tuple[Comparison, Evidence]], belief: _Belief | None
    ) -> Checked:
        limits = self.thresholds[language]
        refutation = belief.refutation if belief else None
        doubtful = {e.passage.id for c, e in judged if not c.borrowed and ("order" in c.missing or _crosses_roles(c))}
        supporting = [
            e for c, e in judged
            if not c.conflicts and not c.missing and c.coverage >= limits.support
            and not (c.borrowed and e.passage.id in doubtful)
        ]  # fmt: skip
        opposing = [
            e for c, e in judged
            if c.coverage >= limits.contradict and c.reverse >= limits.reverse and _only_conflict(c)
        ]  # fmt: skip
        supporting.sort(key=lambda item: -item.score)
        opposing.sort(key=lambda item: -item.score)
        if belief and belief.partly_true:
            text = belief.refutation.sentence.text
            return Checked(claim, "not_found", 0.0, (belief.refutation,), "qualified", {"qualification": text})
        if refutation and not (supporting and supporting[0].score > refutation.score):
            return Checked(claim, "contradicted", _probability(refutation.score, limits), (refutation,))
        if supporting:
            return Checked(claim, "supported", _probability(supporting[0].score, limits), tuple(supporting[:3]))
        if opposing:
            return Checked(claim, "contradicted", _probability(opposing[0].score, limits), tuple(opposing[:3]))
        nearest = sorted((e for c, e in judged), key=lambda item: -item.score)[:2]
        best = max((e.score * 0.5 ** len(c.missing + c.conflicts) for c, e in judged), default=0.0)
        return Checked(claim, "not_found", _probability(best, limits), tuple(e for e in nearest if e.score >= 0.4))

    def _misconception(self, claim: Reading, language: str, headed: int) -> _Belief | None:
        """The misconception that the claim states, if it states one, with the sentence that sets it right."""
        best: _Belief | None = None
        limits = self.thresholds[language]
        for statement, partly_true, passage in self._false_beliefs.get(language, ()):
            if len(claim.keys & statement.keys) < SHARED_KEYS:
                continue
            result = compare(claim, statement, None, self._rarity(language), headed=headed)
            least = PARTLY_REVERSE if partly_true else limits.support
            same = result.coverage >= limits.support and result.reverse >= least and not result.missing
            if same and not result.conflicts and (best is None or result.coverage > best.refutation.score):
                best = _Belief(Evidence(passage, passage.sentences[0], result.coverage), partly_true)
        return best

    @cached_property
    def _false_beliefs(self) -> dict[str, list[tuple[Reading, bool, Passage]]]:
        if self.course is None:
            return {}
        refutations = {passage.id: passage for passage in self.course.refutations}
        return {
            language: [
                (
                    self.reader.read(item.statement[language], language), item.partly_true,
                    refutations[self.course.refutation_id(item, language)],
                )
                for item in self.course.misconceptions
            ]
            for language in LANGUAGES
        }  # fmt: skip

    def _fact_candidates(self, whole: str, language: str) -> list[tuple[Passage, int]]:
        """The table's facts about what the claim names, as sentences."""
        if self.course is None:
            return []
        table = self.course.facts
        entities = sorted({entity.id for _, entity in table.entities_in(whole)})
        attributes = sorted({attribute.id for _, attribute in table.attributes_in(whole, language)})
        facts = [(entity, fact) for entity in entities for name in attributes if (fact := table.find(entity, name))]
        passages = [self.course.fact_passage(entity, fact, language) for entity, fact in facts]
        return [(passage, place) for passage in passages for place in range(len(passage.sentences))]

    def _rarity(self, language: str) -> "Rarity":
        return Rarity(self.retriever, language)


@dataclass(frozen=True)
class Rarity:
    """Inverse document frequency of a stem among the passages of a language, 1 for a word in every passage."""

    retriever: Retriever
    language: str

    def __call__(self, stem: str) -> float:
        partition = self.retriever.index.partitions.get(self.language)
        if partition is None or not partition.passages:
            return UNKNOWN_WEIGHT
        count, total = partition.document_frequency(stem), len(partition.passages)
        return 1.0 + math.log((total + 1) / (count + 1)) / 2 if count else UNKNOWN_WEIGHT


def _candidates(hits: Sequence[Hit]) -> list[tuple[Passage, int]]:
    """The sentences of the passages found, by place, each text once, without code and tables."""
    seen: set[str] = set()
    found = []
    for hit in hits:
        for place, sentence in enumerate(hit.passage.sentences):
            is_prose = not sentence.text.startswith("```") and not _TABLE_ROW.search(sentence.text)
            if sentence.text not in seen and is_prose:
                seen.add(sentence.text)
                found.append((hit.passage, place))
    return found


def _crosses_roles(comparison: Comparison) -> bool:
    return any(kind in {"roles", "order"} for kind, _, _ in comparison.conflicts)


def _only_conflict(comparison: Comparison) -> bool:
    """Whether the two disagree in one thing, and nothing is missing but the words in conflict themselves.

    Crossed roles and a denial or an opposite are one disagreement, seen twice.
    """
    kinds = {kind for kind, _, _ in comparison.conflicts}
    if not kinds or len(kinds - {"roles"}) > 1:
        return False
    mine = {word for _, word, _ in comparison.conflicts}
    return all(word in mine or word == "formula" for word in comparison.missing)


def _probability(score: float, limits: Thresholds) -> float:
    """Coverage to probability by the fitted logistic curve."""
    return round(1 / (1 + math.exp(-limits.slope * (score - limits.midpoint))), 3)
