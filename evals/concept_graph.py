"""The prerequisite graph of a course as an SVG picture: topics in bands, depth from left to right."""

import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any

from evals.layered_layout import STEP, STRAIGHT, Edge, Places, depths, place_rows, reduced, route
from knowledge.course import Course

# A dark and a pale colour for each topic in turn. Neighbours can be told apart by every kind of colour vision (a test
# computes it), and each band also bears its name, so that no colour stands alone.
DARK = "#882255 #5a189a #1f7a5c #7a3e9d #9c2f2f #1c1c5e #b03a2e #00678f #806500 #004d40".split()
PALE = "#f3e6ed #ede6f6 #e6f2ed #f3ebf7 #f7e9e9 #e7e7f1 #f9eae8 #e3f0f6 #f5f1df #e3eeec".split()
INK, QUIET, PAPER = "#1b1f24", "#4a5360", "#ffffff"
FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"
SIZE, LINE = 17, 19  # of the labels, pixels
STRIPE, PAD, DOT = 10, 6, 2.4  # of a box: its stripe, the room around its label, and the dots of the difficulty
MOST_LINES, LEAST_WIDTH = 4, 108  # of a label
GUTTER, LANE, TURN = 32, 8, 6  # a gutter without turns, the room for each lane in it, the radius of a turn
ROW_GAP, BAND_GAP, BAND_PAD = 15, 7, 12
SIDE, NAMES, HEAD, FOOT = 24, 180, 152, 118  # margins, the column of the topics' names, title, legend
# Widths of Helvetica and Arial in thousandths of the size; other letters are as wide as the digits.
_WIDTHS = {
    letter: width for width, letters in {
        222: "ijl'", 278: " ,.:;/!tfI|", 333: "r()-¡", 500: "ckszxyvJ", 722: "wCDHNRU", 611: "FTZ¿", 667: "ABEKPSVXY",
        778: "GOQ", 833: "mM", 944: "W", 1000: "—",
    }.items() for letter in letters
}  # fmt: skip


def text_width(text: str, size: float = SIZE) -> float:
    """How wide a text is, in pixels, with a little to spare."""
    letters = (unicodedata.normalize("NFD", letter)[0] for letter in text)
    return sum(_WIDTHS.get(letter, 556) for letter in letters) * size / 1000 * 1.04


def wrap(text: str, widest: float, size: float = SIZE) -> list[str]:
    """The text in as few lines as fit the width, as even as they can be; one long word may be wider."""
    words = text.split()
    limit = max(widest, *(text_width(word, size) for word in words))
    best: list[list[str]] = [[]]  # of the first n words: the fewest lines, and of these the most even
    for end in range(1, len(words) + 1):
        ways = [
            [*best[start], " ".join(words[start:end])] for start in range(end)
            if text_width(" ".join(words[start:end]), size) <= limit
        ]  # fmt: skip
        best.append(min(ways, key=lambda lines: (len(lines), sum(text_width(line, size) ** 2 for line in lines))))
    return best[-1]


def narrowest(text: str) -> float:
    """The width of the narrowest label that has no more than MOST_LINES lines."""
    words = text.split()
    parts = [" ".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1)]
    return next(width for width in sorted(map(text_width, parts)) if len(wrap(text, width)) <= MOST_LINES
                and max(map(text_width, wrap(text, width))) <= width)  # fmt: skip


class Figure:
    """Draws one course in one language; `words` are the texts of the figure in that language."""

    def __init__(self, course: Course, language: str, words: Mapping[str, str]) -> None:
        self.course, self.language, self.words = course, language, words
        parents = {name: concept.prerequisites for name, concept in course.concepts.items()}
        self.edges = reduced(parents)
        columns = depths(parents)
        names = {name: concept.name[language] for name, concept in course.concepts.items()}
        widths = {
            column: max(LEAST_WIDTH, *(narrowest(names[name]) for name in names if columns[name] == column))
            for column in columns.values()
        }
        self.labels = {name: wrap(text, widths[columns[name]]) for name, text in names.items()}
        self.topics = {name: concept.topic for name, concept in course.concepts.items()}
        self.colours = {topic: number % len(DARK) for number, topic in enumerate(course.topics)}
        self.places = self._place(columns)
        self.bottom = self.places.tops[-1] + self.places.heights[-1] + BAND_PAD
        self.routes = route(self.places, self.edges, HEAD + 4, self.bottom - 4)
        self.widths = [
            STRIPE + 2 * PAD + max(text_width(line) for name in self._column(column) for line in self.labels[name])
            for column in range(max(self.places.columns.values()) + 1)
        ]
        self.lefts = [SIDE + NAMES + 12.0]
        for width, lanes in zip(self.widths, self.routes.counts, strict=False):
            self.lefts.append(self.lefts[-1] + width + GUTTER + LANE * max(lanes - 1, 0))
        self.width = self.lefts[-1] + self.widths[-1] + SIDE + 4
        self.height = self.bottom + FOOT

    def svg(self) -> str:
        """The picture, on a background of its own."""
        title = self.words["title"].format(count=len(self.course.concepts))
        size = f'width="{_n(self.width)}" height="{_n(self.height)}" viewBox="0 0 {_n(self.width)} {_n(self.height)}"'
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title desc" '
            f'font-family="{FONT}" font-size="{SIZE}" xml:lang="{self.language}">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{escape(self.words["description"])}</desc>',
            f'<rect width="100%" height="100%" rx="12" fill="{PAPER}"/>',
            _text(SIDE, 50, title, 34, weight="bold"),
            _text(SIDE, 86, self.words["subtitle"], 21, QUIET),
            *self._bands(), *self._heads(), *self._edges(), *self._boxes(), *self._legend(), "</svg>",
        ]  # fmt: skip
        return "\n".join(parts) + "\n"

    def _column(self, column: int) -> list[str]:
        return [name for name, own in self.places.columns.items() if own == column]

    def _place(self, columns: Mapping[str, int]) -> Places:
        rows, bands = place_rows(columns, self.topics, self.course.topics, self.edges)
        heights = [
            2 * PAD + LINE * max(len(self.labels[name]) for name in rows if rows[name] == row)
            for row in range(max(rows.values()) + 1)
        ]
        tops, y = [0.0] * len(heights), float(HEAD)
        for first, end in bands.values():
            y += BAND_PAD
            for row in range(first, end):
                y = HEAD + 4 + STEP * math.ceil((y + heights[row] / 2 - HEAD - 4) / STEP) - heights[row] / 2
                tops[row] = y  # the middle is on a track
                y += heights[row] + (ROW_GAP if row + 1 < end else BAND_PAD)
            y += BAND_GAP
        return Places(columns, rows, bands, tops, heights)

    def box(self, node: str) -> tuple[float, float, float, float]:
        """Left, top, width and height of the node's box: as wide as its column, as high as its label."""
        column = self.places.columns[node]
        height = 2 * PAD + LINE * len(self.labels[node])
        return self.lefts[column], self.places.middle(node) - height / 2, self.widths[column], height

    def _bands(self) -> Iterator[str]:
        for number, (topic, (first, end)) in enumerate(self.places.bands.items(), start=1):
            if first == end:
                continue
            top = self.places.tops[first] - BAND_PAD
            bottom = self.places.tops[end - 1] + self.places.heights[end - 1] + BAND_PAD
            yield _rect(SIDE - 10, top, self.width - 2 * SIDE + 20, bottom - top, PALE[self.colours[topic]], radius=8)
            lines = wrap(f"{number}. {self.course.topics[topic][self.language]}", NAMES - 14, 19)
            y = (top + bottom) / 2 - 23 * (len(lines) - 1) / 2 + 7
            for line in lines:
                yield _text(SIDE + 2, y, line, 19, DARK[self.colours[topic]], "bold")
                y += 23

    def _heads(self) -> Iterator[str]:
        """How many concepts stand on the longest way to each column."""
        yield _text(SIDE + 2, HEAD - 12, self.words["depth"], 17, QUIET)
        for column, (left, width) in enumerate(zip(self.lefts, self.widths, strict=True)):
            yield _text(left + width / 2, HEAD - 12, str(column), 18, QUIET, "bold", "middle")

    def _edges(self) -> Iterator[str]:
        """The arrows of one concept after another, each on a pale casing so that crossings can be told apart."""
        for start in sorted(self.places.columns, key=lambda name: (self.places.columns[name], name)):
            own = [edge for edge in self.edges if edge[0] == start]
            if not own:
                continue
            colour = DARK[self.colours[self.topics[start]]]
            paths = " ".join(self._path(edge) for edge in own)
            yield f'<path d="{paths}" fill="none" stroke="{PAPER}" stroke-width="4.5" stroke-opacity="0.75"/>'
            yield f'<path d="{paths}" fill="none" stroke="{colour}" stroke-width="1.7"/>'
            heads = " ".join(self._head(end) for _, end in own)
            yield f'<path d="{heads}" fill="{colour}"/>'

    def _path(self, edge: Edge) -> str:
        start, end = edge
        left, _, width, _ = self.box(start)
        first = self.places.columns[start]
        path = [f"M{_n(left + width)} {_n(self.places.middle(start))}"]
        for gutter, (y, to_y) in enumerate(pairwise(self.routes.heights[edge]), start=first):
            if (gutter, start) in self.routes.lanes:
                side = self.lefts[gutter] + self.widths[gutter] + GUTTER / 2 - 6
                path.append(_turn(side + LANE * self.routes.lanes[gutter, start], y, to_y))
        return "".join(path) + f"H{_n(self.box(end)[0] - 7)}"

    def _head(self, node: str) -> str:
        x, y = self.box(node)[0] - 1, self.places.middle(node)
        return f"M{_n(x)} {_n(y)}l-8 -4.5v9z"

    def _boxes(self) -> Iterator[str]:
        for name, concept in self.course.concepts.items():
            x, y, width, height = self.box(name)
            colour = DARK[self.colours[concept.topic]]
            lines = self.labels[name]
            yield f"<g><title>{escape(concept.name[self.language])}</title>"
            yield _rect(x, y, width, height, PAPER, colour, 5)
            stripe = f"M{_n(x + STRIPE)} {_n(y)}h{5 - STRIPE}q-5 0 -5 5v{_n(height - 10)}q0 5 5 5h{STRIPE - 5}z"
            yield f'<path d="{stripe}" fill="{colour}"/>'
            for dot in range(concept.difficulty):
                yield _dot(x + STRIPE / 2, y + height - 6 - 5.6 * dot)
            text_y = y + height / 2 - LINE * (len(lines) - 1) / 2 + 5
            for line in lines:
                yield _text(x + STRIPE + PAD, text_y, line)
                text_y += LINE
            yield "</g>"

    def _legend(self) -> Iterator[str]:
        y = self.bottom + 34
        colour = DARK[0]
        x: float = SIDE
        yield _rect(x, y - 15, 30, 30, PAPER, colour, 5)
        yield f'<path d="M{_n(x + 30)} {_n(y)}h34" stroke="{colour}" stroke-width="1.7"/>'
        yield f'<path d="M{_n(x + 72)} {_n(y)}l-8 -4.5v9z" fill="{colour}"/>'
        yield _rect(x + 73, y - 15, 30, 30, PAPER, colour, 5)
        yield _text(x + 116, y + 5, self.words["arrow"], 20)
        x += 116 + text_width(self.words["arrow"], 20) + 40
        yield _rect(x, y - 15, 12, 30, colour, radius=4)
        for dot in range(3):
            yield _dot(x + 6, y + 8 - 6 * dot)
        yield _text(x + 24, y + 5, self.words["difficulty"], 20)
        yield _text(SIDE, y + 40, self.words["reading"], 20, QUIET)


def draw_graph(course: Course, language: str, words: Mapping[str, str]) -> str:
    """The prerequisite graph of the course in one language, as SVG."""
    return Figure(course, language, words).svg()


def _turn(x: float, y: float, to_y: float) -> str:
    """Along to a lane, up or down on it, and along again, with round corners."""
    if abs(y - to_y) < STRAIGHT:
        return ""
    radius = min(TURN, abs(y - to_y) / 2)
    down = radius if to_y > y else -radius
    return (
        f"H{_n(x - radius)}Q{_n(x)} {_n(y)} {_n(x)} {_n(y + down)}V{_n(to_y - down)}"
        f"Q{_n(x)} {_n(to_y)} {_n(x + radius)} {_n(to_y)}"
    )


def _text(
    x: float, y: float, text: str, size: float = SIZE, colour: str = INK, weight: str = "", anchor: str = ""
) -> str:
    more: Sequence[tuple[str, Any]] = (
        ("font-size", size if size != SIZE else ""), ("font-weight", weight), ("text-anchor", anchor)
    )  # fmt: skip
    extra = "".join(f' {name}="{value}"' for name, value in more if value)
    return f'<text x="{_n(x)}" y="{_n(y)}" fill="{colour}"{extra}>{escape(text)}</text>'


def _rect(x: float, y: float, width: float, height: float, fill: str, stroke: str = "", radius: float = 0) -> str:
    line = f' stroke="{stroke}" stroke-width="1.4"' if stroke else ""
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" rx="{radius}" fill="{fill}"{line}/>'
    )


def _dot(x: float, y: float) -> str:
    return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{DOT}" fill="{PAPER}"/>'


def _n(value: float) -> str:
    """A number as short as it can be, to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")
