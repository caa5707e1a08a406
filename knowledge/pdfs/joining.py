"""Sentences that a column, a figure or a page broke in two, put together again."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from knowledge.pdfs.blocks import Block
from knowledge.pdfs.letters import breaks_off, joined

_OPEN = re.compile(r"[^.!?:…\"”»)\]]$")
_SENTENCE = re.compile(r".*?[.!?…][\"”’»)]*(?=\s+[\"“«(¿¡]*[A-ZÁÉÍÓÚÑ\d]|$)", re.S)
_FURTHEST = 8  # blocks between the two parts: a figure's labels, its caption, footnotes
_LEAST = 40  # letters: what is shorter is a label or an entry, and may end open
_BETWEEN = ("caption", "note", "table", "formula", "item")


def rejoined(blocks: Sequence[Block], known: Counter[str]) -> list[Block]:
    """The blocks of a document, each open paragraph followed by what goes on with it.

    On one page the rest of the paragraph is moved; from the next page only the end of the sentence, so that a sentence
    is found on the page where it begins.
    """
    done = list(blocks)
    for at in range(len(done)):
        following = _following(done, at)
        if following is None:
            continue
        text, rest = done[at].text, done[following].text
        if done[following].page == done[at].page:
            done[at] = replace(done[at], text=joined([text, rest], known))
            done[following] = replace(done[following], text="")
        else:
            end = _sentence_end(rest)
            done[at] = replace(done[at], text=joined([text, rest[:end]], known))
            done[following] = replace(done[following], text=rest[end:].strip())
    return [block for block in done if block.text]


def _following(blocks: Sequence[Block], at: int) -> int | None:
    """Where the paragraph goes on that ends open at `at`: in the first paragraph after it, which begins in small."""
    block = blocks[at]
    if block.kind != "paragraph" or not block.text or not (_OPEN.search(block.text) or breaks_off(block.text)):
        return None
    for after in range(at + 1, min(at + 1 + _FURTHEST, len(blocks))):
        other = blocks[after]
        if other.kind == "heading" or other.page > block.page + 1:
            return None
        if other.kind == "paragraph" and other.text and abs(other.size - block.size) < 0.3:
            goes_on = other.text[0].islower() and len(other.text) > 1
            return after if goes_on and len(block.text) > _LEAST else None
        if other.kind not in _BETWEEN and other.kind != "paragraph":
            return None
    return None


def _sentence_end(text: str) -> int:
    found = _SENTENCE.match(text)
    return found.end() if found else len(text)
