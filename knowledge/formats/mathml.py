r"""MathML (presentation, as web pages and e-books have it) as LaTeX.

Where the page keeps the LaTeX that its author typed (an annotation, or `alttext`), that is what is given.
"""

from collections.abc import Callable
from typing import Any

from knowledge.formats.math_symbols import ACCENTS, BRACES, bracketed, fenced, joined, letters, matrix, name, scripted
from knowledge.formats.xml_tree import local_name

_OPENING, _CLOSING = "([{⟨⌊⌈|‖", ")]}⟩⌋⌉|‖"


def mathml_latex(formula: Any) -> str:
    """The LaTeX, without dollars, of a `math` element."""
    for node in formula.iter():
        if local_name(node) == "annotation" and "tex" in node.get("encoding", "").lower() and (node.text or "").strip():
            return _bare(node.text)
    if "\\" in formula.get("alttext", "") or "_" in formula.get("alttext", ""):
        return _bare(formula.get("alttext"))
    return " ".join(_row(formula).split())


def _bare(latex: str) -> str:
    latex = " ".join(latex.split())
    for command in ("\\displaystyle", "\\textstyle"):
        latex = latex.removeprefix(f"{{{command} ").removeprefix(command)
    if latex.count("}") == latex.count("{") + 1:
        latex = latex.removesuffix("}")
    return latex.strip().strip("$").strip()


def _children(element: Any) -> list[Any]:
    return [child for child in element if local_name(child) not in {"", "annotation", "annotation-xml"}]


def _row(element: Any) -> str:
    children = _children(element)
    if len(children) == 3 and (fence := _fence(children)):
        return fence
    return joined([_one(child) for child in children])


def _fence(children: list[Any]) -> str:
    left, inner, right = children
    marks = [_text(side) if local_name(side) == "mo" else "" for side in (left, right)]
    if marks[0] and marks[0] in _OPENING and marks[1] and marks[1] in _CLOSING:
        return bracketed(fenced(_one(inner), *marks))
    return ""


def _one(element: Any) -> str:
    shape = _SHAPES.get(local_name(element))
    return shape(element) if shape else _row(element) or letters(_text(element))


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _identifier(element: Any) -> str:
    text = _text(element)
    variant = element.get("mathvariant", "")
    style = {"bold": "\\mathbf", "double-struck": "\\mathbb", "script": "\\mathcal"}.get(variant, "")
    if style and text:
        return f"{style}{{{letters(text)}}}"
    return name(text) if len(text) > 1 else letters(text)


def _word(element: Any) -> str:
    text = "".join(element.itertext()).replace("\u00a0", " ")
    return f"\\text{{{text}}}" if text.strip() else " "


def _two(element: Any, count: int) -> list[str]:
    parts = [_one(child).strip() for child in _children(element)[:count]]
    return parts + [""] * (count - len(parts))


def _fraction(element: Any) -> str:
    above, below = _two(element, 2)
    bare = element.get("linethickness", "") in {"0", "0px", "0pt"}
    command = "\\binom" if bare else "\\frac"
    return f"{command}{{{above}}}{{{below}}}"


def _root(element: Any) -> str:
    if local_name(element) == "msqrt":
        return f"\\sqrt{{{_row(element).strip()}}}"
    what, degree = _two(element, 2)
    return f"\\sqrt[{degree}]{{{what}}}"


def _sub(element: Any) -> str:
    what, below = _two(element, 2)
    return scripted(what, below)


def _sup(element: Any) -> str:
    what, above = _two(element, 2)
    return scripted(what, "", above)


def _both(element: Any) -> str:
    return scripted(*_two(element, 3))


def _over(element: Any) -> str:
    what, above = _two(element, 2)
    mark = _text(_children(element)[1]) if len(_children(element)) > 1 else ""
    command = ACCENTS.get(mark) or BRACES.get(mark)
    return f"{command}{{{what}}}" if command else scripted(what, "", above)


def _under(element: Any) -> str:
    what, below = _two(element, 2)
    return f"\\underbrace{{{what}}}" if below == "⏟" else scripted(what, below)


def _table(element: Any) -> str:
    rows = [row for row in _children(element) if local_name(row) in {"mtr", "mlabeledtr"}]
    return matrix([[_row(cell).strip() for cell in _children(row) if local_name(cell) == "mtd"] for row in rows])


def _fenced(element: Any) -> str:
    inner = letters(element.get("separators", ",")[:1]).join(_one(child) for child in _children(element))
    return bracketed(fenced(inner, element.get("open", "("), element.get("close", ")")))


def _nothing(_: Any) -> str:
    return ""


def _space(_: Any) -> str:
    return " "


_SHAPES: dict[str, Callable[[Any], str]] = {
    "mi": _identifier,
    "mtext": _word,
    "mfrac": _fraction,
    **dict.fromkeys(("msqrt", "mroot"), _root),
    "msub": _sub,
    "msup": _sup,
    **dict.fromkeys(("msubsup", "munderover"), _both),
    "mover": _over,
    "munder": _under,
    "mtable": _table,
    "mfenced": _fenced,
    "mphantom": _nothing,
    "mspace": _space,
}
