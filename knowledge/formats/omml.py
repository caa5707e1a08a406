r"""Office's formulas (OMML, ECMA-376 part 1, chapter 22.1) as LaTeX.

Fractions, scripts, radicals, sums and integrals, delimiters, matrices, aligned equations, accents, bars, functions,
limits, text and Greek letters are told apart. Boxes and phantoms give what stands in them; colours and the sizes of
letters are lost.
"""

from collections.abc import Callable
from typing import Any

from knowledge.formats.math_symbols import ACCENTS, BRACES, bracketed, fenced, joined, letters, matrix, name, scripted

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BARE = {"linear": "/", "lin": "/"}


def omml_latex(formula: Any) -> str:
    """The LaTeX, without dollars, of an `m:oMath` element."""
    return " ".join(_all(formula).split())


def _all(element: Any) -> str:
    return joined([_one(child) for child in element if isinstance(child.tag, str)])


def _one(element: Any) -> str:
    tag = element.tag
    if tag == f"{_M}r":
        return _run(element)
    if tag.endswith("Pr") or tag in {f"{_W}del", f"{_W}moveFrom"}:
        return ""
    convert = _SHAPES.get(tag.removeprefix(_M))
    return convert(element) if convert else _all(element)


def _run(element: Any) -> str:
    if element.find(f"{_W}rPr/{_W}vanish") is not None:
        return ""
    text = "".join(node.text or "" for node in element.iterfind(f"{_M}t"))
    properties = element.find(f"{_M}rPr")
    if properties is None:
        return letters(text)
    if properties.find(f"{_M}nor") is not None:
        return f"\\text{{{text}}}" if text.strip() else " "
    style = _value(element, "rPr/sty", "")
    if style == "p" and len(text.strip()) > 1 and text.strip().isalpha():
        return name(text)
    script = {"double-struck": "\\mathbb", "script": "\\mathcal", "fraktur": "\\mathfrak"}.get(
        _value(element, "rPr/scr", ""), "\\mathbf" if style == "b" else ""
    )
    return f"{script}{{{letters(text)}}}" if script else letters(text)


def _value(element: Any, path: str, default: str) -> str:
    found = element.find("/".join(_M + step for step in path.split("/")))
    return default if found is None else str(found.get(f"{_M}val", ""))


def _part(element: Any, name: str) -> str:
    found = element.find(_M + name)
    return "" if found is None else _all(found).strip()


def _fraction(element: Any) -> str:
    above, below = _part(element, "num"), _part(element, "den")
    kind = _value(element, "fPr/type", "bar")
    if kind == "noBar":
        return f"\\binom{{{above}}}{{{below}}}"
    return f"{{{above}}}/{{{below}}}" if kind in _BARE else f"\\frac{{{above}}}{{{below}}}"


def _scripts(element: Any) -> str:
    return scripted(_part(element, "e"), _part(element, "sub"), _part(element, "sup"))


def _before(element: Any) -> str:
    return joined([scripted("", _part(element, "sub"), _part(element, "sup")), _part(element, "e")])


def _radical(element: Any) -> str:
    degree = _part(element, "deg")
    return f"\\sqrt{f'[{degree}]' if degree else ''}{{{_part(element, 'e')}}}"


def _sum(element: Any) -> str:
    sign = letters(_value(element, "naryPr/chr", "∫"))
    return joined([scripted(sign, _part(element, "sub"), _part(element, "sup")), " ", _part(element, "e")])


def _delimited(element: Any) -> str:
    between = letters(_value(element, "dPr/sepChr", "|"))
    inner = between.join(_all(part).strip() for part in element.iterfind(f"{_M}e"))
    return bracketed(fenced(inner, _value(element, "dPr/begChr", "("), _value(element, "dPr/endChr", ")")))


def _matrix(element: Any) -> str:
    return matrix([[_all(cell).strip() for cell in row.iterfind(f"{_M}e")] for row in element.iterfind(f"{_M}mr")])


def _lines(element: Any) -> str:
    rows = " \\\\ ".join(_all(row).strip().replace("\\&", "&") for row in element.iterfind(f"{_M}e"))
    return f"\\begin{{aligned}} {rows} \\end{{aligned}}"


def _accent(element: Any) -> str:
    mark = _value(element, "accPr/chr", "\u0302")
    command = ACCENTS.get(mark) or BRACES.get(mark) or "\\hat"
    return f"{command}{{{_part(element, 'e')}}}"


def _bar(element: Any) -> str:
    side = "\\overline" if _value(element, "barPr/pos", "bot") == "top" else "\\underline"
    return f"{side}{{{_part(element, 'e')}}}"


def _group(element: Any) -> str:
    brace = BRACES.get(_value(element, "groupChrPr/chr", "⏟"), "\\underbrace")
    return f"{brace}{{{_part(element, 'e')}}}"


def _function(element: Any) -> str:
    called = _part(element, "fName")
    inner = _part(element, "e")
    called = name(called) if called.isalpha() else called
    return joined([called, inner if inner[:1] in "([{" or not called else f" {inner}"])


def _limit_below(element: Any) -> str:
    return _limit(element, "_")


def _limit_above(element: Any) -> str:
    return _limit(element, "^")


def _limit(element: Any, side: str) -> str:
    what, limit = _part(element, "e"), _part(element, "lim")
    what = name(what) if what.isalpha() and len(what) > 1 else what
    if what.startswith(("\\underbrace", "\\overbrace")) or what.lstrip("\\").isalpha():
        return f"{what}{side}{{{limit}}}"
    command = "\\underset" if side == "_" else "\\overset"
    return f"{command}{{{limit}}}{{{what}}}"


_SHAPES: dict[str, Callable[[Any], str]] = {
    "f": _fraction,
    **dict.fromkeys(("sSub", "sSup", "sSubSup"), _scripts),
    "sPre": _before,
    "rad": _radical,
    "nary": _sum,
    "d": _delimited,
    "m": _matrix,
    "eqArr": _lines,
    "acc": _accent,
    "bar": _bar,
    "groupChr": _group,
    "func": _function,
    "limLow": _limit_below,
    "limUpp": _limit_above,
}
