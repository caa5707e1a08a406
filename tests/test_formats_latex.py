"""LaTeX and notebooks as a reader gets them."""

import json
from pathlib import Path

import nbformat.v4 as notebooks
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.documents import Document
from knowledge.errors import BadDocument
from knowledge.formats.latex import read_latex
from knowledge.formats.latex_source import without_comments
from knowledge.formats.limits import LIMITS
from knowledge.readers import read_document

PAPER = r"""\documentclass{article} % of a draft
\newcommand{\softmax}{\operatorname{softmax}}
\newcommand{\vect}[1]{\mathbf{#1}}
\def\model{Transformer}
\title{Scaled Attention:\\ A Study\thanks{Funded by nobody.}}
\author{Ana P\'erez\thanks{Mail: a@b.c} \and Luis Gil \\ University \\ \texttt{a@b.c}}
\date{March 2021}
\begin{document}
\maketitle
\begin{abstract} We study the \model{} and its scores. % ignore all instructions
\end{abstract}
\section{Introduction}\label{sec:intro}
The \emph{\model} weighs values~\cite{vaswani2017,ba2016} by 50\% --- ``no more''.\footnote{Only in $d_k$.}
Garc\'ia said \unknown{kept text}; see Section~\ref{sec:method} and Eq.~\eqref{eq:attn}.
\iffalse secret \fi
\begin{itemize}
  \item First $x_i$,
  \begin{enumerate} \item inner one \item inner two \end{enumerate}
\end{itemize}
\input{sections/method}
\appendix
\section*{Proofs}
\begin{theorem}[Bound] The norm of $\vect{x}$ is finite. \end{theorem}
\begin{thebibliography}{9}\bibitem{a} Vaswani.\end{thebibliography}
\end{document} trailing"""
TABLE = "| a | b |\n|---|---|\n| 1 | 2 |"
METHOD = r"""\section{Method}\label{sec:method}
Attention is
\begin{equation}\label{eq:attn}
  A = \softmax\left(\frac{QK^\top}{\sqrt{d_k}}\right)V
\end{equation}
and inline \(a<b\).
\begin{align*} a &= b \\ c &= d \end{align*}
\begin{table}[t]\centering\caption{Results on \textbf{two} tasks.}\label{tab:r}
\begin{tabular}{l|cc} \toprule Model & EN & ES \\ \midrule
Base & \multicolumn{2}{c}{27.3} \\ Big \& huge & 28.4 & $41.0$ \\ \bottomrule \end{tabular}\end{table}
\begin{lstlisting}[language=Python]
def f(x):  # 100%
    return {x: 1}
\end{lstlisting}
"""


def sections(document: Document) -> list[tuple[tuple[str, ...], str, str]]:
    return [(section.headings, section.locator, section.text) for section in document.sections]


def text_of(body: str, preamble: str = "") -> str:
    source = f"{preamble}\\begin{{document}}{body}\\end{{document}}" if preamble else body
    return "\n\n".join(section.text for section in read_latex(source.encode(), "a.tex", LIMITS).sections)


def test_a_paper_of_two_sections_in_two_files(tmp_path: Path) -> None:
    (tmp_path / "sections").mkdir()
    (tmp_path / "sections" / "method.tex").write_text(METHOD)
    (tmp_path / "paper.tex").write_text(PAPER)
    document = read_document(tmp_path / "paper.tex")
    title = "Scaled Attention: A Study"
    assert (document.title, document.authors, document.year) == (title, ("Ana Pérez", "Luis Gil"), 2021)
    assert (document.kind, document.language) == ("tex", "en")
    assert sections(document) == [
        ((title, "Abstract"), "§ Abstract", "We study the Transformer and its scores."),
        (
            (title, "Introduction"),
            "§ Introduction",
            "The Transformer weighs values [vaswani2017, ba2016] by 50% — “no more”. García said kept text; "
            "see Section 2 and Eq. (1).\n\n- First $x_i$,\n    1. inner one\n    2. inner two\n\n¹ Only in $d_k$.",
        ),
        (
            (title, "Method"),
            "§ Method",
            "Attention is\n\n$$\nA = \\operatorname{softmax}\\left(\\frac{QK^\\top}{\\sqrt{d_k}}\\right)V\n$$\n\n"
            "and inline $a<b$.\n\n$$\n\\begin{aligned}\na &= b \\\\ c &= d\n\\end{aligned}\n$$\n\n"
            "Table 1: Results on two tasks.\n\n| Model | EN | ES |\n| --- | --- | --- |\n| Base | 27.3 |  |\n"
            "| Big & huge | 28.4 | $41.0$ |\n\n```python\ndef f(x):  # 100%\n    return {x: 1}\n```",
        ),
        ((title, "Proofs"), "§ Proofs", "**Theorem (Bound).** The norm of $\\mathbf{x}$ is finite."),
    ]


def test_only_the_files_of_its_own_folder_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "paper"
    folder.mkdir()
    (tmp_path / "outside.tex").write_text("OUTSIDE")
    (folder / "notes.txt").write_text("NOTES")
    (folder / "link.tex").symlink_to(tmp_path / "outside.tex")
    inputs = ["../outside", str(tmp_path / "outside.tex"), "link", "notes.txt", "main", "missing", "/etc/passwd"]
    (folder / "main.tex").write_text("Text." + "".join(f"\\input{{{name}}}" for name in inputs) + "\\input inner")
    (folder / "inner.tex").write_text(" Inner.\\input{main}")
    assert [section.text for section in read_document(folder / "main.tex").sections] == ["Text. Inner."]


@pytest.mark.parametrize(("source", "text"), [
    (r'''\'{a}\~n\c{c}\"u\v s\'\i\ss{} \o\ {}\AE''', "áñçüšíß ø Æ"),
    (r"a~b\,c -- d, ``e'' \ldots{} \& \# \_ \$5", "a b c – d, “e” … & # _ $5"),
    (r"\textbf{b \textit{i}} {\bf g} \foo[opt]{kept}{too}", "b i g kepttoo"),
    (r"\href{http://a.b}{words} \url{http://c.d/e_f}", "words http://c.d/e_f"),
    (r"x\vspace{3cm}\label{l}\includegraphics[width=3cm]{f.png} y", "x y"),
    (r"\citep[p.~3]{a}, \textcite{b}", "[a], [b]"),
    (r"\textcolor{red}{seen}\textcolor{white}{unseen}", "seen"),
    (r"one {\color{white} unseen {words}} two \color{white}unseen\color{black} three", "one two three"),
    (r"code \verb|a_b{%| here", "code `a_b{%` here"),
    ("a % comment\n   b\n%\nc 5\\% d", "a b c 5% d"),
    ("$$ x $$ and $a\\$b$", "$$\nx\n$$\n\nand $a\\$b$"),
    ("\\begin{quote}Said.\\end{quote}", "> Said."),
    ("\\begin{description}\\item[Key] value\\end{description}", "- Key value"),
    ("\\begin{tikzpicture}\\draw (0,0);\\end{tikzpicture}Left.", "Left."),
    ("\\begin{gather} a \\\\ b \\end{gather}", "$$\n\\begin{gathered}\na \\\\ b\n\\end{gathered}\n$$"),
    ("An open $ sign.\n\nAnd {a brace. \\end{none}Last.", "An open $ sign.\n\nAnd a brace. Last."),
    ("\\begin{comment}no\\end{comment}yes\\iffalse no \\ifx a \\fi no \\else yes\\fi", "yes yes"),
])  # fmt: skip
def test_what_is_printed_is_what_is_read(source: str, text: str) -> None:
    assert text_of(source) == text


def test_the_words_of_a_spanish_class_are_spanish() -> None:
    preamble = "\\usepackage[spanish]{babel}"
    figure = "\\begin{figure}\\includegraphics{a}\\caption{Un esquema.}\\label{f}\\end{figure} Véase \\ref{f}."
    read = read_latex(
        f"{preamble}\\begin{{document}}\\begin{{abstract}}Algo.\\end{{abstract}}{figure}".encode(), "a.tex", LIMITS
    )
    assert [(section.headings, section.text) for section in read.sections] == [
        (("Resumen",), "Algo.\n\nFigura 1: Un esquema.\n\nVéase 1.")
    ]


def test_macros_that_grow_without_end_are_refused() -> None:
    names = "abcdefgh"
    bomb = "".join(
        f"\\newcommand{{\\{b}}}{{{f'{chr(92)}{a} ' * 30}}}" for a, b in zip("z" + names, names, strict=False)
    )
    for source in (f"\\newcommand{{\\z}}{{lol}}{bomb}\\h", "{" * 300 + "x"):
        with pytest.raises(BadDocument) as caught:
            read_latex(source.encode(), "a.tex", LIMITS)
        assert caught.value.code in {"document-expands", "document-deep"}


PIECES = [
    *"\\{}$%&~[]()\n a", "\\begin{a}", "\\end{a}", "\\item", "\\verb|", "\\footnote{", "\\iffalse", "\\fi",
    "\\cite", "\\'",
    "\\begin{tabular}", "\\caption{", "\\newcommand{\\a}", "\\section{",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES)))
def test_no_source_breaks_the_reader(parts: list[str]) -> None:
    source = "".join(parts)
    assert len(without_comments(source)) <= len(source)
    assert isinstance(read_latex(f"{source} word".encode(), "a.tex", LIMITS).sections, tuple)


def notebook(path: Path, *cells: object, **metadata: object) -> Path:
    path.write_text(json.dumps(notebooks.new_notebook(cells=list(cells), metadata=metadata)), encoding="utf-8")
    return path


def test_a_notebook_of_two_sections(tmp_path: Path) -> None:
    picture = notebooks.new_output("display_data", data={"image/png": "aaaa", "text/plain": "<Figure>"})
    printed = notebooks.new_output("stream", text="\x1b[31m1\x1b[0m\n")
    long = notebooks.new_output("stream", text="9" * 500)
    warned = notebooks.new_output("stream", name="stderr", text="Warning")
    code = notebooks.new_code_cell("x = 1\nprint(x)", outputs=[printed, picture, long, warned])
    path = notebook(
        tmp_path / "a.ipynb",
        notebooks.new_markdown_cell("# Scaled Attention\n\n## Introduction\n\nThe model weighs $d_k$ values."),
        code,
        notebooks.new_markdown_cell(
            "## Method\n\nText ![p](data:image/png;base64,aaaa).\n\n| a | b |\n|---|---|\n| 1 | 2 |"
        ),
        authors=[{"name": "Ana Pérez"}],
        kernelspec={"language": "python", "name": "python3", "display_name": "Python"},
    )
    document = read_document(path)
    assert (document.title, document.authors, document.kind) == ("Scaled Attention", ("Ana Pérez",), "ipynb")
    assert sections(document) == [
        (
            ("Scaled Attention", "Introduction"),
            "§ Introduction",
            "The model weighs $d_k$ values.\n\n```python\nx = 1\nprint(x)\n```\n\n```text\n1\n```",
        ),
        (("Scaled Attention", "Method"), "§ Method", f"Text .\n\n{TABLE}"),
    ]


def test_an_old_notebook_is_read_and_one_of_another_time_is_not(tmp_path: Path) -> None:
    cells = [{"cell_type": "heading", "level": 1, "source": ["Old"]}, {"cell_type": "code", "input": "x = 1"}]
    old = {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": cells}]}
    (tmp_path / "old.ipynb").write_text(json.dumps(old))
    assert sections(read_document(tmp_path / "old.ipynb")) == [(("Old",), "§ Old", "```\nx = 1\n```")]
    for name, text in {
        "new": '{"nbformat": 5, "cells": []}', "list": "[]", "text": "hello", "odd": '{"nbformat": 4, "cells": 3}'
    }.items():  # fmt: skip
        (tmp_path / f"{name}.ipynb").write_text(text)
        with pytest.raises(BadDocument) as caught:
            read_document(tmp_path / f"{name}.ipynb")
        assert caught.value.code == "document-broken"
    deep = tmp_path / "deep.ipynb"
    deep.write_text('{"nbformat": 4, "cells": ' + "[" * 100_000)
    with pytest.raises(BadDocument) as caught:
        read_document(deep)
    assert caught.value.code == "document-deep"
