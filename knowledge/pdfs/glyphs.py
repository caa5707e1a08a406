"""The characters of a PDF page with their boxes and how each is drawn, as PDFium has them.

Every call into PDFium costs about a microsecond, so what is the same for all characters of a text object is asked once.
"""

import ctypes
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium

_BOLD = re.compile(r"bold|black|heavy|semib|demi|medi(?!um)|cmbx|sfbx|ecbx|cmssbx|tb$|-b$|bd(?:it)?$", re.I)
_ITALIC = re.compile(r"ital|obli|slant|cmti|cmsl|sfti|ecti|-it|ti$", re.I)
_MATHS = re.compile(r"cmmi|cmsy|cmex|cmbsy|msam|msbm|math|symbol|eufm|rsfs|stmary|txsy|txmi|pxsy|pxmi|mtmi|mtsy", re.I)
_BOLD_WEIGHT = 600
_HYPHEN = "\ufffe"  # as PDFium writes the one that a line end has put into a word


def _plain(function: Any, answer: Any, *arguments: Any) -> Any:
    """A function of PDFium that takes addresses as numbers: half the time of one that checks what they lead to."""
    address = ctypes.cast(function, ctypes.c_void_p).value or 0
    return ctypes.CFUNCTYPE(answer, *arguments)(address)


_CHARACTER = (ctypes.c_void_p, ctypes.c_int)  # the text page, the character
_BOX_OF = _plain(pdfium.FPDFText_GetLooseCharBox, ctypes.c_int, *_CHARACTER, ctypes.c_void_p)
_OBJECT_OF = _plain(pdfium.FPDFText_GetTextObject, ctypes.c_void_p, *_CHARACTER)
_SIZE_OF = _plain(pdfium.FPDFText_GetFontSize, ctypes.c_double, *_CHARACTER)
_MATRIX_OF = _plain(pdfium.FPDFText_GetMatrix, ctypes.c_int, *_CHARACTER, ctypes.c_void_p)
_COLOUR_OF = _plain(pdfium.FPDFText_GetFillColor, ctypes.c_int, *_CHARACTER, *[ctypes.c_void_p] * 4)
_FONT_OF = _plain(pdfium.FPDFTextObj_GetFont, ctypes.c_void_p, ctypes.c_void_p)
_RENDERING_OF = _plain(pdfium.FPDFTextObj_GetTextRenderMode, ctypes.c_int, ctypes.c_void_p)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Style:
    """How the characters of one text object are drawn. `size` in points as printed; `angle` in degrees, 0 to 359.

    `rendering` is PDF's text rendering mode (3: neither filled nor stroked), `colour` red, green, blue and opacity.
    """

    size: float = 0.0
    bold: bool = False
    italic: bool = False
    maths: bool = False
    angle: int = 0
    rendering: int = 0
    colour: tuple[int, int, int, int] = (0, 0, 0, 255)


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The n characters of a page in PDFium's order; its own line ends and spaces are among them.

    `letters`: n strings. `boxes`: left, bottom, right and top in points from the page's lower left, shape (n, 4).
    `style_of`: for each character the row of `styles`, or -1 for what PDFium has put in.
    `page`: the visible part of the page as left, bottom, right, top. `turned`: by so many degrees clockwise have page
    and boxes been turned, so that the lines lie.
    """

    letters: tuple[str, ...]
    boxes: Floats
    style_of: Ints
    styles: tuple[Style, ...]
    page: tuple[float, float, float, float]
    turned: int = 0

    @property
    def sizes(self) -> Floats:
        """The size of each character in points, 0 for what PDFium has put in."""
        return self.of_style(lambda style: style.size, 0.0)

    def of_style(self, value: Callable[[Style], float], other: float) -> Floats:
        """A value of each character's style, `other` for what PDFium has put in."""
        values = np.array([*(value(style) for style in self.styles), other], dtype=np.float64)
        return values[self.style_of]  # the row -1 is the last one


def glyphs_of(page: Any, text: Any) -> Glyphs:
    """The characters of a page of pypdfium2 and of its text page."""
    count = text.count_chars()
    letters = _letters(text, count)
    ends = _word_ends(letters)
    left, bottom, right, top = page.get_cropbox()
    style_of, styles = _styles(text.raw, count, ends)
    glyphs = Glyphs(
        letters, _boxes(text.raw, count, ends), style_of, styles, (float(left), float(bottom), float(right), float(top))
    )
    return _upright(glyphs)


def _letters(text: Any, count: int) -> tuple[str, ...]:
    """A letter each; one that takes two of PDFium's characters is the first of them, the second is empty."""
    written = str(text.get_text_range()) if count else ""
    if len(written) == count:
        return tuple(written)
    letters = [part for letter in written for part in ((letter, "") if ord(letter) > 0xFFFF else (letter,))]
    if len(letters) == count:
        return tuple(letters)
    found = (pdfium.FPDFText_GetUnicode(text.raw, at) for at in range(count))  # some are without a letter
    return tuple(
        "\ufffe" if code == 2 else chr(code) if code and not 0xD800 <= code < 0xE000 else " " for code in found
    )


def _boxes(handle: Any, count: int, asked: Ints) -> Floats:
    """The box of each character: asked for at the two ends of every word, in between shared out evenly."""
    room = (pdfium.FS_RECTF * len(asked))()
    wide, start = ctypes.sizeof(pdfium.FS_RECTF), ctypes.addressof(room)
    for row, at in enumerate(asked.tolist()):
        _BOX_OF(handle, at, start + row * wide)
    if not len(asked):
        return np.zeros((count, 4))
    left, top, right, bottom = np.frombuffer(room, dtype=np.float32).reshape(-1, 4).astype(np.float64).T
    every = np.arange(count)
    between = (np.interp(every, asked, values) for values in ((left + right) / 2, bottom, (left + right) / 2, top))
    boxes = np.stack(list(between), axis=1)
    boxes[asked] = np.stack([left, bottom, right, top], axis=1)
    return boxes


def _word_ends(letters: Sequence[str]) -> Ints:
    """Where words begin and where they end, in order; a hyphen that a line ends with parts its word in two."""
    hyphen = np.array([letter == _HYPHEN for letter in letters], dtype=np.bool_)
    blank = np.array([letter.isspace() for letter in letters], dtype=np.bool_)
    edge = np.concatenate(([True], blank | hyphen, [True]))
    found: Ints = np.flatnonzero(hyphen | (~blank & (edge[:-2] | edge[2:]))).astype(np.int64)
    return found


def _styles(handle: Any, count: int, ends: Ints) -> tuple[Ints, tuple[Style, ...]]:
    """The style of each character. Those of one object stand together, so that the ends of a stretch tell.

    `ends` are the first and last characters of words: what PDFium has put in between is of no object.
    """
    style_of = np.full(count, -1, dtype=np.int64)
    read = _StyleReader(handle)
    asked = ends.tolist()
    last_row = len(asked) - 1
    stretches = [(0, last_row, _OBJECT_OF(handle, asked[0]), _OBJECT_OF(handle, asked[-1]))] if asked else []
    while stretches:
        first, last, first_object, last_object = stretches.pop()
        start, end = asked[first], asked[last]
        if first_object == last_object:
            style_of[start : end + 1] = read.row(first_object, start)
        elif last - first > 1:
            middle = (first + last) // 2
            between = _OBJECT_OF(handle, asked[middle])
            stretches += [(first, middle, first_object, between), (middle, last, between, last_object)]
        else:
            for at in range(start, end + 1):
                style_of[at] = read.row(_OBJECT_OF(handle, at), at)
    return style_of, tuple(read.styles)


class _StyleReader:
    """Reads the style of each text object of a page once; `styles` are those found, in order."""

    def __init__(self, handle: Any) -> None:
        self.styles: dict[Style, int] = {}
        self._handle = handle
        self._rows: dict[int, int] = {}
        self._fonts: dict[int, tuple[bool, bool, bool]] = {}
        self._matrix = pdfium.FS_MATRIX()
        self._colour = (ctypes.c_uint * 4)()

    def row(self, drawn: int | None, at: int) -> int:
        """The row in `styles` of the object at an address, which draws the character `at`; -1 for none."""
        if not drawn:
            return -1
        if drawn not in self._rows:
            self._rows[drawn] = self.styles.setdefault(self._style(drawn, at), len(self.styles))
        return self._rows[drawn]

    def _style(self, drawn: int, at: int) -> Style:
        matrix, colour, handle = self._matrix, self._colour, self._handle
        _MATRIX_OF(handle, at, ctypes.addressof(matrix))
        room = ctypes.addressof(colour)
        _COLOUR_OF(handle, at, room, room + 4, room + 8, room + 12)
        font = _FONT_OF(drawn) or 0
        if font not in self._fonts:
            self._fonts[font] = _font(font)
        bold, italic, maths = self._fonts[font]
        size = round(_SIZE_OF(handle, at) * math.hypot(matrix.c, matrix.d), 2)
        angle = round(math.degrees(math.atan2(matrix.b, matrix.a))) % 360
        red, green, blue, opacity = colour
        return Style(size, bold, italic, maths, angle, _RENDERING_OF(drawn), (red, green, blue, opacity))


def _font(address: int) -> tuple[bool, bool, bool]:
    """Whether a font is bold, slanted, made for formulas: its name says it."""
    if not address:
        return False, False, False
    font = ctypes.cast(address, pdfium.FPDF_FONT)
    room = ctypes.create_string_buffer(200)
    size = pdfium.FPDFFont_GetBaseFontName(font, room, 200)
    name = room.raw[: max(0, min(size, 200) - 1)].decode("latin-1").split("+")[-1]
    bold = bool(_BOLD.search(name)) or pdfium.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT
    return bold, bool(_ITALIC.search(name)), bool(_MATHS.search(name))


def _upright(glyphs: Glyphs) -> Glyphs:
    """A page whose text mostly runs up or down is turned, so that its lines lie."""
    angles = glyphs.of_style(lambda style: style.angle, -1)
    turned = [angle for angle in (90, 180, 270) if 2 * np.sum(angles == angle) > np.sum(angles >= 0)]
    if not turned:
        return glyphs
    left, bottom, right, top = glyphs.boxes.T
    angle, page = turned[0], glyphs.page
    corners = {90: (bottom, -right, top, -left), 180: (-right, -top, -left, -bottom), 270: (-top, left, -bottom, right)}
    edges = {
        90: (page[1], -page[2], page[3], -page[0]), 180: (-page[2], -page[3], -page[0], -page[1]),
        270: (-page[3], page[0], -page[1], page[2]),
    }  # fmt: skip
    styles = tuple(
        Style(
            each.size, each.bold, each.italic, each.maths, (each.angle - angle) % 360, each.rendering, each.colour
        ) for each in glyphs.styles
    )  # fmt: skip
    return Glyphs(glyphs.letters, np.stack(corners[angle], axis=1), glyphs.style_of, styles, edges[angle], angle)
