"""What can be quoted: statements of a document that stand alone, with as much around them as they need.

A stretch is one sentence of a passage, or two where the second points back to the first ("It ..."). Headings, code,
tables, questions and sentences that only announce what the text will do are no statements.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agents.research.reading_words import holds, opens
from knowledge.claims import split_claims
from knowledge.documents import Passage
from knowledge.terms import plain, words

FEWEST, MOST = 6, 70  # words of a stretch
_PROSE_END = re.compile(r"[.!:;][\"”»')\]*_`]*$")
_BLOCK = re.compile(r"^(?:```|\$\$|\|)|\n\|")
_BULLET = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+")
_REFERENCES = re.compile(
    r"\s*\[(?:\d+(?:\s*[,;–-]\s*\d+)*|@[^\]]+)\](?!\()"  # [12], [3, 4], [@vaswani2017]
    r"|\s*\((?:(?:see|cf\.|véase|e\.g\.,?|p\. ej\.,?)\s+)?[A-ZÁÉÍÓÚÑ][^()]{1,80}?,?\s(?:19|20)\d\d[a-z]?"
    r"(?:[;,][^()]{1,120})?\)"  # (Vaswani et al., 2017; ...)
)
_EMOJI = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F\u2B50]+\s*")
_STRAY = re.compile(r"^\*\*\s+")  # bold that was closed in the sentence before
_CALLOUT = re.compile(r"^\[!\w+\]\s*")


@dataclass(frozen=True, slots=True)
class Stretch:
    """The sentences `first` to `last` of a passage, both in, counted from 0."""

    passage: Passage
    first: int
    last: int

    @property
    def quote(self) -> str:
        """The sentences word for word."""
        return " ".join(sentence.text for sentence in self.passage.sentences[self.first : self.last + 1])

    @property
    def key(self) -> tuple[str, int, int]:
        """What names it: passage, first and last sentence."""
        return (self.passage.id, self.first, self.last)

    @property
    def language(self) -> str:
        """The passage's."""
        return self.passage.language


def stretches_of(passage: Passage) -> Iterator[Stretch]:
    """The stretches of a passage in order, no two with the same last sentence."""
    for place, sentence in enumerate(passage.sentences):
        if not is_statement(sentence.text, passage.language):
            continue
        if not opens("pointing", shown(sentence.text, passage.language), passage.language):
            found = Stretch(passage, place, place)
        elif place and is_statement(passage.sentences[place - 1].text, passage.language):
            before = shown(passage.sentences[place - 1].text, passage.language)
            if opens("pointing", before, passage.language):
                continue
            found = Stretch(passage, place - 1, place)
        else:
            continue
        if FEWEST <= len(words(plain(found.quote))) <= MOST:
            yield found


def is_statement(text: str, language: str) -> bool:
    """Whether a sentence of a passage says something in prose."""
    if (
        _BLOCK.search(text)
        or is_filler(text, language)
        or not _PROSE_END.search(text.strip())
        or text.rstrip().endswith(":")
    ):
        return False
    return bool(split_claims(_bare(text), language))


def is_filler(text: str, language: str) -> bool:
    """Whether a sentence announces what follows, or tells the reader what to do."""
    return holds("filler", text, language)


def shown(text: str, language: str) -> str:
    """A quotation as it is printed inside a summary: without the references, list marks and connectives that hang it on
    its own text. What it says is the same, which the caller checks."""
    text = _bare(text)
    while taken := opens("connectives", text, language):
        rest = text[taken:].lstrip(" ,")
        if not rest or len(words(plain(rest))) < FEWEST - 2:
            break
        text = rest[0].upper() + rest[1:] if not rest.startswith(("$", "`")) else rest
    return text


def _bare(text: str) -> str:
    text = _STRAY.sub("", _EMOJI.sub("", _CALLOUT.sub("", _BULLET.sub("", text.strip()))))
    return " ".join(_REFERENCES.sub("", text).split())
