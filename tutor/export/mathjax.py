r"""The Markdown of items for HTML and QTI that MathJax shows: formulas as \( \) and \[ \] in the text.

A text that looks like the border of one is taken apart by a span: MathJax reads up to the next tag, and no code.
"""

import re
from collections.abc import Iterable

from tutor.export import markdown_nodes
from tutor.export.xml_tree import Node, node

_BORDER = re.compile(r"(?<=\\)(?=[()\[\]])")
_CODE = frozenset({"code", "pre"})


def blocks(text: str) -> tuple[Node, ...]:
    """A text as paragraphs and code blocks."""
    return tuple(part for part in _shown(markdown_nodes.blocks(text)) if isinstance(part, Node))


def inline(text: str) -> tuple[Node | str, ...]:
    """A text as content of one line."""
    return _shown(markdown_nodes.inline(text))


def _shown(content: Iterable[Node | str]) -> tuple[Node | str, ...]:
    return tuple(part for one in content for part in _parts(one))


def _parts(one: Node | str) -> tuple[Node | str, ...]:
    if isinstance(one, str):
        first, *others = _BORDER.split(one)
        return (first, *(node("span", part) for part in others))
    if one.tag == "formula":
        latex = "".join(map(str, one.children))
        return (f"\\[{latex}\\]" if one.attributes else f"\\({latex}\\)",)
    return (one if one.tag in _CODE else Node(one.tag, one.attributes, _shown(one.children)),)
