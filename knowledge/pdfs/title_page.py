"""The title and the authors on the first page of a PDF."""

import re
from collections.abc import Sequence
from itertools import takewhile

from knowledge.pdfs.layout import Usual
from knowledge.pdfs.lines import Line
from knowledge.pdfs.words import named, paper_words
from knowledge.terms import fold

_NO_TITLE = re.compile(r"untitled|sin título|microsoft word|.*\.(?:docx?|tex|dvi|pdf|indd|pptx?|odt)$|arxiv:", re.I)
_LONGEST_TITLE = 300
_LARGER = 1.05  # than the usual size: else nothing shows which line is the title
_SAME_SIZE = 0.5  # points
_LOOKED_AT = 40  # lines after the title
_LONGEST_LINE = 14  # words between two marks: a longer stretch is prose
_MARKS = re.compile(
    r"[∗*†‡§¶‖#⋆✉\d]+(?:\s*,\s*[∗*†‡§¶‖#⋆✉\d]+)*|\b(?:Ph\.?\s?D|M\.?\s?Sc|Dr|Prof)\.?(?=\s|,|$)|\([^)]*\)"
)
_BETWEEN = re.compile(r"\s*[,;·•|&]\s*|\s+(?:and|y|e)\s+", re.I)
_NAME_PART = re.compile(r"(?:[^\W\d_]\.)+|[^\W\d_](?:[^\W\d_]|['’\-‐.])*")
_PARTICLES = frozenset(
    "de la las los del van von der den di da do dos das e y el al bin ibn ben ter ten le du of".split()
)
_CONTACT = re.compile(r"@|https?:|www\.|orcid", re.I)


def is_title(text: str) -> bool:
    """Whether what a file's metadata calls the title is one, and not the name of a file or a program."""
    return bool(text.strip()) and not _NO_TITLE.match(text.strip())


def title_lines(pages: Sequence[Sequence[Line]], usual: Usual) -> list[Line]:
    """The lines of the first page in its largest letters, which follow one another.

    None where nothing stands out, or where other lines of the document are as large: then they are its headings.
    """
    lines = pages[0] if pages else ()
    fit = [line for line in lines if line.upright and sum(map(str.isalnum, line.text)) > 2 and is_title(line.text)]
    largest = max((line.size for line in fit), default=0.0)
    if not fit or largest < _LARGER * usual.size:
        return []
    first = next(at for at, line in enumerate(lines) if line.size == largest and line in fit)
    found = list(takewhile(lambda line: abs(line.size - largest) <= _SAME_SIZE, lines[first:]))
    as_large = sum(abs(line.size - largest) <= _SAME_SIZE for page in pages for line in page if line.upright)
    return found if as_large == len(found) and sum(len(line.text) for line in found) <= _LONGEST_TITLE else []


def author_names(field: str) -> tuple[str, ...]:
    """The names in a list of authors as metadata has it, in order."""
    parts = (
        re.split(r"\s*;\s*", field.strip()) if ";" in field else re.split(r"\s*,\s+|\s+(?:and|y|&)\s+", field.strip())
    )
    names = (re.sub(r"^(?:and|y)\s+", "", " ".join(part.split())) for part in parts)
    return tuple(name for name in names if any(map(str.isalpha, name)) and not _CONTACT.search(name))


def authors_on(lines: Sequence[Line], title: Sequence[Line]) -> tuple[str, ...]:
    """The names under the title; none unless an abstract, an affiliation or an address shows that they are authors.

    All are written like the first. A line that holds anything but names is passed over.
    """
    if not title:
        return ()
    start = next(at for at, line in enumerate(lines) if line is title[-1]) + 1
    front, evidence = _front(lines[start : start + _LOOKED_AT])
    names: list[str] = []
    first: Line | None = None
    for line in front:
        found = _names(line) if first is None or _alike(first, line) else ()
        evidence |= bool(_CONTACT.search(line.text)) or _is_affiliation(line.text)
        if found:
            first = first or line
            names += [name for name in found if name not in names]
    return tuple(names) if evidence else ()


def _front(lines: Sequence[Line]) -> tuple[list[Line], bool]:
    """The lines up to the abstract or the first prose, and whether an abstract ends them."""
    for at, line in enumerate(lines):
        opening = re.split(r"[\s—–:.-]", line.text.strip(), maxsplit=1)[0]
        if named(line.text) in paper_words().abstracts or (
            fold(opening) in paper_words().abstracts and (line.bold > 0.05 or line.italic > 0.05)
        ):
            return list(lines[:at]), True
        if named(line.text) in paper_words().headings or len(_MARKS.sub(" ", line.text).split()) > 2 * _LONGEST_LINE:
            return list(lines[:at]), False
    return list(lines), False


def _alike(one: Line, other: Line) -> bool:
    return abs(one.size - other.size) <= 0.04 * one.size and (one.bold > 0.5) == (other.bold > 0.5) and (
        (one.italic > 0.5) == (other.italic > 0.5)
    )  # fmt: skip


def _names(line: Line) -> tuple[str, ...]:
    """The names of a line that holds nothing else, else none."""
    if _CONTACT.search(line.text) or _is_affiliation(line.text):
        return ()
    cells = [cell.text for cell in line.cells] or [line.text]
    parts = [_MARKS.sub(" ", part) for cell in cells for part in _BETWEEN.split(_MARKS.sub(" , ", cell))]
    names = [" ".join(part.split()).strip(" .,") for part in parts]
    names = [re.sub(r"^(?:and|y)\s+", "", name) for name in names if any(map(str.isalpha, name))]
    return tuple(names) if names and all(map(_is_name, names)) else ()


def _is_name(text: str) -> bool:
    words = text.split()
    proper = [word for word in words if word not in _PARTICLES]
    return (
        2 <= len(words) <= 6 and len(proper) >= 2
        and all(_NAME_PART.fullmatch(word) and word[0].isupper() for word in proper)
        and any(len(word.strip(".")) > 1 for word in proper)
    )  # fmt: skip


def _is_affiliation(text: str) -> bool:
    return any(word.strip(".,;:()") in paper_words().affiliations for word in fold(text).split())
