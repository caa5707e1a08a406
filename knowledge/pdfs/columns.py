"""The order in which the lines of a page are read: column by column.

PDFium gives them as they were drawn, which is right in nearly all papers made with LaTeX. So they are only put in
another order where their places show that the drawing went some other way.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from knowledge.pdfs.lines import Line, same_row

# Of all pairs of letters: more than this in the wrong order, and the order is made anew. Rows drawn across two columns
# have up to 0.25 of them, the right column before the left one 0.5; a float that is drawn late stays under 0.14.
_OUT_OF_ORDER = 0.18
_BY_ROWS = 0.2  # of the pieces are followed by one beside them, over the gutter: the page was drawn row by row
_UPSIDE_DOWN = 0.5  # the same, where no columns are found
_PROSE = 14  # letters: a shorter piece is a label, a cell or part of a formula, and shows no column
_FEWEST = 4  # pieces of prose on each side of a gutter
_NARROWEST = 0.5  # of the letters' size: the width of a gutter
_CROSSING = 0.12  # of the pieces of prose: so many may cross a gutter, as a title and captions do
_FULL = 0.6  # of its column: the width of a line of prose
_FILLED = 0.5  # of a side's letters stand in lines of prose, or its pieces are the cells of a table
_MARGIN = 0.2  # of the width of the text: no gutter stands nearer to its edge
_OVERHANG = 3.0  # points past the gutter's middle, on both sides, before a line counts as crossing it
_PARTS = (
    (0.0, 1.0),
    (0.0, 0.67),
    (0.0, 0.4),
    (0.5, 1.0),
)  # of the page's height: a wide abstract or table leaves these
_DEEPEST = 2  # gutters within columns: enough for four columns


def in_reading_order(pieces: Sequence[Line]) -> list[Line]:
    """The pieces of a page as they are read; as they came, unless their places contradict it."""
    gutter = _gutter(pieces, _PARTS)
    ordered = _ordered(list(pieces), gutter, _DEEPEST)
    if gutter is not None and _across(pieces, gutter) > _BY_ROWS * len(pieces):
        return ordered
    least = _UPSIDE_DOWN if gutter is None else _OUT_OF_ORDER
    return ordered if _disorder(pieces, ordered) > least else list(pieces)


def _across(pieces: Sequence[Line], gutter: float) -> int:
    """How often prose left of the gutter is followed by prose that stands beside it."""
    return sum(
        one.x1 <= gutter + _OVERHANG and other.x0 >= gutter - _OVERHANG and same_row(one, other)
        and min(len(one.text), len(other.text)) >= _PROSE
        for one, other in pairwise(pieces)
    )  # fmt: skip


def _disorder(given: Sequence[Line], ordered: Sequence[Line]) -> float:
    """The share of pairs of letters that stand the other way round in two orders of the same pieces."""
    place = {id(piece): at for at, piece in enumerate(ordered)}
    ranks = np.array([place[id(piece)] for piece in given])
    weights = np.array([len(piece.text) for piece in given], dtype=np.float64)
    pairs = np.triu(np.outer(weights, weights), 1)
    return float(pairs[ranks[:, None] > ranks[None, :]].sum() / max(pairs.sum(), 1.0))


def _ordered(pieces: list[Line], gutter: float | None, deepest: int) -> list[Line]:
    if gutter is None:
        return _by_rows(pieces)
    crossing = [piece for piece in pieces if piece.x0 < gutter - _OVERHANG and piece.x1 > gutter + _OVERHANG]
    ordered: list[Line] = []
    rest = [piece for piece in pieces if not any(piece is other for other in crossing)]
    for wide in _by_rows(crossing):
        above = [piece for piece in rest if piece.y0 > wide.y0 and not same_row(piece, wide)]
        rest = [piece for piece in rest if not (piece.y0 > wide.y0 and not same_row(piece, wide))]
        ordered += [*_band(above, gutter, deepest), wide]
    return ordered + _band(rest, gutter, deepest)


def _band(pieces: list[Line], gutter: float, deepest: int) -> list[Line]:
    left = [piece for piece in pieces if piece.x0 + piece.x1 <= 2 * gutter]
    right = [piece for piece in pieces if piece.x0 + piece.x1 > 2 * gutter]
    sides = ((side, _gutter(side, _PARTS[:1]) if deepest else None) for side in (left, right))
    return [piece for side, further in sides for piece in _ordered(side, further, deepest - 1)]


def _by_rows(pieces: Sequence[Line]) -> list[Line]:
    """From top to bottom, what stands in one row from left to right."""
    rows: list[list[Line]] = []
    for piece in sorted(pieces, key=lambda piece: -piece.y1):
        if rows and same_row(rows[-1][0], piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [piece for row in rows for piece in sorted(row, key=lambda piece: piece.x0)]


def _gutter(pieces: Sequence[Line], parts: Sequence[tuple[float, float]]) -> float | None:
    """The middle of an empty strip between columns of prose, on one of these parts of the page's height, or None."""
    if not pieces:
        return None
    lowest, highest = min(piece.y0 for piece in pieces), max(piece.y1 for piece in pieces)
    for first, last in parts:
        bottom, top = lowest + first * (highest - lowest), lowest + last * (highest - lowest)
        part = [piece for piece in pieces if bottom <= piece.y0 and piece.y1 <= top]
        if (found := _gutter_of(part)) is not None:
            return found
    return None


def _gutter_of(pieces: Sequence[Line]) -> float | None:
    prose = [piece for piece in pieces if len(piece.text) >= _PROSE and piece.upright]
    if len(prose) < 2 * _FEWEST:
        return None
    first, last = min(piece.x0 for piece in prose), max(piece.x1 for piece in prose)
    places = np.arange(first, last, 1.0)
    starts, ends = np.array([piece.x0 for piece in prose]), np.array([piece.x1 for piece in prose])
    covered = ((starts[None, :] < places[:, None]) & (ends[None, :] > places[:, None])).sum(axis=1)
    inner = (places > first + _MARGIN * (last - first)) & (places < last - _MARGIN * (last - first))
    clear = inner & (covered <= _CROSSING * len(prose))
    strips = [
        strip for strip in np.split(np.arange(len(places)), np.flatnonzero(np.diff(clear)) + 1) if clear[strip[0]]
    ]
    size = float(np.median([piece.size for piece in prose]))
    for strip in sorted(strips, key=len, reverse=True):
        middle = float(places[strip].mean())
        if len(strip) >= _NARROWEST * size and _parts_columns(pieces, middle):
            return middle
    return None


def _parts_columns(pieces: Sequence[Line], middle: float) -> bool:
    """Whether on both sides there is mostly prose that fills its column."""
    left = [piece for piece in pieces if piece.x1 <= middle + _OVERHANG and piece.upright]
    right = [piece for piece in pieces if piece.x0 >= middle - _OVERHANG and piece.upright]
    return all(_is_column(side) for side in (left, right))


def _is_column(side: Sequence[Line]) -> bool:
    if not side:
        return False
    width = max(piece.x1 for piece in side) - min(piece.x0 for piece in side)
    full = [piece for piece in side if piece.width >= _FULL * width and len(piece.text) >= _PROSE]
    letters = sum(len(piece.text) for piece in side)
    return len(full) >= _FEWEST and sum(len(piece.text) for piece in full) >= _FILLED * letters
