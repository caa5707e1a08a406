"""Rulings: what a course says of single claims, the slow ones found once and kept beside the course.

A claim that the course states in so many words, or lists as a misconception, or that its table of facts decides, is
ruled on at once. The rest is asked of the fact check, a tenth of a second each: `atenea course rule` keeps these
rulings in the course's `rulings.json`, which holds while neither the course nor what the fact check decides with has
changed.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

from knowledge.course import Course, course_digest
from knowledge.decision import THRESHOLDS_FILE
from knowledge.documents import Citation, digest
from knowledge.fact_claims import decide
from knowledge.factcheck import FactChecker, Verdict
from knowledge.facts import Value
from knowledge.lexicon import lexicon
from knowledge.quantities import COUNTED, same_quantity
from knowledge.reading import Reader
from knowledge.sentences import split_sentences
from knowledge.storage import write_text_atomically
from knowledge.terms import fold, plain, words
from knowledge.verifier_onnx import CARD

FILE = "rulings.json"
ROUNDED = 0.02  # relative: large figures nearer than this may be one
_BADNESS: Mapping[Verdict, int] = {"supported": 0, "not_found": 1, "contradicted": 2}


@dataclass(frozen=True, slots=True)
class Ruling:
    """`verdict` on a claim, the sentence (`quote`) and the place that it rests on, or that came nearest. `likely`: the
    probability that the claim is true, 0 to 1. `undecided`: the sources say that it cannot be called true or false:
    right of some models alone, or of a value that its maker has not published."""

    verdict: Verdict
    quote: str = ""
    place: str = ""
    likely: float = 0.0
    undecided: bool = False


Asked = tuple[str, str]  # a claim and its language


class Rulings:
    """What a course says of claims. `checker` opens the fact check when a claim needs it; None: such a claim is not
    found. `saved`: whether the course's own rulings count, which were made with the bundled verifier."""

    def __init__(self, course: Course, checker: Callable[[], FactChecker] | None, saved: bool = True) -> None:
        self.course = course
        self._open = checker
        self._reader = Reader(course.glossary, course.facts.name_spans)
        self._kept: dict[str, Ruling] = dict(read_rulings(course.path)) if saved else {}

    def of(self, claim: str, language: str) -> Ruling:
        """The ruling on a claim that stands alone."""
        found = self.at_once(claim, language)
        if found is None:
            key = _key(claim, language)
            if key not in self._kept:
                self._kept[key] = self._asked(claim, language)
            found = self._kept[key]
        return found

    def at_once(self, claim: str, language: str) -> Ruling | None:
        """The ruling on a claim that the course states, refutes or has in its table; None for any other."""
        whole = self._stated.get((_plain(claim), language))
        if whole is not None:
            return whole
        found = [self._sentence(sentence, language) for sentence in split_sentences(claim, language)]
        rulings = [ruling for ruling in found if ruling is not None]
        return max(rulings, key=lambda one: _BADNESS[one.verdict]) if rulings and len(rulings) == len(found) else None

    def _sentence(self, sentence: str, language: str) -> Ruling | None:
        return self._stated.get((_plain(sentence), language)) or self._by_table(sentence, language)

    @cached_property
    def _stated(self) -> dict[Asked, Ruling]:
        """What the statements and refutations say, and what the misconceptions say, word for word."""
        found: dict[Asked, Ruling] = {}
        for misconception in self.course.misconceptions:
            place = _cited(misconception.sources)
            for language, text in misconception.statement.items():
                undecided = misconception.partly_true or self._is_unpublished(text, language)
                verdict: Verdict = "not_found" if undecided else "contradicted"
                refuted = misconception.refutation[language]
                found[_plain(text), language] = Ruling(verdict, refuted, place, undecided=undecided)
            for language, text in misconception.refutation.items():
                found[_plain(text), language] = Ruling("supported", text, place, 1.0)
        for statement in self.course.statements:
            for language, wordings in statement.wordings.items():
                for text in wordings:
                    found[_plain(text), language] = Ruling("supported", text, _cited(statement.sources), 1.0)
        self._add_facts(found)
        return found

    def _add_facts(self, found: dict[Asked, Ruling]) -> None:
        """What the table says: its values, that none of them is unpublished, and that no entity has another's."""
        table = self.course.facts
        values: dict[str, set[Value]] = {}
        for fact in table.facts:
            if fact.value is not None:
                values.setdefault(fact.attribute, set()).add(fact.value)
        for fact in table.facts:
            for language in self.course.title:
                said = table.sentence(fact, language)
                own, place = [value for value in (fact.value, *fact.also) if value is not None], _cited(fact.sources)
                for text in table.wordings(fact, language):
                    found[_plain(text), language] = Ruling("supported", text, place, 1.0)
                if fact.value is None:
                    continue
                denied = table.sentence(replace(fact, value=None), language)
                found[_plain(denied), language] = Ruling("contradicted", said, place)
                for value in values[fact.attribute]:
                    if not any(_near(value, mine) for mine in own):
                        other = table.said(fact.entity, fact.attribute, value, language)
                        found.setdefault((_plain(other), language), Ruling("contradicted", said, place))

    def _is_unpublished(self, claim: str, language: str) -> bool:
        """Whether a claim gives a value that its maker has not published; that the maker has is another claim, and
        false."""
        if lexicon(language).find("announcing", [fold(word) for word in words(plain(claim))]):
            return False
        decision = decide(claim, self._reader.read(claim, language), self.course.facts)
        return decision is not None and decision.decision == "undisclosed"

    def _by_table(self, claim: str, language: str) -> Ruling | None:
        table = self.course.facts
        decision = decide(claim, self._reader.read(claim, language), table)
        if decision is None:
            return None
        entity, fact = decision.rows[0]
        quote = self.course.fact_passage(entity, fact, language).sentences[0].text
        if decision.decision == "undisclosed":
            return Ruling("not_found", quote, _cited(fact.sources), undecided=True)
        return Ruling(decision.decision, quote, _cited(fact.sources), float(decision.decision == "supported"))

    def _asked(self, claim: str, language: str) -> Ruling:
        """The verdict on a sentence is that on the worst of its claims."""
        if self._open is None:
            return Ruling("not_found")
        checked = self._open().verify(claim, language, ())
        likely = round(checked.p_supported, 3)
        if not checked.evidence:
            return Ruling(checked.verdict, likely=likely)
        found = checked.evidence[0]
        place = _cited(found.sentence.citations) or found.passage.locator
        return Ruling(checked.verdict, found.sentence.text, place, likely)


def rulings_digest(course: Path) -> str:
    """What rulings hold for: the course, and what the fact check decides with."""
    return digest(
        course_digest(course, evidence=True),
        THRESHOLDS_FILE.read_text(encoding="utf-8"),
        CARD.read_text(encoding="utf-8"),
    )


def read_rulings(course: Path) -> Mapping[str, Ruling]:
    """The kept rulings of a course; none where they are missing, damaged, or of another state of the course."""
    try:
        value = json.loads((course / FILE).read_text(encoding="utf-8"))
        if value["digest"] != rulings_digest(course):
            return {}
        return {key: Ruling(**ruling) for key, ruling in value["rulings"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def keep_rulings(course: Path, rulings: Rulings, asked: Iterable[Asked]) -> int:
    """Rule on all these claims and keep what was not known at once; how many. The file appears whole or not at all."""
    slow = sorted({one for one in asked if rulings.at_once(*one) is None})
    found = {_key(*one): {name: value for name, value in asdict(rulings.of(*one)).items() if value} for one in slow}
    kept = {"digest": rulings_digest(course), "rulings": dict(sorted(found.items()))}
    write_text_atomically(course / FILE, json.dumps(kept, ensure_ascii=False, indent=0) + "\n")
    return len(found)


def _key(claim: str, language: str) -> str:
    return digest(language, _plain(claim))


def _near(one: Value, other: Value) -> bool:
    """Whether two values could be one, rounded."""
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return one == other if max(one, other) < COUNTED else same_quantity(one, other, ROUNDED)


def _plain(text: str) -> str:
    """A claim as it is known again: formulas count with and without their dollars."""
    return " ".join(text.replace("$", "").split())


def _cited(sources: Iterable[Citation]) -> str:
    return "; ".join(f"{source.key} {source.locator}".strip() for source in sources)
