"""What items of the course say around its sentences: the texts of `grounded.toml` and `facts.toml`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


def said(key: str, language: str, tone: float = 0.0, **values: str) -> str:
    """One of the texts of a key, the one at the share `tone` (0..1) of them; values are put in as they are."""
    wordings = _table("grounded")[key][language]
    text: str = wordings[int(tone * len(wordings))]
    return text.format_map(values)


def texts(group: str) -> dict[str, Any]:
    """A group of the texts about the table of facts, as it is written."""
    return dict(_table("facts")[group])
