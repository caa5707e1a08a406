"""A file read whole, in the process that asks: its document, and how many passages it gives."""

from dataclasses import dataclass, replace
from pathlib import Path

from knowledge.documents import Document
from knowledge.errors import BadDocument
from knowledge.formats.limits import LIMITS, Limits
from knowledge.passages import passages_of
from knowledge.printable import printable_document
from knowledge.readers import read_document


@dataclass(frozen=True, slots=True)
class Parsed:
    """What became of a file: its document, and the number of its passages."""

    document: Document
    passages: int


def parse(path: Path, root: Path | None = None, limits: Limits = LIMITS) -> Parsed:
    """The file as a printable document, cut into passages once, so that what cannot be cut is found here.

    May take for ever, or all the memory, on a file made to do so: `parsing` sees to that. Raises `BadDocument`.
    """
    _expect_name(path)
    if path.suffix.lower() == ".pdf":
        _expect_pages(path, limits)
    document = printable_document(read_document(path, root=root, limits=limits))
    document = document if document.title else replace(document, title=path.stem)
    passages = len(passages_of(document))
    if not passages:
        raise BadDocument("document-empty", path=path)
    return Parsed(document, passages)


def _expect_name(path: Path) -> None:
    """A name that is no text cannot be written into a list."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise BadDocument("document-name", path=str(path).encode(errors="replace").decode()) from error


def _expect_pages(path: Path, limits: Limits) -> None:
    """Refuse a PDF with too many pages before any of them is read."""
    import pypdfium2  # noqa: PLC0415  for one kind of file

    if not path.is_file() or path.stat().st_size > limits.megabytes * 1e6:
        return  # the reader says so
    try:
        document = pypdfium2.PdfDocument(path.read_bytes())
    except (pypdfium2.PdfiumError, OSError):
        return  # the same
    pages = len(document)
    document.close()
    if pages > limits.pages:
        raise BadDocument("document-pages", path=path, pages=pages, limit=limits.pages)
