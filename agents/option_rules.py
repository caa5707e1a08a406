"""Rules on the options of an item: what is wrong with them, "" for nothing."""

import re

from agents.grade_options import LETTERS
from agents.item import Item, Kind
from agents.item_text import amount, pieces, prose_words, visible
from agents.rule_words import find, match
from knowledge.terms import fold

COUNTS: dict[Kind, tuple[int, int]] = {
    "mcq": (3, 5), "multi": (3, 5), "true_false": (2, 2), "order": (3, len(LETTERS)), "match": (3, len(LETTERS)),
}  # fmt: skip
FEWEST_NUMBERS = 3  # that have an order to keep
_EDGES = " .:;"


def wrong_count(item: Item) -> str:
    """Fewer or more options than the kind has, or an empty one."""
    least, most = COUNTS[item.kind]
    written = sum(bool(visible(option)) for option in item.options)
    if least <= written <= most and written == len(item.options):
        return ""
    empty = f", {len(item.options) - written} empty" if written < len(item.options) else ""
    wanted = f"{least} to {most}" if least < most else str(least)
    return f"{len(item.options)} options{empty}; {wanted} are wanted"


def all_above(item: Item) -> str:
    """An option "all of the above"."""
    return _first_match("all_of_the_above_patterns", item)


def none_above(item: Item) -> str:
    """An option "none of the above"."""
    return _first_match("none_of_the_above_patterns", item)


def combined_options(item: Item) -> str:
    """An option that combines others or numbered statements: "A and C", "I y III", "ambas son correctas"."""
    for option in item.options:
        if match("k_type_patterns", _bare(option), item.language):
            labels = re.findall(r"(?<!\w)(?:[A-Ea-e]|[iI]{1,3}|[iI]?[vV]|[1-5])(?!\w)", visible(option))
            if not labels or not _are_names(labels, item.stem):
                return option
    return ""


def true_and_false(item: Item) -> str:
    """Options that say whether the stem is true: that is a true_false item."""
    found = [option for option in item.options if match("true_false_patterns", _bare(option), item.language)]
    return ", ".join(found) if len(found) > 1 else ""


def vague_words(item: Item) -> str:
    """An option, or a statement to judge, that says how often without saying it: "often", "a veces"."""
    for text in (item.stem,) if item.kind == "true_false" else item.options:
        row = prose_words(text)
        if found := find("vague", row, item.language):
            return f"“{' '.join(row[slice(*found[0])])}” in: {text}"
    return ""


def same_options(item: Item) -> str:
    """Two options that say the same: the same words, formulas, or number in whatever format."""
    seen: dict[object, str] = {}
    for option in item.options:
        meaning = amount(option, item.language) or _without_articles(option, item.language)
        if meaning in seen:
            return f"{seen[meaning]} = {option}"
        seen[meaning] = option
    return ""


def unordered_numbers(item: Item) -> str:
    """Options that are numbers of one unit and neither rise nor fall."""
    read = [found for option in item.options if (found := amount(option, item.language))]
    values = [found.value for found in read]
    if len(values) < FEWEST_NUMBERS or len({found.unit for found in read}) > 1:
        return ""
    ordered = values in (sorted(values), sorted(values, reverse=True))
    return "" if ordered else ", ".join(f"{value:g}" for value in values)


def _first_match(group: str, item: Item) -> str:
    return next((option for option in item.options if match(group, _bare(option), item.language)), "")


def _bare(option: str) -> str:
    return fold(visible(option)).strip(_EDGES)


def _without_articles(option: str, language: str) -> tuple[str, ...]:
    row = pieces(option, language)
    return tuple(word for word in row if not find("article_words", [word], language)) or row


def _are_names(labels: list[str], stem: str) -> bool:
    """Whether labels name things of the stem ("tokens A and B") and no options or numbered statements."""
    if all(re.fullmatch(r"[ivIV]+", label) for label in labels):
        return False
    if all(label.isdigit() for label in labels):
        return not all(re.search(rf"(?<![\w.,]){label}[.)]\s", stem) for label in labels)
    return all(re.search(rf"(?<=[\w,] ){label}(?![\w):])", stem) for label in labels if label not in "Aa")
