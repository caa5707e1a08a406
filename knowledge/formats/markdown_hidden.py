"""HTML inside Markdown that nobody sees: elements that a style or an attribute hides."""

import re

from knowledge.formats.hidden import hides

_TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z][\w-]{0,30})(?P<attributes>(?:\s[^<>]{0,5000})?)(?P<alone>/?)>")
_CODE = re.compile(r"^(?P<fence>`{3,}|~{3,}).*?(?:^(?P=fence)[`~]*[ \t]*$|\Z)|`[^`\n]+`", re.M | re.S)
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


def without_hidden(text: str) -> str:
    """The text without the elements that are hidden; their line ends stay, so that line numbers stay true.

    Code is left alone. What a hidden element that never closes holds is hidden to the end, as browsers do.
    """
    if "<" not in text:
        return text
    code = [match.span() for match in _CODE.finditer(text)]
    kept, at, depth, begins, name, fence = [], 0, 0, 0, "", 0
    for tag in _TAG.finditer(text):
        while fence < len(code) and code[fence][1] <= tag.start():
            fence += 1
        if fence < len(code) and code[fence][0] <= tag.start():
            continue
        found = tag["name"].lower()
        opens = not tag["close"] and not tag["alone"] and found not in _VOID
        if not depth and opens and hides(tag["attributes"]):
            kept.append(text[at : tag.start()])
            depth, begins, name = 1, tag.start(), found
        elif depth and found == name:
            depth += opens - bool(tag["close"])
            if not depth:
                at = tag.end()
                kept.append("\n" * text.count("\n", begins, at))
    if depth:
        kept.append("\n" * text.count("\n", begins))
        return "".join(kept)
    return "".join([*kept, text[at:]])
