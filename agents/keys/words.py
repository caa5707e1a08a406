"""The word lists of the key guard (guard.toml), as expressions that are compiled once."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def table() -> Mapping[str, Any]:
    """The lists as they are written."""
    return tomllib.loads(Path(__file__).with_name("guard.toml").read_text(encoding="utf-8"))


def any_of(words: Iterable[str]) -> str:
    """An expression for one of these words."""
    chosen = sorted({word for word in words if word}, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in chosen) + ")"


@cache
def listed(*path: str) -> re.Pattern[str]:
    """An expression for a whole word of a list, by its name: `listed("result", "words")`."""
    found: Any = table()
    for name in path:
        found = found[name]
    return re.compile(rf"(?<!\w){any_of(found)}(?!\w)")
