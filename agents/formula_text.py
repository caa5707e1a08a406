"""The formula in an answer: out of its dollars and of the prose around it, with words for signs as signs."""

import re
from collections.abc import Sequence
from functools import cache

from knowledge.formula_tokens import MOST_CHARACTERS, words
from knowledge.messages import LANGUAGES
from knowledge.terms import folded

MOST_OF_AN_ANSWER = 4 * MOST_CHARACTERS
_MATH = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+)\$|\\\((.+?)\\\)|\\\[(.+?)\\\]|`([^`\n]+)`", re.S)


class Doubt(ValueError):
    """An answer that gives no one formula: "denied", "several-formulas", "too-long" or "no-formula"."""


def formula_in(answer: str) -> str:
    """The formula that an answer gives. Raises `Doubt`, which says why there is none."""
    if len(answer) > MOST_OF_AN_ANSWER:
        raise Doubt("too-long")
    prose = words()["prose"]
    told = folded(_MATH.sub(" ", answer))
    if re.search(prose["denials"], told):
        raise Doubt("denied")
    if re.search(prose["either"], told):
        raise Doubt("several-formulas")
    spans, rest = formulas_of(answer), re.search(r"[^\W\d_]{2,}", told)
    if spans and (rest or len(spans) == 1):
        found = spans if len(spans) == 1 else [span for span in spans if _tells(span)]
        if len(set(found)) != 1:
            raise Doubt("several-formulas")
        return _signs(found[0])
    return _bare(_signs(_MATH.sub(lambda match: next(filter(None, match.groups())), answer)))


def formulas_of(text: str) -> list[str]:
    """The formulas that stand between marks in a text."""
    return [next(filter(None, groups)) for groups in _MATH.findall(text)]


def _tells(span: str) -> bool:
    """Whether a span is more than the name of a symbol, such as those that the prose after a formula explains."""
    return bool(re.search(r"[-+*/^=(]|\\(?!mathrm|text)|\w\s*\w", re.sub(r"_\{?\w+\}?", "", span)))


def _bare(text: str) -> str:
    """The text without what leads to the formula and what explains it."""
    prose = words()["prose"]
    flat = folded(text)
    if len(flat) != len(text):
        return text.strip()
    tail = re.search(prose["tail"], flat, re.S)
    end = tail.start() if tail and tail.start() > 0 else len(text)
    lead = re.match(prose["lead"], flat[:end])
    start = lead.end() if lead and lead.end() < end else 0
    return text[start:end].strip(" .,;:¿?¡!\n\t").lstrip("*/ ")


def _signs(text: str) -> str:
    """The text with words for signs as signs."""
    if len(folded(text)) != len(text):
        return text
    for pattern, sign in _sign_words():
        flat = folded(text)
        for match in reversed(list(pattern.finditer(flat))):
            text = text[: match.start()] + sign + text[match.end() :]
    return text


@cache
def _sign_words() -> Sequence[tuple[re.Pattern[str], str]]:
    return [(re.compile(folded(sign[language])), sign["is"]) for sign in words()["sign"] for language in LANGUAGES]
