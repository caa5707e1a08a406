"""The words of a family: stem, worked solution, hints and the feedback on each mistake, in both languages.

`<family>.toml`, every text with `en` and `es`:

    [stem]                      # the question; numbers as ${{ name | n }}$
    [[steps]]                   # the worked solution, in order; the last one states the answer
    [[hints]]                   # from the vaguest on; none gives the key
    [mistakes."<name>"]         # what to say to who made it, without the key
    [values."<word>"]           # where answers are words: how each is written

Templates are Jinja with StrictUndefined, and only ever these files; what fills them is numbers and words of the family.
What a template knows: the given numbers, `working`'s, `key`; in steps and hints the same.
"""

import math
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from agents.families.family import Value

FOLDER = Path(__file__).parent
PARTED = "\x1e"  # between the texts of one template: no text holds it
DIGITS = 10  # significant digits of a number that is written as it is
POWERS_FROM, POWERS_BELOW = 1e13, 1e-4  # numbers from here on, or below, are written with a power of ten
GROUPS_FROM = 10_000  # thousands are set apart from here on, as both languages do


@dataclass(frozen=True)
class Words:
    """One family's texts in one language."""

    name: str
    language: str
    texts: Mapping[str, Any]

    def told(self, values: Mapping[str, Any]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """(the question, the ladder of hints, the worked solution)."""
        hints, steps = self.texts["hints"], self.texts["steps"]
        parts = [part[self.language] for part in (self.texts["stem"], *hints, *steps)]
        # One template and not ten: what a template costs is to be compiled.
        stem, *rest = (part.strip() for part in self._rendered(PARTED.join(parts), values).split(PARTED))
        return stem, tuple(rest[: len(hints)]), tuple(rest[len(hints) :])

    def feedback(self, mistake: str, values: Mapping[str, Any]) -> str:
        """What to say to who made a mistake."""
        return self._rendered(self.texts["mistakes"][mistake][self.language], values).strip()

    def answer(self, value: Value, unit: str = "", decimals: int | None = None) -> str:
        """An answer as an option: numbers as formulas, tokens as code, words as the family has them."""
        if isinstance(value, str):
            known = self.texts.get("values", {})
            return str(known[value][self.language]) if value in known else f"`{value}`"
        if isinstance(value, tuple):
            if all(isinstance(part, str) for part in value):
                return " ".join(self.answer(part) for part in value)
            return f"${_nested(value, self.language, decimals)}$"
        return f"${written(value, self.language, decimals)}$" + (f" {unit_name(unit, self.language)}" if unit else "")

    def _rendered(self, text: str, values: Mapping[str, Any]) -> str:
        return _template(text, self.language).render(values) if "{" in text else text


@cache
def words(family: str, language: str) -> Words:
    """The words of a family; its file is read once."""
    return Words(family, language, _texts(family))


def written(value: float, language: str, decimals: int | None = None) -> str:
    """A number inside a formula as the language writes it: 12{,}288 and 0.5, or 12\\,288 and 0{,}5.

    `decimals`: rounds to so many, half away from zero, and keeps them all; None writes up to ten significant digits.
    """
    size = abs(value)
    sign = "-" if value < 0 else ""
    if size >= POWERS_FROM or (0 < size < POWERS_BELOW and decimals is None):
        power = math.floor(math.log10(size) + 1e-12)
        factor = f"{size / 10**power:.5g}"
        if factor == "10":
            factor, power = "1", power + 1
        factor = "" if factor == "1" else f"{_localised(factor, language)} \\times "
        return f"{sign}{factor}10^{{{power}}}"
    text = f"{size:.{DIGITS}g}" if decimals is None else f"{_rounded(size, decimals):.{decimals}f}"
    if "e" in text:
        text = f"{size:.0f}"
    if not float(text):
        sign = ""
    return sign + _localised(text, language)


def _rounded(size: float, decimals: int) -> float:
    """Half away from zero, as people round, also where the double lies just below the half."""
    return math.floor(size * 10.0**decimals * (1 + 1e-12) + 0.5) / 10.0**decimals


def _localised(text: str, language: str) -> str:
    whole, _, fraction = text.partition(".")
    if int(whole) >= GROUPS_FROM:
        mark = "{,}" if language == "en" else "\\,"
        whole = re.sub(r"(?<=\d)(?=(\d{3})+$)", lambda _: mark, whole)
    return whole + (("." if language == "en" else "{,}") + fraction if fraction else "")


def _nested(value: tuple[Any, ...], language: str, decimals: int | None = None) -> str:
    """(1, 2) for a row, with semicolons where the comma is the decimal mark; a pmatrix for rows of rows."""
    if value and all(isinstance(part, tuple) for part in value):
        rows = (" & ".join(_entry(entry, language, decimals) for entry in row) for row in value)
        return r"\begin{pmatrix}" + r" \\ ".join(rows) + r"\end{pmatrix}"
    entries = [_entry(entry, language, decimals) for entry in value]
    mark = "; " if language == "es" and any("{,}" in entry for entry in entries) else ", "
    return "(" + mark.join(entries) + ")"


def _entry(value: float | str, language: str, decimals: int | None) -> str:
    if isinstance(value, str):
        return r"\text{" + value + "}"
    if math.isinf(value):
        return r"-\infty" if value < 0 else r"\infty"
    return written(value, language, decimals)


@cache
def _texts(family: str) -> Mapping[str, Any]:
    return tomllib.loads((FOLDER / f"{family.replace('-', '_')}.toml").read_text(encoding="utf-8"))


def unit_name(unit: str, language: str) -> str:
    """How a unit stands after a number; as it is where units.toml has none of this name."""
    return _units().get(unit, {}).get(language, unit)


@cache
def _units() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((FOLDER / "units.toml").read_text(encoding="utf-8"))


@cache
def _template(text: str, language: str) -> Template:
    return _environment(language).from_string(text)


@cache
def _environment(language: str) -> Environment:
    """Its filters: `n` a number, `vec` a row, `mat` a matrix, all without the dollars; `tok` a token or several."""
    # Markdown for a reader that escapes it; the values are our own numbers and words. Optimising a template costs more
    # than it saves in the few times that it is rendered.
    environment = Environment(undefined=StrictUndefined, autoescape=False, optimized=False)  # noqa: S701
    number: Callable[..., str] = lambda value, decimals=None: written(value, language, decimals)  # noqa: E731
    row: Callable[..., str] = lambda value, decimals=None: _nested(tuple(value), language, decimals)  # noqa: E731
    environment.filters.update(
        n=number, vec=row, mat=row,
        tok=lambda value: " ".join(f"`{part}`" for part in ([value] if isinstance(value, str) else value)),
    )  # fmt: skip
    return environment
