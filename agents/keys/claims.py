"""Whether a text states the text of an option, a claim or a required point, or denies it.

By the words that are its own among the options, and by the comparison that grades short answers. What is stated is
withheld whether it is affirmed or denied: of a key both give it away.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from agents.item import Item
from agents.keys.words import listed
from agents.short_compare import judge_point
from agents.short_reading import ShortReader
from knowledge.language import detect_language
from knowledge.messages import LANGUAGES
from knowledge.sentences import split_sentences
from knowledge.terms import folded, plain, stems

MOST, FEWEST = 0.7, 3  # share and number of the words of its own by which a text states a claim
NEARLY_ALL = 0.8  # share of all the words of a claim, whether they are its own or not
SHORT = 2  # words of an option that may stand in a sentence on something else
BRIEF = 6  # words of a sentence that says little beside the option that it names
WORTH_READING = 0.4  # share of a claim's words below which a text need not be compared with it
LONGEST = 600  # characters of a text that is compared word by word
Stance = Literal["said", "denied", ""]


@lru_cache(maxsize=8_000)
def stems_of(text: str, language: str) -> frozenset[str]:
    """The stems of a text that carry meaning."""
    return frozenset(stems(text, language))


@dataclass(frozen=True)
class Wording:
    """What an option, a step or a point says. `claim`: the same as a sentence that stands alone; `own`: the stems that
    set it apart; `asked`: those of the question."""

    text: str
    claim: str
    language: str
    own: frozenset[str]
    asked: frozenset[str]
    reader: ShortReader

    @cached_property
    def all(self) -> frozenset[str]:
        """All the stems of its claim."""
        return stems_of(self.claim, self.language)

    def share(self, text: str) -> float:
        """How much of what sets it apart a text has, 0..1."""
        return len(self.own & stems_of(text, self.language)) / len(self.own) if self.own else 0.0

    def is_stated(self, text: str, others: Sequence["Wording"] = ()) -> bool:
        """Whether a text states or denies it, and none of the `others` more than it."""
        told = stems_of(text, self.language)
        if len(self.own) <= SHORT and self._is_named(text, told, others):
            return True
        hits = len(self.own & told)
        by_own = len(self.own) > SHORT and hits >= FEWEST and hits >= MOST * len(self.own)
        by_all = len(self.all) >= FEWEST and len(self.all & told) >= NEARLY_ALL * len(self.all)
        if by_own or by_all:
            return all(other.share(text) <= self.share(text) for other in others)
        return bool(self.stance(text))

    def stance(self, text: str) -> Stance:
        """Whether a text says it or denies it, by the comparison that grades answers."""
        told, spoken = stems_of(text, self.language), detect_language(text, self.language)
        if len(text) > LONGEST or not self.all or spoken not in LANGUAGES:
            return ""
        if spoken == self.language and len(self.all & told) < WORTH_READING * len(self.all):
            return ""
        read, empty = self.reader.read(self.claim, self.language), self.reader.read("", self.language)
        outcome = judge_point(read, self.reader.read(text, spoken), empty, [read]).outcome
        return "said" if outcome == "said" else "denied" if outcome == "denied" else ""

    def is_denied(self, text: str) -> bool:
        """Whether a text says that it is not so."""
        if self.is_stated(text) and listed("rejecting").search(folded(plain(text))):
            return True
        return self.stance(text) == "denied"

    def place(self, text: str) -> float:
        """Where in a text it stands, as a count of words; for the order of several."""
        words = re.findall(r"\w+", plain(text))
        hits = [place for place, word in enumerate(words) if self.own & stems_of(word, self.language)]
        return sum(hits) / len(hits) if hits else 0.0

    def _is_named(self, text: str, told: frozenset[str], others: Sequence["Wording"]) -> bool:
        """Whether a text names an option of few words as the one that is asked for."""
        if not self.own or not self.own <= told:
            return False
        flat = folded(text)
        chosen = any(listed(*name).search(flat) for name in (("markers",), ("result", "words"), ("choosing",)))
        if any(other.own and other.own <= told for other in others if other.own - self.own):
            return chosen
        about = self.asked - self.own
        on_topic = len(about & told) >= max(2, len(about) * WORTH_READING)
        return chosen or on_topic or len(told - self.own) <= BRIEF - len(self.own)


def wordings(
    texts: Sequence[str], claims: Sequence[str], question: str, language: str, reader: ShortReader
) -> tuple[Wording, ...]:
    """Texts beside one another with their claims, each with the stems that neither the question nor all the others
    have."""
    asked = stems_of(question, language)
    each = [stems_of(text, language) for text in texts]
    common = frozenset.intersection(*each) if len(each) > 1 else frozenset[str]()
    return tuple(
        Wording(text, claim, language, mine - common - asked or mine - common or mine, asked, reader)
        for text, claim, mine in zip(texts, claims, each, strict=True)
    )


def is_solution(text: str, item: Item) -> bool:
    """Whether a text says what a sentence of the worked solution says: it tells why the key is right."""
    told = stems_of(text, item.language)
    for sentence in _solution(item.rationale, item.language):
        hits = len(sentence & told)
        if hits > FEWEST and hits >= MOST * len(sentence):
            return True
    return False


@lru_cache(maxsize=200)
def _solution(rationale: str, language: str) -> tuple[frozenset[str], ...]:
    return tuple(stems_of(sentence, language) for sentence in split_sentences(rationale, language))
