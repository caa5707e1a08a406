"""Pages of our own PDF files as pictures, for a person to look at before printing."""

from io import BytesIO

import pypdfium2

from knowledge.pdf import PDFIUM

SCALE = 1.5  # pixels a point: 108 dots an inch
MOST_PAGES = 60


def pages(pdf: bytes) -> list[bytes]:
    """A PNG a page, of the first `MOST_PAGES`."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [_png(document[number]) for number in range(min(len(document), MOST_PAGES))]
        finally:
            document.close()


def _png(page: pypdfium2.PdfPage) -> bytes:
    out = BytesIO()
    page.render(scale=SCALE).to_pil().save(out, "PNG")
    return out.getvalue()
