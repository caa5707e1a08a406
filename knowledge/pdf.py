"""The text of a PDF, page by page, as paragraphs.

pypdfium2 gives the lines in reading order (0.14 s for a 15-page paper); here the words broken at line ends
are mended, running headers and page numbers dropped, and lines joined into paragraphs.
"""

import math
import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw

from knowledge.errors import BadDocument

_PDFIUM = threading.Lock()  # PDFium is not thread-safe, and the app serves each person in a thread
_EDGE_LINES = 2  # running headers and footers stand in so many first or last lines
_RUNNING_SHARE = 0.4  # of the pages: a header of the left or of the right pages stands on half of them
_RUNNING_PAGES = 3
_FULL_LINE = 0.85  # a line shorter than this share of the page's usual line may end a paragraph
_SHORT_LINE = 0.6  # one shorter than this is a heading or a list entry when the next starts anew
_TITLE_CHARACTERS = 3000  # of the first page, looked through for its largest line
_LONGEST_TITLE = 200

_HYPHENATED = re.compile(r"([^\W\d_]+)(?:\ufffe|\xad|-(?=\n))\s*([^\W_]+)")
_WORD = re.compile(r"\w+(?:-\w+)*")
_PAGE_NUMBER = re.compile(r"\W*(?:page|página|pág\.|p\.)?\s*\d+\s*(?:(?:/|of|de)\s*\d+)?\W*", re.I)
_STARTS_ANEW = re.compile(r"[A-ZÁÉÍÓÚÑ¿¡•▪◦\d\[(-]")
_BULLET = re.compile(r"^[•▪◦‣●]\s*")
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_NO_TITLE = re.compile(r"untitled|sin título|microsoft word|.*\.(?:docx?|tex|dvi|pdf|indd|pptx?|odt)$|arxiv:", re.I)


@dataclass(frozen=True, slots=True)
class Pdf:
    """`pages[n]` is the text of page n + 1, paragraphs apart by blank lines, empty where there is no text.

    `title` is the metadata's, else the largest line of the first page, else ''.
    """

    title: str
    authors: tuple[str, ...]
    pages: tuple[str, ...]


def read_pdf(data: bytes, path: str) -> Pdf:
    """The text and the metadata of a PDF. `path` is only named in errors.

    Raises `BadDocument` with "document-encrypted" or "document-broken".
    """
    try:
        with _PDFIUM, closing(pypdfium2.PdfDocument(data)) as document:
            metadata = document.get_metadata_dict()
            raw = [_page_text(document, number) for number in range(len(document))]
            largest = _largest_line(document) if len(document) else ""
    except pypdfium2.PdfiumError as error:
        password = error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD
        raise BadDocument("document-encrypted" if password else "document-broken", path=path) from error
    named = metadata.get("Title", "").strip()
    authors = re.split(r"\s*;\s*|\s*,\s+|\s+(?:and|y)\s+", metadata.get("Author", "").strip())
    return Pdf(
        title=largest if not named or _NO_TITLE.match(named) else named,
        authors=tuple(author for author in authors if author),
        pages=page_texts(raw),
    )


def page_texts(raw: Sequence[str]) -> tuple[str, ...]:
    """The pages' raw texts, one line a line, as clean paragraphs."""
    known = Counter(word.lower() for text in raw for word in _WORD.findall(text))
    pages = _without_running_lines([[line for line in _clean(text).split("\n") if line] for text in raw])
    return tuple(_paragraphs(_mend_hyphens("\n".join(lines), known).split("\n")) for lines in pages)


def _page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    with closing(document[number]) as page, closing(page.get_textpage()) as text:
        return str(text.get_text_range())


def _clean(text: str) -> str:
    """Trimmed lines of composed characters; control and private-use characters go, the soft hyphens stay."""
    for ligature, letters in _LIGATURES.items():
        text = text.replace(ligature, letters)
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (
        char if char in "\n\ufffe" or unicodedata.category(char) not in {"Cc", "Co", "Cn"} else " " for char in text
    )
    return "\n".join(" ".join(line.split()) for line in "".join(kept).split("\n"))


def _mend_hyphens(text: str, known: Counter[str]) -> str:
    """Join words broken at a line end; a compound keeps its hyphen if the document writes it elsewhere."""

    def join(match: re.Match[str]) -> str:
        joined, hyphenated = match[1] + match[2], f"{match[1]}-{match[2]}"
        compound = not known[joined.lower()] and known[hyphenated.lower()]
        return hyphenated if compound or not match[2][0].islower() else joined

    return _HYPHENATED.sub(join, text).replace("\ufffe", "-").replace("\xad", "")


def _without_running_lines(pages: list[list[str]]) -> list[list[str]]:
    """The pages without page numbers and the lines that most of them share at the top or the bottom."""
    counts: Counter[str] = Counter()
    for lines in pages:
        counts.update({_numberless(line) for line in (*lines[:_EDGE_LINES], *lines[-_EDGE_LINES:])})
    least = max(_RUNNING_PAGES, _RUNNING_SHARE * len(pages))
    running = {line for line, count in counts.items() if count >= least}
    return [_without_edges(lines, running) for lines in pages]


def _without_edges(lines: list[str], running: set[str]) -> list[str]:
    def goes(line: str) -> bool:
        return _numberless(line) in running or bool(_PAGE_NUMBER.fullmatch(line))

    first, last = 0, len(lines)
    while first < min(_EDGE_LINES, last) and goes(lines[first]):
        first += 1
    while last > max(len(lines) - _EDGE_LINES, first) and goes(lines[last - 1]):
        last -= 1
    return lines[first:last] or lines  # a page of nothing else is taken as it is


def _numberless(line: str) -> str:
    return re.sub(r"\d+", "#", line).lower()


def _paragraphs(lines: list[str]) -> str:
    lengths = sorted(len(line) for line in lines)
    usual = lengths[math.ceil(0.9 * (len(lengths) - 1))]
    text = ""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        text += _BULLET.sub("- ", line) + ("\n\n" if _ends_paragraph(line, following, usual) else " ")
    return "\n\n".join(part.strip() for part in text.split("\n\n") if part.strip())


def _ends_paragraph(line: str, following: str, usual: int) -> bool:
    """Whether a paragraph ends with `line`; the layout is gone, so its length and its end must tell."""
    if _BULLET.match(following):
        return True
    if line.endswith((".", "!", "?", ":")) and len(line) < _FULL_LINE * usual:
        return True
    anew = bool(_STARTS_ANEW.match(following)) and not line.endswith((",", ";", "-"))
    return anew and len(line) < _SHORT_LINE * usual


def _largest_line(document: pypdfium2.PdfDocument) -> str:
    """The line of the first page in the largest letters, with those after it of the same size."""
    with closing(document[0]) as page, closing(page.get_textpage()) as text:
        written = str(text.get_text_range(0, min(text.count_chars(), _TITLE_CHARACTERS)))
        sizes: list[tuple[int, str]] = []
        at = 0
        for line in written.split("\n"):
            heights = sorted(
                box[3] - box[1]
                for box in (text.get_charbox(at + n, loose=True) for n, c in enumerate(line) if c.isalnum())
            )
            at += len(line) + 1
            if len(heights) > 2 and not _NO_TITLE.match(line.strip()):
                sizes.append((round(heights[len(heights) // 2]), _clean(line).strip()))
    largest = max((size for size, _ in sizes), default=0)
    first = next((n for n, (size, _) in enumerate(sizes) if size == largest), 0)
    title = ""
    for size, line in sizes[first:]:
        if size != largest or len(title) + len(line) > _LONGEST_TITLE:
            break
        title = f"{title} {line}".strip()
    return title or (sizes[first][1][:_LONGEST_TITLE] if sizes else "")
