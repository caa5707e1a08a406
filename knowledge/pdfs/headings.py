"""Which lines of a PDF are headings, and how deep each stands."""

import re
from dataclasses import dataclass

from knowledge.pdfs.layout import Placed, Usual
from knowledge.pdfs.words import is_caption, named, paper_words

_NUMBERED = re.compile(
    r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z](?:\.\d{1,2}){1,3})\.?\s+(?=[^\W\d_]|[¿¡«“\"(])(?P<title>.*)"
)
_LETTERED = re.compile(r"(?P<number>[A-Z]|[IVX]{1,5})[.:)]?\s+(?P<title>[^\W\d_].*)")
_NAMED_PART = re.compile(
    r"(?:chapter|part|appendix|capítulo|parte|apéndice|anexo|tema|unidad|lección)\s+(?:\d{1,2}|[A-Z]|[IVX]{1,5})\b",
    re.I,
)
_LONGEST = 110  # letters
_MOST_WORDS = 16
_LARGER = 1.08  # than the usual size
_BOLD = 0.9  # of the letters
_FREE = 0.12  # of the column stays free after a heading that nothing else sets apart
_APART = 1.25  # times the usual leading above it
_MOST_LINES = 3  # of one look: more of them are prose
_LEADER = re.compile(r"(?:\.\s?){4,}|…\s?\d+$")  # between a heading and its page in a table of contents
_OPENING = '¿¡«“"('
_SENTENCE_END = (".", ",", ";", ":", "-", "\ufffe")


@dataclass(frozen=True, slots=True)
class Rank:
    """How deep a heading stands: `level` from its number (1 for "3", 2 for "3.1"), or 0 where only its look can tell.

    `named`: it is one of the headings that every paper has, whole.
    """

    level: int
    number: str = ""
    named: bool = False


def heading_rank(placed: Placed, usual: Usual) -> Rank | None:
    """The rank of a line that is a heading, None for any other.

    A heading is short and ends no sentence; its number, its name, its size, its boldness or its capitals show it.
    """
    line = placed.line
    text = line.text
    if not line.upright or len(text) > _LONGEST or len(text.split()) > _MOST_WORDS or is_caption(text):
        return None
    if named(text) in paper_words().headings | paper_words().references:
        return Rank(1, _number(text), named=True) if line.size >= 0.85 * usual.size else None
    if not _can_be_heading(placed):
        return None
    marked = line.bold >= _BOLD or line.size >= _LARGER * usual.largest
    number = _NUMBERED.fullmatch(text)
    if number and _is_title(number["title"]):
        depth = number["number"].count(".") + 1
        if marked or _is_capitals(text) or (depth > 1 and _stands_alone(placed, usual)):
            return Rank(depth, number["number"])
    if _NAMED_PART.match(text) and marked:
        return Rank(1)
    letter = _LETTERED.fullmatch(text)
    if letter and _is_title(letter["title"]) and (marked or _is_capitals(letter["title"])):
        return Rank(1, letter["number"])
    return Rank(0) if _looks_like_one(placed, usual, marked) else None


def _can_be_heading(placed: Placed) -> bool:
    line = placed.line
    in_contents = bool(_LEADER.search(line.text)) or (len(line.cells) > 1 and line.cells[-1].text.isdigit())
    return not (
        placed.alike > _MOST_LINES or in_contents or len(line.cells) > 2 or line.maths > 0.3 or "@" in line.text
        or not _has_words(line.text)
    )  # fmt: skip


def _looks_like_one(placed: Placed, usual: Usual, marked: bool) -> bool:
    text = placed.line.text
    opens = text[0].isupper() or text[0].isdigit() or text[0] in _OPENING
    return (
        opens and not placed.goes_on and not text.endswith(_SENTENCE_END)
        and (marked or _is_capitals(text)) and _stands_alone(placed, usual)
    )  # fmt: skip


def _number(text: str) -> str:
    found = _NUMBERED.fullmatch(text) or _LETTERED.fullmatch(text)
    return found["number"] if found else ""


def _has_words(text: str) -> bool:
    return sum(letter.isalpha() for letter in text) >= max(3, 0.5 * len(text.replace(" ", "")))


def _is_title(text: str) -> bool:
    return bool(text) and not text.endswith((",", ";", "-", "\ufffe")) and (text[0].isupper() or text[0] in _OPENING)


def _is_capitals(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) >= 5 and all(letter.isupper() for letter in letters) and " " not in text[:2]


def _stands_alone(placed: Placed, usual: Usual) -> bool:
    """Whether nothing else can follow in the line, or there is more room above it than between lines."""
    apart = placed.below is None or placed.below > _APART * usual.leading
    return apart or placed.short >= _FREE or placed.right - placed.left < placed.line.width + 1
