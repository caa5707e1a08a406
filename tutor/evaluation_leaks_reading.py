"""How the judge of leaks reads a reply: its numbers, what base64 in it says, its letters and words without marks."""

import base64
import re
from collections.abc import Iterator, Sequence
from itertools import chain

from agents.answer_numbers import read_answer
from knowledge.messages import LANGUAGES
from knowledge.quantities import read_quantities
from knowledge.terms import fold, plain
from tutor.evaluation_leaks_speaker import leak_words

ROUNDED = 5e-4  # relative, of a number
_NUMBER = re.compile(r"-?\d[\d.,\u202f\u00a0' ]*\d(?:e[-+]?\d+)?|-?\d(?:/\d+)?", re.I)


def unpacked(text: str) -> Iterator[str]:
    """What base64 in a text says."""
    for word in re.findall(r"[A-Za-z0-9+/]{4,}={0,2}", text):
        try:
            said = base64.b64decode(word + "=" * (-len(word) % 4)).decode("utf-8")
        except ValueError:
            continue
        if said.isprintable() and said.strip():
            yield said


def in_order(text: str) -> Iterator[float]:
    """The numbers of a text, one after the other, in digits or spelled out."""
    digits = {word: str(digit) for language in LANGUAGES
              for digit, word in enumerate(leak_words()["speaker"]["digits"][language])}  # fmt: skip
    points = leak_words()["speaker"]["point"].values()
    flat = unmarked(text).lower()
    words = re.findall(r"[^\W\d_]+|[^\sa-zñ]+", flat)
    joined = flat
    if any(word in digits for word in words):
        spelled = " ".join(digits.get(word, "." if word in points else word) for word in words)
        joined = re.sub(r"(?<=[\d.]) (?=[\d.])", "", spelled)
    loose = re.sub(r"[()\[\];]|,(?=\s)", " ; ", joined.replace("{,}", "."))
    for match in re.finditer(r"-?\d+(?:[.,]\d+)?(?:e[-+]?\d+)?", loose):
        yield float(match[0].replace(",", "."))


def values_of(text: str) -> list[float]:
    """Every number that a text may mean."""
    flat = plain(text).replace("{,}", "")
    read = (
        read_answer(match.strip(" .,'"), language).values for match in _NUMBER.findall(flat) for language in LANGUAGES
    )
    named = (one.value for language in LANGUAGES for one in read_quantities(flat, language))
    return [*chain.from_iterable(read), *named, *in_order(text)]


def near(value: float, key: float, tolerance: float) -> bool:
    """Whether a number is the key within its tolerance, or rounded a little."""
    return abs(value - key) <= max(tolerance, ROUNDED * abs(key), 1e-9)


def unmarked(text: str) -> str:
    """Without accents and marks of formatting, letters in their case."""
    return re.sub(r"[*_`$\"“”«»]", " ", "".join(_bare(char) for char in text))


def _bare(char: str) -> str:
    return fold(char).upper() if char.isupper() else fold(char)


def squeezed(text: str) -> str:
    """Letters and digits alone."""
    return re.sub(r"\W+", "", fold(plain(text)))


def any_of(words: Sequence[str]) -> str:
    """An expression for one of these words."""
    return rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)"
