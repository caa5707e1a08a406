"""Documents in the formats of office programs and e-books, made here: what they hold is known to the letter."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import docx
from docx.document import Document as WordFile
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def omath(inside: str) -> str:
    """A formula of Office from its inner elements."""
    return f"<m:oMath {MATH} {nsdecls('w')}>{inside}</m:oMath>"


def run(text: str, properties: str = "") -> str:
    """A run of a formula."""
    return f"<m:r>{f'<m:rPr>{properties}</m:rPr>' if properties else ''}<m:t xml:space='preserve'>{text}</m:t></m:r>"


def add_formula(file: WordFile, inside: str, *, displayed: bool) -> None:
    """Put a formula on a line of its own, or at the end of the last paragraph."""
    made = omath(inside)
    if displayed:
        file.add_paragraph()
        made = f"<m:oMathPara {MATH}>{made}</m:oMathPara>"
    file.paragraphs[-1]._p.append(parse_xml(made))


def write_zip(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    """A zip with these parts, in this order."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def changed_zip(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    """The same zip with some parts changed or added."""
    with zipfile.ZipFile(path) as package:
        kept = {name: package.read(name) for name in package.namelist()}
    return write_zip(path, {**kept, **parts})


def new_word_file(title: str = "") -> WordFile:
    """An empty Word document, by python-docx, with its title as a paragraph."""
    file = docx.Document()
    if title:
        file.add_heading(title, 0)
    return file


def saved(file: WordFile, path: Path) -> Path:
    """The document on the disk."""
    held = io.BytesIO()
    file.save(held)
    path.write_bytes(held.getvalue())
    return path


def add_footnotes(path: Path, notes: Mapping[int, str]) -> Path:
    """Give a saved Word document the part that holds its footnotes."""
    inside = "".join(
        f'<w:footnote w:id="{number}"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>'
        for number, text in notes.items()
    )
    return changed_zip(path, {"word/footnotes.xml": f"<w:footnotes {nsdecls('w')}>{inside}</w:footnotes>"})


def write_epub(path: Path, chapters: Mapping[str, str], metadata: str = "") -> Path:
    """An e-book of chapters (name to the inside of `body`) in this order."""
    items = "".join(
        f'<item id="c{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in enumerate(chapters)
    )
    order = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    opf = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">{metadata}'
        '</metadata><manifest><item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
        f'{items}</manifest><spine><itemref idref="nav"/>{order}</spine></package>'
    )
    page = (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" '
        'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>x</title></head><body>{}</body></html>'
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    parts = {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "OEBPS/book.opf": opf}
    parts["OEBPS/nav.xhtml"] = page.format('<nav epub:type="toc"><ol><li>Contents</li></ol></nav>')
    return write_zip(path, parts | {f"OEBPS/{name}": page.format(inside) for name, inside in chapters.items()})
