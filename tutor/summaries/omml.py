"""Formulas as Word's own (Office Math, ECMA-376 part 1, 22.1), from LaTeX by way of MathML.

Sums and limits are written with what stands below and above them, roots, fractions, matrices and accents as such.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lxml import etree

from tutor.summaries.latex_text import latex_formula
from tutor.summaries.mathml import mathml

MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_M = f"{{{MATH}}}"
_STACKED = frozenset("∑∏∐⋃⋂⨁⨂⋁⋀") | {"lim", "max", "min", "sup", "inf", "argmax", "argmin", "lim sup", "lim inf"}
_BRACES = {"⏞": "top", "⏟": "bot"}
_OPENING = frozenset("([{|‖")
_BARS = frozenset("|‖")  # two of these are a pair
_PARTS = frozenset(["mtr", "mtd"])  # of a table, which reads them itself
_OVERLINES = frozenset("―¯‾\u0305")
Elements = list[Any]


def omml(latex: str) -> Any | None:
    """The formula (without its dollars) as an `m:oMath` element; None where Word cannot have it."""
    known = latex_formula(latex)
    tree = mathml(known) if known is not None else None
    if tree is None or any(element.tag not in _MAKERS and element.tag not in _PARTS for element in tree.iter()):
        return None
    return _element("oMath", *_all(tree))


def _all(parent: Any) -> Elements:
    """The children of an element, those between two fences in one pair of brackets that grows with them."""
    children = list(parent)
    if len(children) > 1 and children[0].get("form") == "prefix":
        closes = children[-1].get("form") == "postfix"
        return [_bracketed(children[0], children[1:-1] if closes else children[1:], children[-1] if closes else None)]
    made: Elements = []
    last = 0
    for opens, closes in _pairs(children):
        made += [one for child in children[last:opens] for one in _one(child)]
        made.append(_bracketed(children[opens], children[opens + 1 : closes], children[closes]))
        last = closes + 1
    return made + [one for child in children[last:] for one in _one(child)]


def _pairs(children: Sequence[Any]) -> list[tuple[int, int]]:
    """Where brackets open and close: those around a matrix, or bars where there are two, four, ... of them."""
    signs = [_plain(child) if child.tag == "mo" else "" for child in children]
    tables = [place for place, child in enumerate(children) if child.tag == "mtable"]
    around = [(place - 1, place + 1) for place in tables if place and place + 1 < len(signs)]
    if around := [pair for pair in around if signs[pair[0]] in _OPENING and signs[pair[1]]]:
        return around
    bars = [place for place, sign in enumerate(signs) if sign in _BARS]
    return [] if len(bars) % 2 else list(zip(bars[::2], bars[1::2], strict=True))


def _bracketed(opens: Any, inner: Sequence[Any], closes: Any | None) -> Any:
    marks = _properties("dPr", begChr=_plain(opens), endChr="" if closes is None else _plain(closes))
    return _element("d", marks, _argument("e", inner))


def _one(element: Any) -> Elements:
    return _MAKERS[element.tag](element)


def _element(tag: str, *children: Any) -> Any:
    made = etree.Element(_M + tag, nsmap={"m": MATH})
    made.extend(children)
    return made


def _properties(tag: str, **values: str) -> Any:
    made = _element(tag)
    for name, value in values.items():
        etree.SubElement(made, _M + name).set(_M + "val", value)
    return made


def _argument(tag: str, elements: Sequence[Any]) -> Any:
    return _element(tag, *(made for element in elements for made in _one(element)))


def _run(element: Any) -> Elements:
    text = element.text or ""
    upright = element.tag != "mi" or len(text) > 1 or element.get("mathvariant") == "normal"
    properties = _element("rPr")
    if element.tag == "mtext":
        etree.SubElement(properties, _M + "nor")
    elif upright:
        etree.SubElement(properties, _M + "sty").set(_M + "val", "p")
    shown = _element("t")
    shown.text = text
    shown.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return [_element("r", *([properties] if len(properties) else []), shown)] if text else []


def _space(_: Any) -> Elements:
    made = etree.Element("mtext")
    made.text = "\N{NO-BREAK SPACE}"
    return _run(made)


def _fraction(element: Any) -> Elements:
    over, under = element
    kind = [_properties("fPr", type="noBar")] if element.get("linethickness", "1") in ("0", "0em", "0px") else []
    return [_element("f", *kind, _argument("num", [over]), _argument("den", [under]))]


def _scripts(element: Any) -> Elements:
    """An index, an exponent or both: beside the sign, or below and above a sum, a limit, ..."""
    base, *scripts = element
    if _plain(base) in _STACKED:
        return _stacked(element)
    tag, names = {
        "msub": ("sSub", ["sub"]), "msup": ("sSup", ["sup"]), "msubsup": ("sSubSup", ["sub", "sup"]),
    }[element.tag]  # fmt: skip
    return [_element(tag, _argument("e", [base]), *(_argument(*pair) for pair in _named(names, scripts)))]


def _stacked(element: Any) -> Elements:
    base, *scripts = element
    kinds = {"msub": ["limLow"], "munder": ["limLow"], "msup": ["limUpp"], "mover": ["limUpp"]}
    made = _one(base)
    for tag, script in zip(kinds.get(element.tag, ["limUpp", "limLow"]), _outwards(element.tag, scripts), strict=True):
        made = [_element(tag, _element("e", *made), _argument("lim", [script]))]
    return made


def _outwards(tag: str, scripts: Sequence[Any]) -> Sequence[Any]:
    return scripts[::-1] if tag in ("msubsup", "munderover") else scripts


def _named(names: Sequence[str], scripts: Sequence[Any]) -> list[tuple[str, list[Any]]]:
    return [(name, [script]) for name, script in zip(names, scripts, strict=True)]


def _over(element: Any) -> Elements:
    base, mark = element
    sign = _plain(mark)
    if sign in _OVERLINES:
        return [_element("bar", _properties("barPr", pos="top"), _argument("e", [base]))]
    if sign in _BRACES:
        return _braced(base, sign)
    if element.get("accent") == "true" or mark.get("accent") == "true":
        accent = {"^": "\u0302", "~": "\u0303", "→": "\u20d7", "˙": "\u0307", "¨": "\u0308"}.get(sign, sign)
        return [_element("acc", _properties("accPr", chr=accent), _argument("e", [base]))]
    return _stacked(element)


def _under(element: Any) -> Elements:
    base, mark = element
    return _braced(base, _plain(mark)) if _plain(mark) in _BRACES else _stacked(element)


def _braced(base: Any, sign: str) -> Elements:
    position = _BRACES[sign]
    away = "bot" if position == "top" else "top"
    marks = _properties("groupChrPr", chr=sign, pos=position, vertJc=away)
    return [_element("groupChr", marks, _argument("e", [base]))]


def _root(element: Any) -> Elements:
    if element.tag == "msqrt":
        return [_element("rad", _properties("radPr", degHide="1"), _element("deg"), _element("e", *_all(element)))]
    base, degree = element
    return [_element("rad", _argument("deg", [degree]), _argument("e", [base]))]


def _table(element: Any) -> Elements:
    rows = [_element("mr", *(_element("e", *_all(cell)) for cell in row)) for row in element]
    return [_element("m", *rows)]


def _plain(element: Any) -> str:
    return "".join(element.itertext()).strip()


_MAKERS: Mapping[str, Callable[[Any], Elements]] = {
    "mrow": _all, "math": _all, "mstyle": _all, "mpadded": _all, "mi": _run, "mn": _run, "mo": _run, "mtext": _run,
    "mspace": _space, "mfrac": _fraction, "msub": _scripts, "msup": _scripts, "msubsup": _scripts, "msqrt": _root,
    "mroot": _root, "mover": _over, "munder": _under, "munderover": _stacked, "mtable": _table,
}  # fmt: skip
