"""Rules on a whole paper: where its keys stand, whether a stem answers another item, whether two stems are one.

Haladyna, Downing and Rodriguez 2002: items are independent, and the place of the key varies.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations, permutations

from agents.cue_rules import keys_of, told
from agents.item import Check, Item, Kind
from agents.item_text import ATOM, READ, amount, asking, content_words, pieces, prose, prose_words, sentences
from agents.rule_words import find
from knowledge.formulas import same_formula
from knowledge.terms import stem

SPREAD = 2.5  # standard deviations that a place may be off an even share of the keys
FEWEST_OFF = 3  # keys in one place that are never too many
SAME_TOPIC = 0.6  # share of the content words of a question that a sentence answering it holds
FEWEST_SHARED = 2  # of those words
SAME_STEM = 0.8  # of the content words of two stems together, in both
MOST_FOUND = 3  # named in a detail
_PLACED: tuple[Kind, ...] = ("mcq", "true_false")
_SYMBOL = re.compile(r"[^\W\d]+")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class _Stem:
    """What a stem says, read once."""

    text: str
    language: str

    @cached_property
    def asking(self) -> list[str]:
        return asking(self.text, self.language)

    @cached_property
    def topic(self) -> set[str]:
        """The content words of what is asked."""
        return {word for question in self.asking for word in _content(question, self.language)}

    @cached_property
    def sentences(self) -> list[tuple[str, set[str]]]:
        """Each sentence of the stem with its content words."""
        found = sentences(self.text, self.language)
        return [(sentence, set(_content(sentence, self.language))) for sentence in found]

    @cached_property
    def signature(self) -> Counter[str]:
        """The content words of the stem, what it asks (how, why), the letters of its formulas, its code; no numbers."""
        found = [piece for piece in pieces(self.text, self.language) if piece[0] in "$`"]
        symbols = {symbol for piece in found for symbol in ([piece] if piece[0] == "`" else _SYMBOL.findall(piece))}
        row = [word for question in self.asking for word in prose_words(question)]
        kinds = {row[start] for start, _ in find("interrogatives", row, self.language)}
        return Counter([*_content(self.text, self.language), *symbols, *kinds])

    @cached_property
    def size(self) -> int:
        """How many words the signature has."""
        return self.signature.total()


_stem = lru_cache(READ)(_Stem)  # items of many papers share theirs
_Read = tuple[Item, _Stem]


def paper_checks(items: Sequence[Item]) -> tuple[Check, ...]:
    """The checks of a paper, in a fixed order; `detail` says what is wrong, with the ids of the items."""
    read = [(item, _stem(item.stem, item.language)) for item in items]
    pairs = [(one, other) for one, other in permutations(read, 2) if one[0].language == other[0].language]
    answering = [f"{one[0].id} answers {other[0].id}" for one, other in pairs if _answers(one[1], other)]
    same = [f"{one.id} = {other.id}" for (one, mine), (other, theirs) in combinations(read, 2) if _same(mine, theirs)]
    return (
        _check("key-positions-balanced", [found for kind in _PLACED if (found := _unbalanced(items, kind))]),
        _check("stems-silent", answering),
        _check("stems-distinct", same),
    )


def _check(name: str, found: Sequence[str]) -> Check:
    more = f" and {len(found) - MOST_FOUND} more" if len(found) > MOST_FOUND else ""
    return Check(name, not found, "; ".join(found[:MOST_FOUND]) + more)


def _unbalanced(items: Sequence[Item], kind: Kind) -> str:
    """The places of one kind's keys when one of them has too many or, where some must be, none."""
    placed = [(keys_of(item)[0], len(item.options)) for item in items if item.kind == kind and keys_of(item)]
    counts = Counter(place for place, _ in placed)
    for place in range(max((size for _, size in placed), default=0)):
        shares = [1 / size for _, size in placed if size > place]
        mean, deviation = sum(shares), math.sqrt(sum(share * (1 - share) for share in shares))
        off = abs(counts[place] - mean) > SPREAD * deviation
        if off and (counts[place] > FEWEST_OFF or counts[place] < mean):
            return f"{kind}: {counts[place]} of {len(placed)} keys in place {place + 1}"
    return ""


def _answers(one: _Stem, other: _Read) -> bool:
    """Whether a sentence of one stem speaks of what the other item asks and holds its key."""
    topic = other[1].topic
    return any(
        len(shared := topic & content) >= FEWEST_SHARED
        and len(shared) >= SAME_TOPIC * len(topic)
        and _holds_key(sentence, one, other[0])
        for sentence, content in one.sentences
    )


def _holds_key(sentence: str, one: _Stem, other: Item) -> bool:
    if other.kind in {"mcq", "multi"}:
        keys = keys_of(other)
        said = [place for place, option in enumerate(other.options) if told(option, sentence, other.language)]
        return bool(keys) and said == sorted(keys)
    if other.kind == "short":
        return bool(other.key) and all(told(str(point), sentence, other.language) for point in other.key)
    if other.kind == "formula":
        return any(same_formula(atom.strip("$"), str(other.key).strip("$")) for atom in ATOM.findall(sentence))
    asks = any(question in sentence for question in one.asking)  # a number there is given, not an answer
    return other.kind == "numeric" and not asks and _holds_number(sentence, other)


def _holds_number(sentence: str, item: Item) -> bool:
    parts = [*ATOM.findall(sentence), *_NUMBER.findall(prose(sentence))]
    read = [found.value for part in parts if (found := amount(part, item.language))]
    return any(abs(value - item.key) <= max(item.tolerance, 1e-9 * abs(value)) for value in read)


def _content(text: str, language: str) -> list[str]:
    return [stem(word, language) for word in content_words(text, language)]


def _same(one: _Stem, other: _Stem) -> bool:
    """Whether two stems differ in next to nothing but their numbers."""
    least, most = sorted((one.size, other.size))
    if one.language != other.language or not least or least < SAME_STEM * most:
        return False
    mine, theirs = one.signature, other.signature
    return (mine & theirs).total() >= SAME_STEM * (mine | theirs).total()
