"""Numbers as people type them: "0,5", "1/2", "5e-1", "50 %", "3·10^4", "12 288 bytes", "doce".

`read_answer` says which values a text may mean. A mark that both groups thousands and separates decimals ("1.234") is
read in both ways. Nothing is evaluated but numbers, + - * / ^, roots, exp, ln, log and pi, by the parser below.
"""

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.formulas import plain_formula
from knowledge.quantities import number_readings, read_quantities, scale_of
from knowledge.terms import fold

MOST_CHARACTERS = 200
MOST_POWER = 400.0  # of an exponent: no answer needs more, and 9^9^9 would never end
PERCENT = "percent"
COUNTING = frozenset({"parameters", "tokens", "entries", "predictions", "operations", "pieces"})  # nouns, no measures
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_SUPERSCRIPT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
_FRACTIONS = str.maketrans({"½": "1/2", "⅓": "1/3", "¼": "1/4", "¾": "3/4", "⅔": "2/3", "⅛": "1/8"})
_EQUALS = re.compile(r"=|≈|~|≃|->|\bes igual a\b|\bequals\b")
_TOKEN = re.compile(
    r"(?P<number>(?:\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?|[.,]\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<function>(?:sqrt|exp|ln|log2|log10|log|pi|e)(?![^\W\d_]))|(?P<sign>\*\*|[-+*/^()]|[x×](?=\s*\d))"
    r"|(?P<word>%|[^\W\d_]+)|(?P<mark>[.,;:!¡?¿\s$\"'«»]+)|(?P<other>.)"
)
_MINUS = re.compile(r"\b(?:menos|minus|negative)\s+(?=[\d.,(])", re.I)
_FUNCTIONS = {"sqrt": math.sqrt, "exp": math.exp, "ln": math.log, "log": math.log10, "log10": math.log10,
              "log2": math.log2}  # fmt: skip
_CONSTANTS = {"pi": math.pi, "e": math.e}
_DENIALS = frozenset({"no", "not", "nunca", "never", "ninguno", "none", "tampoco", "isn", "ni"})


@dataclass(frozen=True, slots=True)
class NumberRead:
    """What a text says. `values`: what its number may be, likeliest first. `digits`: how many significant digits it
    was written with, 0 where it was computed. `unit`: the unit named after it, "" without one; `sizes`: dimension ->
    size of that unit. `trouble`: why the text cannot be told, "" where it can: "no-number", "several-numbers",
    "denied", "too-long"."""

    values: tuple[float, ...] = ()
    digits: int = 0
    unit: str = ""
    sizes: Mapping[str, float] = field(default_factory=dict)
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def read_answer(text: str, language: str) -> NumberRead:
    """The number that a text gives as its answer: what stands after its last sign of equality."""
    if len(text) > MOST_CHARACTERS:
        return NumberRead(trouble="too-long")
    said = _EQUALS.split(_prepared(text))[-1]
    tokens = [_Token(match.lastgroup or "", match[0]) for match in _TOKEN.finditer(said)]
    tokens = [token for token in tokens if token.kind != "mark"]
    words = [fold(token.text) for token in tokens if token.kind == "word"]
    if _DENIALS.intersection(words):
        return NumberRead(trouble="denied")
    runs = _runs(tokens)
    if not runs:
        return _in_words(said, language, words)
    if len(runs) > 1:
        return NumberRead(trouble="several-numbers")
    ((start, run),) = runs
    values = _values(run, language)
    if not values:
        return NumberRead(trouble="no-number")
    after = [token.text for token in tokens[start + len(run) :] if token.kind == "word"]
    if after and (scale := scale_of(after[0], language)) is not None and not _is_unit(after[0]):
        values, after = tuple(value * scale for value in values), after[1:]
    after = [word for word in after if fold(word) not in {"de", "of"}]
    name, sizes = _unit(after)
    return NumberRead(values, _digits(run), name, sizes)


def unit_size(unit: str, sizes: Mapping[str, float]) -> float | None:
    """What to multiply a value in a read unit by, to have it in `unit`; None when they measure different things."""
    for dimension, units in _units().items():
        if unit in units and dimension in sizes:
            return sizes[dimension] / float(units[unit]["size"])
    return None


def _prepared(text: str) -> str:
    """Without LaTeX, superscripts and typographic signs; in lower case."""
    text = _SUPERSCRIPT.sub(lambda match: "^" + match[0].translate(_SUPERSCRIPTS), text.translate(_FRACTIONS))
    text = text.replace("$", " ").replace("\\,", " ").replace("\\%", "%").replace("√", "sqrt ").replace("\\pi", "pi")
    text = text.replace("π", "pi").replace("{,}", ",").replace("−", "-").replace("–", "-").replace("÷", "/")
    text = _MINUS.sub("-", text)
    return plain_formula(text).replace("·", "*").replace("⋅", "*").replace("×", "*").lower()


def _runs(tokens: Sequence[_Token]) -> list[tuple[int, list[_Token]]]:
    """(place, tokens) of each stretch that holds a number and signs only; a lone `e` or `pi` counts as a number."""
    found: list[tuple[int, list[_Token]]] = []
    run: list[_Token] = []
    for place, token in enumerate([*tokens, _Token("end", "")]):
        if token.kind in {"number", "function", "sign"} and not (token.kind == "number" and _complete(run)):
            run.append(token)
            continue
        if any(one.kind == "number" or one.text in _CONSTANTS for one in run):
            found.append((place - len(run), run))
        run = [token] if token.kind == "number" else []
    return found


def _complete(run: Sequence[_Token]) -> bool:
    """Whether what stands there is a number already, so that another one beside it is a second."""
    return bool(run) and (run[-1].kind == "number" or run[-1].text == ")" or run[-1].text in _CONSTANTS)


def _values(run: Sequence[_Token], language: str) -> tuple[float, ...]:
    """The finite values of a stretch, its numbers read as the language writes them first, then as the other does."""
    found: list[float] = []
    for choice in range(2):
        try:
            value = _Parser(run, language, choice).parse()
        except (ValueError, ZeroDivisionError, OverflowError, IndexError, TypeError):
            continue
        if isinstance(value, float) and math.isfinite(value) and value not in found:
            found.append(value)
    return tuple(found)


class _Parser:
    """Recursive descent: sum, product, power, sign, bracket. Raises `ValueError` on what is no expression."""

    def __init__(self, tokens: Sequence[_Token], language: str, choice: int) -> None:
        self.tokens, self.place, self.language, self.choice = list(tokens), 0, language, choice

    def parse(self) -> float:
        value = self.sum()
        if self.place != len(self.tokens):
            raise ValueError("something is left over")
        return float(value)

    def sum(self) -> float:
        value = self.product()
        while self.next_is("+", "-"):
            value = value + self.product() if self.take() == "+" else value - self.product()
        return value

    def product(self) -> float:
        value = self.signed()
        while self.next_is("*", "/", "x", "×"):
            value = value / self.signed() if self.take() == "/" else value * self.signed()
        return value

    def signed(self) -> float:
        if self.next_is("-", "+"):
            return -self.signed() if self.take() == "-" else self.signed()
        return self.power()

    def power(self) -> float:
        base = self.atom()
        if self.next_is("^", "**"):
            self.take()
            exponent = self.signed()
            if abs(exponent) > MOST_POWER:
                raise ValueError("too large a power")
            return float(base**exponent)
        return base

    def atom(self) -> float:
        token = self.tokens[self.place]
        self.place += 1
        if token.kind == "number":
            mantissa, _, power = token.text.partition("e")
            readings = number_readings(mantissa.replace("'", "").strip(".,") if mantissa[0] not in ".," else
                                       "0" + mantissa, self.language)  # fmt: skip
            return readings[min(self.choice, len(readings) - 1)] * 10.0 ** int(power or 0)
        if token.text in _CONSTANTS:
            return _CONSTANTS[token.text]
        if token.text in _FUNCTIONS:
            return _FUNCTIONS[token.text](self.atom())
        if token.text == "(":
            value = self.sum()
            if self.take() != ")":
                raise ValueError("a bracket is open")
            return value
        raise ValueError(token.text)

    def next_is(self, *signs: str) -> bool:
        return self.place < len(self.tokens) and self.tokens[self.place].text in signs

    def take(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1].text


def _in_words(said: str, language: str, words: Sequence[str]) -> NumberRead:
    """A number that is written in words."""
    found = read_quantities(said, language)
    if len(found) == 1:
        after = words[words.index(found[0].unit) :] if found[0].unit in words else []
        name, sizes = _unit([found[0].unit] if found[0].unit and not after else after)
        return NumberRead((found[0].value,), 0, name, sizes)
    return NumberRead(trouble="several-numbers" if found else "no-number")


def _digits(run: Sequence[_Token]) -> int:
    """How many significant digits a number was written with, alone or as in 1.1 * 10^9; 0 for another expression."""
    texts = [token.text for token in run]
    alone = len(run) == 1 or (len(run) > 3 and texts[1] in {"*", "x", "×"} and texts[2] == "10")
    return len(re.sub(r"\D", "", texts[0].partition("e")[0]).lstrip("0")) if alone else 0


def _unit(words: Sequence[str]) -> tuple[str, Mapping[str, float]]:
    """(the first unit among the words, its size by dimension)."""
    for start in range(len(words)):
        for length in (2, 1):
            name = fold(" ".join(words[start : start + length]))
            sizes = {
                dimension: float(unit["size"])
                for dimension, units in _units().items() for unit in units.values() if name in unit["names"]
            }  # fmt: skip
            if sizes:
                return name, sizes
    return "", {}


def _is_unit(word: str) -> bool:
    return bool(_unit([word])[1])


@cache
def _units() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    return tomllib.loads(Path(__file__).with_name("answer_units.toml").read_text(encoding="utf-8"))
