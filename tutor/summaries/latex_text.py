r"""Texts and formulas for LaTeX and BibTeX: what a source says is printed, and is never a command.

Signs of LaTeX become the commands that print them; braces too, as BibTeX counts even those after a backslash. Letters
stay UTF-8. A formula stays one where it holds only mathematics of `math.toml`, well formed; any other is printed as it
is written.
"""

import re
import unicodedata
from functools import cache, lru_cache

from pylatexenc.latexencode import UnicodeToLatexEncoder

from tutor.export.xml_tree import Node
from tutor.summaries.inline import Inline
from tutor.summaries.latex_math import is_mathematics

FOREIGN = 0x180  # the first sign beyond the Latin letters of European languages
WITHOUT_LETTER = frozenset("ĦħĸĿŀŉŦŧſ")  # Latin letters that pdfLaTeX's encoding T1 has not
TYPOGRAPHY = frozenset("–—‘’‚“”„†‡•…‰‹›€™")  # signs beyond that it has
_SIGNS = {
    "\\": r"\textbackslash{}", "{": r"\ensuremath{\lbrace}", "}": r"\ensuremath{\rbrace}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "<": r"\ensuremath{<}", ">": r"\ensuremath{>}", "|": r"\ensuremath{|}", "$": r"\$",
    "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%", "[": "{[}", "]": "{]}", '"': '{"}', "`": "{`}", "'": "{'}",
}  # fmt: skip
_LIGATURES = re.compile("-(?=-)|,(?=,)")


def latex_text(text: str) -> str:
    """A text that prints as it is, in one line."""
    shown = "".join(sign for sign in unicodedata.normalize("NFC", text) if unicodedata.category(sign) != "Cf")
    return _LIGATURES.sub(r"\g<0>{}", "".join(map(_sign, " ".join(shown.split("\n")))))


def latex_inline(content: Inline, line_break: str = r"\newline{}") -> str:
    """Content of a line; `line_break` is what parts its lines."""
    return "".join(_part(part, line_break) for part in content)


@lru_cache(4096)
def latex_formula(latex: str) -> str | None:
    """The formula (without its dollars) as it may stand in a .tex file; None where it is no plain mathematics."""
    made = _symbols_named(latex)
    return made if is_mathematics(made) and all(map(_has_letter, made)) else None


def _part(part: Node | str, line_break: str) -> str:
    if isinstance(part, str):
        return latex_text(part)
    if part.tag == "br":
        return line_break
    if part.tag == "formula":
        return _formula(part)
    if part.tag == "a":
        return "".join(rf"\url{{{str(address).replace('%', chr(92) + '%')}}}" for address in part.children)
    command = {"em": r"\emph", "strong": r"\textbf"}[part.tag]
    return f"{command}{{{latex_inline(part.children, line_break)}}}"


def _formula(part: Node) -> str:
    source = str(part.children[0])
    latex = latex_formula(source)
    sign = "$$" if part.attributes.get("display") else "$"
    if latex is None:
        return latex_text(sign + source + sign)
    return f"${latex}$" if sign == "$" else rf"\[{latex}\]"


def _sign(sign: str) -> str:
    """The sign, or the command that prints it; what only controls a screen is shown as one that is missing."""
    if sign in _SIGNS:
        return _SIGNS[sign]
    if unicodedata.category(sign) == "Cc":
        return "\N{REPLACEMENT CHARACTER}"
    symbol = _symbol(sign)
    return sign if symbol == sign else rf"\ensuremath{{{symbol.strip()}}}"


def _has_letter(sign: str) -> bool:
    """Whether a sign is ASCII or a Latin letter, which words in a formula may have."""
    return sign.isascii() or (ord(sign) < FOREIGN and sign.isalpha() and sign not in WITHOUT_LETTER)


def _symbols_named(latex: str) -> str:
    """The formula with its mathematical signs (α, ≤) as commands."""
    return "".join(map(_symbol, unicodedata.normalize("NFC", latex)))


@lru_cache(4096)
def _symbol(sign: str) -> str:
    """The command for a mathematical sign (with the space that ends it), or the sign."""
    if ord(sign) < FOREIGN:
        return sign
    named: str = _encoder().unicode_to_latex(sign)
    found = re.fullmatch(r"\\ensuremath\{(\\[A-Za-z]+)\}", named)
    return f"{found[1]} " if found and is_mathematics(found[1]) else sign


@cache
def _encoder() -> UnicodeToLatexEncoder:
    return UnicodeToLatexEncoder(unknown_char_policy="keep", unknown_char_warning=False)
