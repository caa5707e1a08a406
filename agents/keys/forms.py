"""The key of an exercise as a number, some numbers, or a formula, and whether a text gives it."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from agents.answer_numbers import read_answer
from agents.formula_text import formulas_of
from agents.grade_formula import same_formula
from agents.item import Item
from agents.keys.numbers import (
    NumberSaid,
    digit_runs,
    flat_text,
    number_rows,
    numbers_said,
    spelled_digits,
    spelled_words,
)
from agents.keys.parts import Told, is_in
from agents.keys.words import listed, table
from knowledge.terms import folded, stems

SMALL = 20  # whole numbers up to here stand in sentences that speak of something else
EXACT, ROUNDED, ROUNDED_FROM = 1e-3, 5e-3, 1e4  # relative: what a text may have rounded and still give the key
SCALES = (1e3, 1e6, 1e9, 1e12)  # between a unit and another one of the same measure
ABOUT, ABOUT_SHARE = 2, 0.4  # words of the question, and share of them, that make a sentence speak of what is asked
BRIEF = 3  # words of a text that is little more than a number
FEWEST_DIGITS, FEWEST_PIECES = 3, 2
MOST_ENTRIES = 0.6  # share of the entries of a matrix in a row that gives most of it
FEWEST_ENTRIES, VECTOR = 3, 3
_TRIVIAL = 2  # characters of a formula that stands in any sentence


@dataclass(frozen=True)
class NumberKey:
    """A number that is the key. `given`: those that the question states; `asked`: the stems of what it asks."""

    value: float
    tolerance: float
    unit: str
    given: frozenset[float]
    asked: frozenset[str]

    @cached_property
    def is_common(self) -> bool:
        """Whether the number may well be said of something else, so that it takes more than naming it."""
        whole = self.value == int(self.value) and abs(self.value) <= SMALL
        return whole or self.value in {0.5, 100.0} or abs(self.value) in self.given

    def is_said(self, text: str, language: str, as_option: bool = False) -> bool:
        """Whether a text gives the number as the result; `as_option`: or says that it is the right one of several."""
        for one in numbers_said(text):
            if self.fits(one.value) and (not self.is_common or self._as_result(text, one, language)):
                return True
            if as_option and self.fits(one.value) and listed("choosing").search(folded(text)):
                return True
        return False

    def fits(self, value: float) -> bool:
        """Whether a number is the key, in the unit of the question or in a related one, with or without its sign."""
        close = ROUNDED if abs(self.value) >= ROUNDED_FROM else EXACT if self.value % 1 else 0.0
        within = max(self.tolerance * (1 + 1e-9), close * abs(self.value), 1e-9)
        if abs(abs(value) - abs(self.value)) <= within:
            return True
        if not self.unit or abs(self.value) < SMALL:
            return False
        scaled = (abs(value) * scale for by in SCALES for scale in (by, 1 / by))
        return any(math.isclose(one, abs(self.value), rel_tol=EXACT) for one in scaled)

    def is_pieced(self, texts: Sequence[str]) -> bool:
        """Whether the digits of a sequence of texts give the number when they are put together."""
        pieces = [piece for text in texts for piece in digit_runs(text) if piece]
        wanted = self._digits
        for start in range(len(pieces)):
            for end in range(start + FEWEST_PIECES, min(len(pieces), start + 12) + 1):
                joined = "".join(pieces[start:end])
                if joined.lstrip("0") in wanted or joined[::-1].lstrip("0") in wanted:
                    return True
        return False

    def is_in_letters(self, letters: str) -> bool:
        """Whether letters spell the number in a word, or its digits one by one."""
        if any(len(run) > 1 and run.lstrip("0") in self.digits for run in spelled_digits(letters)):
            return True
        return any(self.fits(value) for value in spelled_words(letters))

    @cached_property
    def _digits(self) -> frozenset[str]:
        """The digits with which the number is written, where they are many enough to be no accident."""
        return frozenset(text for text in self.digits if len(text) >= FEWEST_DIGITS)

    @cached_property
    def digits(self) -> frozenset[str]:
        """The digits with which the number is written, rounded to what the question asks for or less."""
        found = {f"{abs(self.value):.{places}f}" for places in range(5)} if self.value % 1 else set()
        found |= (
            {f"{abs(self.value):.10g}", f"{abs(self.value):.12f}"} if self.value % 1 else {f"{abs(self.value):.0f}"}
        )
        plain = {re.sub(r"\D", "", text.partition("e")[0]).lstrip("0") for text in found}
        return frozenset(text for text in {*plain, *(text.rstrip("0") for text in plain)} if text)

    def _as_result(self, text: str, one: NumberSaid, language: str) -> bool:
        """Whether a number that is common is said as the outcome, alone, or in a sentence on what is asked."""
        flat = folded(flat_text(text))
        if len(re.findall(r"\w+", flat)) <= BRIEF or listed("result", "words").search(flat):
            return True
        told = set(stems(text, language)) & self.asked
        if len(told) >= max(ABOUT, ABOUT_SHARE * len(self.asked)):
            return True
        ends = not re.search(r"\w", flat[one.end :]) and one.end > 0
        before = listed("result", "before").search(flat[max(0, one.start - 14) : max(0, one.start)])
        return ends and (before is not None or "=" in flat)


def number_key(value: float, item: Item) -> NumberKey:
    """A number of an item's key, beside what its question states and asks."""
    given = frozenset(abs(one.value) for one in numbers_said(item.stem))
    parts = [part for part in re.split(r"(?<=[.!?])\s+", item.stem) if "?" in part] or [item.stem]
    asking = set(stems(" ".join(table()["asking"][item.language]), item.language))
    asked = frozenset(stem for part in parts for stem in stems(part, item.language) if not re.search(r"\d", stem))
    return NumberKey(float(value), float(item.tolerance or 0), item.unit, given, asked - asking)


def number_of(text: str, language: str) -> float | None:
    """The number that a text is, with at most its unit; None for any other text."""
    read = read_answer(text, language)
    words = re.findall(r"[^\W\d_]{2,}", re.sub(r"\\[a-z]+", "", text))
    return read.values[0] if read.values and len(words) <= 1 else None


@dataclass(frozen=True)
class MatrixKey:
    """Entries of a vector or a matrix. `entries`: each as a number key; `sizes`: in order, without signs."""

    entries: tuple[NumberKey, ...]

    def is_said(self, text: str) -> bool:
        """Whether a text gives most of the entries: those that stand in no question, or a long run in order."""
        told = [one.value for one in numbers_said(text)]
        telling = [entry for entry in self.entries if not entry.is_common]
        hits = sum(any(entry.fits(value) for value in told) for entry in telling)
        if telling and hits and hits * 2 >= max(len(telling), len(self.entries) if len(self.entries) > VECTOR else 1):
            return True
        return any(self._longest(row) >= self._enough for row in number_rows(text))

    def is_in_letters(self, letters: str) -> bool:
        """Whether letters spell the digits of most of the entries, one after the other."""
        for run in spelled_digits(letters):
            hits, at = 0, 0
            for entry in self.entries:
                found = max((text for text in entry.digits if run.startswith(text, at)), key=len, default="")
                zeros = len(run[at:]) - len(run[at:].lstrip("0"))
                if not found:
                    at += zeros
                    found = max((text for text in entry.digits if run.startswith(text, at)), key=len, default="")
                hits, at = hits + bool(found), at + len(found)
            if hits >= self._enough and at >= FEWEST_DIGITS:
                return True
        return False

    @property
    def _enough(self) -> int:
        return min(len(self.entries), max(FEWEST_ENTRIES, math.ceil(MOST_ENTRIES * len(self.entries))))

    def _longest(self, row: Sequence[float]) -> int:
        """The longest run of numbers that are entries one after the other."""
        best, lengths = 0, [0] * (len(self.entries) + 1)
        for value in row:
            after = [0] * (len(self.entries) + 1)
            for place, entry in enumerate(self.entries):
                after[place + 1] = lengths[place] + 1 if entry.fits(value) else 0
            best, lengths = max(best, *after), after
        return best


def flat_entries(key: Any) -> list[float]:
    """The entries of a vector or a matrix, row by row."""
    rows = key if key and isinstance(key[0], list | tuple) else [key]
    return [float(value) for row in rows for value in row]


@dataclass(frozen=True)
class ValueKey:
    """The key of an item that asks for a number, a vector or matrix, or a formula."""

    item: Item

    @cached_property
    def number(self) -> NumberKey | None:
        """The number, where the key is one."""
        return number_key(self.item.key, self.item) if self.item.kind == "numeric" else None

    @cached_property
    def matrix(self) -> MatrixKey | None:
        """The entries, where the key has several."""
        if self.item.kind != "matrix":
            return None
        return MatrixKey(tuple(number_key(value, self.item) for value in flat_entries(self.item.key)))

    def is_given(self, text: str) -> bool:
        """The value in any form."""
        if self.number:
            return self.number.is_said(text, self.item.language) or self.number.is_pieced([text])
        if self.matrix:
            return self.matrix.is_said(text)
        return gives_formula(str(self.item.key), text, self.item.language)

    def is_spelled(self, view: str) -> bool:
        """The same."""
        return self.is_given(view)

    def is_in_letters(self, letters: str, fewest: int) -> bool:
        """A number in words or digit by digit, or the entries of a matrix."""
        if self.number:
            return self.number.is_in_letters(letters)
        if self.matrix:
            return self.matrix.is_in_letters(letters)
        return is_in(letters, [_bare(str(self.item.key)).lower()], fewest)

    def told(self, text: str) -> Told:
        """The text, whose digits and entries may be a part."""
        return Told(text)

    def adds_up(self, told: Sequence[Told]) -> bool:
        """The digits one after the other, or the entries over several texts."""
        texts = [one.text for one in told]
        if self.number:
            return self.number.is_pieced(texts)
        return self.matrix is not None and self.matrix.is_said(" ; ".join(texts))


def gives_formula(key: str, text: str, language: str) -> bool:
    """Whether a text holds the formula of a key: as it is written but for spaces and brackets, or in another form of
    the same value."""
    wanted, told = _bare(key), _bare(text)
    if len(wanted) > _TRIVIAL and wanted in told:
        return True
    sides = [side for formula in candidates(text) for side in (formula, *re.split(r"=|≈|\\approx", formula)[1:])]
    return any(_same(key, side, language) for side in dict.fromkeys(sides) if side.strip())


def candidates(text: str) -> Iterable[str]:
    """The parts of a text that may be a formula: between marks, after a colon, an equality or "is"."""
    yield from formulas_of(text)
    if len(text) <= 200:
        yield text.strip(" .")
    for match in re.finditer(r":\s+|(?<!\w)(?:es|is|equals|igual a)\s+|=", text):
        yield text[match.end() :].strip(" .`$*\"'»”")


def _same(key: str, given: str, language: str) -> bool:
    try:
        return same_formula(key, given, language) is True
    except (ValueError, RecursionError, OverflowError):
        return False


def _bare(text: str) -> str:
    """A formula without what only sets it."""
    flat = re.sub(r"\\(?:left|right|mathrm|text|cdot|times|,|;|!|quad)|[\s{}$`*·×()\[\]]", "", text)
    return flat.replace("\\", "").replace("−", "-")
