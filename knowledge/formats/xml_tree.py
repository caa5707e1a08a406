"""XML and HTML of strangers as trees: no entity is expanded, nothing is fetched, and depth has a bound."""

import html
import re
from typing import Any

from lxml import etree

from knowledge.errors import BadDocument
from knowledge.formats.limits import Limits

_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_OF_XML = {"amp", "lt", "gt", "quot", "apos"}
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def xml_tree(data: bytes, path: str, limits: Limits) -> Any:
    """The root element of an XML file. Raises `BadDocument`: document-broken, document-deep."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if "depth" in str(error).lower():
            raise BadDocument("document-deep", path=path, limit=limits.depth) from error
        raise BadDocument("document-broken", path=path) from error
    return _not_deep(root, path, limits)


def html_tree(text: str, path: str, limits: Limits) -> Any:
    """The root element of a page of HTML, whatever its faults; None for a page with nothing in it.

    Raises `BadDocument("document-deep")`.
    """
    parser = etree.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8")
    text = _DECLARATION.sub("", text)
    if not text.strip():
        return None
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise BadDocument("document-deep", path=path, limit=limits.depth)
    return None if root is None else _not_deep(root, path, limits)


def xhtml_tree(text: str, path: str, limits: Limits) -> Any:
    """The root element of a chapter of XHTML: read as XML with HTML's named characters, else as HTML."""
    named = _ENTITY.sub(lambda found: found[0] if found[1] in _OF_XML else html.unescape(found[0]), text)
    try:
        return xml_tree(_DECLARATION.sub("", named).encode(), path, limits)
    except BadDocument as problem:
        if problem.code == "document-deep":
            raise
        return html_tree(text, path, limits)


def local_name(element: Any) -> str:
    """The element's name without its namespace, in lower case; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _not_deep(root: Any, path: str, limits: Limits) -> Any:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > limits.depth:
            raise BadDocument("document-deep", path=path, limit=limits.depth)
    return root
