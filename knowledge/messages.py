"""Texts for people, kept in data files in both languages.

A messages file is TOML: one table a key, one string a language.

    [empty-text]
    en = "There is no text to work on."
    es = "No hay texto con el que trabajar."
"""

import tomllib
from dataclasses import dataclass
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
        """The message in `language`; phrases among the values are said in it too, other values are put in as they are
        and never interpreted."""
        said = {name: value.text(language) if isinstance(value, Phrase) else value for name, value in values.items()}
        return self.table[key][language].format_map(said)

    def phrase(self, key: str, /, **values: object) -> "Phrase":
        """The message in whichever language it will be read."""
        return Phrase(self, key, tuple(values.items()))

    def has(self, key: str) -> bool:
        """Whether the file holds `key`."""
        return key in self.table


@dataclass(frozen=True, slots=True)
class Phrase:
    """A message before anybody reads it: equal to another of the same key and values."""

    messages: Messages
    key: str
    values: tuple[tuple[str, object], ...] = ()

    def text(self, language: str) -> str:
        """The message in `language`."""
        return self.messages.text(self.key, language, **dict(self.values))
