"""Numbers in text: read with their units in both languages, compared, and written.

"doce", "twelve" and "12" are one number; "340 M", "340 million" and "340 millones" too. "billón" is 10^12 in
Spanish and "billion" 10^9 in English. A comma is a decimal mark in Spanish and groups thousands in English, unless
what follows it says otherwise.
"""

import re
from dataclasses import dataclass

from knowledge.terms import fold

_WORD_VALUES = {
    "es": {"cero": 0, "un": 1, "uno": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7,
           "ocho": 8, "nueve": 9, "diez": 10, "once": 11, "doce": 12, "trece": 13, "catorce": 14, "quince": 15,
           "dieciseis": 16, "veinte": 20, "veinticuatro": 24, "treinta": 30, "treinta y dos": 32, "cuarenta y ocho": 48,
           "noventa y seis": 96, "cien": 100, "ciento veintiocho": 128},
    "en": {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
           "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
           "twenty": 20, "twenty four": 24, "twenty-four": 24, "thirty": 30, "thirty-two": 32, "forty-eight": 48,
           "ninety-six": 96, "hundred": 100},
}  # fmt: skip
_SCALES = {
    "es": {"mil": 1e3, "miles de millones": 1e9, "mil millones": 1e9, "millardo": 1e9, "millardos": 1e9, "millon": 1e6,
           "millones": 1e6, "billon": 1e12, "billones": 1e12, "k": 1e3, "m": 1e6, "b": 1e9},
    "en": {"thousand": 1e3, "million": 1e6, "millions": 1e6, "billion": 1e9, "billions": 1e9, "trillion": 1e12,
           "trillions": 1e12, "k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12, "bn": 1e9},
}  # fmt: skip
# Words too weak to be read as a quantity on their own ("one of", "un modelo").
_ARTICLES = {"un", "uno", "una", "one", "hundred", "cien"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text: its value, the word after it (its unit or noun, folded), and its span."""

    value: float
    unit: str
    start: int
    end: int


def _pattern(language: str) -> re.Pattern[str]:
    scales = "|".join(sorted((re.escape(name) for name in _SCALES[language]), key=len, reverse=True))
    named = "|".join(sorted((re.escape(name) for name in _WORD_VALUES[language]), key=len, reverse=True))
    number = r"\d+(?:[.,\u00a0\u202f]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
    return re.compile(
        rf"(?<![\w.,^_-])(?:(?P<digits>{number})(?:\s?\^\s?(?P<power>\d+))?|(?P<named>{named})(?!\w))"
        rf"(?:\s?(?P<scale>{scales})(?![\w]))?(?P<percent>\s?%)?(?![\w^])(?:\s+(?:de\s+|of\s+)?(?P<unit>[^\W\d_][\w-]*))?"
    )


_PATTERNS = {language: _pattern(language) for language in _SCALES}


def read_quantities(text: str, language: str) -> list[Quantity]:
    """The quantities of a plain text, in order. Names with digits (GPT-4, d_1, 3D) are not quantities."""
    found = []
    for match in _PATTERNS[language].finditer(fold(text)):
        scale = _SCALES[language].get(match["scale"] or "", 1.0)
        if match["named"]:
            if match["named"] in _ARTICLES and scale == 1.0:
                continue
            value = float(_WORD_VALUES[language][match["named"]])
        else:
            value = read_number(match["digits"], language)
            if match["power"]:
                value **= min(int(match["power"]), 300)
        unit = "%" if match["percent"] else match["unit"] or ""
        end = match.start("unit") if match["unit"] else match.end()
        found.append(Quantity(value * scale, unit, match.start(), end))
    return found


def read_number(digits: str, language: str) -> float:
    """A number as written in the language: "1,000" is a thousand in English, "0,5" a half in Spanish."""
    digits = re.sub(r"[\u00a0\u202f]", "", digits)
    decimal = "," if language == "es" else "."
    group = "." if language == "es" else ","
    if digits.count(".") + digits.count(",") == 1:
        mark = "." if "." in digits else ","
        whole, fraction = digits.split(mark)
        grouped = len(fraction) == 3 and mark == group and whole != "0"
        return float(whole + fraction) if grouped else float(f"{whole}.{fraction}")
    return float(digits.replace(group, "").replace(decimal, "."))


def same_quantity(left: float, right: float, tolerance: float = 1e-3) -> bool:
    """Whether two values are equal within a relative tolerance."""
    return abs(left - right) <= tolerance * max(abs(left), abs(right))


def format_quantity(value: float, language: str, plain: bool = False) -> str:
    """A number for a reader: 340000000 is "340 million" / "340 millones"; years are `plain`."""
    if plain or value < 10_000:
        text = f"{value:g}"
        return text.replace(".", ",") if language == "es" else text
    scales = {"en": ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")),
              "es": ((1e12, "billones"), (1e9, "mil millones"), (1e6, "millones"))}[language]  # fmt: skip
    for size, name in scales:
        if name == "mil millones" and value % size:
            continue  # a Spanish reader expects 1500 millones, not 1,5 mil millones
        if value >= size:
            text = _grouped(value / size, language) if value / size >= 10_000 else f"{value / size:.4g}"
            return f"{text.replace('.', ',') if language == 'es' else text} {name}"
    return _grouped(value, language)


def _grouped(value: float, language: str) -> str:
    return f"{value:,.0f}".replace(",", "," if language == "en" else "\u202f")
