r"""The texts of a summary as what stands in a line: plain text, formulas and line breaks.

Texts come from documents and from a language model: nothing in them is markup but a formula between dollars, and
that only where it is one to every reader: balanced, without what HTML or a link would be read from.
"""

import re
from collections.abc import Iterator

from tutor.export.markdown_nodes import seen
from tutor.export.xml_tree import Node, node

Inline = tuple[Node | str, ...]
LONGEST_FORMULA = 2000
_FORMULA = re.compile(
    r"(?<!\\)(?:\$\$(?P<display>(?:\\.|[^$\\])+?)\$\$|\$(?=\S)(?P<inline>(?:\\.|[^$\\\n])+?)(?<!\s)\$(?![\d$]))",
    re.DOTALL,
)
_READ_AS_ELSE = re.compile(r"<[A-Za-z/!?][^<]*>|`|\]\(|\]\[|&#?\w+;|https?:|www\.|(?<!\\)%")
_FENCE = re.compile(r"\s*(?P<ticks>`{3,}|~{3,})[^\n]*\n(?P<code>.*?)\n?[ \t]*(?P=ticks)\s*", re.DOTALL)
_CLOSED_BY = dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c") | dict.fromkeys(
    "\u2066\u2067\u2068", "\u2069"
)  # UAX 9


def inline(text: str) -> Inline:
    """A text as strings, `formula` nodes (with `display` where it has a line of its own) and `br` nodes."""
    return tuple(_parts("\n".join(line.strip() for line in closed(seen(text)).strip().splitlines())))


def code_of(text: str) -> str | None:
    """The lines of a text that is one fenced code block and nothing else."""
    found = _FENCE.fullmatch(closed(seen(text)))
    return found["code"] if found else None


def one_line(text: str) -> str:
    """A text without line breaks and without the characters that no file shows."""
    return " ".join(closed(seen(text)).split())


def closed(text: str) -> str:
    """A text after which the direction of writing is what it was before: what it opens is closed."""
    waiting: list[str] = []
    for sign in text:
        if sign in _CLOSED_BY:
            waiting.append(_CLOSED_BY[sign])
        elif waiting and sign == waiting[-1]:
            waiting.pop()
    return text + "".join(reversed(waiting))


def text_of(content: Inline) -> str:
    """The content as one text, formulas between dollars."""
    return "".join(_text(part) for part in content)


def _text(part: Node | str) -> str:
    if isinstance(part, str):
        return part
    if part.tag == "br":
        return "\n"
    sign = {"formula": "$$" if part.attributes.get("display") else "$"}.get(part.tag, "")
    return sign + text_of(part.children) + sign


def _parts(text: str) -> Iterator[Node | str]:
    last = 0
    for found in _FORMULA.finditer(text):
        formula = " ".join((found["display"] or found["inline"]).split())
        if is_formula(formula):
            yield from _lines(text[last : found.start()])
            yield Node("formula", {"display": "true"} if found["display"] else {}, (formula,))
            last = found.end()
    yield from _lines(text[last:])


def _lines(text: str) -> Iterator[Node | str]:
    for place, line in enumerate(text.split("\n")):
        if place:
            yield node("br")
        if line:
            yield line


def is_formula(latex: str) -> bool:
    """Whether what stands between dollars is a formula to every reader."""
    return bool(latex.strip()) and len(latex) <= LONGEST_FORMULA and balanced(latex) and not _READ_AS_ELSE.search(latex)


def balanced(latex: str) -> bool:
    """Whether each brace that opens closes; those after a backslash are signs."""
    depth = 0
    for sign in re.findall(r"\\.|[{}]", latex, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0 and not re.search(r"(?<!\\)(?:\\\\)*\\$", latex)
