r"""LaTeX formulas as Typst mathematics, which the template of the PDF evaluates.

Only mathematics comes out: what could be read as Typst code, or what tex2typst cannot convert, gives None, and the
caller shows the LaTeX itself. A Spanish `0{,}5` stays one number.
"""

import re
from functools import lru_cache

import tex2typst

MOST_CHARACTERS = 2000  # a longer formula is shown as its LaTeX
_COMMA = "decimalcomma"  # passes tex2typst as the name of an unknown command
_PLAIN_COMMA = 'class("normal", ",")'  # a comma without the room that follows punctuation
_SAME = {
    "lvert": "|", "rvert": "|", "lVert": r"\|", "rVert": r"\|", "cfrac": r"\frac", "bm": r"\boldsymbol",
    "lnot": r"\neg", "stackrel": r"\overset", "coloneqq": ":=", "mbox": r"\text", "textrm": r"\text",
    "textnormal": r"\text", "textsf": r"\text", "textit": r"\text", "textbf": r"\text", "texttt": r"\text",
    "emph": r"\text", "scriptstyle": "", "nolimits": "",
}  # fmt: skip
_COMMAND = re.compile(r"\\(" + "|".join(_SAME) + r")(?![A-Za-z])")
_SIZES = re.compile(r"\\[bB]igg?[lrm]?(?![A-Za-z])")
_CASES = re.compile(r"\\begin\{cases\}.*?\\end\{cases\}", re.S)
_BARE = r"(?<!\\)(?:\\\\)*"  # before a sign: no backslash that escapes it
_BARE_PERCENT = re.compile(f"({_BARE})%")
_BARE_AMPERSAND = re.compile(_BARE + "&")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.S)
_CODE = re.compile(_BARE + r"[#$@`]|\bstd\b|//|/\*|<\w+>")


@lru_cache(maxsize=4096)
def typst_formula(latex: str) -> str | None:
    """The formula (without its dollars) in Typst's mathematics; None where it cannot be had."""
    if len(latex) > MOST_CHARACTERS or (_BARE_AMPERSAND.search(latex) and r"\begin" not in latex):
        return None
    try:
        text = tex2typst.tex2typst(_prepared(latex))
    except ValueError:
        return None
    if not isinstance(text, str) or not text.strip() or _CODE.search(_QUOTED.sub("", text)):
        return None
    words = [word.replace(f"\\{_COMMA} ", ",").replace("\\,", " ") for word in _QUOTED.findall(text)]
    if any("\\" in word for word in words):
        return None
    between = map(_mathematics, _QUOTED.split(text))
    return "".join(left + right for left, right in zip(between, [*words, ""], strict=True))


def spoken_formula(latex: str) -> str:
    """What stands for the formula where it is read aloud: its LaTeX, with the numbers as the language writes them."""
    return " ".join(latex.replace("{,}", ",").replace("\\,", " ").split())


def _prepared(latex: str) -> str:
    latex = _BARE_PERCENT.sub(r"\1\\%", latex)  # would begin a comment and swallow the rest
    latex = _COMMAND.sub(lambda match: _SAME[match[1]], _SIZES.sub("", latex))
    latex = _CASES.sub(lambda match: _BARE_AMPERSAND.sub(r"& \\quad ", match[0]), latex)
    return latex.replace("{,}", rf"\{_COMMA} ")


def _mathematics(text: str) -> str:
    """What stands outside quotation marks, with plain commas and the names of symbols since Typst 0.13."""
    text = re.sub(rf"(?<=\d) {_COMMA} (?=\d)", _PLAIN_COMMA, text)
    return text.replace(_COMMA, _PLAIN_COMMA).replace(".circle", ".o")
