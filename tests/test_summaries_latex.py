"""A summary as LaTeX: what a source says is printed and never a command; pdfLaTeX sets it, where there is one."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from make_summary import HOSTILE, hostile_text, quoting, summary
from pylatexenc.latexwalker import LatexWalker

from tutor.summaries.bibtex import write_bibtex
from tutor.summaries.latex import write_latex
from tutor.summaries.latex_math import is_mathematics
from tutor.summaries.latex_text import latex_formula, latex_text

PDFLATEX = shutil.which("pdflatex")
OWN = {
    "begin", "end", "title", "author", "date", "maketitle", "section", "subsection", "item", "cite", "textsuperscript",
    "quotemark", "emph", "textbf", "noindent", "phantomsection", "label", "nocite", "bibliographystyle", "bibliography",
    "small", "hline", "raggedright", "arraybackslash", "dimexpr", "linewidth", "tabcolsep", "newline", "ttfamily",
    "par", "mbox", "texorpdfstring", "ensuremath", "textbackslash", "textasciitilde", "textasciicircum", "lbrace",
    "rbrace",
}  # fmt: skip


def commands(written: str) -> set[str]:
    """The commands after the preamble."""
    return set(re.findall(r"\\([A-Za-z]+)", written.partition(r"\begin{document}")[2]))


def environments_close(written: str) -> bool:
    waiting: list[str] = []
    for what, name in re.findall(r"\\(begin|end)\{(\w+)\}", written):
        if what == "begin":
            waiting.append(name)
        elif not waiting or waiting.pop() != name:
            return False
    return not waiting


def test_a_summary_is_a_document_that_cites_its_sources_at_their_places() -> None:
    written = write_latex(summary("es"), "referencias")
    assert r"\usepackage[spanish,es-noshorthands,es-tabla]{babel}" in written
    assert r"\bibliographystyle{plainnat}" in written
    assert written.count(r"\bibliography{referencias}") == 1
    assert (
        r"La atención escalada es $\mathrm{softmax}(QK^\top/\sqrt{d_k})V$. \cite[{p. 4}]{vaswani2017attention}"
        r"\textsuperscript{\quotemark{1},\quotemark{2}}"
    ) in written
    assert r"\cite[{p. 1}]{dao2022flashattention} \cite[{§ Resultados}]{perezgil2023coste}" in written
    assert r"\mbox{}\ \ \ \ return exp(x) / exp(x).sum()\par}" in written
    assert {f"quotation:{n}" for n in range(1, 6)} == set(re.findall(r"\\label\{(.*?)\}", written))
    keys = set(re.findall(r"^@\w+\{(\w+),", write_bibtex(summary("es")), re.M))
    assert set(re.findall(r"\\cite(?:\[\{.*?\}\])?\{(\w+)\}", written)) == keys
    assert environments_close(written)


def test_a_quotation_without_place_is_cited_by_its_key() -> None:
    made = quoting("It is so.")
    made = replace(made, quotations=(replace(made.quotations[0], locator=" "),))
    assert r"It is so. \cite{vaswani2017attention}\textsuperscript{\quotemark{1}}" in write_latex(made)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("50 % & #1_a $5", r"50 \% \& \#1\_a \$5"),
        (r"\input{x}", r"\textbackslash{}input\ensuremath{\lbrace}x\ensuremath{\rbrace}"),
        ("a--b ,, ``c''", "a-{}-b ,{}, {`}{`}c{'}{'}"),
        ("~^<>|", r"\textasciitilde{}\textasciicircum{}\ensuremath{<}\ensuremath{>}\ensuremath{|}"),
        ("α ≤ ñ", r"\ensuremath{\alpha} \ensuremath{\leq} ñ"),
        ("e\u0301 a\u200bb \u202ec", "é ab c"),
        ("«中» [x]", "«中» {[}x{]}"),
        ("\x9b", "\ufffd"),
    ],
)
def test_signs_of_latex_are_printed(text: str, printed: str) -> None:
    assert latex_text(text) == printed


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{QK^\top}{\sqrt{d_k}}", r"\mathrm{softmax}\left(\frac{a}{b}\middle|c\right)V", r"\sum_{i=1}^{n} x_i^2",
        r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", r"x'' + y'_1", r"\hat\theta^2", r"d_\text{model} = 512",
        r"\sum\limits_i", r"\sqrt[3]{2}", r"\frac12", "0{,}5", r"\|x\|_2 \leq 1", r"\text{si } x > 0", r"^2", "α ≤ 2",
        r"\begin{cases} 1 & \text{sí} \\ 0 \end{cases}", r"\operatorname{rank}(W)", r"\big( x \big)", r"O(n \log n)",
    ],
)  # fmt: skip
def test_plain_mathematics_stays_a_formula(latex: str) -> None:
    assert latex_formula(latex)


@pytest.mark.parametrize(
    "latex",
    [
        r"\input{x}", r"\write18{rm}", r"\def\x{y}", r"\csname input\endcsname", r"\href{a}{b}", r"\frac{a}", r"x^a^b",
        "x_a_b", "x'^2", r"\left( x", r"x \right)", "{", "}", "a & b", r"a \\ b", "#1", "a % b", "a ~ b", "^^5c",
        r"\hat", r"\begin{verbatim} x \end{verbatim}", r"\begin{cases} 1", r"\end{cases}", r"\text{a_b}",
        r"\text{\input{x}}", "x^",
        r"x^\frac12", r"\middle|", r"\big x", r"x\limits^2", "中", "\\",
        r"\begin{matrix} 1 \\[9pt] 2 \end{matrix}",
        "{" * 60 + "}" * 60,
    ],
)  # fmt: skip
def test_what_is_more_or_less_than_mathematics_is_text(latex: str) -> None:
    assert latex_formula(latex) is None


@given(st.lists(st.sampled_from(r"\frac { } ^ _ x 2 \left( \right) & \\ ' \text \alpha \sqrt".split()), max_size=12))
@settings(max_examples=80, deadline=None)
def test_mathematics_is_balanced_and_a_group_of_it_is_mathematics(signs: list[str]) -> None:
    latex = " ".join(signs)
    if is_mathematics(latex):
        assert latex.count("{") == latex.count("}")
        assert latex.count(r"\left") == latex.count(r"\right")
        assert is_mathematics(f"{{{latex}}}_1")
        assert is_mathematics(f"{latex} {{}} {latex}")


@given(hostile_text)
@example("".join(HOSTILE))
@example(r"$\input{x}$ $\frac{a}{b}$ \end{document}")
@settings(max_examples=25, deadline=None)
def test_no_text_brings_a_command_and_the_document_closes_all_it_opens(text: str) -> None:
    made = quoting(text)
    made = replace(made, quotations=(replace(made.quotations[0], locator=text),))
    written = write_latex(made)
    allowed = OWN | {command for formula in ("x_1", "y^2") for command in re.findall(r"\\([A-Za-z]+)", formula)}
    assert {one for one in commands(written) if one not in allowed} <= {"frac"}
    assert environments_close(written)
    assert written.count(r"\end{document}") == 1
    assert written.rstrip().endswith(r"\end{document}")
    inside = written.partition(r"\begin{document}")[2]
    assert not re.search(r"(?<!\\)(?:\\\\)*[%#]", inside.replace("p{\\dimexpr", ""))
    bare = re.sub(r"\\.", "", inside, flags=re.DOTALL)
    assert bare.count("{") == bare.count("}")
    assert bare.count("$") % 2 == 0
    LatexWalker(written, tolerant_parsing=False).get_latex_nodes()


@pytest.mark.skipif(PDFLATEX is None, reason="there is no pdflatex here")
@pytest.mark.parametrize("which", ["es", "hostile"])
def test_pdflatex_sets_a_summary_without_an_error(tmp_path: Path, which: str) -> None:
    made = summary("es") if which == "es" else quoting("".join(HOSTILE), "es", title="".join(HOSTILE))
    (tmp_path / "a.tex").write_text(write_latex(made, "a"), encoding="utf-8")
    (tmp_path / "a.bib").write_text(write_bibtex(made), encoding="utf-8")
    run = [str(PDFLATEX), "-interaction=nonstopmode", "-halt-on-error", "-draftmode", "-no-shell-escape", "a"]
    subprocess.run(run, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    subprocess.run(["bibtex", "a"], cwd=tmp_path, check=True, capture_output=True, timeout=60)
    for _ in range(2 if which == "es" else 1):
        subprocess.run(run, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    log = (tmp_path / "a.log").read_text(encoding="utf-8", errors="replace")
    assert which == "hostile" or not re.search("undefined (?:references|citations)", log)
