"""What a PDF says: its pages as blocks in reading order, and the title and the authors that it names.

PDFium gives the characters (`knowledge/pdfs/glyphs.py`). What nobody sees is dropped, lines are put in reading order,
running headers and page numbers go, and lines become headings, paragraphs, tables and formulas.
"""

import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw

from knowledge.errors import BadDocument
from knowledge.pdfs.blocks import Block, blocks_of
from knowledge.pdfs.columns import in_reading_order
from knowledge.pdfs.glyphs import glyphs_of
from knowledge.pdfs.hidden import seen
from knowledge.pdfs.joining import rejoined
from knowledge.pdfs.layout import usual_of
from knowledge.pdfs.letters import known_words
from knowledge.pdfs.lines import Line, pieces_of, rows_of
from knowledge.pdfs.running import without_running
from knowledge.pdfs.title_page import author_names, authors_on, is_title, title_lines

PDFIUM = threading.Lock()  # PDFium is not thread-safe, and the app serves each person in a thread


@dataclass(frozen=True, slots=True)
class Pdf:
    """`title` is the metadata's, else the largest lines of the first page, else ''; `authors` likewise.

    `blocks` are those of all pages in order, each with its page from 1; `page_count` counts pages without text too.
    `first_page` is all the text seen on the first page, one line a line, what stands in its margin included.
    """

    title: str
    authors: tuple[str, ...]
    blocks: tuple[Block, ...]
    page_count: int
    first_page: str

    @property
    def pages(self) -> tuple[str, ...]:
        """`pages[n]` is the text of page n + 1, blocks apart by blank lines, empty where there is no text."""
        texts: list[list[str]] = [[] for _ in range(self.page_count)]
        for block in self.blocks:
            texts[block.page - 1].append(block.text)
        return tuple("\n\n".join(text) for text in texts)


def read_pdf(data: bytes, path: str) -> Pdf:
    """The text and the metadata of a PDF. `path` is only named in errors.

    Raises `BadDocument` with "document-encrypted" or "document-broken".
    """
    try:
        with PDFIUM, closing(pypdfium2.PdfDocument(data)) as document:
            metadata = document.get_metadata_dict()
            pages = [_lines(document, number) for number in range(len(document))]
    except pypdfium2.PdfiumError as error:
        password = error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD
        raise BadDocument("document-encrypted" if password else "document-broken", path=path) from error
    first = pages[0] if pages else []
    usual = usual_of(pages)
    title = title_lines(pages, usual)
    named = metadata.get("Title", "").strip()
    return Pdf(
        title=named if is_title(named) else " ".join(line.text for line in title),
        authors=author_names(metadata.get("Author", "")) or authors_on(first, title),
        blocks=tuple(_blocks(pages)),
        page_count=len(pages),
        first_page="\n".join(line.text for line in first),
    )


def _lines(document: pypdfium2.PdfDocument, number: int) -> list[Line]:
    """The lines of a page in reading order."""
    with closing(document[number]) as page, closing(page.get_textpage()) as text:
        glyphs = glyphs_of(page, text)
        return rows_of(in_reading_order(pieces_of(glyphs, seen(glyphs, page))))


def _blocks(pages: Sequence[Sequence[Line]]) -> list[Block]:
    known = known_words(line.text for lines in pages for line in lines)
    bodies = without_running(pages)
    usual = usual_of(bodies)
    found = (blocks_of(lines, page, usual, known) for page, lines in enumerate(bodies, start=1))
    return rejoined([block for blocks in found for block in blocks], known)
