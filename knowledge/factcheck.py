"""The fact check: a verdict for each claim of a text, with the sentence that it rests on.

A claim is decided, in this order: by the table of facts (a value that its maker has not published is `not_found`,
whatever number the claim names), by an authored misconception, then by the sentences that stand nearest to it
(knowledge/looking.py). Among these, rules compare words, numbers, denials and roles, and a verifier reads the nearest
with the claim; what both say becomes a probability, and a threshold a verdict. Similarity finds candidates and never
decides. Where nothing decides, the answer is `not_found`. Without a verifier the rules decide alone.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from knowledge.beliefs import Belief
from knowledge.claims import Claim, split_claims, split_parts
from knowledge.comparison import Comparison, is_formula
from knowledge.course import Course
from knowledge.decision import Read, Signals, read_decision, signals_of
from knowledge.documents import Passage, Sentence
from knowledge.fact_claims import decide
from knowledge.looking import Looked, Looker
from knowledge.reading import Reading
from knowledge.retrieval import Retriever
from knowledge.rules import Judged, opposing, supporting
from knowledge.second_look import ReadJudged, is_doubtful
from knowledge.sentence_finder import CourseSentences
from knowledge.terms import plain
from knowledge.verifier import Verifier

Verdict = Literal["supported", "contradicted", "not_found"]

_BADNESS = ("contradicted", "not_found", "supported")
PARTS_FROM = 0.5  # share of a claim that some sentence says, from which its parts are worth a look of their own
TABLE_PROBABILITY = 0.99
AGREED = 0.6  # probability from which the verifier agrees with what the rules found in so many words (docs/LOG.md)
CONFIRMED = 0.9  # the same for what they found in other words, in the same order
DOCUMENT = 0.9  # probability from which its word on a person's documents counts (docs/LOG.md)
DENIED = 0.8  # probability from which it agrees that the rules found a claim denied
_AROUND = re.compile(r"^\W+|[\s.:;]+$")
SHOWN = 3  # sentences shown with a verdict
VERIFIED = 2_000  # sentences of answers whose verdicts are kept: a class asks the same, and a model then says the same
NEAR = 0.4  # coverage from which a sentence is shown with a claim that nothing decides


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
    `p_true`: the probability that the claim is true, where it was reckoned apart from the verdict's. `likely`: whether
    it is the verifier's word that carries the verdict, and neither the table nor the same words.
    """

    claim: Claim
    verdict: Verdict
    score: float
    evidence: tuple[Evidence, ...] = ()
    note: str = ""
    note_values: dict[str, str] = field(default_factory=dict)
    p_true: float | None = None
    likely: bool = False

    @property
    def p_supported(self) -> float:
        """The probability that the claim is true, whatever the verdict."""
        if self.p_true is not None:
            return self.p_true
        return 1 - self.score if self.verdict == "contradicted" else self.score


class FactChecker:
    """Checks texts against the passages of one retriever, and against the course's facts and misconceptions."""

    def __init__(
        self, retriever: Retriever, course: Course | None, verifier: Verifier | None = None,
        sentences: Callable[[], CourseSentences] | None = None, *, documents: bool = True,
    ) -> None:  # fmt: skip
        """`sentences`: opens the course's, which are found by a claim, when the first claim wants them; without them
        search finds these too. `documents`: whether there is anything but the course to search."""
        self.course = course
        self.looker = Looker(retriever, course, verifier, sentences, documents=documents)
        self.thresholds = self.looker.thresholds
        self.decisions = read_decision()
        self._verified = lru_cache(maxsize=VERIFIED)(self._verify)

    def check(self, text: str, language: str, *, mixed: bool = False) -> Iterator[Checked]:
        """The claims of a text with their verdicts, in order, as they are found. `mixed`: whether a sentence may be in
        the other language."""
        for claim in split_claims(text, language, mixed=mixed):
            yield self._checked(claim, claim.language)

    def verify(self, sentence: str, language: str, evidence: Sequence[Passage]) -> Checked:
        """The verdict on one sentence of an answer: supported only when every claim in it is.

        A sentence that stands in the evidence word for word is supported by itself; a sentence without a claim (a
        question, a greeting) is `not_found`.
        """
        # What a model on a server said may have been that it could not be reached, so it is asked again.
        known = self._verify if self.looker.reads_all else self._verified
        return known(sentence, language, tuple(evidence))

    def _verify(self, sentence: str, language: str, evidence: tuple[Passage, ...]) -> Checked:
        whole = Claim(sentence, 0, len(sentence))
        quoted = self._quoted(sentence, evidence)
        if quoted is not None:
            return Checked(whole, "supported", 1.0, (quoted,))
        checked = [self._checked(claim, language, evidence) for claim in split_claims(sentence, language)]
        if not checked:
            return Checked(whole, "not_found", 0.0)
        worst = min(checked, key=lambda item: (_BADNESS.index(item.verdict), item.score))
        rests_on = tuple(found for item in checked for found in item.evidence[:1])
        return Checked(whole, worst.verdict, worst.score, rests_on, worst.note, worst.note_values)

    def nearest(self, sentence: str, language: str, evidence: Sequence[Passage], least: float) -> Evidence | None:
        """The sentence of the evidence that says most of `sentence`, at least the share `least` of it."""
        judged = self.looker.compared(sentence, language, evidence)
        best = max(judged, key=lambda one: one.comparison.coverage, default=None)
        return _evidence(best) if best is not None and best.comparison.coverage >= least else None

    def _quoted(self, sentence: str, evidence: Sequence[Passage]) -> Evidence | None:
        text = " ".join(sentence.split())
        for passage in evidence:
            for own in passage.sentences:
                if own.text == sentence or " ".join(own.text.split()) == text:
                    return Evidence(passage, own, 1.0)
        return None

    def _checked(self, claim: Claim, language: str, evidence: Sequence[Passage] = ()) -> Checked:
        """The verdict on a claim in its sentence: one that the sources hold word for word says nothing but what they
        say, however its parts read alone."""
        checked = self.check_claim(claim, language, evidence)
        if checked.verdict == "supported" or checked.note or not claim.sentence:
            return checked
        for own in self.looker.near(claim.sentence, language):
            if _same_text(claim.sentence, own.sentence.text):
                return Checked(claim, "supported", TABLE_PROBABILITY, (Evidence(own.passage, own.sentence, 1.0),))
        return checked

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
        # The verifier has read the whole, too: half of what only its likely parts supported was false (docs/LOG.md).
        if any(part.verdict != "supported" or part.likely for part in parts):
            return checked
        rests_on = tuple(found for part in parts for found in part.evidence[:1])
        return Checked(claim, "supported", min(part.score for part in parts), tuple(dict.fromkeys(rests_on)))

    def _check_whole(self, claim: Claim, language: str, evidence: Sequence[Passage]) -> Checked:
        """The verdict on a claim that is not taken apart."""
        reading = self.looker.reader.read(claim.whole, language)
        by_table = self._by_table(claim, claim.whole, reading)
        if by_table is not None:
            return by_table
        return self._decide(claim, language, self.looker.look(claim, language, evidence))

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

    def _decide(self, claim: Claim, language: str, looked: Looked) -> Checked:
        if looked.belief and looked.belief.partly_true:
            refutation = _refutation(looked.belief)
            text = refutation.sentence.text
            return Checked(claim, "not_found", 0.0, (refutation,), "qualified", {"qualification": text})
        if not looked.read:
            checked, unread = self._by_rules(claim, language, looked), looked.judged
        else:
            checked = self._by_probability(claim, language, looked)
            unread = tuple(one for one in looked.judged if not self.looker.is_course(one.candidate))
        if checked.verdict != "not_found" or not unread or self.looker.reads_all:
            return checked
        others = replace(looked, judged=unread, belief=None)
        by_rules = self._by_rules(claim, language, others) if looked.read else checked
        return by_rules if by_rules.verdict != "not_found" else self._by_documents(claim, language, others) or checked

    def _by_documents(self, claim: Claim, language: str, looked: Looked) -> Checked | None:
        """What a verifier that knows a course makes of other texts, where it is surer than there."""
        read = self.looker.read(claim, looked.judged)
        if not read or is_doubtful(looked.reading, read):
            return None
        true = self.decisions[language].p_true(self.signals(replace(looked, read=read), language))
        if true < DOCUMENT:
            return None
        return Checked(claim, "supported", round(true, 3), _shown(read, lambda one: one.supported), likely=True)

    def _by_rules(self, claim: Claim, language: str, looked: Looked) -> Checked:
        """The verdict of the rules alone."""
        limits, belief = self.thresholds[language], looked.belief
        agreeing, against = supporting(looked.judged, limits), opposing(looked.judged, limits)
        if belief and not (agreeing and agreeing[0].comparison.coverage > belief.coverage):
            return Checked(claim, "contradicted", limits.probability(belief.coverage), (_refutation(belief),))
        for verdict, found in (("supported", agreeing), ("contradicted", against)):
            if found:
                probability = limits.probability(found[0].comparison.coverage)
                return Checked(claim, verdict, probability, tuple(map(_evidence, found[:SHOWN])))  # type: ignore[arg-type]
        best = max((_doubted(one.comparison) for one in looked.judged), default=0.0)
        return Checked(claim, "not_found", limits.probability(best), _nearest(looked.judged))

    def _by_probability(self, claim: Claim, language: str, looked: Looked) -> Checked:
        """The verdict on which rules and verifier agree well enough."""
        limits, decision = self.thresholds[language], self.decisions[language]
        agreeing = supporting(looked.judged, limits) if not looked.belief else []
        signals = self.signals(looked, language)
        true, false = decision.p_true(signals), decision.p_false(signals)
        exact = is_formula(looked.reading)
        literal = [one for one in agreeing if exact or (one.literal and (true >= AGREED or _is_quoted(claim, one)))]
        if literal:
            return Checked(claim, "supported", TABLE_PROBABILITY, tuple(map(_evidence, literal[:SHOWN])))
        # A note under a heading ("Encoder-only: reads both sides") is no sentence such as the verifier knows.
        kept = [one for one in agreeing if claim.headed or (one.plain_order and true >= CONFIRMED)]
        if kept:
            likely = max(true, limits.probability(kept[0].comparison.coverage))
            return Checked(claim, "supported", round(likely, 3), tuple(map(_evidence, kept[:SHOWN])), likely=True)
        if true >= decision.supported and true >= false and not is_doubtful(looked.reading, looked.read):
            found = _shown(looked.read, lambda one: one.supported)
            return Checked(claim, "supported", round(true, 3), found, likely=True)
        refuting = (_refutation(looked.belief),) if looked.belief else ()
        against = bool(refuting or opposing(looked.judged, limits)) and false >= DENIED
        if (false >= decision.contradicted or against) and false > true:
            shown = refuting or _shown(looked.read, lambda one: one.contradicted)
            return Checked(claim, "contradicted", round(false, 3), shown, p_true=round(true, 3))
        return Checked(claim, "not_found", round(true, 3), _nearest(looked.judged))

    def signals(self, looked: Looked, language: str) -> Signals:
        """What rules and verifier say, as numbers."""
        limits = self.thresholds[language]
        said = max(
            (one.comparison.coverage for one in supporting(looked.judged, replace(limits, support=0.5))), default=0.0
        )
        loose = replace(limits, contradict=0.4, reverse=0.3)
        opposed = max((one.comparison.coverage for one in opposing(looked.judged, loose)), default=0.0)
        belief = looked.belief.coverage if looked.belief else 0.0
        return signals_of([read for _, read in looked.read], said, opposed, belief)


def _evidence(judged: Judged, score: float | None = None) -> Evidence:
    found = judged.candidate
    return Evidence(found.passage, found.sentence, judged.comparison.coverage if score is None else score)


def _is_quoted(claim: Claim, judged: Judged) -> bool:
    """Whether the claim repeats the sentence word for word."""
    return _same_text(claim.whole, judged.candidate.sentence.text)


def _same_text(one: str, other: str) -> bool:
    """Whether two sentences are the same but for Markdown, capitals and what stands around them."""
    left, right = (" ".join(_AROUND.sub("", plain(text)).casefold().split()) for text in (one, other))
    return left == right


def _refutation(belief: Belief) -> Evidence:
    return Evidence(belief.refutation, belief.refutation.sentences[0], belief.coverage)


def _shown(read: Sequence[ReadJudged], of: Callable[[Read], float]) -> tuple[Evidence, ...]:
    """The sentences that carry a verdict, best first: the best one, and what comes near it."""
    order = sorted(read, key=lambda item: -of(item[1]))
    best = of(order[0][1])
    return tuple(_evidence(one, round(of(said), 3)) for one, said in order[:SHOWN] if of(said) >= best / 2)


def _nearest(judged: Sequence[Judged]) -> tuple[Evidence, ...]:
    """What came nearest to a claim that nothing decides."""
    order = sorted(judged, key=lambda one: -one.comparison.coverage)[:2]
    return tuple(_evidence(one) for one in order if one.comparison.coverage >= NEAR)


def _doubted(comparison: Comparison) -> float:
    """Coverage, halved for each thing missing or denied."""
    return float(comparison.coverage * 0.5 ** len(comparison.missing + comparison.conflicts))
