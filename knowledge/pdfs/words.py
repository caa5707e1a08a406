"""The words of words.toml, as sets of folded words: what a part of a paper is called."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.terms import fold

WORDS_FILE = Path(__file__).with_name("words.toml")
_NUMBER = re.compile(r"^(?:(?:\d{1,2}|[A-Z]|[IVX]{1,5})(?:\.\d{1,2})*[.:)]?\s+)?(.*?)[.:]?$")


@dataclass(frozen=True, slots=True)
class PaperWords:
    """Sets of folded words and phrases, both languages together, since a paper often has both."""

    headings: frozenset[str]
    abstracts: frozenset[str]
    references: frozenset[str]
    appendices: tuple[str, ...]
    captions: re.Pattern[str]
    affiliations: frozenset[str]


@cache
def paper_words() -> PaperWords:
    """What words.toml says, read once."""
    table = {
        name: [fold(word) for word in words] for name, words in tomllib.loads(WORDS_FILE.read_text("utf-8")).items()
    }
    labels = "|".join(re.escape(label) for label in sorted(table["captions"], key=len, reverse=True))
    return PaperWords(
        headings=frozenset(table["headings"]),
        abstracts=frozenset(table["abstracts"]),
        references=frozenset(table["references"]),
        appendices=tuple(table["appendices"]),
        captions=re.compile(rf"(?:{labels})\s?(?:\d+|[ivx]+|[a-z]\.?\d+)(?:\.\d+)*\s*(?:[.:|\u2013\u2014]|$)"),
        affiliations=frozenset(table["affiliations"]),
    )


def named(heading: str) -> str:
    """A heading folded, without its number and its final point: as the sets have it."""
    found = _NUMBER.match(" ".join(heading.split()))
    return fold(found[1] if found else heading)


def is_caption(text: str) -> bool:
    """Whether a line opens the caption of a figure or a table."""
    return bool(paper_words().captions.match(fold(text[:40])))
