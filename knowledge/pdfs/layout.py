"""What is usual in a PDF: the size of its text, the distance of its lines; and what a line looks like beside that."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from knowledge.pdfs.lines import Line

_MUCH = 0.15  # of the letters: a size that has so many is one of the text's
_NEAR = 4  # lines before and after, by which the edges of a column are known
_ALIGNED = 3.0  # of the letters' size: lines that begin so close to one another stand in one column
_COLUMN_TURN = 2.0  # of the letters' size: the next line stands so much higher where a column begins


@dataclass(frozen=True, slots=True)
class Usual:
    """`size`: of most letters, in points. `leading`: from one line to the next, in sizes.

    `largest`: the largest size that much of the text has; only letters larger than that make a heading by themselves.
    """

    size: float
    leading: float
    largest: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with the edges of its column in points and the distance to the line before in sizes, None atop a column.

    `alike`: how many lines that look like it follow one another around it, itself one of them. `goes_on`: whether the
    next line, close below and of another look, goes on in small letters.
    """

    line: Line
    left: float
    right: float
    below: float | None
    alike: int
    goes_on: bool

    @property
    def short(self) -> float:
        """How much of the column's width the line leaves free at its end, 0 to 1."""
        return max(0.0, (self.right - self.line.x1) / max(self.right - self.left, 1.0))

    @property
    def indent(self) -> float:
        """How far from the column's left edge the line begins, in sizes."""
        return (self.line.x0 - self.left) / max(self.line.size, 1.0)


def usual_of(pages: Iterable[Sequence[Line]]) -> Usual:
    """What most letters of a document have. Of no text: a size of 0."""
    sizes: Counter[float] = Counter()
    leadings: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[round(line.size, 1)] += len(line.text)
        for before, line in pairwise(lines):
            distance = before.y0 - line.y0
            if abs(before.size - line.size) < 0.5 and 0.5 * line.size < distance < 3 * line.size:
                leadings[round(distance / line.size, 1)] += len(line.text)
    size = max(sizes, key=lambda size: sizes[size], default=0.0)
    much = _MUCH * sum(sizes.values())
    largest = max((each for each, letters in sizes.items() if letters >= much), default=size)
    return Usual(size, max(leadings, key=lambda leading: leadings[leading], default=1.2), max(size, largest))


def placed(lines: Sequence[Line]) -> list[Placed]:
    """The lines of a page with their columns."""
    runs = [len(list(run)) for _, run in groupby(lines, key=_look)]
    alike = [length for length in runs for _ in range(length)]
    return [_placed(lines, at, alike[at]) for at in range(len(lines))]


def _placed(lines: Sequence[Line], at: int, alike: int) -> Placed:
    line = lines[at]
    near = [
        other for other in lines[max(0, at - _NEAR) : at + _NEAR + 1]
        if abs(other.x0 - line.x0) <= _ALIGNED * line.size and abs(other.size - line.size) < 0.1 * line.size + 0.1
    ]  # fmt: skip
    below = None
    if at:
        distance = (lines[at - 1].y0 - line.y0) / max(line.size, 1.0)
        below = distance if distance > -_COLUMN_TURN and _overlap(lines[at - 1], line) else None
    return Placed(
        line,
        min(other.x0 for other in near),
        max(other.x1 for other in near),
        below,
        alike,
        _goes_on(line, lines[at + 1 : at + 2]),
    )


def _goes_on(line: Line, following: Sequence[Line]) -> bool:
    return any(
        other.text[0].islower() and _look(other) != _look(line) and 0 < line.y0 - other.y0 < 2 * line.size
        for other in following
    )  # fmt: skip


def _look(line: Line) -> tuple[float, bool]:
    return round(line.size, 1), line.bold > 0.5


def _overlap(one: Line, other: Line) -> bool:
    return min(one.x1, other.x1) > max(one.x0, other.x0)
