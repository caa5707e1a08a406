r"""Formulas as they are typed, LaTeX or plain, cut into tokens: `QK^T/√d_k`, `\frac{QK^\top}{\sqrt{d_k}}`, `2dr`.

A run of letters is one name where it is known (softmax, alpha, pos) and a product of letters where it is not (nd, QK).
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from knowledge.terms import fold

MOST_CHARACTERS = 500
MOST_TOKENS = 300
TRANSPOSE = "T'"  # what is written with a sign of its own, and so is no exponent called T
LEAST_WORD = 4  # letters from which a run with a vowel is a word and no product
Kind = Literal["number", "name", "word", "sign", "open", "close", "command"]


class Unreadable(ValueError):
    """A text that is no formula of this grammar, or is too large for one."""


@dataclass(frozen=True, slots=True)
class Token:
    """`tight`: nothing stands between it and the token before it."""

    kind: Kind
    text: str
    tight: bool = False


_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿᵀ⊤", [*"0123456789-n", "\\top ", "\\top "], strict=True))
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉ₖᵥᵢⱼₙₜₕ", "0123456789kvijnth", strict=True))
_RAISED = re.compile("[" + "".join(_SUPERSCRIPTS) + "]+")
_LOWERED = re.compile("[" + "".join(_SUBSCRIPTS) + "]+")
_NAMED = re.compile(r"\\(?:mathrm|text|operatorname\*?|textrm|textit|textbf|mathsf|mathtt|mbox)\s*\{([^{}]*)\}")
_STYLED = re.compile(r"\\(?:mathbf|mathcal|mathit|mathbb|boldsymbol|bm|vec|hat|tilde|bar)\s*\{([^{}]*)\}")
_SPACING = re.compile(
    r"\\(?:left|right|[bB]igg?[lr]?|quad|qquad|displaystyle|textstyle|limits|nolimits|,|;|:|!| |\\)(?![A-Za-z])|[$`&]|~"
)
_SIGNS = {
    "times": "*", "cdot": "*", "cdotp": "*", "ast": "*", "div": "/", "odot": ".*", "circ": ".*", "otimes": ".*",
    "eq": "=", "approx": "=", "simeq": "=", "equiv": "=", "coloneqq": "=", "colon": ":", "mid": "|", "vert": "|",
    "lvert": "|", "rvert": "|", "Vert": "||", "lVert": "||", "rVert": "||", "parallel": "||", "pm": "±", "mp": "±",
    "ldots": "...", "dots": "...", "cdots": "...", "dotsc": "...", "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=",
    "lt": "<", "gt": ">", "neq": "!=", "ne": "!=", "to": "->", "rightarrow": "->", "sim": "->", "propto": "->",
    "in": "->", "lbrace": "{", "rbrace": "}", "langle": "(", "rangle": ")", "prime": "'",
    "infty": "inf", "ell": "l",
}  # fmt: skip
_UNICODE = {
    "√": "\\sqrt ", "∑": "\\sum ", "Σ_": "\\sum_", "∏": "\\prod ", "·": "*", "⋅": "*", "×": "*", "∗": "*", "•": "*",
    "÷": "/", "−": "-", "–": "-", "⊙": ".*", "∘": ".*", "⊗": ".*", "≈": "=", "≡": "=", ":=": "=", "‖": "||", "∥": "||",
    "…": "...", "≤": "<=", "≥": ">=", "≠": "!=", "→": "->", "∈": "->", "∝": "->", "∼": "->", "∞": "inf", "⟨": "(",
    "⟩": ")", "⌊": "(", "⌋": ")", "’": "'", "′": "'", "**": "^", "{,}": ",", "ℓ": "l", "⁄": "/",
}  # fmt: skip
_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<named>\ue000[^\ue001]*\ue001)|\\(?P<command>[A-Za-z]+)"
    r"|(?P<number>(?:\d+(?:[.,]\d+)?|\.\d+)(?:[eE][+-]\d+)?)|(?P<letters>[^\W\d_]+)"
    r"|(?P<sign>\.\.\.|\.\*|\|\||<=|>=|!=|->|[-+*/^_=|'!±:,;<>])|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<other>.)"
)


@cache
def words() -> Mapping[str, Any]:
    """formula_words.toml, read once."""
    return tomllib.loads(Path(__file__).with_name("formula_words.toml").read_text(encoding="utf-8"))


def tokens_of(text: str) -> list[Token]:
    """The tokens of a formula. Raises `Unreadable` for a sign that no formula has, and for what is too long."""
    if len(text) > MOST_CHARACTERS:
        raise Unreadable("too long")
    found: list[Token] = []
    tight = False
    for match in _TOKEN.finditer(_prepared(text)):
        kind, said = match.lastgroup or "", match[match.lastgroup or 0]
        if kind == "space":
            tight = False
            continue
        if kind == "other":
            raise Unreadable(said)
        for token in _made(kind, said):
            found.append(Token(token.kind, token.text, tight))
            tight = True
    if len(found) > MOST_TOKENS:
        raise Unreadable("too long")
    return found


def _prepared(text: str) -> str:
    text = _RAISED.sub(lambda match: "^{" + "".join(_SUPERSCRIPTS[char] for char in match[0]) + "}", text)
    text = _LOWERED.sub(lambda match: "_{" + "".join(_SUBSCRIPTS[char] for char in match[0]) + "}", text)
    for sign, plain in _UNICODE.items():
        text = text.replace(sign, plain)
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"[\u0370-\u03ff]", _greek, text)
    for _ in range(3):
        text = _STYLED.sub(lambda match: match[1] if len(match[1]) == 1 else f"{{{match[1]}}}", text)
    text = _NAMED.sub(lambda match: "\ue000" + re.sub(r"[\s\ue000\ue001]+", "", match[1]) + "\ue001", text)
    return _SPACING.sub(" ", text.replace("\\{", "(").replace("\\}", ")").replace("\\|", "||").replace("\\_", "_"))


def _greek(match: re.Match[str]) -> str:
    name = unicodedata.name(match[0], "").rpartition(" ")[2].lower()
    name = {"lamda": "lambda"}.get(name, name)
    return f" \\{name.capitalize() if match[0].isupper() else name} "


def _made(kind: str, said: str) -> Iterator[Token]:
    if kind == "named":
        yield Token("word", said[1:-1])
    elif kind == "letters":
        yield from _letters(said)
    elif kind == "command":
        yield _command(said)
    else:
        yield Token(kind, said)  # type: ignore[arg-type]


def _command(said: str) -> Token:
    """A LaTeX command that is a sign, a name, or something with arguments."""
    if said in {"top", "intercal"}:
        return Token("name", TRANSPOSE)
    sign = _SIGNS.get(said)
    if sign is None:
        is_name = said in words()["names"]["greek"] or (said != "sqrt" and _function(said))
        return Token("name" if is_name else "command", said)
    return Token("open" if sign in "({" else "close" if sign in ")}" else "name" if sign.isalpha() else "sign", sign)


def _function(name: str) -> str:
    table: Mapping[str, str] = words()["functions"]
    return table.get(fold(name), "")


def _letters(run: str) -> Iterator[Token]:
    """The names in a run of letters."""
    at = 0
    while at < len(run):
        rest = run[at:]
        whole = is_name(rest)
        if whole or len(rest) == 1:
            yield Token("word" if whole and len(rest) > 1 else "name", rest)
            return
        size = next((size for size in range(len(rest) - 1, 2, -1) if is_name(rest[:size]) and _splits(rest, size)), 0)
        if not size and at == 0 and len(rest) >= LEAST_WORD and re.search("[aeiou]", rest) and rest[1:].islower():
            yield Token("word", rest)
            return
        yield Token("word" if size else "name", rest[: size or 1])
        at += size or 1


def _splits(rest: str, size: int) -> bool:
    """Whether a known name ends there: before a capital, or where the rest is known too."""
    return rest[size].isupper() or bool(is_name(rest[size:]))


def is_name(run: str) -> bool:
    """Whether a run of letters is the name of a function, of a Greek letter, or of a size."""
    names = words()["names"]
    folded = fold(run)
    return bool(
        folded in {"sum", "suma"} or folded in words()["functions"] or run in words()["capitals"]
        or folded in names["words"] or run.lower() in names["greek"] or re.fullmatch(r"d(?:k|v|ff|model|head)", run)
    )  # fmt: skip
