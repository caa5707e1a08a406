"""What items of the course say around its sentences: the texts of `grounded.toml`."""

import tomllib
from functools import cache
from pathlib import Path


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_name("grounded.toml").read_text(encoding="utf-8"))


def said(key: str, language: str, tone: float = 0.0, **values: str) -> str:
    """One of the texts of a key, the one at the share `tone` (0..1) of them; values are put in as they are."""
    texts = _table()[key][language]
    return texts[int(tone * len(texts))].format_map(values)
