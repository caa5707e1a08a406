"""The characters of formulas as LaTeX: Greek letters, operators, accents and the names of functions."""

import re
import unicodedata

_SYMBOLS = {
    "−": "-", "∗": "*", "×": "\\times", "·": "\\cdot", "⋅": "\\cdot", "∙": "\\cdot", "÷": "\\div", "±": "\\pm",
    "∓": "\\mp", "≤": "\\leq", "≥": "\\geq", "≠": "\\neq", "≈": "\\approx", "≡": "\\equiv", "∼": "\\sim",
    "≪": "\\ll", "≫": "\\gg", "∝": "\\propto", "∞": "\\infty", "∂": "\\partial", "∇": "\\nabla", "∈": "\\in",
    "∉": "\\notin", "⊂": "\\subset", "⊆": "\\subseteq", "⊃": "\\supset", "∪": "\\cup", "∩": "\\cap",
    "∅": "\\emptyset", "∀": "\\forall", "∃": "\\exists", "¬": "\\neg", "∧": "\\land", "∨": "\\lor", "→": "\\to",
    "←": "\\leftarrow", "↦": "\\mapsto", "⇒": "\\Rightarrow", "⇔": "\\Leftrightarrow", "↔": "\\leftrightarrow",
    "⊕": "\\oplus", "⊗": "\\otimes", "⊙": "\\odot", "∘": "\\circ", "⊤": "\\top", "⊥": "\\perp", "∣": "\\mid",
    "‖": "\\|", "∥": "\\|", "⟨": "\\langle", "⟩": "\\rangle", "〈": "\\langle", "〉": "\\rangle", "⌊": "\\lfloor",
    "⌋": "\\rfloor", "⌈": "\\lceil", "⌉": "\\rceil", "∑": "\\sum", "∏": "\\prod", "∐": "\\coprod", "∫": "\\int",
    "∬": "\\iint", "∮": "\\oint", "⋃": "\\bigcup", "⋂": "\\bigcap", "⨁": "\\bigoplus", "√": "\\surd", "…": "\\ldots",
    "⋯": "\\cdots", "⋮": "\\vdots", "⋱": "\\ddots", "ℝ": "\\mathbb{R}", "ℕ": "\\mathbb{N}", "ℤ": "\\mathbb{Z}",
    "ℂ": "\\mathbb{C}", "ℚ": "\\mathbb{Q}", "𝔼": "\\mathbb{E}", "ℙ": "\\mathbb{P}", "ℓ": "\\ell", "ℒ": "\\mathcal{L}",
    "ϵ": "\\epsilon", "ε": "\\varepsilon", "ϕ": "\\phi", "φ": "\\varphi", "ϑ": "\\vartheta", "ϖ": "\\varpi",
    "ϱ": "\\varrho", "ς": "\\varsigma", "′": "'", "″": "''", "†": "\\dagger", "∖": "\\setminus", "≜": "\\triangleq",
    "≔": ":=", "#": "\\#", "%": "\\%", "&": "\\&", "{": "\\{", "}": "\\}", "$": "\\$", "_": "\\_", "\\": "\\backslash",
}  # fmt: skip
_UNSEEN = {"\u2061", "\u2062", "\u2063", "\u2064", "\u200b"}  # "function application" and its like
_LATIN_GREEK = {
    "Alpha": "A", "Beta": "B", "Epsilon": "E", "Zeta": "Z", "Eta": "H", "Iota": "I", "Kappa": "K", "Mu": "M", "Nu": "N",
    "Omicron": "O", "omicron": "o", "Rho": "P", "Tau": "T", "Chi": "X",
}  # fmt: skip
FUNCTIONS = frozenset(
    "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh log ln lg exp max min sup inf lim limsup liminf arg "
    "det dim ker deg gcd hom Pr".split()
)
# Marks over a letter: as a combining character (OMML) or as the character that stands over it (MathML).
ACCENTS = {
    "\u0302": "\\hat", "^": "\\hat", "ˆ": "\\hat", "\u0303": "\\tilde", "~": "\\tilde", "˜": "\\tilde", "∼": "\\tilde",
    "\u0304": "\\bar", "\u0305": "\\bar", "¯": "\\bar", "‾": "\\bar", "_": "\\bar", "\u0307": "\\dot", "˙": "\\dot",
    "\u0308": "\\ddot", "¨": "\\ddot", "\u20d7": "\\vec", "→": "\\vec", "\u030c": "\\check",
    "ˇ": "\\check", "\u0306": "\\breve", "˘": "\\breve", "\u0301": "\\acute", "\u0300": "\\grave",
}  # fmt: skip
BRACES = {"⏞": "\\overbrace", "⏟": "\\underbrace", "―": "\\overline"}
_OPEN_END = re.compile(r"\\[A-Za-z]+\Z|[_^](?:[A-Za-z0-9]|\\[A-Za-z]+)\Z")


def symbol(char: str) -> str:
    r"""The LaTeX of one character of a formula: "α" gives `\alpha`, "𝑥" gives `x`, "𝐖" gives `\mathbf{W}`."""
    if char in _SYMBOLS or char in _UNSEEN:
        return _SYMBOLS.get(char, "")
    name = unicodedata.name(char, "")
    if greek := re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (?:FINAL )?(\w+)", name):
        word = greek[2].lower().replace("lamda", "lambda")
        word = word if greek[1] == "SMALL" else word.capitalize()
        return _LATIN_GREEK.get(word) or f"\\{word}"
    if name.startswith("MATHEMATICAL "):
        plain = symbol(unicodedata.normalize("NFKC", char))
        styles = {"BOLD": "\\mathbf", "DOUBLE-STRUCK": "\\mathbb", "SCRIPT": "\\mathcal", "FRAKTUR": "\\mathfrak"}
        style = next((styles[word] for word in name.split() if word in styles), "")
        return f"{style}{{{plain}}}" if style else plain
    return " " if char.isspace() else char


def joined(parts: list[str]) -> str:
    r"""Pieces of LaTeX side by side, with a space only where one would run into the next: `\alpha x`, `x_i y`."""
    whole = ""
    for part in parts:
        if part[:1].isalnum() and _OPEN_END.search(whole[-40:]):
            whole += " "
        whole += part
    return whole


def letters(text: str) -> str:
    """The LaTeX of a run of characters."""
    return joined([symbol(char) for char in text])


def name(text: str) -> str:
    r"""The LaTeX of an upright word in a formula: `\max` where LaTeX has it, else `\operatorname{softmax}`."""
    word = text.strip()
    if word in FUNCTIONS:
        return f"\\{word}"
    return f"\\operatorname{{{word}}}" if len(word) > 1 and word.isalpha() and word.isascii() else letters(word)


def scripted(what: str, below: str = "", above: str = "") -> str:
    r"""`what` with its subscript and superscript: `x_i^{2n}`."""
    what = what if len(what) == 1 or re.fullmatch(r"\\[A-Za-z]+(\{[^{}]*\})?", what) else f"{{{what}}}"
    low = f"_{_script(below)}" if below else ""
    return f"{what or '{}'}{low}{f'^{_script(above)}' if above else ''}"


def _script(text: str) -> str:
    return text if len(text) == 1 else f"{{{text}}}"


def fenced(inner: str, left: str, right: str) -> str:
    """`inner` between two delimiters, which grow where it is tall."""
    tall = any(command in inner for command in ("\\frac", "\\sum", "\\prod", "\\int", "\\begin"))
    left, right = letters(left), letters(right)
    if tall:
        return joined([f"\\left{left or '.'}", inner, f"\\right{right or '.'}"])
    return joined([left, inner, right])


def matrix(rows: list[list[str]]) -> str:
    """Rows of cells as a LaTeX matrix without brackets."""
    lines = " \\\\ ".join(" & ".join(row) for row in rows)
    return f"\\begin{{matrix}} {lines} \\end{{matrix}}"


def bracketed(text: str) -> str:
    """A bracketed matrix by its own name: `pmatrix` for round brackets, `bmatrix` for square ones."""
    kinds = {"(": ("p", ")"), "[": ("b", "]"), "|": ("v", "|"), "\\|": ("V", "\\|")}
    for left, (kind, right) in kinds.items():
        inner = re.fullmatch(
            r"\\left" + re.escape(left) + r"\s*\\begin\{matrix\}(.*)\\end\{matrix\}\s*\\right" + re.escape(right),
            text,
            re.S,
        )
        if inner and "\\begin{matrix}" not in inner[1]:
            return f"\\begin{{{kind}matrix}}{inner[1]}\\end{{{kind}matrix}}"
    return text
