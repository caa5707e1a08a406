"""The lines of a PDF page, with the place, the size and the look of each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from knowledge.pdfs.glyphs import Glyphs, Ints, Mask, Style
from knowledge.pdfs.letters import clean

GAP = 0.9  # of the letters' size: a wider space parts two columns or two cells, not two words
_LEAP = 0.7  # of the letters' size: up or down, so far is another line
_SAME_ROW = 0.5  # of the lower of two pieces: pieces that share so much of their height stand in one row


@dataclass(frozen=True, slots=True)
class Line:
    """Some words that stand side by side. `x0` to `x1` and `y0` to `y1` in points, from the page's lower left corner.

    `cells`: its parts with a gap between, as a row of a table has them, each with its own box. `bold`, `italic` and
    `maths` are shares of its letters, 0 to 1. `upright` is False for what runs up or down the page.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: float = 0.0
    italic: float = 0.0
    maths: float = 0.0
    upright: bool = True
    cells: tuple["Line", ...] = ()

    @property
    def width(self) -> float:
        """In points."""
        return self.x1 - self.x0


def pieces_of(glyphs: Glyphs, seen: Mask) -> list[Line]:
    """What is seen of a page in PDFium's order, cut at its line ends, at wide gaps and where the text jumps."""
    inked = np.array([not letter.isspace() for letter in glyphs.letters], dtype=np.bool_)
    shown = np.flatnonzero(seen & (glyphs.style_of >= 0) & inked)
    if not len(shown):
        return []
    starts = np.concatenate(([0], np.flatnonzero(_parted(glyphs, shown)) + 1))
    lefts = np.minimum.reduceat(glyphs.boxes[shown, 0], starts).tolist()
    rights = np.maximum.reduceat(glyphs.boxes[shown, 2], starts).tolist()
    letters = [letter if kept else "" for letter, kept in zip(glyphs.letters, seen.tolist(), strict=True)]
    pieces: list[Line] = []
    for start, end, x0, x1 in zip(starts.tolist(), [*starts[1:].tolist(), len(shown)], lefts, rights, strict=True):
        part = shown[start:end]
        text = clean("".join(letters[int(part[0]) : int(part[-1]) + 1]))
        if text:
            pieces.append(_piece(glyphs, part, text, x0, x1))
    return pieces


def rows_of(pieces: Sequence[Line]) -> list[Line]:
    """Pieces that follow one another in one row as one line, the pieces its cells."""
    rows: list[list[Line]] = []
    for piece in pieces:
        if rows and _continues(rows[-1][-1], piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [row[0] if len(row) == 1 else _joined(row) for row in rows]


def same_row(one: Line, other: Line) -> bool:
    """Whether two lines stand beside each other."""
    shared = min(one.y1, other.y1) - max(one.y0, other.y0)
    return shared > _SAME_ROW * min(one.y1 - one.y0, other.y1 - other.y0)


def _parted(glyphs: Glyphs, shown: Ints) -> Mask:
    """Whether a piece ends after each character but the last."""
    before, after = shown[:-1], shown[1:]
    boxes, sizes = glyphs.boxes, np.maximum(glyphs.sizes, 1.0)
    size = np.maximum(sizes[before], sizes[after])
    ends = np.cumsum([letter in "\r\n" and letter != "" for letter in glyphs.letters])
    angles = glyphs.of_style(lambda style: style.angle, 0)
    gap = boxes[after, 0] - boxes[before, 2]
    # In the loose box of a raised or lowered letter the middle moves by a third of its size.
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    parted: Mask = (
        (ends[before] != ends[after])
        | (angles[before] != angles[after])
        | ((angles[after] == 0) & ((gap > GAP * size) | (gap < -2 * size)))
        | ((angles[after] == 0) & (np.abs(middle[after] - middle[before]) > _LEAP * size))
    )
    return parted


def _piece(glyphs: Glyphs, part: Ints, text: str, x0: float, x1: float) -> Line:
    rows = glyphs.style_of[part].tolist()
    counts = Counter(rows)
    styles = [(glyphs.styles[row], count) for row, count in counts.items()]
    main = max(styles, key=lambda style: style[1])[0]
    # The height is the one of the letters in the main size: a raised or a large letter does not move the line.
    at = next(at for at, row in zip(part.tolist(), rows, strict=True) if glyphs.styles[row] == main)
    return Line(
        text, x0, float(glyphs.boxes[at, 1]), x1, float(glyphs.boxes[at, 3]), main.size,
        _share(styles, len(rows), "bold"), _share(styles, len(rows), "italic"), _share(styles, len(rows), "maths"),
        main.angle == 0,
    )  # fmt: skip


def _share(styles: Sequence[tuple[Style, int]], total: int, look: str) -> float:
    return sum(count for style, count in styles if getattr(style, look)) / total


def _continues(before: Line, piece: Line) -> bool:
    return before.upright and piece.upright and piece.x0 > before.x0 and same_row(before, piece)


def _joined(row: Sequence[Line]) -> Line:
    main = max(row, key=lambda piece: len(piece.text))
    letters = sum(len(piece.text) for piece in row)
    cells: list[list[Line]] = []
    for piece in row:
        if cells and piece.x0 - cells[-1][-1].x1 <= GAP * max(piece.size, cells[-1][-1].size):
            cells[-1].append(piece)
        else:
            cells.append([piece])
    parts = tuple(part[0] if len(part) == 1 else _joined(part) for part in cells) if len(cells) > 1 else ()
    return replace(
        main,
        text=" ".join(piece.text for piece in row),
        x0=min(piece.x0 for piece in row), x1=max(piece.x1 for piece in row),
        bold=sum(piece.bold * len(piece.text) for piece in row) / letters,
        italic=sum(piece.italic * len(piece.text) for piece in row) / letters,
        maths=sum(piece.maths * len(piece.text) for piece in row) / letters,
        cells=parts,
    )  # fmt: skip
