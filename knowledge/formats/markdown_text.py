"""Markdown as readers write it: paragraphs, lists, tables, formulas and notes, and the sections of the whole."""

import re
from collections.abc import Sequence

from knowledge.documents import Section
from knowledge.sections import sections_of

# What would be a heading, a quotation, code or a rule at the start of a line. "1. May" may well be a list.
_MARK = re.compile(r"^(#{1,6}(?=\s)|>|```|~~~|[-=]{2,}\s*$)", re.M)
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_REFERENCES = {
    "references", "bibliography", "works cited", "literature cited", "reference list",
    "referencias", "bibliografía", "referencias bibliográficas", "obras citadas",
}  # fmt: skip


class MarkdownText:
    """A text under construction: what is put in comes out as Markdown, notes at the end of their section."""

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._notes: list[str] = []
        self._last_item = ""
        self._number = 0

    def put(self, block: str) -> None:
        """A block that is Markdown already."""
        if block.strip():
            self._blocks.append(block.strip("\n"))

    def paragraph(self, text: str) -> None:
        """Running text: it stays a paragraph, whatever its first characters are."""
        self.put(as_paragraph(text))

    def heading(self, text: str, level: int) -> None:
        """A heading; the notes of the section before it come first."""
        title = " ".join(text.split())
        if title:
            self.end_section()
            self._blocks.append(f"{'#' * min(max(level, 1), 6)} {title}")

    def item(self, text: str, level: int = 0, number: int | None = None) -> None:
        """An item of a list, `level` lists deep; `number` for an ordered one."""
        text = " ".join(text.split())
        if not text:
            return
        line = f"{'-' if number is None else f'{number}.'} {text}"
        if self._blocks and self._blocks[-1] is self._last_item:
            line = f"\n{'    ' * level}{line}"  # the line end joins it to the item before
        self._last_item = line
        self._blocks.append(line)

    def formula(self, latex: str) -> None:
        """A formula on lines of its own."""
        latex = re.sub(r"\n\s*\n+", "\n", latex.strip())
        if latex:
            self._blocks.append(f"$$\n{latex}\n$$")

    def code(self, text: str, language: str = "") -> None:
        """Code, kept letter by letter."""
        text = text.strip("\n")
        fence = "```"
        while fence in text:
            fence += "`"
        if text.strip():
            self._blocks.append(f"{fence}{language}\n{text.rstrip()}\n{fence}")

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """A table, its first row the head; a table of one column is paragraphs."""
        rows = [[" ".join(cell.split()) for cell in row] for row in rows]
        rows = [row for row in rows if any(row)]
        width = max((len(row) for row in rows), default=0)
        if width == 1:
            for row in rows:
                self.paragraph(row[0])
        elif rows:
            head = [*rows[0], *[""] * (width - len(rows[0]))]
            lines = [_table_line(row) for row in (head, *rows[1:])]
            lines.insert(1, "|" + " --- |" * width)
            self._blocks.append("\n".join(lines))

    def note(self, text: str) -> None:
        """A footnote: it comes at the end of the section, with its number in the text."""
        text = " ".join(text.split())
        if text:
            self._number += 1
            self._notes.append(f"{str(self._number).translate(SUPERSCRIPT)} {text}")

    def end_section(self) -> None:
        """Put down the notes that wait."""
        self._blocks.extend(self._notes)
        self._notes.clear()

    def __str__(self) -> str:
        self.end_section()
        return "".join(block if block.startswith("\n") else f"\n\n{block}" for block in self._blocks).lstrip("\n")


def as_paragraph(text: str) -> str:
    """Text whose lines are no headings, quotations or code, whatever they begin with."""
    text = "\n".join(line.strip() for line in text.split("\n")).strip()
    return _MARK.sub(r"\\\1", text)


def without_references(sections: Sequence[Section]) -> tuple[Section, ...]:
    """The sections but the list of references, which says nothing itself; all of them where that is all there is."""
    kept = tuple(section for section in sections if not any(_is_references(title) for title in section.headings))
    return kept or tuple(sections)


def scholarly_sections(text: str) -> tuple[Section, ...]:
    """The sections of a Markdown text without its list of references."""
    return without_references(sections_of(text))


def year_of(date: str) -> int | None:
    """The year in a date as people and programs write it."""
    match = _YEAR.search(date)
    return int(match.group()) if match else None


def _is_references(title: str) -> bool:
    return re.sub(r"^[\d.\s]+|[.:\s]+$", "", title).lower() in _REFERENCES


def _table_line(row: Sequence[str]) -> str:
    cells = [re.sub(r"(?<!\\)\|", r"\\|", cell) for cell in row]
    return f"| {' | '.join(cells)} |"
