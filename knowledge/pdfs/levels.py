"""How deep each heading of a PDF stands, from the numbers and from the looks of all."""

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.pdfs.blocks import Block

_SAME_SIZE = 0.3  # points
_DEEPEST = 4
_ROMAN = re.compile(r"I{1,3}|IV|VI{0,3}|IX|XI{0,3}|XIV|XVI{0,3}|XIX")

Look = tuple[float, bool]


def levelled(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with a level from 1 for every heading.

    A number tells it ("3.1" is 2); "I." above "A." above "1." where sections have Roman numbers. A heading without a
    number has the level of those with one that look like it, else the size decides: larger ones stand above smaller.
    """
    headings = [block for block in blocks if block.kind == "heading"]
    roman = any(block.number == "II" for block in headings)
    known: dict[Look, int] = {}
    for block in headings:
        if block.number and (level := _numbered(block, roman)):
            known.setdefault(_look(block), level)
    sizes = {round(block.size, 1) for block in headings if not block.level}
    return [
        replace(block, level=_numbered(block, roman) or _by_look(block, known, sizes))
        if block.kind == "heading" else block for block in blocks
    ]  # fmt: skip


def _numbered(block: Block, roman: bool) -> int:
    if not roman or not block.number:
        return block.level
    if _ROMAN.fullmatch(block.number):
        return 1
    return 2 if block.number.isalpha() else 2 + block.level


def _by_look(block: Block, known: dict[Look, int], sizes: set[float]) -> int:
    if _look(block) in known:
        return known[_look(block)]
    if known:
        larger = {level for (size, _), level in known.items() if size > block.size + _SAME_SIZE}
        return min(max(larger, default=0) + 1, _DEEPEST)
    return min(1 + sum(size > block.size + _SAME_SIZE for size in sizes), _DEEPEST)


def _look(block: Block) -> Look:
    return round(block.size, 1), block.bold
