"""What an exam is made of: blueprint, language, seed, versions, formats, folder, and what is not to come again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tutor.blueprint import Blueprint, Section
from tutor.export.graded import digest

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MOST_VERSIONS = len(LETTERS)


@dataclass(frozen=True, slots=True)
class Request:
    """The same request gives the same exam, byte for byte. `used`: questions, and `spent`: recipes, of earlier exams.
    `review`: whether a teacher looks at the items before they are written. `out`: an absolute path."""

    blueprint: Blueprint
    language: str
    seed: int
    versions: int
    formats: tuple[str, ...]
    out: str
    used: tuple[str, ...] = ()
    spent: tuple[str, ...] = ()
    review: bool = False

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits: the same of the same request."""
        made = [self.blueprint.digest, self.language, str(self.seed), str(self.versions), *self.formats, self.out]
        return digest("\n".join([*made, *self.used, *self.spent]))[:12]

    @property
    def folder(self) -> Path:
        """Where the files go."""
        return Path(self.out)

    def as_json(self) -> dict[str, Any]:
        """Plain values, from which `request_from` makes the same request."""
        return asdict(self)


def request_from(value: Mapping[str, Any]) -> Request:
    """A request from plain values."""
    given = value["blueprint"]
    sections = tuple(_section(section) for section in given["sections"])
    lists = {name: tuple(value[name]) for name in ("formats", "used", "spent")}
    return Request(**{**value, **lists, "blueprint": Blueprint(**{**given, "sections": sections})})


def _section(value: Mapping[str, Any]) -> Section:
    lists = {name: tuple(value[name]) for name in ("concepts", "named", "kinds", "bloom", "difficulty")}
    return Section(**{**value, **lists})
