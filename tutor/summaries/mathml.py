"""Formulas of plain mathematics (`latex_math`) as MathML, by latex2mathml."""

import html
from functools import cache
from typing import Any


def mathml(latex: str) -> Any | None:
    """The formula (without its dollars) as a `math` element; None where the converter cannot read it."""
    from latex2mathml.converter import convert_to_element  # noqa: PLC0415  only formulas need it

    try:
        tree = convert_to_element(latex)
    except _faults():
        return None
    for element in tree.iter():
        element.text = html.unescape(element.text or "")
        _join_upright(element)
    return tree


def _join_upright(parent: Any) -> None:
    """The letters of \\mathrm{softmax} as one word: the converter gives them one by one."""
    word = None
    for child in list(parent):
        upright = child.tag == "mi" and child.get("mathvariant") == "normal" and bool(child.text)
        if upright and word is not None:
            word.text += html.unescape(child.text)
            parent.remove(child)
        else:
            word = child if upright else None


@cache
def _faults() -> tuple[type[Exception], ...]:
    """What the converter raises: its own errors have no root, so they are taken by their module."""
    from latex2mathml import exceptions  # noqa: PLC0415  as above

    own: list[type[Exception]] = [
        kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, Exception)
    ]
    others = (KeyError, ValueError, IndexError, TypeError, AttributeError, StopIteration, RecursionError)
    return (*own, *others)
