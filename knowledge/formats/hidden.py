"""What a page of HTML holds but shows nobody: it may address a machine, and no reader could check it."""

import re
from collections.abc import Iterator
from typing import Any

from knowledge.formats.xml_tree import local_name

_NOT_SHOWN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$|!)"
    r"|font-size\s*:\s*(?:0(?:\.\d+)?|1)\s*(?:px|pt|em|rem|%)?\s*(?:;|$|!)"
    r"|text-indent\s*:\s*-\d{3,}|(?:left|top|right)\s*:\s*-\d{4,}",
    re.I,
)
_WHITE = re.compile(
    r"(?<![-\w])color\s*:\s*(?:white|transparent|#f{3}\b|#f{6}\b|#f[ef]f[ef]f[ef]\b"
    r"|rgba?\(\s*25[45]\s*,\s*25[45]\s*,\s*25[45]\s*(?:,[^)]*)?\)|rgba\([^)]*,\s*0(?:\.0+)?\s*\))",
    re.I,
)
_BACKGROUND = re.compile(
    r"background(?:-color|-image)?\s*:\s*(?!\s*(?:white|none|transparent|inherit|#f{3}\b|#f{6}\b))", re.I
)
_LONGEST = 5000  # characters of a style that are looked at
_SIMPLE = re.compile(r"^\s*[\w-]*([.#][\w-]+)\s*$")


def hides(attributes: str) -> bool:
    """Whether the attributes of a tag, as they are written, keep its element from being seen by themselves."""
    style = re.search(r"""\bstyle\s*=\s*(?:"([^"]*)"|'([^']*)')""", attributes, re.I)
    said = (style[1] or style[2] or "")[:_LONGEST] if style else ""
    bare = re.sub(r"""=\s*(?:"[^"]*"|'[^']*')""", "", attributes)
    aria = re.search(r"""\baria-hidden\s*=\s*["']?true""", attributes, re.I)
    seen = _WHITE.search(said) is None or _BACKGROUND.search(said) is not None
    return bool(re.search(r"(?<![-\w])hidden(?![-\w])", bare, re.I) or aria or _NOT_SHOWN.search(said)) or not seen


def drop_hidden(root: Any) -> None:
    """Take out of the tree, in place, what its styles and attributes keep from being seen; text after it stays."""
    hidden_names, white_names = _hiding_rules(root)
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or local_name(element) in {"html", "body", "math"}:
            continue
        if _in_formula(element):
            continue
        style, names = element.get("style", "")[:_LONGEST], _names_of(element)
        if (
            element.get("hidden") is not None
            or element.get("aria-hidden", "").lower() == "true"
            or _NOT_SHOWN.search(style)
            or names & hidden_names
            or ((_WHITE.search(style) or names & white_names) and not _on_dark(element))
        ):
            drop(element)


def drop(element: Any) -> None:
    """Take an element out of its tree, in place, and leave the text that follows it."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    tail = element.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _names_of(element: Any) -> set[str]:
    classes = element.get("class")
    names = {f".{name}" for name in classes.split()} if classes else set()
    return names | {f"#{element.get('id')}"} if element.get("id") else names


def _hiding_rules(root: Any) -> tuple[set[str], set[str]]:
    """The classes and ids that the page's own simple rules hide, and those that they turn white."""
    hidden: set[str] = set()
    white: set[str] = set()
    for style in root.iter("{*}style"):
        for selectors, body in _rules(style.text or ""):
            names = {found[1] for part in selectors.split(",") if (found := _SIMPLE.match(part))}
            if _NOT_SHOWN.search(body):
                hidden |= names
            elif _WHITE.search(body) and not _BACKGROUND.search(body):
                white |= names
    return hidden, white


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """(selectors, body) of each rule; those for other media (`@media print`) are passed over."""
    sheet = re.sub(r"/\*(?:.*?\*/|.*\Z)", "", sheet, flags=re.S)
    start, opened, depth = 0, 0, 0
    for mark in re.finditer(r"[{};]", sheet):
        depth += {"{": 1, "}": -1, ";": 0}[mark.group()]
        if mark.group() == "{" and depth == 1:
            opened = mark.end()
        elif depth <= 0 and mark.group() != "{":
            selectors = sheet[start:opened].rstrip("{")
            if mark.group() == "}" and len(selectors) < _LONGEST and "@" not in selectors:
                yield selectors, sheet[opened : mark.start()][:_LONGEST]
            start, depth = mark.end(), 0


def _on_dark(element: Any) -> bool:
    """Whether white text may be seen: something under it says that it has a background."""
    chain = [element, *element.iterancestors()]
    return any(_BACKGROUND.search(node.get("style", "")[:_LONGEST]) or node.get("bgcolor") for node in chain)


def _in_formula(element: Any) -> bool:
    parent = element.getparent()
    return (
        parent is not None
        and local_name(element).startswith("m")
        and local_name(parent) in {"math", "mrow", "semantics"}
    )
