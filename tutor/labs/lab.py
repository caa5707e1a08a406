"""What a lab is, and what one run of it gives.

The texts of a lab are in the TOML file that bears its name:

    number = 3                              # its place in the list
    seconds = 2.0                           # the whole default run, on two CPU cores
    concepts = ["scaling-factor"]           # ids of course concepts that it serves
    sources = ["vaswani2017 §3.2.1"]        # citation keys of the course, with their place
    cover = 1                               # the figure that stands for the lab, from 0; the first where it is left out

    [title]                                 # one table a text, as in messages.toml
    en = "Why scores are divided by the square root of d_k"
    es = "Por qué se dividen las puntuaciones por la raíz de d_k"

`title`, `task` and `observe` are in every lab; axis titles, names of series and the templates of findings are its own.
What a learner may change is declared at the end of the file (tutor/labs/lab_inputs.py).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.quantities import format_quantity
from tutor.labs.lab_inputs import LabInput, read_inputs

if TYPE_CHECKING:
    from altair.typing import ChartType

FOLDER = Path(__file__).parent
_POWERS_FROM = 1e15  # larger numbers are written as powers of ten
_KEYS = ("number", "seconds", "concepts", "sources", "cover", "input")


@dataclass(frozen=True)
class Lab:
    """A lab before it runs. `texts`: key -> language -> text with `{name}` places; `inputs`: what may be changed."""

    name: str
    number: int
    seconds: float
    concepts: tuple[str, ...]
    sources: tuple[str, ...]
    texts: Mapping[str, Mapping[str, str]]
    cover: int = 0
    inputs: tuple[LabInput, ...] = ()

    def text(self, key: str, language: str, **values: object) -> str:
        """A text with its places filled; numbers are written as the language writes them, with three digits."""
        return self.texts[key][language].format_map({name: _written(value, language) for name, value in values.items()})

    def title(self, language: str) -> str:
        """Its name for people."""
        return self.text("title", language)

    def task(self, language: str) -> str:
        """What the learner is to do: one paragraph."""
        return self.text("task", language)

    def observe(self, language: str) -> str:
        """What the learner is asked to see."""
        return self.text("observe", language)


@dataclass(frozen=True)
class LabRun:
    """One run: the lab, its arrays (a dataclass of `knowledge.labs`), its figures, and sentences with its numbers."""

    lab: Lab
    result: object
    figures: "tuple[ChartType, ...]"
    findings: tuple[str, ...]


@cache
def read_lab(name: str) -> Lab:
    """The lab whose texts are in `<name>.toml`."""
    table = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return Lab(
        name=name,
        number=int(table["number"]),
        seconds=float(table["seconds"]),
        concepts=tuple(table["concepts"]),
        sources=tuple(table["sources"]),
        texts={key: texts for key, texts in table.items() if key not in _KEYS},
        cover=int(table.get("cover", 0)),
        inputs=read_inputs(table.get("input", [])),
    )


def written(value: float, language: str, digits: int = 3) -> str:
    """A number for a reader with so many significant digits: 0.123 / 0,123; whole numbers up to 9999 stay whole."""
    number = float(value)
    if abs(number) >= _POWERS_FROM:
        return _power(number, language, digits)
    if number.is_integer():
        return format_quantity(int(number), language)
    rounded = float(f"{number:.{digits}g}")
    if 0 < abs(rounded) < 1e-4:
        return _power(number, language, digits)
    if abs(number) >= 1000:
        rounded = float(round(number)) if abs(number) < 10_000 else rounded
    return format_quantity(rounded, language)


def amount(value: float, language: str, digits: int = 4) -> str:
    """A number as it stands before a noun: in Spanish "65 millones de" parámetros, but "512" dimensiones."""
    text = written(value, language, digits)
    return f"{text} de" if text.endswith(("illones", "illón")) else text


def percent(share: float, language: str) -> str:
    """A share as a percentage with three significant digits: 12.3% / 12,3 %."""
    text = f"{100 * share:.{1 if abs(share) >= 0.0995 else 2}f}"
    return f"{text.replace('.', ',')}\u00a0%" if language == "es" else f"{text}%"


def _power(number: float, language: str, digits: int) -> str:
    mantissa, exponent = f"{number:.{digits - 1}e}".split("e")
    return f"{mantissa.replace('.', ',') if language == 'es' else mantissa} · 10^{int(exponent)}"


def _written(value: object, language: str) -> object:
    return written(float(value), language) if not isinstance(value, bool) and isinstance(value, Real) else value
