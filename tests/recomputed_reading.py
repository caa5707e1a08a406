r"""Reading the numbers out of the English text of an item, as a student would; nothing here knows how items are made.

A text is `plain` first: without dollars and marks of thousands. In a pattern, `#` stands for a number (an exact
fraction: `2.5`, `4 \times 10^{21}`), and everything else for itself.
"""

import re
from collections.abc import Sequence
from fractions import Fraction

Row = tuple[Fraction, ...]
_DIGITS = r"-?\d+(?:\.\d+)?"
NUMBER = rf"(?<![\d.])(?:10\^\{{\d+\}}|{_DIGITS}(?: \\times 10\^\{{?\d+\}}?)?)"
_POWER = re.compile(r"(?:(\S+) \\times )?10\^\{?(\d+)\}?$")


def plain(text: str) -> str:
    r"""Without dollars, marks of thousands, thin spaces and stress, and `{ 9 }` as `{9}`."""
    bare = text.replace("$", "").replace("{,}", "").replace("\\,", "").replace("**", "")
    return re.sub(r"\{ (\S+) \}", r"{\1}", bare)


def value(text: str) -> Fraction:
    """The number that is written there."""
    power = _POWER.match(text)
    return Fraction(power[1] or 1) * 10 ** int(power[2]) if power else Fraction(text)


def every(text: str, pattern: str) -> list[Row]:
    """The numbers of each place where the pattern stands."""
    parts = [re.escape(part) for part in pattern.split("#")]
    return [
        tuple(value(found) for found in match.groups())
        for match in re.finditer(f"({NUMBER})".join(parts), text)
    ]  # fmt: skip


def several(text: str, pattern: str) -> Row:
    """The numbers of the one place where the pattern stands."""
    found = every(text, pattern)
    assert len(found) == 1, f"{pattern!r} stands {len(found)} times in {text!r}"
    return found[0]


def one(text: str, pattern: str) -> Fraction:
    """The one number of the one place where the pattern stands."""
    (number,) = several(text, pattern)
    return number


def whole(text: str, pattern: str) -> int:
    """The same, of a count."""
    number = one(text, pattern)
    assert number.denominator == 1, number
    return int(number)


def maybe(text: str, pattern: str, otherwise: int = 0) -> int:
    """A count that the text may give, and what holds where it does not."""
    return whole(text, pattern) if every(text, pattern) else otherwise


def row(text: str, name: str) -> Row:
    """The vector that stands after a name, as in `x = (1, -2)`."""
    found = re.findall(rf"(?<![\w}}]){re.escape(name)}\(((?:{NUMBER}(?:, )?)+)\)", text)
    assert len(found) == 1, f"{name!r} stands {len(found)} times in {text!r}"
    return tuple(value(part) for part in found[0].split(", "))


def rows(text: str, name: str) -> tuple[Row, ...]:
    """The matrix that stands after a name."""
    inside = re.escape(name) + r"\\begin\{pmatrix\}(.*?)\\end\{pmatrix\}"
    found = re.findall(rf"(?<![\w}}]){inside}", text)
    assert len(found) == 1, f"{name!r} stands {len(found)} times in {text!r}"
    return tuple(tuple(value(part) for part in line.split(" & ")) for line in found[0].split(r" \\ "))


def logarithms(text: str) -> list[tuple[Fraction, Fraction]]:
    r"""(factor, number) of each `2 \ln 3`, in order."""
    found = re.findall(rf"({NUMBER} )?\\ln ({NUMBER})", text)
    return [(value(factor.strip() or "1"), value(number)) for factor, number in found]


def ticked(text: str) -> list[str]:
    """What stands between backticks, in order."""
    return re.findall(r"`([^`]*)`", text)


def quoted(text: str) -> list[str]:
    """What stands between quotation marks, in order."""
    return re.findall("“([^”]*)”", text)


def floats(numbers: Sequence[Fraction]) -> list[float]:
    """For torch."""
    return [float(number) for number in numbers]
