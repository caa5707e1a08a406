"""The lines of a PDF page as blocks: headings, paragraphs, list items, captions, tables and formulas."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.pdfs.headings import Rank, heading_rank
from knowledge.pdfs.layout import Placed, Usual, placed
from knowledge.pdfs.letters import breaks_off, joined
from knowledge.pdfs.lines import Line
from knowledge.pdfs.tables import table_text, tables_in
from knowledge.pdfs.words import is_caption

Kind = Literal["heading", "paragraph", "item", "caption", "note", "table", "formula"]

_APART = 1.3  # times the usual leading: more room than between the lines of a paragraph
_INDENT = (0.7, 4.0)  # sizes: how far the first line of a paragraph stands in
_FREE = 0.15  # of the column stays free after a sentence: the last line of its paragraph
_HALF_FREE = 0.4  # of the column stays free after anything: a line of its own
_OTHER_SIZE = 0.07  # of a size: letters so much larger or smaller are another paragraph
_NOTE = 0.93  # of the usual size: footnotes are smaller
_LONGEST_HEADING = 3  # lines
_LONGEST_TITLE = 22  # words
_FORMULA = 0.5  # of the letters from fonts for formulas
_SCRAP = 12  # letters: a line so short beside a formula is part of it
_SCRAP_NEAR = 4.0  # sizes
_BULLET = re.compile(r"^[•▪◦‣●∙■]\s*")
_NUMBERED_ITEM = re.compile(r"^(?:\(?\d{1,2}[.)]|\(?[a-z][.)]|\[\d{1,3}\])\s+\S")
_SENTENCE_END = re.compile(r"[.!?:…][\"”’»)\]\d]*$")
_STARTS_ANEW = re.compile(r"[A-ZÁÉÍÓÚÑ¿¡•▪◦\d\[(-]")
_EQUATION = re.compile(r"(?=.*(?:[=≤≥<>≈∈∝→←↦]))(?=.*[=+×·∑∏∫√^|()]).*")
_EQUATION_NUMBER = re.compile(r"\(\d{1,3}(?:\.\d{1,3})?[a-z]?\)$")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a page, its words mended. `level` is 1 or more for a heading whose number or name tells it, else 0.

    `size` in points, `number` a heading's, `page` from 1. A "note" is a paragraph in smaller letters.
    """

    kind: Kind
    text: str
    page: int
    size: float
    level: int = 0
    number: str = ""
    bold: bool = False


def blocks_of(lines: Sequence[Line], page: int, usual: Usual, known: Counter[str]) -> list[Block]:
    """The blocks of a page's lines, which are in reading order; `known` are the document's words."""
    return [_block(part, page, usual, known) for part in _parts([line for line in lines if line.upright], usual)]


_NO_RANK = Rank(0)


@dataclass(slots=True)
class _Part:
    kind: Kind
    lines: list[Line]
    rank: Rank = _NO_RANK


def _parts(lines: Sequence[Line], usual: Usual) -> Iterator[_Part]:
    rows = placed(lines)
    ranks = [heading_rank(row, usual) for row in rows]
    tables = tables_in(lines, usual, [rank is not None and rank.number != "" for rank in ranks])
    open_part: _Part | None = None
    at = 0
    while at < len(rows):
        if at in tables:
            if open_part:
                yield open_part
            open_part = None
            yield _Part("table", list(lines[at : tables[at]]))
            at = tables[at]
            continue
        new = _begins(rows, at, ranks[at], open_part, usual)
        if new is None and open_part:
            open_part.lines.append(lines[at])
        else:
            if open_part:
                yield open_part
            open_part = new
        at += 1
    if open_part:
        yield open_part


def _begins(rows: Sequence[Placed], at: int, rank: Rank | None, part: _Part | None, usual: Usual) -> _Part | None:
    """The part that a line opens; None where it goes on with the open one."""
    row = rows[at]
    if part and part.kind == "heading" and _heading_goes_on(part, row, rank, usual):
        return None
    if rank is not None:
        return _Part("heading", [row.line], rank)
    if _is_formula(row, part):
        return None if part and part.kind == "formula" else _Part("formula", [row.line])
    if part is None or part.kind in ("heading", "formula") or _ends(rows[at - 1], row, part, usual):
        return _Part(_kind(row.line, usual), [row.line])
    return None


def _heading_goes_on(part: _Part, row: Placed, rank: Rank | None, usual: Usual) -> bool:
    """Whether a line is the next one of the open heading: close below, of the same look, with no number of its own."""
    before, line = part.lines[-1], row.line
    near = row.below is not None and row.below < 1.5 * usual.leading and row.alike <= _LONGEST_HEADING
    alike = abs(before.size - line.size) < 0.2 and (before.bold > 0.5) == (line.bold > 0.5)
    stands_out = before.bold > 0.5 or before.size > 1.08 * usual.size or rank is not None
    closed = before.text.endswith(".") or (rank is not None and (bool(rank.number) or part.rank.named))
    return near and alike and stands_out and not closed and len(part.lines) < _LONGEST_HEADING


def _is_formula(row: Placed, part: _Part | None) -> bool:
    line = row.line
    if _is_scrap(line):
        beside = (
            part is not None and part.kind == "formula" and abs(part.lines[-1].y0 - line.y0) < _SCRAP_NEAR * line.size
        )
        if beside or any(unicodedata.category(letter) == "Sm" for letter in line.text):
            return True
    if line.maths >= _FORMULA:
        return True
    numbered = bool(_EQUATION_NUMBER.search(line.text)) and row.indent >= _INDENT[0]
    few_words = sum(len(word) > 3 and word.isalpha() for word in line.text.split()) <= 3
    apart = bool(line.cells) or row.indent >= _INDENT[0] or line.maths > 0.2
    return few_words and apart and bool(_EQUATION.fullmatch(line.text)) and (numbered or line.maths > 0.2)


def _is_scrap(line: Line) -> bool:
    """Whether a line is so short and wordless that it may be a limit, a sign or a number of a formula."""
    return len(line.text) <= _SCRAP and not any(len(word) > 2 and word.isalpha() for word in line.text.split())


def _kind(line: Line, usual: Usual) -> Kind:
    if is_caption(line.text):
        return "caption"
    if _BULLET.match(line.text):
        return "item"
    return "note" if line.size < _NOTE * usual.size else "paragraph"


def _ends(before: Placed, row: Placed, part: _Part, usual: Usual) -> bool:
    """Whether the open part ends with the line before `row`."""
    line, last = row.line, before.line
    if _BULLET.match(line.text) or (is_caption(line.text) and (row.below is None or _closes(last))):
        return True
    if abs(line.size - last.size) > _OTHER_SIZE * max(line.size, last.size):
        return True
    if breaks_off(last.text) and row.below is not None and row.below < 2 * usual.leading:
        return False
    if row.below is None:  # a new column: its first line goes on with a sentence that is open
        return _closes(last) or part.kind in ("caption", "note")
    if row.below > _APART * usual.leading:
        return True
    if _closes(last) and (before.short >= _FREE or _INDENT[0] <= row.indent <= _INDENT[1] or _opens_item(line, part)):
        return True
    anew = bool(_STARTS_ANEW.match(line.text)) and not last.text.endswith((",", ";", "-"))
    return anew and before.short >= _HALF_FREE


def _is_statement(text: str) -> bool:
    """Whether a text in bold or large letters says too much for a heading."""
    words = len(text.split())
    return words > _LONGEST_TITLE or (words > 6 and bool(_SENTENCE_END.search(text)) and not text.endswith("?"))


def _opens_item(line: Line, part: _Part) -> bool:
    return bool(_NUMBERED_ITEM.match(line.text)) and (
        bool(_NUMBERED_ITEM.match(part.lines[0].text)) or len(part.lines) < 4
    )


def _closes(line: Line) -> bool:
    return bool(_SENTENCE_END.search(line.text))


def _block(part: _Part, page: int, usual: Usual, known: Counter[str]) -> Block:
    first = part.lines[0]
    size = max(part.lines, key=lambda line: len(line.text)).size
    if part.kind == "table":
        return Block("table", table_text(part.lines), page, size)
    text = joined((line.text for line in part.lines), known).strip()
    if part.kind == "item":
        text = "- " + _BULLET.sub("", text)
    if part.kind == "heading" and not part.rank.level and _is_statement(text):
        return Block("paragraph", text, page, size)
    bold = all(line.bold > 0.5 for line in part.lines)
    return Block(
        part.kind, text, page, size or usual.size, part.rank.level, part.rank.number, bold and bool(first.text)
    )
