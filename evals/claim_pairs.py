"""Pairs of evidence and claim with a label, to train and to measure the claim checker's learned part.

Three kinds: claims written by hand for the course's sentences (evals/claims/train.jsonl: true, false, and on the topic
but unsaid); the same claims against other sentences of their concept, which neither say nor deny them; and other
wordings of the course's sentences (translations, paraphrases), as they are and falsified by one change
(evals/falsify.py). What is held out is chosen by the sentence that a claim rests on, so that no fact stands on both
sides.
"""

import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from evals.falsify import Falsifier
from knowledge.course import Course
from knowledge.documents import Passage
from knowledge.encoder import Encoder, Vectors
from knowledge.terms import plain

Label = Literal["supported", "contradicted", "neither"]
LABELS: tuple[Label, ...] = ("supported", "contradicted", "neither")

CLAIMS_FILE = Path(__file__).with_name("claims") / "train.jsonl"
HELD_OUT = 12  # one group of evidence in so many is held out
UNRELATED = (0.25, 0.62)  # likeness of a neighbour that most likely neither says nor denies the claim
MIN_WORDS = 5


@dataclass(frozen=True, slots=True)
class WrittenClaim:
    """A claim of the file. `evidence`: the sentence that it was written for; empty for an unsaid one."""

    claim: str
    language: str
    label: str
    kind: str
    concept: str
    passage: str = ""
    evidence: str = ""


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
            row.get("evidence", ""),
        )
        for row in rows
    ]  # fmt: skip


def is_held_out(claim: WrittenClaim) -> bool:
    """Whether a claim is kept from training: by its passage, the same for both languages, or by itself when unsaid."""
    group = claim.passage.rpartition(":")[0] or claim.claim
    return hashlib.sha256(group.encode()).digest()[0] % HELD_OUT == 0


def under_heading(sentence: str, heading: str) -> str:
    """A sentence as the verifier reads it: what it is about, then what it says, in plain text."""
    return f"{plain(heading)}: {plain(sentence)}" if heading else plain(sentence)


class PairMaker:
    """Makes the pairs of one course: `epoch` is its verb. `encoder` reads English and finds neighbours."""

    def __init__(self, course: Course, encoder: Encoder, claims: Sequence[WrittenClaim]) -> None:
        self.course = course
        self.encoder = encoder
        self.claims = claims
        self.passages = {passage.id: passage for passage in course.passages}

    def epoch(self, seed: int, by_rule: int) -> list[ClaimPair]:
        """The written claims with evidence in either language, as many neighbours, and `by_rule` pairs made by rule."""
        chance = random.Random(seed)  # noqa: S311  a reproducible order
        pairs = [*self._written(chance), *self._neighbours(chance), *self._by_rule(chance, by_rule)]
        chance.shuffle(pairs)
        return pairs

    def gold(self, held_out: bool) -> list[ClaimPair]:
        """The written claims with the sentence that each was written for."""
        return [
            ClaimPair(self._evidence(claim, claim.evidence), plain(claim.claim), _label(claim), claim.kind, claim.language)
            for claim in self.claims
            if claim.evidence and is_held_out(claim) == held_out
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
        if passage and twin and len(twin.sentences) == len(passage.sentences) and passage.kind != "statement":
            texts = [sentence.text.strip() for sentence in passage.sentences]
            if claim.evidence.strip() in texts:
                other = twin.sentences[texts.index(claim.evidence.strip())].text
                found.append(under_heading(other, twin.headings[0] if twin.headings else ""))
        return found

    def _neighbours(self, chance: random.Random) -> Iterator[ClaimPair]:
        """Each claim against a sentence of its concept that is near and yet another matter."""
        for claim in self.claims:
            if is_held_out(claim) or (claim.evidence and chance.random() < 0.4):
                continue
            found = self._near(claim)
            if found:
                passage, place = found[min(int(chance.expovariate(0.25)), len(found) - 1)]
                evidence = under_heading(passage.sentences[place].text, passage.headings[0] if passage.headings else "")
                yield ClaimPair(evidence, plain(claim.claim), "neither", "neighbour", claim.language)

    def _near(self, claim: WrittenClaim) -> list[tuple[Passage, int]]:
        """Sentences of the concept in either language, nearest first, that are within UNRELATED of the claim."""
        english, vectors, row_of = self._sentences.get(claim.concept, ([], None, {}))
        if vectors is None:
            return []
        key = (claim.passage.rpartition(":")[0], claim.evidence.strip())
        if claim.evidence and key not in row_of:
            return []
        if claim.evidence:
            likeness = vectors @ vectors[row_of[key]]
        elif claim.language == "en":
            likeness = vectors @ self._claim_vectors[claim.claim]
        else:
            likeness = vectors.mean(axis=1) * 0 + 0.4  # no vector for Spanish: any sentence of the concept
        order = sorted(range(len(english)), key=lambda row: -float(likeness[row]))
        return [english[row] for row in order if UNRELATED[0] <= likeness[row] <= UNRELATED[1]]

    @cached_property
    def _claim_vectors(self) -> dict[str, Vectors]:
        texts = [claim.claim for claim in self.claims if claim.label == "unsaid" and claim.language == "en"]
        return dict(zip(texts, self.encoder.encode(texts), strict=True))

    @cached_property
    def _sentences(self) -> dict[str, tuple[list[tuple[Passage, int]], Vectors | None, dict[tuple[str, str], int]]]:
        """Concept -> its sentences in both languages, the vector of each (of its English twin), and where each stands."""
        by_concept: dict[str, list[tuple[Passage, int, str]]] = defaultdict(list)
        for passage in self.passages.values():
            twin = self.passages.get(passage.twin("en"))
            if not passage.concept or twin is None or len(twin.sentences) != len(passage.sentences):
                continue
            for place, sentence in enumerate(passage.sentences):
                if len(sentence.text.split()) >= MIN_WORDS and not sentence.text.startswith(("```", "$$")):
                    by_concept[passage.concept].append((passage, place, twin.sentences[place].text))
        texts = list(dict.fromkeys(english for rows in by_concept.values() for _, _, english in rows))
        known = dict(zip(texts, self.encoder.encode(texts), strict=True))
        found = {}
        for concept, rows in by_concept.items():
            import numpy as np  # noqa: PLC0415

            places = {(p.id.rpartition(":")[0], p.sentences[at].text.strip()): row for row, (p, at, _) in enumerate(rows)}
            found[concept] = ([(p, at) for p, at, _ in rows], np.stack([known[e] for _, _, e in rows]), places)
        return found

    def _by_rule(self, chance: random.Random, count: int) -> Iterator[ClaimPair]:
        """Other wordings of sentences, half of them falsified."""
        pool = self._wordings
        for evidence, passage, wordings in chance.sample(pool, min(count, len(pool))):
            text, language = chance.choice(wordings)
            made = self._falsifiers[language].one(text, chance) if chance.random() < 0.5 else None
            heading = passage.headings[0] if passage.headings else ""
            claim, label, kind = (made[1], "contradicted", f"rule {made[0]}") if made else (text, "supported", "wording")
            yield ClaimPair(under_heading(evidence, heading), plain(claim), label, kind, language)  # type: ignore[arg-type]

    @cached_property
    def _wordings(self) -> list[tuple[str, Passage, list[tuple[str, str]]]]:
        """(sentence, its passage, [(wording, language)]): itself, its translation, the other wordings of a statement."""
        found = []
        for passage in self.passages.values():
            other = self.passages.get(passage.twin("es" if passage.language == "en" else "en"))
            if not passage.concept or other is None:
                continue
            for place, sentence in enumerate(passage.sentences):
                if len(sentence.text.split()) < MIN_WORDS or sentence.text.startswith(("```", "$$")):
                    continue
                wordings = [(sentence.text, passage.language)]
                if passage.kind == "statement":
                    wordings += [(s.text, passage.language) for s in passage.sentences if s != sentence] * 2
                    wordings += [(s.text, other.language) for s in other.sentences]
                elif len(other.sentences) == len(passage.sentences):
                    wordings += [(other.sentences[place].text, other.language)] * 2
                found.append((sentence.text, passage, wordings))
        return found

    @cached_property
    def _falsifiers(self) -> dict[str, Falsifier]:
        names = [entity.name for entity in self.course.facts.entities.values()]
        found = {}
        for language in self.course.title:
            terms = [w for term in self.course.glossary.terms for w in term.wordings[language] if len(w) > 2]
            found[language] = Falsifier(language, [names], terms)
        return found


def _label(claim: WrittenClaim) -> Label:
    return {"true": "supported", "false": "contradicted"}.get(claim.label, "neither")  # type: ignore[return-value]
