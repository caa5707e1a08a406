"""Grading of numbers, vectors and matrices: tolerance, units, formats of both languages."""

import math
import re
from collections.abc import Sequence
from typing import Any

from agents.answer_numbers import COUNTING, PERCENT, NumberRead, read_answer, unit_size
from agents.families.words import unit_name
from agents.grade import Grade, partly, right, untold, wrong
from agents.item import Item
from knowledge.formulas import plain_formula
from knowledge.terms import fold

EXACT = 1e-9  # relative: what counts as equal where no tolerance is given
LARGE = 1e6  # from here on a number may be given rounded to DIGITS significant digits or more
DIGITS = 3
NEAR = 5  # tolerances within which a wrong number looks like one of rounding
_ROW = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_ROW_ENDS = re.compile(r";(?=\s*\S+[\s,]+\S+)(?<=\S[\s,]\S;)|\x00")
_BRACES = str.maketrans("{}", "[]")
_BILLIONS, _COUNTED = "b", {"parameters", "tokens"}  # "3 B" of these is 3 billion, and no bytes


def grade_number(item: Item, answer: str) -> Grade:
    """Whether the one number of the answer is the key."""
    read = read_answer(answer, item.language)
    if read.trouble:
        return untold(item.language, read.trouble)
    values = _in_unit(item, read)
    if not values:
        asked = unit_name(item.unit, item.language)
        return wrong(item.language, "unit", unit=asked) if asked else wrong(item.language, "no-unit")
    if any(_equal(value, float(item.key), item.tolerance, read.digits) for value in values):
        return right(item.language)
    mistake = known_mistake(item, [[value] for value in values])
    if mistake:
        return Grade(0.0, "incorrect", item.feedback.get(mistake, wrong(item.language).feedback), mistake, "mistake")
    if any(_equal(-value, float(item.key), item.tolerance, read.digits) for value in values if item.key):
        return wrong(item.language, "sign")
    near = item.tolerance and any(abs(value - float(item.key)) <= NEAR * item.tolerance for value in values)
    return wrong(item.language, "rounding" if near else "wrong")


def grade_matrix(item: Item, answer: str) -> Grade:
    """Whether the numbers of the answer are the key's, entry by entry; the right ones count in part."""
    readings = [rows for language in _both(item.language) if (rows := read_matrix(answer, language)) is not None]
    if not readings:
        return untold(item.language, "no-matrix")
    wanted = item.key if item.key and isinstance(item.key[0], list | tuple) else [item.key]
    keys = [float(value) for row in wanted for value in row]
    fitting = [rows for rows in readings if [len(row) for row in rows] == [len(row) for row in wanted]]
    hits = max((_hits(rows, keys, item.tolerance) for rows in fitting), default=0)
    if fitting and hits == len(keys):
        return right(item.language)
    mistake = known_mistake(item, [[value for row in rows for value in row] for rows in readings])
    if mistake:
        return Grade(0.0, "incorrect", item.feedback.get(mistake, wrong(item.language).feedback), mistake, "mistake")
    if not fitting:
        return wrong(item.language, "shape")
    if hits * 2 >= len(keys):
        return partly(hits / len(keys) / 2, item.language, "some-entries", right=hits, count=len(keys))
    return wrong(item.language)


def _both(language: str) -> tuple[str, str]:
    """The language first, then the other: "1.125" may be meant as the other language writes it."""
    return (language, "en" if language == "es" else "es")


def _hits(rows: Sequence[Sequence[float]], keys: Sequence[float], tolerance: float) -> int:
    given = [value for row in rows for value in row]
    return sum(_equal(value, key, tolerance, 0) for value, key in zip(given, keys, strict=True))


def known_mistake(item: Item, readings: Sequence[Sequence[float]]) -> str:
    """The mistake that leads to one of these readings, "" for none."""
    for text, mistake in item.misconceptions.items():
        told = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", text)]
        for values in readings:
            if len(told) == len(values) and all(
                _equal(value, one, item.tolerance, 0) for value, one in zip(values, told, strict=True)
            ):
                return mistake
    return ""


def read_matrix(text: str, language: str) -> list[list[float]] | None:
    """Rows of numbers from "(1, 2)", "[[1, 2], [3, 4]]", "1 2; 3 4", LaTeX's pmatrix; None where it is none."""
    spoken = re.sub(r"\\(?:begin|end)\{[bp]?matrix\}", " ", text.replace("\\\\", "\n"))
    if "\\" not in spoken and "{,}" not in spoken:
        spoken = spoken.translate(_BRACES)
    rows = _ROW.findall(plain_formula(spoken.replace("{,}", "\x00")).replace("\x00", ",")) if "&" not in text else []
    if not rows:
        bare = re.sub(r"[$()\[\]{}]", " ", spoken.replace("{,}", ","))
        rows = re.split(r"\n" if "\n" in bare.strip() or "&" in bare else _ROW_ENDS, bare.strip())
    found = [_row(row, language) for row in rows if row.strip()]
    return [row for row in found if row] if found and all(found) else None


def read_plain(text: str, language: str) -> tuple[float, str] | None:
    """(value, unit) of a text that is one number and at most its unit, None for any other."""
    read = read_answer(text, language)
    if not read.values or len(re.findall(r"[^\W\d_]{2,}", re.sub(r"\\[a-z]+", "", text))) > 1:
        return None
    return read.values[0], read.unit


def _row(text: str, language: str) -> list[float] | None:
    """The numbers of a row; a comma parts numbers unless it is the decimal mark, as in "0,5; 1" or "0,5 1"."""
    for parts in (re.split(r"[;&|]", text), re.split(r",\s+|;", text), text.split(), text.split(",")):
        reads = [read_answer(part, language) for part in parts if part.strip()]
        if len(reads) > 1 and all(len(read.values) and not read.unit for read in reads):
            return [read.values[0] for read in reads]
    one = read_answer(text, language)
    return [one.values[0]] if one.values else None


def _in_unit(item: Item, read: NumberRead) -> tuple[float, ...]:
    """The values in the item's unit, none where the answer names a unit of something else. Of a bare number a
    percentage is a share, and a noun that counts things ("12 tokens") is no unit."""
    if not read.unit:
        return read.values
    if read.unit == _BILLIONS and item.unit in _COUNTED:
        return tuple(value * 1e9 for value in read.values)
    if not item.unit:
        counted = read.sizes.keys() & COUNTING or read.unit in re.findall(r"\w+", fold(item.stem))
        return read.values if counted else tuple(value / 100 for value in read.values) if PERCENT in read.sizes else ()
    size = unit_size(item.unit, read.sizes)
    return () if size is None else tuple(value * size for value in read.values)


def _equal(value: Any, key: float, tolerance: float, digits: int) -> bool:
    """Within the tolerance; a large number also when it is the key rounded to the digits that were written."""
    if abs(value - key) <= tolerance * (1 + 1e-9) or math.isclose(value, key, rel_tol=EXACT, abs_tol=1e-12):
        return True
    rounded = digits >= DIGITS and abs(key) >= LARGE and math.isclose(value, float(f"{key:.{digits - 1}e}"))
    return bool(rounded)
