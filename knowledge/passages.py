"""Passages of a user's document: about 120 words each, inside one section, between sentences.

Short enough for an encoder that reads 256 word pieces, long enough to hold a definition with its reason.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.documents import SECTION_BREAK, Document, Passage, Section, Sentence
from knowledge.places import find_words
from knowledge.sentences import split_sentences

if TYPE_CHECKING:
    from knowledge.blocks import Block

TARGET_WORDS = 120  # a passage takes no further sentence that would bring it over this
FEWEST_WORDS = 40  # a shorter passage goes on with part of the next paragraph, or joins the one before


@dataclass(frozen=True, slots=True)
class _Told:
    """A sentence and the characters of its section that it takes up."""

    text: str
    start: int
    end: int


def passages_of(document: Document, target: int = TARGET_WORDS) -> tuple[Passage, ...]:
    """The document's passages in order, with ids `<document id>:1`, `<document id>:2`, ...

    Every sentence of every section stands in exactly one passage. A list item, a code block, a `$$` formula
    and a table are one sentence each. A passage holds at most a third more than `target` words, unless it
    is a single longer sentence. `start` and `end` are the characters of `document.text` from the first sentence to the
    last, white space between them as it is there. The same document always gives the same passages.
    """
    packed: list[tuple[Section, list[_Told], int]] = []
    offset = 0
    for section in document.sections:
        packed += [(section, pack, offset) for pack in _packs(section, document.language, target)]
        offset += len(section.text) + len(SECTION_BREAK)
    return tuple(
        Passage(
            id=f"{document.id}:{number}",
            document=document.id,
            title=document.title,
            path=document.path,
            language=document.language,
            headings=section.headings,
            locator=section.locator,
            sentences=tuple(Sentence(told.text) for told in pack),
            url=document.url,
            start=offset + min(told.start for told in pack),
            end=offset + max(told.end for told in pack),
        )
        for number, (section, pack, offset) in enumerate(packed, start=1)
    )


def _packs(section: Section, language: str, target: int) -> list[list[_Told]]:
    """The section's sentences, packed: whole blocks while they fit, else sentence by sentence."""
    from knowledge.blocks import markdown_blocks  # noqa: PLC0415  a parser that kept passages need not load

    packs: list[list[_Told]] = []
    lines = _line_starts(section.text)
    for block in markdown_blocks(section.text):
        start, end = (lines[min(line, len(lines) - 1)] for line in (block.start, block.end))
        sentences = _placed(_sentences(block, language), section.text, start, end)
        together = packs and _words(packs[-1]) + _words(sentences) <= target
        if together:
            packs[-1].extend(sentences)
            continue
        if not packs or _words(packs[-1]) >= _fewest(target):
            packs.append([])
        for sentence in sentences:
            if packs[-1] and _words(packs[-1]) + _words([sentence]) > target:
                packs.append([])
            packs[-1].append(sentence)
    return _without_short_tail([pack for pack in packs if pack], target)


def _line_starts(text: str) -> list[int]:
    """Where each line of the text begins, and the text's end."""
    return [0, *(found.end() for found in re.finditer("\n", text)), len(text)]


def _placed(sentences: Iterator[str], text: str, start: int, end: int) -> list[_Told]:
    """The sentences of a block that fills `text[start:end]`; one that is not there as written takes up all of it."""
    placed: list[_Told] = []
    at = start
    for sentence in sentences:
        words = sentence.split()
        found = find_words(text, words, at, end) or find_words(text, [word for word in words if word != "```"], at, end)
        placed.append(_Told(sentence, *(found or (at, end))))
        at = found[1] if found else at
    return placed


def _without_short_tail(packs: list[list[_Told]], target: int) -> list[list[_Told]]:
    if len(packs) < 2 or _words(packs[-1]) >= _fewest(target):
        return packs
    *before, last, tail = packs
    if _words(last) > target:
        return packs
    return [*before, [*last, *tail]]


def _sentences(block: "Block", language: str) -> Iterator[str]:
    if block.kind == "paragraph":
        yield from split_sentences(block.text, language)
    else:
        yield block.text


def _fewest(target: int) -> int:
    return target * FEWEST_WORDS // TARGET_WORDS


def _words(sentences: list[_Told]) -> int:
    return sum(len(sentence.text.split()) for sentence in sentences)
