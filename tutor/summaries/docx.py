"""A summary as a Word document: headings, lists, a table, links from each number to its quotation, Word's formulas."""

import io
from collections.abc import Iterable
from typing import Any

from agents.research.summary import Summary
from tutor.export.xml_tree import Node
from tutor.summaries.inline import Inline, text_of
from tutor.summaries.omml import omml
from tutor.summaries.outline import Block, Bullets, Grid, Heading, Outline, Prose, Quoted, Said
from tutor.summaries.styles import DEFAULT_STYLE, Style, load_style
from tutor.summaries.words import said

LOCALES = {"es": "es-ES", "en": "en-US"}
MARKS = {"em": "italic", "strong": "bold"}
CODE_FONT = "Courier New"


def write_docx(summary: Summary, style: str = DEFAULT_STYLE) -> bytes:
    """The file. Raises `BadSummary` for a citation style that is unknown or cannot be read."""
    loaded = load_style(style, summary.language)
    outline = Outline(summary)
    page = _Page(outline)
    for block in (*outline.body(), *outline.quotations()):
        page.add(block)
    page.add_references(loaded)
    for block in outline.made():
        page.add(block)
    return page.bytes()


class _Page:
    """A document of python-docx as it is filled."""

    def __init__(self, outline: Outline) -> None:
        from docx import Document  # noqa: PLC0415  only this format needs it, and it is slow to load

        self.outline = outline
        self.document: Any = Document()
        self.marks = 0
        self._named()

    def add(self, block: Block) -> None:
        """The block after what is there."""
        if isinstance(block, Heading):
            self._fill(self.document.add_heading(level=block.level - 1), block.content)
        elif isinstance(block, Prose):
            self._say(self.document.add_paragraph(), block.sentences)
        elif isinstance(block, Bullets):
            for entry in block.entries:
                self._say(self.document.add_paragraph(style="List Bullet"), (entry,))
        elif isinstance(block, Grid):
            self._table(block)
        else:
            self._quoted(block)

    def add_references(self, style: Style) -> None:
        """The references in a style, each with the numbers of its quotations."""
        entries = style.entries(self.outline.summary.references)
        if entries:
            self.add(Heading(2, (said("heading.references", self.outline.language),)))
        for entry in entries:
            numbers = self.outline.numbers_of(entry.document)
            self._say(self.document.add_paragraph(style="List Bullet"), (Said(entry.content, numbers),))

    def bytes(self) -> bytes:
        """The document as a file."""
        made = io.BytesIO()
        self.document.save(made)
        return made.getvalue()

    def _named(self) -> None:
        """The properties of the file, and the language in which Word checks its spelling."""
        from docx.oxml.ns import qn  # noqa: PLC0415  as above

        properties = self.document.core_properties
        properties.title, properties.author = text_of(next(iter(self._title())))[:255], "Atenea"
        properties.language, properties.comments = self.outline.language, ""
        fonts = self.document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
        fonts.set(qn("w:val"), LOCALES.get(self.outline.language, LOCALES["en"]))

    def _title(self) -> Iterable[Inline]:
        return (block.content for block in self.outline.body() if isinstance(block, Heading))

    def _say(self, paragraph: Any, sentences: Iterable[Said]) -> None:
        for place, one in enumerate(sentences):
            if place:
                paragraph.add_run(" ")
            self._fill(paragraph, one.content)
            if one.citations:
                paragraph.add_run(" ")
            for n in one.citations:
                self._link(paragraph, n)
            if one.note:
                paragraph.add_run(f" ({one.note})").italic = True

    def _fill(self, paragraph: Any, content: Inline, **marks: bool) -> None:
        for part in content:
            if isinstance(part, str):
                run = paragraph.add_run(part)
                for mark in marks:
                    setattr(run, mark, True)
            elif part.tag == "br":
                paragraph.add_run().add_break()
            elif part.tag == "formula":
                self._formula(paragraph, part)
            elif part.tag == "a":
                self._address(paragraph, str(part.children[0]))
            else:
                self._fill(paragraph, part.children, **marks, **{MARKS[part.tag]: True})

    def _formula(self, paragraph: Any, part: Node) -> None:
        """As Word's formula; as its LaTeX where it cannot be one."""
        made = omml(str(part.children[0]))
        if made is None:
            paragraph.add_run(text_of((part,)))
        else:
            paragraph._p.append(made)

    def _link(self, paragraph: Any, n: int) -> None:
        """[n], which leads to the quotation."""
        link = self._element("w:hyperlink", {"w:anchor": f"quotation_{n}", "w:history": "1"})
        run = paragraph.add_run(f"[{n}]")
        link.append(run._r)
        paragraph._p.append(link)

    def _address(self, paragraph: Any, address: str) -> None:
        """An address that opens in a browser."""
        from docx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415  as above

        identity = self.document.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link = self._element("w:hyperlink", {"r:id": identity, "w:history": "1"})
        link.append(paragraph.add_run(address)._r)
        paragraph._p.append(link)

    def _quoted(self, one: Quoted) -> None:
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        self.marks += 1
        identity = {"w:id": str(self.marks)}
        paragraph._p.append(self._element("w:bookmarkStart", {**identity, "w:name": f"quotation_{one.n}"}))
        paragraph.add_run(f"[{one.n}]").bold = True
        paragraph._p.append(self._element("w:bookmarkEnd", identity))
        self._fill(paragraph, (" ", *one.label))
        quote = self.document.add_paragraph(style="Quote")
        if one.code is None:
            self._fill(quote, one.quote)
            return
        for place, line in enumerate(one.code.split("\n")):
            if place:
                quote.add_run().add_break()
            run = quote.add_run(line)
            run.font.name, run.italic = CODE_FONT, False

    def _table(self, grid: Grid) -> None:
        table = self.document.add_table(rows=1, cols=len(grid.head), style="Table Grid")
        for cell, content in zip(table.rows[0].cells, grid.head, strict=True):
            self._fill(cell.paragraphs[0], content, bold=True)
        self._repeated(table.rows[0])
        empty = Said((said("table.empty", self.outline.language),))
        for row in grid.rows:
            for cell, sentences in zip(table.add_row().cells, row, strict=True):
                self._say(cell.paragraphs[0], sentences or (empty,))
        self.document.add_paragraph()

    def _repeated(self, row: Any) -> None:
        """A row that stands at the head of every page that the table reaches."""
        row._tr.get_or_add_trPr().append(self._element("w:tblHeader", {"w:val": "true"}))

    @staticmethod
    def _element(tag: str, attributes: dict[str, str]) -> Any:
        from docx.oxml import OxmlElement  # noqa: PLC0415  as above
        from docx.oxml.ns import qn  # noqa: PLC0415  as above

        element = OxmlElement(tag)
        for name, value in attributes.items():
            element.set(qn(name), value)
        return element
