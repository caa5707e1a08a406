"""What the styles of a Word document say: which paragraphs are headings and lists, and which text is hidden."""

import re
from collections.abc import Iterator
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

_OFF = {"0", "false", "off", "none"}
_HEADING = re.compile(r"(?:heading|título|titulo|encabezado)\s*([1-9])", re.I)
_DARKLESS = {"", "auto", "clear", "ffffff", "none"}
_SMALLEST = 3  # half points; smaller letters are not there to be read
_PASSED_OVER = re.compile(r"toc\s*\d|toc heading|table of figures|index\s*\d", re.I)
_DEEP_LIST = re.compile(r"list (?:bullet|number) ([2-5])")  # these have lists of their own, and say it by their names
_CODE = re.compile(r"(?:source )?code|html preformatted|macro text|plain text|verbatim|listing|código", re.I)


class Styles:
    """The styles of a document and its lists, from `styles.xml` and `numbering.xml` (None where it has none)."""

    def __init__(self, styles: Any, numbering: Any) -> None:
        self._styles = {} if styles is None else {node.get(f"{W}styleId"): node for node in styles.iter(f"{W}style")}
        self._formats = _list_formats(numbering)

    def name(self, paragraph: Any) -> str:
        """The name of a paragraph's style, in lower case; Word keeps built-in names in English."""
        node = self._styles.get(self._style_of(paragraph, "pStyle"))
        found = None if node is None else node.find(f"{W}name")
        return "" if found is None else str(found.get(f"{W}val", "")).lower()

    def heading_level(self, paragraph: Any) -> int:
        """1 to 9 for a heading, 0 for other paragraphs."""
        direct = paragraph.find(f"{W}pPr/{W}outlineLvl")
        nodes = [node.find(f"{W}pPr/{W}outlineLvl") for node in self._chain(self._style_of(paragraph, "pStyle"))]
        for found in (direct, *nodes):
            if found is not None:
                level = _number(found, 9)
                return level + 1 if level < 9 else 0
        match = _HEADING.fullmatch(self.name(paragraph))
        return int(match[1]) if match else 0

    def is_title(self, paragraph: Any) -> bool:
        """Whether the paragraph is the document's title."""
        return self.name(paragraph) in {"title", "título"}

    def is_passed_over(self, paragraph: Any) -> bool:
        """Whether the paragraph is a line of a table of contents or of an index."""
        return _PASSED_OVER.fullmatch(self.name(paragraph)) is not None

    def is_code(self, paragraph: Any) -> bool:
        """Whether the paragraph's style is one for code."""
        return _CODE.fullmatch(self.name(paragraph)) is not None

    def list_place(self, paragraph: Any) -> tuple[str, int, bool] | None:
        """(the list, how deep in it, whether it is numbered) of an item of a list, None for other paragraphs."""
        chain = [paragraph, *self._chain(self._style_of(paragraph, "pStyle"))]
        for node in chain:
            found = node.find(f"{W}pPr/{W}numPr")
            if found is None:
                continue
            which, level = found.find(f"{W}numId"), found.find(f"{W}ilvl")
            number = "" if which is None else which.get(f"{W}val", "")
            if number == "0":
                return None
            deep = min(_number(level, 0), 8) if level is not None else 0
            named = _DEEP_LIST.fullmatch(self.name(paragraph))
            deep = int(named[1]) - 1 if named and not deep else deep
            return (
                (number, deep, self._formats.get((number, deep), "bullet") not in {"bullet", "none"})
                if number
                else None
            )
        return None

    def is_hidden(self, run: Any, paragraph: Any) -> bool:
        """Whether nobody sees the run: hidden by Word's own mark, white on no ground, or too small to be read."""
        sources = [run.find(f"{W}rPr")]
        for style in (self._style_of(run, "rStyle"), self._style_of(paragraph, "pStyle")):
            sources += [node.find(f"{W}rPr") for node in self._chain(style)]
        properties = [source for source in sources if source is not None]
        if _is_on(_first(properties, "vanish")):
            return True
        size = _first(properties, "sz")
        if size is not None and _number(size, 99) < _SMALLEST:
            return True
        colour = _first(properties, "color")
        white = colour is not None and str(colour.get(f"{W}val", "")).lower() in {"ffffff", "fefefe"}
        return white and not _has_ground(properties, run)

    def is_bold(self, run: Any) -> bool:
        """Whether the run itself is set in bold."""
        properties = run.find(f"{W}rPr")
        return properties is not None and _is_on(properties.find(f"{W}b"))

    def _style_of(self, node: Any, kind: str) -> str:
        found = node.find(f"{W}{'pPr' if kind == 'pStyle' else 'rPr'}/{W}{kind}")
        return "" if found is None else str(found.get(f"{W}val", ""))

    def _chain(self, style: str) -> Iterator[Any]:
        """The style and those that it is based on."""
        seen: set[str] = set()
        while style in self._styles and style not in seen:
            seen.add(style)
            node = self._styles[style]
            yield node
            parent = node.find(f"{W}basedOn")
            style = "" if parent is None else parent.get(f"{W}val", "")


def _list_formats(numbering: Any) -> dict[tuple[str, int], str]:
    """How each level of each list is numbered: "bullet", "decimal", ..."""
    if numbering is None:
        return {}
    kinds = {node.get(f"{W}abstractNumId"): node for node in numbering.iter(f"{W}abstractNum")}
    formats: dict[tuple[str, int], str] = {}
    for which in numbering.iter(f"{W}num"):
        kind = which.find(f"{W}abstractNumId")
        levels = kinds.get(None if kind is None else kind.get(f"{W}val"))
        for level in () if levels is None else levels.iter(f"{W}lvl"):
            form = level.find(f"{W}numFmt")
            place = level.get(f"{W}ilvl", "")
            if form is not None and place.isdigit():
                formats[which.get(f"{W}numId"), int(place)] = form.get(f"{W}val", "")
    return formats


def _first(properties: list[Any], name: str) -> Any:
    return next((found for node in properties if (found := node.find(W + name)) is not None), None)


def _is_on(switch: Any) -> bool:
    return switch is not None and str(switch.get(f"{W}val", "1")).lower() not in _OFF


def _number(node: Any, default: int) -> int:
    value = str(node.get(f"{W}val", ""))
    return int(value) if value.isdecimal() and len(value) < 6 else default


def _has_ground(properties: list[Any], run: Any) -> bool:
    """Whether something dark may lie under the run: a shading or a highlight, its own or its paragraph's or cell's."""
    if _first(properties, "highlight") is not None:
        return True
    shades = [_first(properties, "shd")]
    for node in run.iterancestors(f"{W}p", f"{W}tc", f"{W}tbl"):
        shades += [node.find(f"{W}{part}/{W}shd") for part in ("pPr", "tcPr", "tblPr")]
    return any(shade is not None and str(shade.get(f"{W}fill", "")).lower() not in _DARKLESS for shade in shades)
