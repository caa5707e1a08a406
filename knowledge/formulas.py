r"""Formulas as they are typed: LaTeX, plain text or words, brought to one plain form and compared.

`plain_formula` turns `\frac{QK^\top}{\sqrt{d_k}}` into `(QK^T)/(sqrt(d_k))`; `same_formula` compares the parsed
trees, so that brackets and spaces do not matter while the order of a matrix product does: QK^T is not KQ^T.
"""

import re
import unicodedata
from dataclasses import dataclass

_WRAPPERS = re.compile(
    r"\\(?:mathrm|mathbf|mathbb|mathcal|mathsf|text|operatorname|textbf|textit|boldsymbol)\s*\{([^{}]*)\}"
)
_SPACING = re.compile(r"\\(?:left|right|big|Big|bigl|bigr|quad|qquad|displaystyle|limits|;|,|!|:| )")
_NAMES = {
    "times": "*", "cdot": "*", "top": "T", "intercal": "T", "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=",
    "neq": "!=", "ne": "!=", "approx": "~", "sim": "~", "to": "->", "rightarrow": "->", "infty": "inf", "pm": "+-",
    "ldots": "...", "dots": "...", "cdots": "...", "sum": "sum", "prod": "prod", "log": "log", "exp": "exp", "ln": "ln",
    "sin": "sin", "cos": "cos", "max": "max", "min": "min", "tanh": "tanh", "in": " in ", "odot": "*", "lVert": "|",
    "rVert": "|", "mid": "|", "langle": "<", "rangle": ">", "lfloor": "(", "rfloor": ")", "lceil": "(", "rceil": ")",
}  # fmt: skip
_UNICODE = {
    "√": "sqrt", "·": "*", "×": "*", "⋅": "*", "−": "-", "–": "-", "ᵀ": "^T", "⊤": "^T", "≤": "<=", "≥": ">=",
    "∞": "inf", "≈": "~", "₀": "_0", "₁": "_1", "₂": "_2", "ₖ": "_k", "ᵥ": "_v", "²": "^2", "³": "^3",
}  # fmt: skip
_ROOT_WORDS = re.compile(
    r"(?:\b(?:the )?square root|\b(?:la )?ra[ií]z(?: cuadrada)?)\s+(?:of|de)\s+"
    r"(?:the |la |el )?([A-Za-z](?:_?[A-Za-z]{1,5})?)\b",
    re.I,
)
_BARE_SIZE = re.compile(r"\bd_?(k|v|q|model|ff|head)\b")
_GROUP = re.compile(r"\{([^{}]*)\}")


def plain_formula(text: str) -> str:
    """LaTeX (without its dollars) as plain text: `sqrt(d_k)`, `(a)/(b)`, `x^2`, `W^Q`."""
    for _ in range(4):
        text, count = _WRAPPERS.subn(r"\1", text)
        if not count:
            break
    text = _SPACING.sub(" ", text).replace("\\\\", " ").replace("&", " ")
    text = _unfold(text, "frac", 2, "({})/({})")
    text = _unfold(text, "tfrac", 2, "({})/({})")
    text = _unfold(text, "sqrt", 1, "sqrt({})")
    text = re.sub(r"\\([A-Za-z]+)", lambda match: _NAMES.get(match[1], match[1]), text)
    text = re.sub(r"([_^])\{([^{}]{1,12})\}", lambda match: match[1] + match[2].replace(" ", ""), text)
    for _ in range(3):
        text, count = _GROUP.subn(r"\1", text)
        if not count:
            break
    return " ".join(plain_symbols(text).replace("\\", " ").split())


def plain_symbols(text: str) -> str:
    """Unicode mathematics and roots in words, in prose or formula, in the plain form: `sqrt(d_k)`."""
    for char, plain in _UNICODE.items():
        if char in text:
            text = text.replace(char, plain)
    text = _ROOT_WORDS.sub(lambda match: f"sqrt({match[1]})", text)
    text = re.sub(r"\bsqrt\s*(?:\(\s*([A-Za-z]\w*|\d+)\s*\)|([A-Za-z]\w*|\d+))", _root, text, flags=re.I)
    return _BARE_SIZE.sub(r"d_\1", text)


def _root(match: re.Match[str]) -> str:
    return f"sqrt({match[1] or match[2]})"


def _unfold(text: str, command: str, arguments: int, shape: str) -> str:
    r"""Replace `\command{a}{b}`, arguments balanced, innermost last."""
    pattern = re.compile(r"\\" + command + r"(?![A-Za-z])\s*")
    for _ in range(20):
        match = pattern.search(text)
        if not match:
            return text
        at, found = match.end(), []
        for _ in range(arguments):
            part, at = _argument(text, at)
            found.append(part)
        text = text[: match.start()] + shape.format(*found) + text[at:]
    return text


def _argument(text: str, at: int) -> tuple[str, int]:
    while at < len(text) and text[at] == " ":
        at += 1
    if at >= len(text) or text[at] != "{":
        return text[at : at + 1], at + 1
    depth = 0
    for end in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        if depth == 0:
            return text[at + 1 : end], end + 1
    return text[at + 1 :], len(text)


_SYMBOL = re.compile(r"\s*(<=|>=|!=|->|\+-|[^\W\d_]+(?:_[^\W_]+)?|\d+(?:[.,]\d+)?|[-+*/^=(),\[\]|<>~!:])")
_FUNCTIONS = {"softmax", "sqrt", "log", "ln", "exp", "sin", "cos", "max", "min", "tanh", "relu", "gelu", "layernorm",
              "sublayer", "attention", "multihead", "concat", "ffn", "head", "norm", "pe", "o", "sigmoid"}  # fmt: skip

Tree = tuple[object, ...] | str


@dataclass(slots=True)
class _Parser:
    """Precedence climbing over + -, * / and juxtaposition, ^, calls and brackets."""

    symbols: list[str]
    at: int = 0

    def peek(self) -> str:
        return self.symbols[self.at] if self.at < len(self.symbols) else ""

    def take(self) -> str:
        self.at += 1
        return self.symbols[self.at - 1]

    def equation(self) -> Tree:
        left = self.total()
        while self.peek() in {"=", "<=", ">=", "!=", "->", "~", "<", ">"}:
            left = (self.take(), left, self.total())
        return left

    def total(self) -> Tree:
        sign = self.take() if self.peek() in {"-", "+"} else ""
        left: Tree = self.product()
        if sign == "-":
            left = ("neg", left)
        while self.peek() in {"+", "-"}:
            left = (self.take(), left, self.product())
        return left

    def product(self) -> Tree:
        left = self.power()
        while self.peek() and (self.peek() in {"*", "/"} or self.starts_value()):
            sign = self.take() if self.peek() in {"*", "/"} else "*"
            left = (sign, left, self.power())
        return left

    def starts_value(self) -> bool:
        symbol = self.peek()
        return symbol in {"(", "["} or symbol[:1].isalnum()

    def power(self) -> Tree:
        base = self.value()
        while self.peek() == "^":
            self.take()
            base = ("^", base, self.value())
        return base

    def value(self) -> Tree:
        symbol = self.take() if self.peek() else ""
        if symbol in {"(", "["}:
            inside = self.arguments(")" if symbol == "(" else "]")
            return inside[0] if len(inside) == 1 else ("list", *inside)
        if symbol.lower() in _FUNCTIONS and self.peek() == "(":
            self.take()
            return ("call", symbol.lower(), *self.arguments(")"))
        return symbol

    def arguments(self, close: str) -> list[Tree]:
        found: list[Tree] = []
        while self.peek() and self.peek() != close:
            found.append(self.equation())
            if self.peek() == ",":
                self.take()
            elif self.peek() != close and self.peek():
                self.take()  # a symbol without meaning here: skip it, so that parsing always ends
        if self.peek():
            self.take()
        return found


def _greek_name(match: re.Match[str]) -> str:
    """A Greek letter by the name that LaTeX gives it: alpha, Sigma; a subscript stays tied to it."""
    name = unicodedata.name(match[1], "").split(" ")[-1].lower()
    name = name.capitalize() if match[1].isupper() else name
    return name if match[2] else f"{name} "


def parse_formula(text: str) -> Tree:
    """The tree of a formula in LaTeX or plain text. Any text gives some tree; none is evaluated."""
    plain = re.sub(r"([\u0391-\u03c9])(?=(_)|)", _greek_name, unicodedata.normalize("NFKC", plain_formula(text)))
    symbols = [match[1] for match in _SYMBOL.finditer(plain)]
    split: list[str] = []
    for symbol in symbols[:400]:
        # "QK" is the product of two matrices; "softmax" and "d_k" are one name.
        if symbol.isupper() and symbol.isalpha() and len(symbol) in {2, 3} and symbol.lower() not in _FUNCTIONS:
            split.extend(symbol)
        else:
            split.append(symbol)
    parser = _Parser(split)
    try:
        parts = [parser.equation()]
        while parser.peek():  # a comma, a bar or an exclamation mark ends an equation; what follows counts too
            if parser.peek() in {",", ":"}:
                parser.take()
            else:
                parts.append(parser.equation())
        return parts[0] if len(parts) == 1 else ("list", *parts)
    except RecursionError:
        return "".join(split)


def same_formula(left: str, right: str) -> bool:
    """Whether two formulas are the same up to brackets, spaces and notation (not up to algebra)."""
    return parse_formula(left) == parse_formula(right)


def find_formulas(text: str) -> list[str]:
    """The equations of a text: display and inline LaTeX with an equals sign, and plain `f(x) = ...`."""
    found = [match[1] or match[2] for match in re.finditer(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", text, re.S)]
    found = [formula for formula in found if "=" in formula and len(formula) > 8]
    if not found:
        plain = re.finditer(r"\b[A-Za-z]\w*\s*\([^()]{1,40}\)\s*=\s*[^.;¿?]{3,200}", text)
        found = [match.group().strip() for match in plain]
    return found
