"""Every number that a text may mean, however it is written: digits of both languages, words, fractions, Roman numerals,
other bases, digit by digit. Far more is read than was meant: what is looked for is one number, and missing it is worse.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from agents.answer_numbers import read_answer
from agents.keys.words import any_of, table
from knowledge.formulas import plain_formula
from knowledge.messages import LANGUAGES
from knowledge.quantities import Quantity, read_quantities, scale_of
from knowledge.terms import folded

LONGEST_RUN = 24  # digits said one by one that are read as a number
HUNDRED, THOUSAND, MILLION = 1e2, 1e3, 1e6
_ATOM = re.compile(
    r"(?<![\w.,])(?<![^\W\d_]-)(?:\d{1,3}(?:[.,'_ \u00a0\u202f]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?|[.,]\d+)(?!\d)"
    r"(?:[eE][-+]?\d+|\s?[*x×·]\s?10\s?\^?\s?[({]?[-+]?\d+)?"
)
_EXPRESSION = re.compile(r"[-+(]*(?:sqrt|exp|ln|log2|\d)[\d.,'() \u00a0\u202f+\-*/^×·x]*[\d)]")
_ROMAN = re.compile(r"(?<!\w)M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?!\w)")
_ROMANS = {"M": 1000, "D": 500, "C": 100, "L": 50, "X": 10, "V": 5, "I": 1}
_BASES = (
    (re.compile(r"0x([0-9a-f]+)|(?<![\w.])((?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{2,})(?!\w)", re.I), 16),
    (re.compile(r"0b([01]+)|(?<![\w.,])((?:[01]{3,}\s?)+)(?![\w.,])"), 2),
    (re.compile(r"0o([0-7]+)"), 8),
)


@dataclass(frozen=True, slots=True)
class NumberSaid:
    """A number that a text may mean and where it stands; -1 where it has no one place."""

    value: float
    start: int = -1
    end: int = -1


@lru_cache(maxsize=4_000)
def numbers_said(text: str) -> tuple[NumberSaid, ...]:
    """All the numbers of a text in any of its readings, in no order."""
    flat = flat_text(text)
    found = [*_in_digits(flat), *_in_words(flat), *_in_parts(flat), *_in_bases(flat), *_digit_by_digit(flat)]
    if alone := re.fullmatch(r"\W*([MDCLXVI])\W*", text):
        found.append(NumberSaid(float(_ROMANS[alone[1]])))
    return tuple(dict.fromkeys(one for one in found if math.isfinite(one.value)))


def number_rows(text: str) -> tuple[list[float], list[float]]:
    """The sizes of the numbers that are written in digits, in order: with commas as decimal marks where they may be,
    and with commas between numbers."""
    spread = _spread(_digits_joined(text))
    rows = [
        [abs(values[0]) for match in _ATOM.finditer(spoken) if (values := _read(match[0]))]
        for spoken in (spread, spread.replace(",", " ; "))
    ]
    return rows[0], rows[1]


def digit_runs(text: str) -> list[str]:
    """The digits of the numbers of a text in order, each number's without its marks: the pieces of a longer one."""
    flat = flat_text(text)
    words = _digit_words()
    pieces = re.findall(rf"\d[\d.,]*|(?<!\w){any_of(words)}(?!\w)", flat)
    return [words.get(piece) or re.sub(r"\D", "", piece) for piece in pieces]


def spelled_digits(letters: str) -> list[str]:
    """The digits that letters spell as words one after the other: "cincotres" is 53; signs and decimal marks are left
    out."""
    words = _digit_words()
    marks = any_of([*table()["digits"]["decimal"], *table()["digits"]["minus"]])
    runs = re.findall(rf"(?:{any_of(words)}|{marks}){{2,}}", letters)
    return ["".join(words.get(part, "") for part in re.findall(rf"{any_of(words)}|{marks}", run)) for run in runs]


@lru_cache(maxsize=500)
def spelled_words(letters: str) -> frozenset[float]:
    """The values of the words for numbers that stand among letters."""
    spans = {letters[start : start + length] for length in range(3, 13) for start in range(len(letters) - length + 1)}
    return frozenset(worth for span in spans for language in LANGUAGES if (worth := _worth(span, language)))


def _digits_joined(text: str) -> str:
    """The text with digits that are said one after the other as a number: "menos uno cero coma dos" is -10.2."""
    words = _digit_words()
    points = any_of(table()["digits"]["decimal"])
    one = rf"(?<!\w){any_of(words)}(?!\w)"
    run = re.compile(rf"(?:{any_of(table()['digits']['minus'])}\s+)?{one}(?:\s+(?:{points}\s+)?{one})*")

    def joined(match: re.Match[str]) -> str:
        parts = match[0].split()
        return "".join(words.get(part, "-" if part in table()["digits"]["minus"] else ".") for part in parts)

    flat = folded(text)
    return run.sub(joined, flat) if run.search(flat) else text


def flat_text(text: str) -> str:
    """The text in which the places of its numbers are: formulas in plain form, marks of grouping out of the way, in
    lower case but for Roman numerals."""
    spoken = text.replace("{,}", ",").replace("\\,", " ").replace("$", " ").replace("−", "-").replace("–", "-")
    return _keeping_romans(plain_formula(spoken).replace("·", "*").replace("×", "*"))


def _keeping_romans(text: str) -> str:
    """Lower case without accents, but for runs of capitals that may be a Roman numeral."""
    flat = folded(text)
    spans = [match.span() for match in _ROMAN.finditer(text) if match.end() - match.start() > 1]
    if len(flat) != len(text):
        return flat
    for start, end in spans:
        flat = flat[:start] + text[start:end] + flat[end:]
    return flat


def _spread(text: str) -> str:
    """The numbers of a matrix apart from one another."""
    rows = re.sub(r"\\(?:begin|end)\{\w*\}|\\\\|&|;", "  ;  ", text.replace("{,}", ".").replace("\\,", ""))
    return re.sub(r"[$()\[\]{}]", "  ", re.sub(r",(?=\s)|,(?=-)", " ; ", rows)).replace("−", "-")


def _read(text: str) -> tuple[float, ...]:
    """What a number may mean in either language."""
    return tuple(value for language in LANGUAGES for value in read_answer(text, language).values)


def _in_digits(flat: str) -> Iterator[NumberSaid]:
    for match in _ATOM.finditer(flat):
        sign = -1 if re.search(r"(?:^|[\s(=:,;])-\s?$|(?:menos|minus|negative)\s$", flat[: match.start()]) else 1
        share = 0.01 if re.match(r"\s?\\?(?:%|por ciento|per\s?cent)", flat[match.end() :]) else 0
        bare = match[0].lstrip(".,")  # what stands before a number read backwards is the mark behind it
        for value in dict.fromkeys((*_read(match[0]), *(_read(bare) if bare != match[0] else ()))):
            yield NumberSaid(sign * value, *match.span())
            if share:
                yield NumberSaid(sign * value * share, *match.span())
    for match in _EXPRESSION.finditer(flat):
        if re.search(r"[*/^+]|\d\s?-\s?\d|[a-z]", match[0]):
            yield from (NumberSaid(value, *match.span()) for value in _read(match[0]))


def _in_words(flat: str) -> Iterator[NumberSaid]:
    """Numbers in words, of any size, in both languages, and digits with a word for their scale."""
    for language in LANGUAGES:
        found = read_quantities(flat, language)
        for one in found:
            yield NumberSaid(one.value, one.start, one.end)
            if one.unit == "%":
                yield NumberSaid(one.value / 100, one.start, one.end)
        for one, after in pairwise(found):  # "534 mil 912"
            if not one.value % THOUSAND and 0 < after.value < THOUSAND and after.start - one.end < 2:
                yield NumberSaid(one.value + after.value, one.start, after.end)
        yield from _named(flat, language)
        yield from _with_decimals(found, flat)


def _named(flat: str, language: str) -> Iterator[NumberSaid]:
    """Runs of words for numbers: "two million three hundred thousand and five"."""
    run: list[re.Match[str]] = []
    for match in [*re.finditer(r"[^\W\d_]+", flat), None]:
        joined = match is not None and (not run or re.fullmatch(r"[\s,-]*", flat[run[-1].end() : match.start()]))
        if match is not None and joined and (_worth(match[0], language) or (run and match[0] in {"y", "and"})):
            run.append(match)
            continue
        if len(run) > 1:
            yield NumberSaid(_worth_of([one[0] for one in run], language), run[0].start(), run[-1].end())
        run = [match] if match is not None and _worth(match[0], language) else []


def _worth_of(names: Sequence[str], language: str) -> float:
    total = thousands = current = 0.0
    for value in filter(None, (_worth(name, language) for name in names)):
        if value >= MILLION:
            total, thousands, current = total + max(1.0, thousands + current) * value, 0.0, 0.0
        elif value == THOUSAND:
            thousands, current = max(1.0, current) * THOUSAND, 0.0
        elif value == HUNDRED and language == "en":
            current = max(1.0, current) * HUNDRED
        else:
            current += value
    return total + thousands + current


@lru_cache(maxsize=40_000)
def _worth(name: str, language: str) -> float:
    """What a word is worth as a part of a number, 0 for one that is no number."""
    if name in _digit_words():
        return float(_digit_words()[name])
    scale = scale_of(name, language) if len(name) > 1 else None
    found = read_quantities(name, language)
    return scale or (found[0].value if found else 0.0)


def _with_decimals(found: Sequence[Quantity], flat: str) -> Iterator[NumberSaid]:
    """ "siete coma cinco", "zero point zero five": a whole number, then digits or a number in words."""
    words = _digit_words()
    mark = re.compile(rf"(?<!\w){any_of(table()['digits']['decimal'])}(?!\w)\s*")
    digits = re.compile(rf"(?:(?:{any_of(words)}|\d)(?!\w)[\s-]*)+")
    for point in mark.finditer(flat):
        before = [one for one in found if one.end <= point.start() + 1 and point.start() - one.end < 2]
        whole = before[-1].value if before else float(words.get(flat[: point.start()].split()[-1:][0], -1)
                                                      if flat[: point.start()].split() else -1)  # fmt: skip
        said = digits.match(flat, point.end())
        ends = ["".join(_each_digit(said[0]))] if said else []
        ends += [f"{one.value:.0f}" for one in found if 0 <= one.start - point.end() < 2]
        for end in ends:
            yield NumberSaid(float(f"{max(0, int(whole))}.{end}"), point.start(), point.end())


def _in_parts(flat: str) -> Iterator[NumberSaid]:
    """Fractions in words: "tres septimos", "three over seven", "half"."""
    words = _digit_words()
    parts = {name: int(size) for size, names in table()["parts"].items() if size != "over" for name in names}
    for match in re.finditer(rf"(?:(?<!\w)(\d+|{any_of(words)})[\s-]+)?{any_of(parts)}(?!\w)", flat):
        size = parts[re.split(r"[\s-]", match[0])[-1]]
        yield NumberSaid(float(words.get(match[1] or "", match[1] or "1")) / size, *match.span())
    number = rf"(\d+|{any_of(words)})"
    for match in re.finditer(rf"(?<!\w){number}\s+{any_of(table()['parts']['over'])}\s+{number}(?!\w)", flat):
        top, bottom = (float(words.get(match[group], match[group])) for group in (1, 2))
        if bottom:
            yield NumberSaid(top / bottom, *match.span())


def _in_bases(flat: str) -> Iterator[NumberSaid]:
    """Roman numerals, hexadecimal, binary and octal."""
    for match in _ROMAN.finditer(flat):
        values = [_ROMANS[char] for char in match[0]]
        signed = (value if value >= after else -value for value, after in zip(values, [*values[1:], 0], strict=True))
        if len(values) > 1:
            yield NumberSaid(float(sum(signed)), *match.span())
    for pattern, base in _BASES:
        for match in pattern.finditer(flat):
            digits = re.sub(r"\s", "", next(filter(None, match.groups())))[:32]
            yield NumberSaid(float(int(digits, base)), *match.span())


def _digit_by_digit(flat: str) -> Iterator[NumberSaid]:
    """Digits said one after the other, as one whole number and, after a decimal mark, as its decimals."""
    words = _digit_words()
    one = rf"(?:\d(?!\d)|{any_of(words)}(?!\w))"
    between = rf"(?:[\s,.;:·>*/|-]|(?<!\w){any_of(table()['digits']['between'])}(?!\w))+"
    runs = [*re.finditer(rf"(?<!\w)(?<!\d[.,]){one}(?:{between}{one})+(?![.,]?\d)", flat)]
    runs += re.finditer(rf"(?<!\w){any_of(words)}{{2,}}(?!\w)", flat)  # as initials spell them
    for match in runs:
        digits = "".join(_each_digit(match[0]))[:LONGEST_RUN]
        yield NumberSaid(float(digits), *match.span())
        yield NumberSaid(float(f"{digits[0]}.{digits[1:]}"), *match.span())


def _each_digit(text: str) -> list[str]:
    words = _digit_words()
    parts = re.findall(rf"\d|(?<!\w){any_of(words)}(?!\w)", text) or re.findall(any_of(words), text)
    return [words.get(part, part) for part in parts]


@lru_cache(maxsize=1)
def _digit_words() -> dict[str, str]:
    named = table()["digits"]
    return {
        word: str(digit) for listed in ("es", "en", "also") for digit, word in enumerate(named[listed]) if word
    }  # fmt: skip
