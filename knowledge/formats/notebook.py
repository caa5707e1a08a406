"""Jupyter notebooks, which are JSON: text as Markdown and code as code.

Outputs are left out, all but short plain text: pictures and tables of numbers say nothing in words, and a result is
only worth what the code that made it is worth. nbformat is not needed to read: it takes most of a second to load.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from knowledge.decoding import decode_text
from knowledge.errors import BadDocument
from knowledge.formats.content import Content
from knowledge.formats.limits import Limits
from knowledge.formats.markdown import first_title
from knowledge.formats.markdown_notes import with_notes_in_place
from knowledge.formats.markdown_text import MarkdownText, year_of
from knowledge.sections import sections_of

_SHORT = 400  # characters of output that are kept; longer ones are left out whole
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_DATA_PICTURE = re.compile(r"!\[[^\]\n]{0,200}\]\((?:data|attachment):[^)\s]*\)")


def read_notebook(data: bytes, path: str, limits: Limits) -> Content:
    """A notebook's cells by the headings of its text. Formats 3 and 4 are read.

    Raises `BadDocument`: document-binary, document-broken (no notebook, or of a format of another time), document-deep.
    """
    book = _parsed(decode_text(data, path), path, limits)
    cells = list(_cells(book))
    if not cells and not isinstance(book.get("cells"), list):
        raise BadDocument("document-broken", path=path)
    about = _mapping(book.get("metadata"))
    language = str(
        _mapping(about.get("kernelspec")).get("language") or _mapping(about.get("language_info")).get("name") or ""
    )
    text = MarkdownText()
    for cell in cells:
        _put(cell, text, language if re.fullmatch(r"[A-Za-z+#]{1,20}", language) else "")
    written = with_notes_in_place(str(text))
    said = about.get("title")
    return Content(
        sections=sections_of(written),
        title=first_title(written) or (said if isinstance(said, str) else ""),
        authors=tuple(_authors(about)),
        year=year_of(str(about.get("date", ""))),
    )


def _parsed(text: str, path: str, limits: Limits) -> Mapping[str, Any]:
    try:
        book = json.loads(text)
    except RecursionError as error:
        raise BadDocument("document-deep", path=path, limit=limits.depth) from error
    except ValueError as error:
        raise BadDocument("document-broken", path=path) from error
    if not isinstance(book, dict) or book.get("nbformat") not in {3, 4}:
        raise BadDocument("document-broken", path=path)
    return book


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _cells(book: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    sheets = book.get("worksheets") if book["nbformat"] == 3 else [book]
    for sheet in sheets if isinstance(sheets, list) else []:
        cells = _mapping(sheet).get("cells")
        yield from (cell for cell in (cells if isinstance(cells, list) else []) if isinstance(cell, dict))


def _put(cell: Mapping[str, Any], text: MarkdownText, language: str) -> None:
    source = _joined(cell.get("source", cell.get("input", "")))
    tags = _mapping(cell.get("metadata")).get("tags") or []
    if isinstance(tags, list) and {"remove-cell", "hide-cell"} & {tag for tag in tags if isinstance(tag, str)}:
        return
    match cell.get("cell_type"):
        case "markdown" | "raw" if source.strip():
            if re.match(r"#{1,6} ", source.lstrip()):
                text.end_section()
            text.put(_DATA_PICTURE.sub("", source))
        case "heading":  # format 3 had cells of their own for them
            level = cell.get("level", 1)
            text.heading(source, level if isinstance(level, int) else 1)
        case "code":
            text.code(source, language)
            for output in _outputs(cell):
                text.code(output, "text")


def _outputs(cell: Mapping[str, Any]) -> Iterator[str]:
    """What the cell printed or gave, where that is short plain text; neither errors nor warnings."""
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else []:
        found = _mapping(output)
        if found.get("output_type") == "stream" and found.get("name", "stdout") != "stderr":
            written = _joined(found.get("text", ""))
        else:
            shown = _mapping(found.get("data", found))
            rich = any(str(kind).startswith("image") or kind == "text/html" for kind in shown)
            written = "" if rich else _joined(shown.get("text/plain", ""))
        written = _ANSI.sub("", written).strip()
        if written and len(written) <= _SHORT:
            yield written


def _joined(source: Any) -> str:
    if isinstance(source, list):
        return "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def _authors(about: Mapping[str, Any]) -> Iterator[str]:
    listed = about.get("authors")
    for author in listed if isinstance(listed, list) else []:
        name = author.get("name") if isinstance(author, dict) else author
        if isinstance(name, str) and name.strip():
            yield name.strip()
