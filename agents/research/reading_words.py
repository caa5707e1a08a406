"""The patterns of words.toml, compiled once."""

import re
import tomllib
from functools import cache
from pathlib import Path

from knowledge.terms import folded


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


@cache
def pattern(group: str, language: str) -> re.Pattern[str]:
    """A group of expressions, each as whole words, to be looked for in folded text."""
    return re.compile(rf"(?<!\w){_table()[group][language]}(?!\w)")


def opens(group: str, text: str, language: str) -> int:
    """How many characters an expression of the group takes at the beginning of a text; 0 where none stands there."""
    found = pattern(group, language).match(folded(text))
    return found.end() if found else 0


def holds(group: str, text: str, language: str) -> bool:
    """Whether an expression of the group stands anywhere in a text."""
    return pattern(group, language).search(folded(text)) is not None
