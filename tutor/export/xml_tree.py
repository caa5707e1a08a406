"""XML as values: what a writer builds, and its bytes. The only place that imports lxml, which ships no types."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML = "http://www.w3.org/XML/1998/namespace"
_INLINE = frozenset(
    {"br", "code", "em", "span", "strong", "textEntryInteraction"}
)  # white space beside these is content
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2


@dataclass(frozen=True, slots=True)
class Node:
    """An element. Its texts are data: they are escaped when it is written, and never read as markup."""

    tag: str
    attributes: Mapping[str, str]
    children: tuple["Node | str", ...]


def node(tag: str, *children: Node | str, **attributes: str) -> Node:
    """An element with its children in order."""
    return Node(tag, attributes, children)


def document(root: Node, namespace: str = "", schema: str = "", language: str = "") -> bytes:
    """A whole XML file in UTF-8, one element a line where white space is not content.

    `namespace`: of all its elements. `schema`: where that namespace's XSD is. `language`: the root's `xml:lang`.
    """
    element = _element(root, namespace, {None: namespace, "xsi": XSI} if namespace else None)
    if schema:
        element.set(f"{{{XSI}}}schemaLocation", f"{namespace} {schema}")
    if language:
        element.set(f"{{{XML}}}lang", language)
    _lay_out(element, "\n")
    written: bytes = etree.tostring(element, xml_declaration=True, encoding="UTF-8")
    return written + b"\n"


def html(content: Iterable[Node | str]) -> str:
    """Content as HTML."""
    element = _element(Node("div", {}, tuple(content)), "", None)
    written: str = etree.tostring(element, encoding="unicode", method="html")
    return written.removeprefix("<div>").removesuffix("</div>")


def _element(source: Node, namespace: str, prefixes: Mapping[str | None, str] | None) -> Any:
    place = f"{{{namespace}}}" if namespace else ""
    attributes = {name: _legal(value) for name, value in source.attributes.items()}
    element = etree.Element(place + source.tag, attributes, nsmap=prefixes)
    last = None
    for child in source.children:
        if isinstance(child, Node):
            last = _element(child, namespace, prefixes)
            element.append(last)
        elif last is None:
            element.text = (element.text or "") + _legal(child)
        else:
            last.tail = (last.tail or "") + _legal(child)
    return element


def _lay_out(element: Any, line: str) -> None:
    children = list(element)
    mixed = element.text or any(child.tail or etree.QName(child).localname in _INLINE for child in children)
    if not children or mixed:
        return
    element.text = line + "  "
    for child in children:
        _lay_out(child, line + "  ")
        child.tail = line + "  "
    children[-1].tail = line


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)
