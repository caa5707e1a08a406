"""Options of which one holds the other, so that both may be right: ranges that meet, "X" beside "X and Y"."""

import math
from dataclasses import dataclass
from itertools import combinations, permutations

from agents.item import Item
from agents.item_text import amount, pieces, prose_words
from agents.rule_words import find, match
from knowledge.lexicon import lexicon
from knowledge.quantities import read_number
from knowledge.terms import fold, plain

FEWEST_WORDS = 3  # of a statement that another option goes on with


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`; an open end does not count itself."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False

    def meets(self, other: "Range") -> bool:
        """Whether some number lies in both."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        if low != high:
            return low < high
        return not any(
            (one.low_open and one.low == low) or (one.high_open and one.high == high) for one in (self, other)
        )  # fmt: skip


def overlapping_options(item: Item) -> str:
    """Two options that are ranges with numbers in common, or of which one says what the other does and more."""
    if not find("asks_range", prose_words(item.stem), item.language):
        read = [(option, found) for option in item.options if (found := _range(option, item.language))]
        for (one, mine), (other, theirs) in combinations(read, 2):
            if mine.meets(theirs) and not (mine.low == mine.high and theirs.low == theirs.high):
                return f"{one} / {other}"
    for one, other in permutations(item.options, 2):
        if _holds(pieces(other, item.language), pieces(one, item.language), item.language):
            return f"{one} / {other}"
    return ""


def _range(option: str, language: str) -> Range | None:
    if found := amount(option, language):
        return Range(found.value, found.value)
    text = fold(plain(option.replace("{,}", "," if language == "es" else "").replace("\\,", ""))).strip(" .")
    text = text.replace("–", "-").replace("—", "-")
    for group in ("between", "above", "from", "below", "up_to"):
        if said := match(f"{group}_patterns", text, language):
            numbers = [read_number(number.replace(" ", "").rstrip("%"), language) for number in said.groups() if number]
            return _as_range(group, numbers)
    return None


def _as_range(group: str, numbers: list[float]) -> Range:
    if group == "between":
        return Range(min(numbers), max(numbers))
    if group in {"above", "from"}:
        return Range(numbers[0], math.inf, low_open=group == "above")
    return Range(-math.inf, numbers[0], high_open=group == "below")


def _holds(longer: tuple[str, ...], shorter: tuple[str, ...], language: str) -> bool:
    """Whether `longer` is "shorter and ...", "... and shorter", or the statement `shorter` with more said of it."""
    size = len(shorter)
    if not size or len(longer) <= size or shorter not in (longer[:size], longer[-size:]):
        return False
    if find("negations", longer, language) != find("negations", shorter, language):
        return False
    if longer[:size] == shorter:
        follows = longer[size : size + 1]
        if find("conjunctions", follows, language):
            return True
        verbs = lexicon(language).phrases["verbs"]
        states = size >= FEWEST_WORDS and any((word,) in verbs for word in shorter)
        return states and not find("operators", follows, language)
    return bool(find("conjunctions", longer[-size - 1 : -size], language))
