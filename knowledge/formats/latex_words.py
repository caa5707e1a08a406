"""LaTeX's commands by what they do to the text, and the characters that accents and symbols stand for."""

import logging
import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

HEADINGS = {
    "part": 1,
    "chapter": 1,
    "section": 2,
    "subsection": 3,
    "subsubsection": 4,
    "paragraph": 5,
    "subparagraph": 6,
}
DISPLAYED = set(
    "equation align gather multline eqnarray displaymath flalign alignat math dmath IEEEeqnarray subequations".split()
)
ALIGNED = {"align", "flalign", "alignat", "eqnarray", "IEEEeqnarray"}
TABLES = {
    "tabular": 1,
    "tabular*": 2,
    "tabularx": 2,
    "tabulary": 2,
    "longtable": 1,
    "array": 1,
    "tblr": 1,
    "longtblr": 1,
}
LISTS = {"itemize", "enumerate", "description", "compactitem", "compactenum", "inparaenum", "easylist"}
CODE = {"verbatim", "verbatim*", "lstlisting", "minted", "Verbatim"}
LEFT_OUT = set(
    "tikzpicture pgfpicture picture thebibliography CCSXML filecontents filecontents* comment tikzcd forest "
    "IEEEbiography IEEEbiographynophoto".split()
)
QUOTED = {"quote", "quotation", "displayquote", "verse"}
STATEMENTS = set(
    "theorem lemma proposition corollary definition remark example proof claim conjecture assumption axiom "
    "teorema lema proposición proposicion corolario definición definicion observación ejemplo demostración".split()
)
# Commands whose arguments are not text: how many to pass over.
ARGUMENTS_OUT = {
    **dict.fromkeys(
        "label includegraphics vspace hspace vskip hskip pagestyle thispagestyle bibliographystyle bibliography "
        "addbibresource usepackage RequirePackage documentclass graphicspath input include hypersetup pagenumbering "
        "color pagecolor selectlanguage index nocite thanks date author title affil affiliation institute email "
        "address keywords enlargethispage lstset linespread captionsetup newlength cline cmidrule phantom hphantom "
        "vphantom fancyhf lhead rhead cfoot orcid acmDOI acmISBN doi arxiv titlerunning authorrunning bibitem todo "
        "marginpar tikz ifthenelse textcolor colorbox href raisebox scalebox rotatebox parbox foreignlanguage "
        "fontfamily newcounter theoremstyle setstretch rowcolor cellcolor columncolor".split(),
        1,
    ),
    **dict.fromkeys(
        "setlength addtolength setcounter addtocounter newtheorem rule markboth pdfbookmark newcommand renewcommand "
        "providecommand resizebox multirow fontsize".split(),
        2,
    ),
    **dict.fromkeys("definecolor addcontentsline renewenvironment newenvironment".split(), 3),
}
CITES = re.compile(r"(?:[Cc]ite|[Pp]arencite|[Tt]extcite|[Aa]utocite|footcite|fullcite|supercite|smartcite)[a-zA-Z]*")
REFERENCES = {"ref": "{}", "eqref": "({})", "autoref": "{}", "cref": "{}", "Cref": "{}", "pageref": "", "vref": "{}",
              "nameref": "{}", "subref": "{}"}  # fmt: skip
_LONGEST_NAME = 40  # letters of a command
_LONGEST_DECODED = 10_000  # characters
_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331",
}  # fmt: skip
_SPACES = {" ", ",", ";", ":", "\n", "\t", "quad", "qquad", "space", "enspace", "thinspace", "nobreakspace"}
_PLAIN = {
    **{char: char for char in "%&$#_{}"}, **dict.fromkeys("-/@!", ""), "\\": "\n", "newline": "\n", "linebreak": "\n",
    "ldots": "…", "dots": "…", "textellipsis": "…", "textbackslash": "\\", "textasciitilde": "~", "slash": "/",
    "textasciicircum": "^", "textdollar": "$", "textunderscore": "_", "TeX": "TeX", "LaTeX": "LaTeX",
    "LaTeXe": "LaTeX2e", "BibTeX": "BibTeX",
}  # fmt: skip


def is_accent(command: str) -> bool:
    r"""Whether a command (without its backslash) sets a mark on the letter that follows: `\'`, `\c`."""
    return command in _ACCENTS


@lru_cache(maxsize=5000)
def characters(command: str, letter: str = "") -> str:
    r"""What a command outside formulas prints: `\%`, `\ss`, `\'e`, `\alpha`; empty for one that prints nothing."""
    if letter:
        letter = {"\\i": "i", "\\j": "j"}.get(letter, letter)
        return unicodedata.normalize("NFC", letter + _ACCENTS[command])
    if command in _SPACES or command in _PLAIN:
        return " " if command in _SPACES else _PLAIN[command]
    if len(command) > _LONGEST_NAME:
        return ""
    known = _known_symbols().get_macro_spec(command)
    made = getattr(known, "simplify_repl", None)
    return made.strip() if isinstance(made, str) and "%" not in made else ""


@cache
def _known_symbols() -> Any:
    from pylatexenc.latex2text import get_default_latex_context_db  # noqa: PLC0415  only LaTeX needs it

    return get_default_latex_context_db()


@lru_cache(maxsize=5000)
def plain_latex(text: str) -> str:
    """A field of a bibliography without braces and commands: "{B}ayes" is "Bayes", `Garc{\\'i}a` is "García"."""
    text = re.sub(r"\{?\\([&%_$#])\}?", r"\1", text)  # the most frequent ones, without the slow way
    if "\\" in text:
        text = _decoded(text)
    return " ".join(text.replace("{", "").replace("}", "").split())


def _decoded(text: str) -> str:
    from pylatexenc.latex2text import LatexNodes2Text  # noqa: PLC0415

    logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)  # it warns of every fault of a text
    try:
        if len(text) <= _LONGEST_DECODED:  # its time grows with the square of the length
            return str(LatexNodes2Text(math_mode="verbatim").latex_to_text(text))
    except (RecursionError, LookupError, TypeError, ValueError):  # braces without end, or arguments that lack
        pass
    return re.sub(r"\\[A-Za-z]+\s?|\\", "", text)
