"""Pairs of evidence and claim with a label, to train and to measure the claim checker's learned part.

Four kinds: claims written for the course's sentences (evals/claims/train.jsonl: true, false, and on the topic but
unsaid), many of them a true one beside its like that one change makes false; claims on sentences about anything else,
written with them (evals/claims/general.jsonl), so that comparing is learnt and not the course alone; claims against
other sentences of their concept, which neither say nor deny them; and other wordings of the course's sentences
(translations, paraphrases), as they are and falsified by one change (evals/falsify.py). What is held out is chosen by
the sentence that a claim rests on, so that no fact stands on both sides.
"""

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from evals.claim_neighbours import Neighbours, is_prose
from evals.falsify import Falsifier
from knowledge.candidates import Candidate, under_heading
from knowledge.course import Course
from knowledge.documents import STATEMENT, Passage
from knowledge.encoder import Encoder
from knowledge.terms import plain

Label = Literal["supported", "contradicted", "neither"]
LABELS: tuple[Label, ...] = ("supported", "contradicted", "neither")

CLAIMS_FILE = Path(__file__).with_name("claims") / "train.jsonl"
GENERAL_FILE = CLAIMS_FILE.with_name("general.jsonl")  # not about the course
CALIBRATION_FILE = CLAIMS_FILE.with_name("calibration.jsonl")  # never trained on
CONTRAST = "contrast"  # a style of claims
HELD_OUT = 12  # one group of evidence in so many is held out
PASSED_OVER = 0.6  # of the claims with evidence, in the making of neighbours
NEARNESS = 0.25  # of neighbours: the mean rank of the one chosen is 1 / NEARNESS
FALSIFIED = 0.5  # of the pairs made by rule


@dataclass(frozen=True, slots=True)
class WrittenClaim:
    """A claim of a file. `evidence`: the sentence that it was written for, empty for an unsaid one on a whole concept;
    `passage`: where it stands in the course, if it does; `style`: "contrast" for those written beside their like that
    one change makes false, or otherwise to be told apart with difficulty: they are harder than what people say."""

    claim: str
    language: str
    label: str
    kind: str
    concept: str
    passage: str = ""
    evidence: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True)
class ClaimPair:
    """One example. `evidence` is a sentence under its heading, as the verifier sees it."""

    evidence: str
    claim: str
    label: Label
    kind: str
    language: str


def read_claims(path: Path = CLAIMS_FILE) -> list[WrittenClaim]:
    """The claims of a file, in order."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [
        WrittenClaim(
            row["claim"], row["lang"], row["label"], row["kind"], row["concept"], row.get("passage", ""),
            row.get("evidence", ""), row.get("style", ""),
        )
        for row in rows
    ]  # fmt: skip


def is_held_out(claim: WrittenClaim) -> bool:
    """Whether a claim is kept from training: by its passage, the same for both languages, by its evidence where that
    stands in no course, or by itself when it is unsaid."""
    if claim.evidence and not claim.passage:
        return _drawn(claim.evidence)
    return _is_kept_out(claim.passage or claim.claim)


def _is_kept_out(name: str) -> bool:
    return _drawn(name.rpartition(":")[0] or name)


def _drawn(group: str) -> bool:
    return hashlib.sha256(group.encode()).digest()[0] % HELD_OUT == 0


class PairMaker:
    """Makes the pairs of one course: `epoch` is its verb. `encoder` reads English and finds neighbours."""

    def __init__(self, course: Course, encoder: Encoder, claims: Sequence[WrittenClaim]) -> None:
        self.course = course
        self.claims = claims
        self.passages = {passage.id: passage for passage in course.passages}
        self.neighbours = Neighbours(self.passages, encoder)

    def epoch(self, seed: int, by_rule: int) -> list[ClaimPair]:
        """The written claims with evidence in either language, as many neighbours, and `by_rule` pairs made by rule."""
        chance = random.Random(seed)  # noqa: S311  a reproducible order
        pairs = [*self._written(chance), *self._neighbours(chance), *self._by_rule(chance, by_rule)]
        chance.shuffle(pairs)
        return pairs

    def gold(self, held_out: bool, of_course: bool = True) -> list[ClaimPair]:
        """The written claims with the sentence that each was written for; those of the course, or the others."""
        return [
            ClaimPair(
                self._evidence(claim, claim.evidence), plain(claim.claim), _label(claim), claim.kind, claim.language
            )
            for claim in self.claims
            if claim.evidence and is_held_out(claim) == held_out and bool(claim.passage) == of_course
        ]  # fmt: skip

    def _evidence(self, claim: WrittenClaim, sentence: str) -> str:
        passage = self.passages.get(claim.passage)
        return under_heading(sentence, passage.headings[0] if passage and passage.headings else "")

    def _written(self, chance: random.Random) -> Iterator[ClaimPair]:
        for claim in self.claims:
            if claim.evidence and not is_held_out(claim):
                evidence = chance.choice(self._both_languages(claim))
                yield ClaimPair(evidence, plain(claim.claim), _label(claim), claim.kind, claim.language)

    def _both_languages(self, claim: WrittenClaim) -> list[str]:
        """The claim's sentence and its translation, where the two passages have as many sentences."""
        passage = self.passages.get(claim.passage)
        found = [self._evidence(claim, claim.evidence)]
        twin = self.passages.get(passage.twin("es" if passage.language == "en" else "en")) if passage else None
        if passage and twin and len(twin.sentences) == len(passage.sentences) and passage.kind != STATEMENT:
            texts = [sentence.text.strip() for sentence in passage.sentences]
            if claim.evidence.strip() in texts:
                other = twin.sentences[texts.index(claim.evidence.strip())].text
                found.append(under_heading(other, twin.headings[0] if twin.headings else ""))
        return found

    def _neighbours(self, chance: random.Random) -> Iterator[ClaimPair]:
        """Most claims against a near sentence of their concept that is another matter, the nearest most often."""
        for claim in self.claims:
            if not claim.concept or is_held_out(claim) or (claim.evidence and chance.random() < PASSED_OVER):
                continue
            if claim.evidence:
                found = self.neighbours.of_sentence(claim.concept, claim.passage, claim.evidence)
            else:
                found = self.neighbours.of_text(claim.concept, claim.claim, claim.language)
            if found:
                passage, place = found[min(int(chance.expovariate(NEARNESS)), len(found) - 1)]
                yield ClaimPair(_text(passage, place), plain(claim.claim), "neither", "neighbour", claim.language)

    def _by_rule(self, chance: random.Random, count: int) -> Iterator[ClaimPair]:
        """Other wordings of sentences, half of them falsified."""
        pool = self._wordings
        for passage, place, wordings in chance.sample(pool, min(count, len(pool))):
            text, language = chance.choice(wordings)
            made = self._falsifiers[language].one(text, chance) if chance.random() < FALSIFIED else None
            if made:
                yield ClaimPair(_text(passage, place), plain(made[1]), "contradicted", f"rule {made[0]}", language)
            else:
                yield ClaimPair(_text(passage, place), plain(text), "supported", "wording", language)

    @cached_property
    def _wordings(self) -> list[tuple[Passage, int, list[tuple[str, str]]]]:
        """(passage, place, [(wording, language)]): the sentence, its translation, the other wordings of a statement."""
        found = []
        for passage in self.passages.values():
            other = self.passages.get(passage.twin("es" if passage.language == "en" else "en"))
            if not passage.concept or other is None or _is_kept_out(passage.id):
                continue
            for place, sentence in enumerate(passage.sentences):
                if is_prose(sentence.text):
                    wordings = [(sentence.text, passage.language)]
                    if passage.kind == STATEMENT:
                        wordings += [(s.text, passage.language) for s in passage.sentences if s != sentence] * 2
                        wordings += [(s.text, other.language) for s in other.sentences]
                    elif len(other.sentences) == len(passage.sentences):
                        wordings += [(other.sentences[place].text, other.language)] * 2
                    found.append((passage, place, wordings))
        return found

    @cached_property
    def _falsifiers(self) -> dict[str, Falsifier]:
        names = [entity.name for entity in self.course.facts.entities.values()]
        found = {}
        for language in self.course.title:
            terms = [w for term in self.course.glossary.terms for w in term.wordings[language] if len(w) > 2]
            found[language] = Falsifier(language, [names], terms)
        return found


def _text(passage: Passage, place: int) -> str:
    return Candidate(passage, place).text


def _label(claim: WrittenClaim) -> Label:
    return {"true": "supported", "false": "contradicted"}.get(claim.label, "neither")  # type: ignore[return-value]
