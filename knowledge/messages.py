"""Texts for people, kept in data files in both languages.

A messages file is TOML: one table a key, one string a language.

    [empty-text]
    en = "There is no text to work on."
    es = "No hay texto con el que trabajar."
"""

import tomllib
from functools import cached_property
from pathlib import Path

LANGUAGES = ("es", "en")


class Messages:
    """The texts of one layer: `text(key, language, **values)` fills in the values of a message."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def table(self) -> dict[str, dict[str, str]]:
        """Key -> language -> text with `{name}` places."""
        return tomllib.loads(self.path.read_text(encoding="utf-8"))

    def text(self, key: str, language: str, /, **values: object) -> str:
        """The message in `language`; values are put in as they are and never interpreted."""
        return self.table[key][language].format_map(values)

    def has(self, key: str) -> bool:
        """Whether the file holds `key`."""
        return key in self.table
