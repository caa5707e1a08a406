"""A tree of HTML or XHTML as Markdown: headings, lists, tables, code, formulas, captions and notes."""

import re
from collections.abc import Iterator
from typing import Any

from knowledge.formats.hidden import drop
from knowledge.formats.html_words import BREAK, PLACE, formula, formula_of_image, is_displayed, marked, script, tidy
from knowledge.formats.markdown_text import MarkdownText
from knowledge.formats.mathml import mathml_latex
from knowledge.formats.xml_tree import local_name

_BLOCKS = set(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hgroup hr html li main nav ol p pre section summary table ul caption tbody thead "
    "tfoot tr td th".split()
)
_DROPPED = set(
    "script style nav noscript template head iframe object embed svg canvas audio video button select textarea input "
    "label menu map dialog link meta".split()
)
_STRONG, _SLANTED = {"b", "strong"}, {"i", "em", "cite", "dfn", "var"}
_LANGUAGE = re.compile(r"(?:language|lang|highlight|sourceCode)[-_ ]?([A-Za-z+#]{1,15})\b")
_MARK_OF_NOTE = re.compile(r"^\W*(?:\d{1,3}|[*†‡a-z])\W*$|^\W*$")
_MOST_CELLS = 20_000  # of one table, those that spans add included
_WIDEST = 100  # columns of a table; what stands farther to the right is left out
_BACK = {"↩", "↑", "^", "⤴", "↩︎", "↵", "⏎"}


def html_markdown(root: Any, *, level_shift: int = 0, into: MarkdownText | None = None) -> MarkdownText:
    """What `root` shows, as Markdown; the tree is changed. Scripts, menus and forms are left out.

    `level_shift` is added to the levels of the headings. `into` goes on with a text already begun.
    """
    for element in list(root.iter()):
        if local_name(element) in _DROPPED and not _is_formula_script(element):
            drop(element)
    writer = _Writer(root, into or MarkdownText(), level_shift)
    writer.children(root, 0)
    return writer.text


class _Writer:
    """Walks one tree; `text` grows."""

    def __init__(self, root: Any, text: MarkdownText, level_shift: int) -> None:
        self.text = text
        self._shift = level_shift
        self._by_id = {element.get("id"): element for element in root.iter() if element.get("id")}
        self._noted = self._take_notes(root)

    def children(self, element: Any, depth: int) -> None:
        """The blocks inside `element`; text between them is paragraphs."""
        running: list[str] = [element.text or ""]
        for child in element:
            if local_name(child) in _BLOCKS or _holds_blocks(child):
                self._flush(running)
                self._block(child, depth)
            elif isinstance(child.tag, str):
                running.append(self._inline(child))
            running.append(child.tail or "")
        self._flush(running)

    def _flush(self, running: list[str]) -> None:
        for number, part in enumerate(tidy("".join(running)).split(PLACE)):
            if number % 2:
                self.text.formula(part)
            else:
                self.text.paragraph(part)
        running.clear()

    def _block(self, element: Any, depth: int) -> None:
        tag = local_name(element)
        if re.fullmatch(r"h[1-6]", tag):
            self.text.heading(self._flat(element), int(tag[1]) + self._shift)
        elif tag in {"ul", "ol"}:
            self._list(element, depth)
        elif tag == "pre":
            self._code(element)
        elif tag == "table":
            self._table(element)
        elif tag == "blockquote":
            inside = MarkdownText()
            outer, self.text = self.text, inside
            self.children(element, depth)
            self.text = outer
            self.text.put("\n".join(f"> {line}".rstrip() for line in str(inside).split("\n")) if str(inside) else "")
        elif tag in {"dt", "dd"}:
            self.text.item(self._flat(element), int(tag == "dd"))
        else:
            self.children(element, depth)

    def _list(self, element: Any, depth: int) -> None:
        start = element.get("start", "1")
        number = int(start) if start.isdigit() and len(start) < 7 else 1
        for child in element:
            if local_name(child) in {"ul", "ol"}:  # by old habit, a list straight in a list
                self._list(child, depth + 1)
            elif local_name(child) == "li":
                self._item(child, depth, number if local_name(element) == "ol" else None)
                number += 1

    def _item(self, element: Any, depth: int, number: int | None) -> None:
        lists = [child for child in element if local_name(child) in {"ul", "ol"}]
        for inner in lists:
            element.remove(inner)
        self.text.item(self._flat(element), depth, number)
        for inner in lists:
            self._list(inner, depth + 1)

    def _code(self, element: Any) -> None:
        names = " ".join(
            node.get("class", "") for node in (element, *element.iter("{*}code"), *element.iterancestors())
        )
        language = _LANGUAGE.search(names)
        self.text.code("".join(element.itertext()), language[1].lower() if language else "")

    def _table(self, element: Any) -> None:
        for caption in element.iter("{*}caption"):
            self.text.paragraph(self._flat(caption))
        if rows := self._equation_rows(element):
            for latex in rows:
                self.text.formula(latex)
            return
        if any(local_name(node) == "table" for node in element.iterdescendants()):  # a layout, not a table
            for cell in _cells(element):
                self.children(cell, 0)
            return
        self.text.table(self._rows(element))

    def _rows(self, element: Any) -> list[list[str]]:
        """The cells; one that spans columns is followed by empty ones, one that spans rows is repeated below."""
        below: dict[int, tuple[int, str]] = {}
        rows: list[list[str]] = []
        cells = 0
        for row in element.iter("{*}tr"):
            found: list[str] = []
            cells += len(rows[-1]) if rows else 0
            if cells > _MOST_CELLS:  # a table that grows so is not one for reading: cells span no more
                rows.append([self._flat(cell) for cell in row if local_name(cell) in {"td", "th"}])
                continue
            for cell in (child for child in row if local_name(child) in {"td", "th"}):
                self._repeat(found, below)
                words = self._flat(cell)
                for extra in range(min(_span(cell, "colspan"), _WIDEST - len(found))):
                    if (tall := _span(cell, "rowspan")) > 1:
                        below[len(found)] = (tall - 1, "" if extra else words)
                    found.append("" if extra else words)
            self._repeat(found, below)
            rows.append(found)
        return rows

    def _repeat(self, found: list[str], below: dict[int, tuple[int, str]]) -> None:
        while len(found) in below:
            left, words = below.pop(len(found))
            if left > 1:
                below[len(found)] = (left - 1, words)
            found.append(words)

    def _equation_rows(self, element: Any) -> list[str]:
        """The formulas of a table that only sets out an equation and its number, as LaTeXML writes them."""
        names = element.get("class", "")
        if "equation" not in names and "eqn" not in names:
            return []
        return [
            joined
            for row in element.iter("{*}tr")
            if (joined := " ".join(mathml_latex(node) for node in row.iter("{*}math")))
        ]

    def _flat(self, element: Any) -> str:
        """Everything in `element` as one line."""
        text = tidy((element.text or "") + "".join(self._tailed(child) for child in element))
        parts = text.split(PLACE)
        return " ".join("".join(f"${part}$" if n % 2 else part for n, part in enumerate(parts)).split())

    def _tailed(self, child: Any) -> str:
        space = " " if local_name(child) in _BLOCKS else ""
        inside = self._inline(child) if isinstance(child.tag, str) else ""
        return f"{space}{inside}{space}{child.tail or ''}"

    def _inline(self, element: Any) -> str:
        tag = local_name(element)
        if tag == "math":
            return formula(mathml_latex(element), element.get("display") == "block" or is_displayed(element))
        if tag == "script":
            return formula(element.text or "", "display" in element.get("type", ""))
        if tag == "br":
            return BREAK
        if tag == "img":
            return formula_of_image(element)
        if self._is_mark_of_note(element):
            return ""
        if tag == "code":
            words = " ".join("".join(element.itertext()).split())
            return f"`{words}`" if words and "`" not in words else words
        inside = (element.text or "") + "".join(self._tailed(child) for child in element)
        if tag in {"sub", "sup"}:
            return script(inside, tag)
        mark = "**" if tag in _STRONG else "*" if tag in _SLANTED else ""
        return marked(inside, mark)

    def _take_notes(self, root: Any) -> dict[str, str]:
        """The footnotes, taken out of where they stand: their words by id, to be put down in their section."""
        notes: dict[str, str] = {}
        for link in list(root.iter("{*}a")):
            target = self._by_id.get(link.get("href", "")[1:]) if link.get("href", "").startswith("#") else None
            if target is None or not _MARK_OF_NOTE.match("".join(link.itertext())) or not _is_note(link, target):
                continue
            if link.get("href")[1:] not in notes:
                notes[link.get("href")[1:]] = self._words_of_note(target)
                drop(target)
        return notes

    def _words_of_note(self, target: Any) -> str:
        for link in list(target.iter("{*}a")):
            if "".join(link.itertext()).strip() in _BACK or "backref" in (link.get("class", "") + link.get("role", "")):
                drop(link)
        return re.sub(r"^\W{0,2}\d{1,3}[\].)\s]+", "", self._flat(target))

    def _is_mark_of_note(self, element: Any) -> bool:
        """Whether the element is the mark of a note in the text; if so, its note is put down here, once."""
        if local_name(element) == "a":
            key = element.get("href", "")[1:]
            if key in self._noted and _MARK_OF_NOTE.match("".join(element.itertext())):
                self.text.note(self._noted[key])
                self._noted[key] = ""
                return True
        return False


def _is_note(link: Any, target: Any) -> bool:
    names = " ".join(
        node.get(key, "") for node in (link, target, *list(target.iterancestors())[:3], *list(link.iterancestors())[:2])
        for key in ("class", "role", "id", "{http://www.idpf.org/2007/ops}type", "epub:type")
    ).lower()  # fmt: skip
    if local_name(target) not in {"li", "p", "div", "aside", "dd", "section"}:
        return False
    if "footnote" in names or "noteref" in names:
        return True
    cited = "bib" in names or "cite" in names or "reference" in names
    return not cited and ("endnote" in names or re.search(r"\bfn\b|\bfn-?\d", names) is not None)


def _holds_blocks(element: Any) -> bool:
    return isinstance(element.tag, str) and local_name(element) != "math" and any(
        local_name(node) in _BLOCKS for node in element.iterdescendants()
    )  # fmt: skip


def _cells(table: Any) -> Iterator[Any]:
    for row in table.iterdescendants():
        if local_name(row) in {"td", "th"} and next(row.iterancestors("{*}table"), None) is table:
            yield row


def _span(cell: Any, name: str) -> int:
    value = cell.get(name, "1")
    return min(int(value), _WIDEST) if value.isdecimal() and 0 < len(value) < 5 and value != "0" else 1


def _is_formula_script(element: Any) -> bool:
    return local_name(element) == "script" and element.get("type", "").startswith("math/tex")
