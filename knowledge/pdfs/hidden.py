"""What stands in the text layer of a page and nobody sees on it.

Such text is how a document speaks to programs behind a reader's back, so it is not read.
"""

from typing import Any

import numpy as np

from knowledge.pdfs.glyphs import Glyphs, Mask

_SMALLEST = 1.0  # points
_PALE = 235  # of 255 in red, green and blue: as good as white, seen only upon something darker
_CONTRAST = 24  # of 255: less than this between a letter and what is behind it cannot be read
_SCALE = 2.0  # pixels a point: enough to see a letter
_LARGEST_SIDE = 3000  # pixels: a huge page is drawn smaller
_AROUND = 0.3  # sizes beside a letter, whose box is known about
_INVISIBLE = (3, 7)  # text rendering modes that paint nothing
_SCANNED = 0.5  # of the page covered by one image: a scan, whose invisible text says what the image shows


def seen(glyphs: Glyphs, page: Any) -> Mask:
    """True for each character that a reader of the page can see.

    Not seen is what is drawn invisibly (but for the text laid over a scan), smaller than a point, outside of the page,
    or white without anything darker behind it, which a drawing of the page decides.
    """
    invisible = glyphs.of_style(lambda style: style.rendering in _INVISIBLE, 0) > 0
    if invisible.any() and _is_scan(page):
        invisible[:] = False
    clear = glyphs.of_style(lambda style: style.colour[3] == 0 and style.rendering not in _INVISIBLE, 0) > 0
    tiny = glyphs.of_style(lambda style: style.size < _SMALLEST, 0) > 0
    kept: Mask = ~(invisible | clear | tiny | _outside(glyphs))
    pale = kept & (glyphs.of_style(lambda style: min(style.colour[:3]) >= _PALE, 0) > 0)
    pale &= glyphs.of_style(lambda style: style.rendering in (0, 4), 0) > 0
    if pale.any():
        kept &= ~pale | _stands_out(glyphs, pale, page)
    return kept


def _outside(glyphs: Glyphs) -> Mask:
    left, bottom, right, top = glyphs.page
    across, up = (glyphs.boxes[:, 0] + glyphs.boxes[:, 2]) / 2, (glyphs.boxes[:, 1] + glyphs.boxes[:, 3]) / 2
    outside: Mask = (across < left) | (across > right) | (up < bottom) | (up > top)
    return outside & (glyphs.style_of >= 0)


def _is_scan(page: Any) -> bool:
    left, bottom, right, top = page.get_cropbox()
    whole = (right - left) * (top - bottom)
    for image in page.get_objects(filter=[3], max_depth=3):  # 3: FPDF_PAGEOBJ_IMAGE
        x0, y0, x1, y1 = image.get_bounds()
        wide, high = min(x1, right) - max(x0, left), min(y1, top) - max(y0, bottom)
        if min(wide, high) > 0 and wide * high >= _SCANNED * whole:
            return True
    return False


def _stands_out(glyphs: Glyphs, pale: Mask, page: Any) -> Mask:
    """For each pale character whether the drawn page has a contrast where it stands."""
    left, bottom, right, top = glyphs.page
    scale = min(_SCALE, _LARGEST_SIDE / max(right - left, top - bottom, 1.0))
    turn = (glyphs.turned - page.get_rotation()) % 360
    drawn = page.render(scale=scale, grayscale=True, may_draw_forms=False, rotation=turn)
    grey = drawn.to_numpy().reshape(drawn.height, -1)[:, : drawn.width]
    found = np.zeros(len(pale), dtype=np.bool_)
    for at in np.flatnonzero(pale):
        x0, y0, x1, y1 = glyphs.boxes[at] + _AROUND * glyphs.styles[glyphs.style_of[at]].size * np.array([-1, 0, 1, 0])
        rows = slice(max(0, int((top - y1) * scale)), max(0, int((top - y0) * scale)) + 1)
        part = grey[rows, max(0, int((x0 - left) * scale)) : max(0, int((x1 - left) * scale)) + 1]
        found[at] = part.size > 0 and int(part.max()) - int(part.min()) >= _CONTRAST
    return found
