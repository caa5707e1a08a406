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
           "ocho": 8, "nueve": 9, "diez": 10, "once": 11, "doce": 12, "docena": 12, "trece": 13, "catorce": 14,
           "quince": 15, "dieciseis": 16, "diecisiete": 17, "dieciocho": 18, "diecinueve": 19, "veinte": 20,
           "veintiun": 21, "veintiuno": 21, "veintiuna": 21, "veintidos": 22, "veintitres": 23, "veinticuatro": 24,
           "veinticinco": 25, "veintiseis": 26, "veintisiete": 27, "veintiocho": 28, "veintinueve": 29,
           "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80, "noventa": 90,
           "cien": 100, "ciento": 100, "doscientos": 200, "doscientas": 200, "trescientos": 300, "trescientas": 300,
           "cuatrocientos": 400, "cuatrocientas": 400, "quinientos": 500, "quinientas": 500, "seiscientos": 600,
           "seiscientas": 600, "setecientos": 700, "setecientas": 700, "ochocientos": 800, "ochocientas": 800,
           "novecientos": 900, "novecientas": 900, "mil": 1000},
    "en": {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
           "ten": 10, "eleven": 11, "twelve": 12, "dozen": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
           "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40,
           "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000},
}  # fmt: skip
# How the words join: "treinta y dos", "two hundred and five", "dos mil diecisiete". Two numbers in a row do not.
_JOINED = {
    "es": r"(?:(?:{hundred}(?:\s{small})?|{small})\s)?mil(?:\s{hundred})?(?:\s{small})?"
          r"|{hundred}(?:\s{small})?|{small}",
    "en": r"(?:(?:(?:{unit}\s)?hundred(?:\s(?:and\s)?{small})?|{small})\s)?thousand(?:\s(?:and\s)?{below})?|{below}",
}  # fmt: skip
_SCALES = {
    "es": {"mil": 1e3, "miles de millones": 1e9, "mil millones": 1e9, "millardo": 1e9, "millardos": 1e9, "millon": 1e6,
           "millones": 1e6, "billon": 1e12, "billones": 1e12, "k": 1e3, "m": 1e6, "b": 1e9},
    "en": {"thousand": 1e3, "million": 1e6, "millions": 1e6, "billion": 1e9, "billions": 1e9, "trillion": 1e12,
           "trillions": 1e12, "k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12, "bn": 1e9},
}  # fmt: skip
# Words too weak to be read as a quantity on their own ("one of", "un modelo").
_ARTICLES = {"un", "uno", "una", "one"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text: its value, the word after it (its unit or noun, folded), and its span."""

    value: float
    unit: str
    start: int
    end: int


def _named(language: str) -> str:
    """A pattern of the numbers below a million written in words."""

    def between(low: int, high: int, step: int = 1) -> str:
        chosen = [name for name, value in _WORD_VALUES[language].items() if low <= value < high and value % step == 0]
        return f"(?:{'|'.join(sorted(chosen, key=len, reverse=True))})"

    unit = between(1, 10)
    tens = rf"{between(20 if language == 'en' else 30, 100, 10)}(?:{'[ -]' if language == 'en' else ' y '}{unit})?"
    small = rf"(?:{tens}|{between(0, 30)})(?!\w)"
    below = rf"(?:(?:{unit}\s)?hundred(?:\s(?:and\s)?{small})?|{small})"  # English only
    return _JOINED[language].format(hundred=between(100, 1000, 100), small=small, unit=unit, below=below)


def _pattern(language: str) -> re.Pattern[str]:
    scales = "|".join(sorted((re.escape(name) for name in _SCALES[language]), key=len, reverse=True))
    number = r"\d+(?:[.,\u00a0\u202f]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
    if language == "es":  # "12 288", as the Spanish academy writes it
        number = rf"\d{{1,3}}(?: \d{{3}})+(?![\w])|{number}"
    return re.compile(
        rf"(?<![\w.,^_-])(?:(?P<digits>{number})(?:\s?\^\s?(?P<power>\d+))?|(?P<named>{_named(language)})(?!\w))"
        rf"(?:\s?(?P<scale>{scales})(?![\w]))?(?P<percent>\s?(?:%|per\s?cent\b|por ciento\b))?(?![\w^])"
        r"(?:\s+(?:de\s+|of\s+)?(?P<unit>[^\W\d_][\w-]*))?"
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
            value = _read_words(match["named"], language)
        else:
            value = read_number(match["digits"], language)
            if match["power"]:
                value **= min(int(match["power"]), 300)
        unit = "%" if match["percent"] else match["unit"] or ""
        end = match.start("unit") if match["unit"] else match.end()
        found.append(Quantity(value * scale, unit, match.start(), end))
    return found


def _read_words(named: str, language: str) -> float:
    thousands = running = 0
    for word in re.findall(r"\w+", named):
        value = _WORD_VALUES[language].get(word, 0)  # 0: "and", "y"
        if value == 1000:
            thousands, running = max(running, 1) * 1000, 0
        elif word == "hundred":
            running = max(running, 1) * 100
        else:
            running += value
    return float(thousands + running)


def read_number(digits: str, language: str) -> float:
    """A number as written in the language: "1,000" is a thousand in English, "0,5" a half in Spanish."""
    digits = re.sub(r"[ \u00a0\u202f]", "", digits)
    decimal = "," if language == "es" else "."
    group = "." if language == "es" else ","
    if digits.count(".") + digits.count(",") == 1:
        mark = "." if "." in digits else ","
        whole, fraction = digits.split(mark)
        grouped = len(fraction) == 3 and mark == group and whole != "0"
        return float(whole + fraction) if grouped else float(f"{whole}.{fraction}")
    if digits.count(decimal) > 1:  # 23.835.648 in an English text, or 23,835,648 in a Spanish one
        group, decimal = decimal, group
    return float(digits.replace(group, "").replace(decimal, "."))


def number_readings(digits: str, language: str) -> tuple[float, ...]:
    """What a number may mean, as the language writes it first: "1.234" is 1234 and 1.234 in Spanish, "0.5" one only."""
    first = read_number(digits, language)
    other = read_number(digits, "en" if language == "es" else "es")
    return (first,) if first == other else (first, other)


def scale_of(word: str, language: str) -> float | None:
    """What a word after a number multiplies it by: 1e6 for "millones" and "M"; None for another word."""
    return _SCALES[language].get(fold(word))


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
        if name == "mil millones" and (value % size or value == size):
            continue  # a Spanish reader expects 1500 millones, not 1,5 mil millones
        if value >= size:
            count = float(f"{value / size:.4g}")
            text = _grouped(count, language) if count >= 10_000 else f"{count:g}"
            name = name.replace("illones", "illón") if text == "1" else name
            return f"{text.replace('.', ',') if language == 'es' else text} {name}"
    return _grouped(value, language)


def _grouped(value: float, language: str) -> str:
    return f"{value:,.0f}".replace(",", "," if language == "en" else "\u202f")


APPROXIMATE = 0.1  # relative tolerance after "about" or "unos"
COUNTED = 10_000  # whole numbers below this are given exactly: a year, layers, tokens of a context
_BOUNDS = {
    "en": {"more than": ">", "over": ">", "at least": ">", "less than": "<", "under": "<", "fewer than": "<",
           "at most": "<", "about": "~", "around": "~", "roughly": "~", "approximately": "~",
           "some": "~", "nearly": "~", "almost": "~"},
    "es": {"mas de": ">", "al menos": ">", "menos de": "<", "como mucho": "<", "unos": "~", "unas": "~",
           "alrededor de": "~", "cerca de": "~", "aproximadamente": "~", "casi": "~", "ronda los": "~"},
}  # fmt: skip


def read_bound(text: str, quantity: Quantity, language: str) -> str:
    """How the words before a number bound it: ">" (more than), "<" (at most), "~" (about) or "=" (nothing said).

    "up to 512 tokens" states a capacity and is "=".
    """
    before = " ".join(fold(text[: quantity.start]).split())
    return next((bound for phrase, bound in _BOUNDS[language].items() if re.search(rf"\b{phrase}$", before)), "=")


def agrees(stated: float, bound: str, value: float, tolerance: float = 1e-3) -> bool:
    """Whether a value fits what was stated: equal, above, below or about, as the bound says. Whole numbers below
    `COUNTED` are years and counts, which nobody rounds."""
    if bound != "~" and stated == int(stated) and value == int(value) and max(abs(stated), abs(value)) < COUNTED:
        tolerance = 0.0
    if same_quantity(stated, value, APPROXIMATE if bound == "~" else tolerance):
        return True
    return value > stated if bound == ">" else value < stated if bound == "<" else False
