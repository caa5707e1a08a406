"""The list of what a paper cites, found and left out: its entries are no statements of the paper."""

import re
from collections.abc import Sequence

from knowledge.pdfs.blocks import Block
from knowledge.pdfs.words import named, paper_words
from knowledge.terms import fold

_YEAR = re.compile(r"\b(?:1[89]|20)\d\d[a-z]?\b")
_ENTRY = re.compile(r"^(?:\[[\w+.-]{1,12}\]|\d{1,3}\.\s|[A-ZÁÉÍÓÚÑ][\w'’-]+,\s+[A-ZÁÉÍÓÚÑ]\.)")
_LOOKED_AT = 12  # blocks after the heading
_LEAST = 0.3  # of their words stand in blocks that look like entries
_LETTER = re.compile(r"[A-Z]")


def without_references(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without the lists of references. After one, what comes back is an appendix or the next chapter.

    A heading such as "References" opens a list only where what follows has the years or the marks of entries.
    """
    kept: list[Block] = []
    chapter, listing = 0, False
    for at, block in enumerate(blocks):
        if block.kind == "heading":
            if is_references(block) and _has_entries(blocks[at + 1 : at + 1 + _LOOKED_AT]):
                listing = True
            elif listing and (_is_appendix(block) or _is_next_chapter(block, chapter)):
                listing = False
            if not listing and block.level == 1 and block.number.isdigit():
                chapter = int(block.number)
        if not listing:
            kept.append(block)
    return kept


def is_references(block: Block) -> bool:
    """Whether a heading is the one of a list of references."""
    return named(block.text) in paper_words().references


def _has_entries(blocks: Sequence[Block]) -> bool:
    words = sum(len(block.text.split()) for block in blocks)
    entries = (block for block in blocks if _ENTRY.match(block.text) or _YEAR.search(block.text))
    return words > 0 and sum(len(block.text.split()) for block in entries) >= _LEAST * words


def _is_appendix(block: Block) -> bool:
    return bool(_LETTER.fullmatch(block.number[:1])) or fold(block.text).startswith(paper_words().appendices)


def _is_next_chapter(block: Block, chapter: int) -> bool:
    return block.level == 1 and block.number.isdigit() and int(block.number) == chapter + 1
