"""The running text of a page of HTML: spaces, emphasis, scripts, and formulas between dollars."""

import re
from typing import Any

_TEX_MARKS = re.compile(r"\\\(((?:[^\\]|\\(?![()\[\]]))+)\\\)|\\\[((?:[^\\]|\\(?![()\[\]]))+)\\\]")
PLACE = "\ue002"  # stands, in a paragraph, before and after a formula that has lines of its own
BREAK = "\ue003"  # stands for <br>; other line ends are spaces


def tidy(text: str) -> str:
    """Running text with single spaces, and TeX's own marks of formulas (`\\(..\\)`, `\\[..\\]`) as dollars."""
    text = _TEX_MARKS.sub(lambda found: formula(found[1] or found[2], bool(found[2])), text)
    parts = text.split(PLACE)
    return PLACE.join(part if n % 2 else _spaced(part) for n, part in enumerate(parts))


def _spaced(text: str) -> str:
    text = text.replace("\u00ad", "").replace("\u200b", "")
    return "\n".join(" ".join(line.split()) for line in text.split(BREAK))


def formula(latex: str, displayed: bool) -> str:
    """A formula in running text; one with lines of its own stands between two `PLACE`."""
    latex = " ".join(latex.split())
    if not latex:
        return ""
    return f"{PLACE}{latex}{PLACE}" if displayed else f"${latex}$"


def is_displayed(element: Any) -> bool:
    """Whether a formula stands in a box that KaTeX or MathJax puts on a line of its own."""
    around = list(element.iterancestors())[:3]
    names = " ".join(node.get("class", "") + node.get("display", "") for node in around)
    return any(word in names for word in ("katex-display", "MathJax_Display", "math-display", "true"))


def formula_of_image(element: Any) -> str:
    """Pictures of formulas, as Wikipedia has them, carry their LaTeX; other pictures say nothing here."""
    alt = element.get("alt", "").strip()
    return f"${_bare_tex(alt)}$" if "\\" in alt and "math" in element.get("class", "") else ""


def _bare_tex(alt: str) -> str:
    return re.sub(r"^\{\\displaystyle (.*)\}$", r"\1", alt, flags=re.S).strip("$ ")


def script(inside: str, tag: str) -> str:
    """What is set lower (`sub`) or higher (`sup`): H_2O, 10^(-6)."""
    inside = inside.strip()
    if not inside or "$" in inside or PLACE in inside:
        return inside
    mark = "_" if tag == "sub" else "^"
    return f"{mark}{inside}" if len(inside) == 1 or (inside.isalnum() and tag == "sub") else f"{mark}({inside})"


def marked(inside: str, mark: str) -> str:
    """Text between two marks of emphasis, its outer spaces outside."""
    words = inside.strip()
    if not mark or not words or "*" in words or "\n" in words or PLACE in words:
        return inside
    before, after = inside[: len(inside) - len(inside.lstrip())], inside[len(inside.rstrip()) :]
    return f"{before}{mark}{words}{mark}{after}"
