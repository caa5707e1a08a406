"""The word lists of the item-writing rules, by language: item_rules.toml, option_patterns.toml and agreement.toml."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.terms import fold

FILES = ("item_rules.toml", "option_patterns.toml", "agreement.toml")
_PARTS = {
    "LABEL": r"\(?(?:[a-e]|i{1,3}|iv|v|[1-5])\)?",
    "NUMBER": r"(-?\d+(?:[.,]\d+)*(?: \d{3})*(?: ?%)?)",
    "UNIT": r"(?: [^\W\d]+){0,2}",
}
_SPARED = "_spared"


def listed(group: str, language: str) -> list[Any]:
    """What a group of the word lists holds, as it is written there."""
    return list(_tables()[group][language])


def find(group: str, row: Sequence[str], language: str) -> list[tuple[int, int]]:
    """(start, end) of each phrase of a group in a row of folded words, but for those inside a phrase that it spares."""
    found = _places(group, row, language)
    if group + _SPARED not in _tables():
        return found
    spared = _places(group + _SPARED, row, language)
    return [(start, end) for start, end in found if not any(a <= start and end <= b for a, b in spared)]


def match(group: str, text: str, language: str) -> re.Match[str] | None:
    """How a pattern of a group matches the whole of a folded text; None where none does."""
    return next((found for pattern in _patterns(group, language) if (found := pattern.fullmatch(text))), None)


def without_opening(text: str, group: str, language: str) -> str:
    """A text without one of the openings of a group and the marks around it; as it is where it opens otherwise."""
    phrases = "|".join(re.escape(phrase) for phrase in listed(group, language))
    return re.sub(rf"^\W*(?:{phrases})\b\W+(?=\S)", "", text, count=1, flags=re.IGNORECASE)


def _places(group: str, row: Sequence[str], language: str) -> list[tuple[int, int]]:
    known = _phrases(group, language)
    return [
        (start, start + len(phrase))
        for start, word in enumerate(row)
        for phrase in known.get(word, ())
        if tuple(row[start : start + len(phrase)]) == phrase
    ]


@cache
def _phrases(group: str, language: str) -> dict[str, list[tuple[str, ...]]]:
    """First word -> the phrases that it opens, the longest first."""
    rows = {tuple(fold(text).split()) for text in listed(group, language)}
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in sorted(rows, key=lambda row: (-len(row), row)):
        found.setdefault(phrase[0], []).append(phrase)
    return found


@cache
def _patterns(group: str, language: str) -> tuple[re.Pattern[str], ...]:
    found = listed(group, language)
    for name, part in _PARTS.items():
        found = [pattern.replace(name, part) for pattern in found]
    return tuple(re.compile(pattern) for pattern in found)


@cache
def _tables() -> dict[str, Any]:
    tables: dict[str, Any] = {}
    for file in FILES:
        tables |= tomllib.loads(Path(__file__).with_name(file).read_text(encoding="utf-8"))
    return tables
