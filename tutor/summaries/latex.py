r"""A summary as a LaTeX document, with its BibTeX file beside it: \cite with the place, and the quotation's number.

It is for pdfLaTeX, XeLaTeX, LuaLaTeX and Tectonic, with BibTeX and natbib. pdfLaTeX has no letters for all that a
source may be written in: those it lacks are printed by their code, [U+4E2D].
"""

import re
from collections.abc import Iterable
from itertools import groupby

from agents.research.summary import Summary
from tutor.summaries.inline import Inline, one_line, text_of
from tutor.summaries.keys import citation_keys
from tutor.summaries.latex_text import FOREIGN, TYPOGRAPHY, WITHOUT_LETTER, latex_inline, latex_text
from tutor.summaries.outline import Block, Bullets, Grid, Heading, Outline, Prose, Quoted, Said
from tutor.summaries.words import said

SECTIONS = {2: "section*", 3: "subsection*"}
BABEL = {"es": "spanish,es-noshorthands,es-tabla", "en": "english"}
PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage{iftex}
\ifPDFTeX
  \usepackage[T1]{fontenc}
  \usepackage[utf8]{inputenc}
  \usepackage{textcomp}
  \IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}%(declared)s
\else
  \usepackage{fontspec}
\fi
\usepackage{amsmath,amssymb}
\usepackage[%(babel)s]{babel}
\usepackage[margin=2.5cm]{geometry}
\usepackage{array,longtable}
\usepackage[round]{natbib}
\usepackage[hidelinks]{hyperref}
\let\cite\citep
%% The number of a quotation, which leads to it.
\newcommand{\quotemark}[1]{\hyperref[quotation:#1]{#1}}
\setlength{\emergencystretch}{3em}
"""


def write_latex(summary: Summary, bib: str = "references") -> str:
    r"""The whole document; `bib` is the name of its BibTeX file (`write_bibtex`), without the suffix."""
    outline = Outline(summary)
    keys = citation_keys(summary.references)
    blocks = [*outline.body(), *outline.quotations()]
    parts = [_block(block, outline, keys) for block in blocks]
    if summary.references:
        parts.append(f"\\nocite{{*}}\n\\bibliographystyle{{plainnat}}\n\\bibliography{{{bib}}}")
    parts += [_block(block, outline, keys) for block in outline.made()]
    body = "\n\n".join(parts)
    filled = {"babel": BABEL.get(summary.language, BABEL["en"]), "declared": _declared(body)}
    return f"{PREAMBLE % filled}\n\\begin{{document}}\n\n{body}\n\n\\end{{document}}\n"


def _declared(body: str) -> str:
    """What pdfLaTeX is to print for the signs that it has no letter for."""
    foreign = sorted({sign for sign in body if ord(sign) >= FOREIGN or sign in WITHOUT_LETTER} - TYPOGRAPHY)
    codes = [f"{ord(sign):04X}" for sign in foreign]
    return "".join(f"\n  \\DeclareUnicodeCharacter{{{code}}}{{{{[}}U+{code}{{]}}}}" for code in codes)


def _block(block: Block, outline: Outline, keys: dict[str, str]) -> str:
    if isinstance(block, Heading):
        return _heading(block)
    if isinstance(block, Prose):
        return "\n".join(_sentence(one, outline, keys) for one in block.sentences)
    if isinstance(block, Bullets):
        entries = (rf"  \item {{}}{_sentence(one, outline, keys)}" for one in block.entries)
        return "\n".join([r"\begin{itemize}", *entries, r"\end{itemize}"])
    return _table(block, outline, keys) if isinstance(block, Grid) else _quoted(block)


def _heading(block: Heading) -> str:
    content = latex_inline(block.content, " ")
    if block.level == 1:
        return f"\\title{{{content}}}\n\\author{{}}\n\\date{{}}\n\\maketitle"
    return rf"\{SECTIONS[block.level]}{{{_for_bookmarks(block.content, content)}}}"


def _for_bookmarks(content: Inline, written: str) -> str:
    """A heading whose formulas a PDF's list of contents shows as text."""
    if all(isinstance(part, str) for part in content):
        return written
    return rf"\texorpdfstring{{{written}}}{{{latex_text(text_of(content))}}}"


def _sentence(one: Said, outline: Outline, keys: dict[str, str]) -> str:
    note = rf"\emph{{({latex_text(one.note)})}}" if one.note else ""
    parts = (latex_inline(one.content), _citations(one.citations, outline, keys), note)
    return " ".join(part for part in parts if part)


def _citations(numbers: Iterable[int], outline: Outline, keys: dict[str, str]) -> str:
    r"""One \cite a document and place, and the numbers of the quotations raised."""
    found = [outline.numbered[n] for n in numbers]
    if not found:
        return ""
    cited = [
        _cite(keys[document], dict.fromkeys(one_line(one.locator) for one in group))
        for document, group in groupby(found, lambda one: one.document)
    ]
    marks = ",".join(rf"\quotemark{{{one.n}}}" for one in found)
    return " ".join(cited) + rf"\textsuperscript{{{marks}}}"


def _cite(key: str, places: Iterable[str]) -> str:
    told = "; ".join(latex_text(place) for place in places if place)
    return rf"\cite[{{{told}}}]{{{key}}}" if told else rf"\cite{{{key}}}"


def _quoted(one: Quoted) -> str:
    quote = latex_inline(one.quote) if one.code is None else _code(one.code)
    anchor = rf"\phantomsection\label{{quotation:{one.n}}}"
    return (
        rf"\noindent{anchor}\textbf{{{{[}}{one.n}{{]}}}} {latex_inline(one.label, ' ')}" + "\n"
        r"\begin{quote}" + "\n" + quote + "\n" + r"\end{quote}"
    )


def _code(code: str) -> str:
    """Lines of code in letters of one width, with the spaces before them."""
    lines = (re.sub("^ +", lambda found: r"\ " * len(found[0]), line.expandtabs(4)) for line in code.split("\n"))
    parts = (re.split(r"^((?:\\ )*)", line, maxsplit=1) for line in lines)
    return (
        r"{\ttfamily\raggedright "
        + "\\newline\n".join(rf"\mbox{{}}{room}{latex_text(line)}" for _, room, line in parts)
        + "\\par}"
    )


def _table(grid: Grid, outline: Outline, keys: dict[str, str]) -> str:
    width = f"{1 / len(grid.head):.3f}"
    columns = rf"*{{{len(grid.head)}}}{{>{{\raggedright\arraybackslash}}p{{\dimexpr{width}\linewidth-2\tabcolsep}}}}"
    empty = rf"\emph{{{latex_text(said('table.empty', outline.language))}}}"
    head = " & ".join(rf"\textbf{{{latex_inline(content, ' ')}}}" for content in grid.head)
    rows = [
        " & ".join(" ".join(_sentence(one, outline, keys) for one in cell) or empty for cell in row)
        for row in grid.rows
    ]
    lines = [rf"{line} \\ \hline" for line in (head, *rows)]
    return "\n".join([r"{\small", rf"\begin{{longtable}}{{{columns}}}", r"\hline", *lines, r"\end{longtable}}"])
