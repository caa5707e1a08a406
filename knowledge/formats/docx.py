"""Word documents, straight from the XML in their zip: python-docx gives neither formulas nor notes nor hidden text."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from knowledge.errors import BadDocument
from knowledge.formats.content import Content
from knowledge.formats.docx_styles import Styles, W
from knowledge.formats.html_metadata import bare_arxiv, bare_doi
from knowledge.formats.limits import Limits
from knowledge.formats.markdown_text import MarkdownText, scholarly_sections, year_of
from knowledge.formats.omml import omml_latex
from knowledge.formats.xml_tree import local_name
from knowledge.formats.zip_package import ZipPackage
from knowledge.terms import plain

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
# Taken out by a tracked change, not shown (field codes, comments' marks), or about the text.
_NOT_TEXT = {
    W + name for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sdtPr", "tblPr", "fldData")
}
_TITLE_WORDS = 14  # a bold line of its own with no more words, in a document without heading styles, is a heading


def read_docx(data: bytes, path: str, limits: Limits) -> Content:
    """A Word document by its headings: tables, lists, formulas (as LaTeX), captions, and notes in their section.

    Left out: deleted text of tracked changes, comments, headers and footers, tables of contents, pictures, the list
    of references, and what is hidden. Raises `BadDocument`: those of `ZipPackage`, document-deep.
    """
    package = ZipPackage(data, path, limits)
    main = _main_part(package)
    document = package.xml(main)
    body = None if document is None else document.find(f"{W}body")
    if body is None:
        raise BadDocument("document-broken", path=path)
    folder = main.rpartition("/")[0]
    styles = Styles(package.xml(f"{folder}/styles.xml"), package.xml(f"{folder}/numbering.xml"))
    notes = {kind: package.xml(f"{folder}/{kind}s.xml") for kind in ("footnote", "endnote")}
    about = _Properties(package.xml("docProps/core.xml"))
    writer = _Writer(body, styles, notes)
    writer.title = writer.title or about.get("title")
    text = writer.written()
    said = f"{about.get('identifier')} {about.get('subject')} {about.get('description')}"
    return Content(
        sections=scholarly_sections(text),
        title=plain(writer.title),
        authors=about.authors(),
        year=None if about.is_machine_made() else year_of(about.get("created")),
        doi=bare_doi(said),
        arxiv=bare_arxiv(said) if "arxiv" in said.lower() else "",
    )


def _main_part(package: ZipPackage) -> str:
    relations = package.xml("_rels/.rels")
    for relation in () if relations is None else relations.iter(_RELATIONS):
        if relation.get("Type", "").endswith("/officeDocument"):
            return str(relation.get("Target", "")).lstrip("/")
    return "word/document.xml"


class _Properties:
    """The core properties of a document."""

    def __init__(self, core: Any) -> None:
        nodes = [] if core is None else list(core)
        self._values = {local_name(node): " ".join("".join(node.itertext()).split()) for node in nodes}

    def get(self, name: str) -> str:
        """A property's text; empty where it is not set."""
        return self._values.get(name, "")

    def is_machine_made(self) -> bool:
        """Whether the dates are those of python-docx's empty document, and not of this one."""
        return "python-docx" in self.get("description")

    def authors(self) -> tuple[str, ...]:
        """The creators; not the name that python-docx writes into every document."""
        names = (name.strip() for name in self.get("creator").split(";"))
        return tuple(name for name in names if name and name != "python-docx")


class _Writer:
    """Walks the body of one document."""

    def __init__(self, body: Any, styles: Styles, notes: dict[str, Any]) -> None:
        self._body = body
        self._styles = styles
        self._notes = {
            (kind, note.get(f"{W}id")): note
            for kind, root in notes.items()
            if root is not None
            for note in root.iter(W + kind)
        }
        self._counts: Counter[tuple[str, int]] = Counter()
        self._code: list[str] = []
        self._text = MarkdownText()
        paragraphs = list(_paragraphs(body))
        self.title = next((self._line(one) for one in paragraphs if styles.is_title(one)), "")
        self._shift = 1 if self.title else 0
        self._has_headings = any(styles.heading_level(one) for one in paragraphs)

    def written(self) -> str:
        """The document as Markdown, under its title."""
        if self.title:
            self._shift = 1
            self._text.heading(self.title, 1)
        self._blocks(self._body)
        self._end_code()
        return str(self._text)

    def _blocks(self, parent: Any) -> None:
        for element in _flow(parent):
            if element.tag == f"{W}tbl":
                self._end_code()
                self._table(element)
            else:
                self._paragraph(element)
                for box in _boxes(element):
                    self._blocks(box)

    def _paragraph(self, paragraph: Any) -> None:
        styles = self._styles
        if styles.is_title(paragraph) or styles.is_passed_over(paragraph):
            return
        if styles.is_code(paragraph):
            self._code.append("".join(self._runs(paragraph, formulas=True)))
            return
        self._end_code()
        level = styles.heading_level(paragraph) or self._bold_heading(paragraph)
        place = None if level else styles.list_place(paragraph)
        displayed = list(paragraph.iter(f"{M}oMathPara"))
        words = self._line(paragraph, without_displayed=True)
        if level:
            self._text.heading(words, level + self._shift)
        elif place:
            self._item(words, *place)
        else:
            self._text.paragraph(words)
        for box in displayed:
            for formula in box.iter(f"{M}oMath"):
                self._text.formula(omml_latex(formula))
        self._put_notes(paragraph)

    def _item(self, words: str, which: str, level: int, numbered: bool) -> None:
        if not words:
            return
        for deeper in range(level + 1, 9):
            self._counts.pop((which, deeper), None)
        self._counts[which, level] += 1
        self._text.item(words, level, self._counts[which, level] if numbered else None)

    def _bold_heading(self, paragraph: Any) -> int:
        """1 for a short line in bold of a document whose writer used no heading styles, else 0."""
        if self._has_headings:
            return 0
        runs = [run for run in paragraph.iter(f"{W}r") if "".join(_texts(run)).strip()]
        words = self._line(paragraph)
        bold = bool(runs) and all(self._styles.is_bold(run) for run in runs)
        return int(bold and len(words.split()) <= _TITLE_WORDS and words[-1:] not in ".,;:")

    def _table(self, table: Any) -> None:
        formulas = list(table.iter(f"{M}oMath"))
        rows = list(_rows(table))
        if len(rows) == 1 and any(True for _ in table.iter(f"{M}oMathPara")):  # an equation and its number
            for formula in formulas:
                self._text.formula(omml_latex(formula))
            return
        if len(rows) == 1 and len(rows[0]) == 1:  # a box round some text
            self._blocks(rows[0][0])
            return
        self._text.table([[text for cell in row for text in self._cell(cell)] for row in rows])
        for paragraph in table.iter(f"{W}p"):
            self._put_notes(paragraph)

    def _cell(self, cell: Any) -> list[str]:
        """The cell's text, and an empty one for every further column that it spans."""
        properties = cell.find(f"{W}tcPr")
        span = None if properties is None else properties.find(f"{W}gridSpan")
        width = "1" if span is None else str(span.get(f"{W}val", "1"))
        extra = min(int(width), 100) - 1 if width.isdecimal() and len(width) < 5 else 0
        return [" ".join(filter(None, map(self._line, _paragraphs(cell)))), *[""] * extra]

    def _end_code(self) -> None:
        self._text.code("\n".join(self._code))
        self._code.clear()

    def _line(self, paragraph: Any, *, without_displayed: bool = False) -> str:
        lines = "".join(self._runs(paragraph, formulas=not without_displayed)).split("\n")
        return "\n".join(" ".join(line.split()) for line in lines).strip()

    def _runs(self, node: Any, *, formulas: bool) -> Iterator[str]:
        """The text of a paragraph in order; `formulas`: also those that stand on lines of their own."""
        for element in _inside(node):
            if element.tag == f"{W}r":
                paragraph = next(element.iterancestors(f"{W}p"), element)
                if not self._styles.is_hidden(element, paragraph):
                    yield from _texts(element)
            elif element.tag == f"{M}oMath":
                latex = omml_latex(element)
                yield f"${latex}$" if latex else ""
            elif element.tag == f"{M}oMathPara":
                for formula in element.iter(f"{M}oMath") if formulas else ():
                    yield f"${omml_latex(formula)}$"

    def _put_notes(self, paragraph: Any) -> None:
        for kind in ("footnote", "endnote"):
            for mark in paragraph.iter(f"{W}{kind}Reference"):
                note = self._notes.get((kind, mark.get(f"{W}id")))
                if note is not None:
                    self._text.note(" ".join(map(self._line, _paragraphs(note))))


def _flow(parent: Any) -> Iterator[Any]:
    """The paragraphs and tables straight under `parent`, those in content controls and insertions with them."""
    for child in parent:
        if child.tag in {f"{W}p", f"{W}tbl"}:
            yield child
        elif isinstance(child.tag, str) and child.tag not in _NOT_TEXT and local_name(child) in {
            "sdt", "sdtcontent", "ins", "moveto", "customxml", "smarttag",
        }:  # fmt: skip
            yield from _flow(child)


def _paragraphs(parent: Any) -> Iterator[Any]:
    return (node for node in parent.iter(f"{W}p"))


def _rows(table: Any) -> Iterator[list[Any]]:
    for row in table.iter(f"{W}tr"):
        if next(row.iterancestors(f"{W}tbl"), None) is table:
            yield [cell for cell in row.iter(f"{W}tc") if next(cell.iterancestors(f"{W}tr"), None) is row]


def _inside(node: Any) -> Iterator[Any]:
    """The runs and formulas of a paragraph in order; not those of text boxes, which have paragraphs of their own."""
    for child in node:
        if child.tag in {f"{W}r", f"{M}oMath", f"{M}oMathPara"}:
            yield child
        elif isinstance(child.tag, str) and child.tag not in _NOT_TEXT and not child.tag.startswith(_COMPATIBLE):
            yield from _inside(child)


def _texts(run: Any) -> Iterator[str]:
    for node in run:
        if node.tag == f"{W}t":
            yield node.text or ""
        elif node.tag in {f"{W}tab", f"{W}ptab"}:
            yield " "
        elif node.tag in {f"{W}br", f"{W}cr"}:
            yield "\n"
        elif node.tag == f"{W}noBreakHyphen":
            yield "-"


def _boxes(paragraph: Any) -> Iterator[Any]:
    """The text boxes anchored in a paragraph; a box kept twice, for old programs too, is given once."""
    for box in paragraph.iter(f"{W}txbxContent"):
        inside_fallback = any(node.tag == f"{_COMPATIBLE}Fallback" for node in box.iterancestors())
        if not inside_fallback and next(box.iterancestors(f"{W}p"), None) is paragraph:
            yield box
