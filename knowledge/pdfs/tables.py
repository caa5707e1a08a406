"""Rows of cells that stand under one another, as one Markdown table."""

import re
from collections.abc import Sequence

from knowledge.pdfs.layout import Usual
from knowledge.pdfs.lines import Line

_FEWEST_ROWS = 2
_MOST_ROWS = 80
_MOST_CELLS = 20  # more are letters set apart
_TRIES = 3
_PART_OF_ROW = 0.6  # of a table's width: a line of one cell that is so short goes with the rows around it
_ITEM = re.compile(r"[•▪◦‣●–*-]|\(?\w{1,4}[.)]|\[\w+\]")  # before a gap and a text: an entry of a list
_WIDEST_LEADING = 2.5  # times the usual one, from one row of a table to the next
_FULL_CELLS = 0.34  # of the rows have at least as many cells as most rows: else it is no table
_LONGEST_CELL = 60  # letters: longer parts side by side are prose


def tables_in(lines: Sequence[Line], usual: Usual, numbered: Sequence[bool]) -> dict[int, int]:
    """The first line of each table and the line after its last one; none begins at a heading with a number."""
    found: dict[int, int] = {}
    at = tries = 0
    while at < len(lines):
        rows = 0 if numbered[at] or not _is_row(lines[at]) else _rows_from(lines, at, usual)
        if rows >= _FEWEST_ROWS and _aligned([line for line in lines[at : at + rows] if _is_row(line)]):
            found[at] = at + rows
        # Rows that make no table make none without their first few either.
        skipped = at in found or tries >= _TRIES
        tries = 0 if skipped or not rows else tries + 1
        at += max(rows, 1) if skipped else 1
    return found


def _rows_from(lines: Sequence[Line], start: int, usual: Usual) -> int:
    """How many lines from `start` on stand like rows of a table, the last one with cells."""
    first, last = lines[start].x0, lines[start].x1
    at, end = start, start
    while at < min(len(lines), start + _MOST_ROWS) and (at == start or _follows(lines[at - 1], lines[at], usual)):
        line = lines[at]
        if _is_row(line):
            end = at + 1
            first, last = min(first, line.x0), max(last, line.x1)
        elif not (line.x0 >= first - 1 and line.x1 <= last + 1 and line.width < _PART_OF_ROW * (last - first)):
            break
        at += 1
    return end - start


def table_text(rows: Sequence[Line]) -> str:
    """The rows as a Markdown table, the first one its head; a cell stands in the column that it lies over."""
    columns = _columns(rows)
    table: list[list[str]] = []
    for row in rows:
        cells = [""] * len(columns)
        for cell in row.cells or (row,):
            at = _column(cell, columns)
            cells[at] = f"{cells[at]} {cell.text}".strip()
        table.append([cell.replace("|", r"\|") for cell in cells])
    head, *body = table
    lines = [head, ["---"] * len(columns), *body]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _is_row(line: Line) -> bool:
    cells = line.cells
    if not 2 <= len(cells) <= _MOST_CELLS or line.maths >= 0.5 or any(len(cell.text) > _LONGEST_CELL for cell in cells):
        return False
    return len(cells) > 2 or not _ITEM.fullmatch(cells[0].text)


def _follows(before: Line, line: Line, usual: Usual) -> bool:
    distance = before.y0 - line.y0
    return 0 < distance <= _WIDEST_LEADING * usual.leading * max(line.size, before.size)


def _aligned(rows: Sequence[Line]) -> bool:
    """Whether the gaps of the rows stand under one another."""
    if len(rows) < _FEWEST_ROWS:
        return False
    columns = _columns(rows)
    filled = sum(len({_column(cell, columns) for cell in row.cells}) >= len(columns) for row in rows)
    return len(columns) >= 2 and filled >= max(2.0, _FULL_CELLS * len(rows))


def _columns(rows: Sequence[Line]) -> list[tuple[float, float]]:
    """The columns from left to right: what the cells of the fullest rows cover, where they overlap as one."""
    most = max(len(row.cells) for row in rows)
    full = [row for row in rows if len(row.cells) >= max(2, most - 1)]
    spans = sorted((cell.x0, cell.x1) for row in full for cell in row.cells)
    columns: list[tuple[float, float]] = []
    for first, last in spans:
        if columns and first < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], last))
        else:
            columns.append((first, last))
    return columns


def _column(cell: Line, columns: Sequence[tuple[float, float]]) -> int:
    """The column that a cell lies over, else the nearest."""

    def away(at: int) -> tuple[float, float]:
        first, last = columns[at]
        return max(first - cell.x1, cell.x0 - last, 0.0), abs(first - cell.x0)

    return min(range(len(columns)), key=away)
