"""The exam as Markdown, read by markdown-it-py as CommonMark with tables and strikethrough, and by pandoc if there.

pandoc is not shipped: one on the PATH, or PANDOC with its program.
"""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pytest
from export_papers import HOSTILE, each_kind, hostile, item, paper, plain, spaced, visible
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from agents.item import Item
from tutor.export.markdown import markdown_files
from tutor.export.mathjax import blocks
from tutor.export.xml_tree import html
from tutor.paper import Paper

PANDOC = os.environ.get("PANDOC") or shutil.which("pandoc")
PAPERS = pytest.mark.parametrize("made", [each_kind(), hostile(), paper()], ids=["each-kind", "hostile", "empty"])
# As pandoc's manual has it under tex_math_dollars: no space inside the dollars, and no digit after the last one.
MATH = re.compile(r"\$\$(?P<shown>.+?)\$\$|\$(?=\S)(?P<formula>(?:\\.|[^$\\])+?)(?<!\s)\$(?!\d)", re.DOTALL)
BITS = [
    *"#-+*_`~=:.()[]{}<>&|!\\/'\"^@$ \n1aB;ñ…", "1.", "a)", "$x$", "**", "\n\n", "    ", "\\(", "```", "--", "<!--",
    "| a |", "\r", "\x00", "\u2028",
]  # fmt: skip
LOOKALIKES = [
    *HOSTILE, "# no", "- no", "+ no", "1. no", "1) no", "(1) no", "a. no", "iv) no", "> no", "= no", ": no",
    "~~ ~", ":::", "---", "===", "***", "___", "|a|b|\n|-|-|", "a\n---", "a\n===", "a ` b", "2 * 3 * 4", "a*b",
    "__init__", "d_model_", "[a](b)", "![a](b)", "[^1]: x", "[a]: b", "<!-- x -->", "<b>x</b>", "http://a.b/c_d#e",
    "&amp;", "@cita", "~~x~~", "==x==", "^[x]", "H~2~O", r"\(x\) \[y\]", r"\begin{a}", "% x", ":smile:", "a\\",
    "x #", "«p. ej.» 'x' \"y\"... -- no", "$5 y $6", "www.a_b.c#d", "https://a.b/c_d#e",
]  # fmt: skip
EXPECTED = {
    "paragraph", "bullet_list", "ordered_list", "list_item", "strong", "em", "inline", "text", "code_inline",
    "hardbreak", "fence", "math",
}  # fmt: skip


@dataclass
class Read:
    """What stands under a heading: `paragraphs` outside lists, the `entries` of lists, code blocks in both."""

    heading: str
    paragraphs: list[str] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    lists: set[str] = field(default_factory=set)


def math_rule(state: StateInline, silent: bool) -> bool:
    found = MATH.match(state.src, state.pos)
    if found and not silent:
        tex = rf"\[{found['shown']}\]" if found["shown"] else rf"\({found['formula']}\)"
        state.push("math", "", 0).content = tex
    state.pos = found.end() if found else state.pos
    return bool(found)


@cache
def reader() -> MarkdownIt:
    made = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    made.inline.ruler.before("escape", "math", math_rule)
    return made


def shown(tokens: list[Token]) -> str:
    """The text that is seen; anything that items have not fails."""
    assert {re.sub("_(open|close)$", "", token.type) for token in tokens} <= EXPECTED, tokens
    return "".join("\n" if token.type == "hardbreak" else token.content for token in tokens)


def read(content: bytes) -> list[Read]:
    """What stands under the title, then under each item's heading."""
    parts: list[Read] = []
    tokens = reader().parse(content.decode())
    depth = 0
    for place, token in enumerate(tokens):
        name = re.sub("_(open|close)$", "", token.type)
        depth += token.nesting if name == "list_item" else 0
        if token.type == "list_item_open":
            parts[-1].entries.append("")
        elif name in ("bullet_list", "ordered_list"):
            parts[-1].lists.add(name)
        elif token.type == "inline" and tokens[place - 1].type == "heading_open":
            parts.append(Read(shown(token.children or [])))
        elif token.type in ("inline", "fence"):
            text = spaced(shown(token.children or []) if token.type == "inline" else token.content)
            if depth:
                parts[-1].entries[-1] = f"{parts[-1].entries[-1]} {text}".strip()
            else:
                parts[-1].paragraphs.append(text)
        else:
            assert name in EXPECTED | {"heading"}, token
    return parts


def both(made: Paper) -> tuple[list[Read], list[Read]]:
    """The items of the exam and of the key."""
    exam, solved = (read(content)[1:] for content in markdown_files(made).values())
    assert len(exam) == len(solved) == len(made.items)
    return exam, solved


def by_id() -> dict[str, tuple[Read, Read]]:
    exam, solved = both(each_kind())
    return dict(zip((asked.id for asked in each_kind().items), zip(exam, solved, strict=True), strict=True))


def lettered(asked: Item) -> list[str]:
    return [f"{chr(ord('a') + at)}) {plain(option)}" for at, option in enumerate(asked.options)]


def bare(text: str) -> str:
    """Without white space: formulas that touch are set apart."""
    return "".join(text.split())


def test_the_files_are_named_after_the_paper_and_always_the_same() -> None:
    assert markdown_files(each_kind()) == markdown_files(each_kind())
    assert list(markdown_files(each_kind())) == ["examen-atencion-1-A.md", "examen-atencion-1-A-key.md"]


@PAPERS
def test_texts_are_read_back(made: Paper) -> None:
    for asked, exam, solved in zip(made.items, *both(made), strict=True):
        assert " ".join(exam.paragraphs).startswith(plain(asked.stem))
        assert exam.entries == lettered(asked)
        assert exam.lists <= {"bullet_list"}
        assert plain(asked.rationale) in " ".join(solved.paragraphs)
        label = "Sources" if made.language == "en" else "Fuentes"
        assert f"{label}: {'; '.join(asked.sources)}" in solved.paragraphs


def test_keys() -> None:
    found = {name: (solved.paragraphs[0], solved.entries) for name, (_, solved) in by_id().items()}
    label = "Solución:"
    assert found["mcq.hand"] == (r"b) \(\sqrt{2}\)", [])
    assert found["true_false.hand"] == ("b) Falso", [])
    assert found["multi.hand"] == (label, ["a) uno", "c) tres"])
    assert found["order.hand"] == (label, ["c) escala", "a) softmax", r"b) por \(V\)"])
    assert found["match.hand"] == (label, ["b) consulta", "a) clave o valor", "b) consulta"])
    assert found["numeric.hand"] == (r"\(12\,288\) bytes", [])
    assert found["numeric.2"] == (r"\(-0{,}125 \pm 0{,}0005\)", [])
    assert found["formula.hand"] == ("QK^T/sqrt(d_k)", [])
    assert found["matrix.2"] == (r"\(\begin{pmatrix}0 & -\infty\end{pmatrix}\)", [])
    assert found["short.hand"] == ("La respuesta necesita:", ["Nombra la máscara.", r"Dice por qué: \(j > i\)."])
    assert by_id()["match.hand"][1].lists == by_id()["order.hand"][1].lists == {"ordered_list"}


@pytest.mark.parametrize(
    ("key", "tolerance", "written"),
    [
        (12345678901234, 0.0, r"\(1{,}2346 \times 10^{13}\) = 12345678901234"),
        (0.12345678901, 0.0, r"\(0{,}123456789\) = 0.12345678901"),
        (0.12345678901, 0.005, r"\(0{,}1235 \pm 0{,}005\)"),
        (2.5e13, 0.0, r"\(2{,}5 \times 10^{13}\)"),
        (float("inf"), 0.0, "Infinity"),
        (float("nan"), 0.0, "NaN"),
        ([[1, "a`"]], 0.0, '[[1,"a`"]]'),
        ([], 0.0, "[]"),
        ([[1], 2], 0.0, "[[1],2]"),
        ([0.5, float("-inf")], 0.0, r"\((0{,}5; -\infty)\)"),
    ],
)
def test_values_are_exact_or_say_what_they_are(key: Any, tolerance: float, written: str) -> None:
    kind = "matrix" if isinstance(key, list) else "numeric"
    _, (solved,) = both(paper(item(kind, key, tolerance=tolerance)))  # type: ignore[arg-type]
    assert solved.paragraphs[0] == written


@pytest.mark.parametrize("key", [5, -1, True, None, "a", [0, 7], []])
def test_a_key_that_names_no_option_is_shown_as_it_is(key: Any) -> None:
    for kind in ("mcq", "multi", "order", "match", "true_false"):
        _, (solved,) = both(paper(item(kind, key, ("uno", "dos"))))  # type: ignore[arg-type]
        assert solved.paragraphs[0] == (key if isinstance(key, str) else json.dumps(key, separators=(",", ":")))
        assert solved.entries == []


def test_the_exam_holds_nothing_of_the_key() -> None:
    secret = item(
        "short", ["SECRET"], rationale="SECRET", hints=("SECRET",), misconceptions={"0": "SECRET"},
        feedback={"SECRET": "SECRET"}, sources=("SECRET",),
    )  # fmt: skip
    exam, solved = markdown_files(paper(secret, replace(secret, kind="formula", key="SECRET"))).values()
    assert b"SECRET" not in exam
    assert b"0123456789abcdef" not in exam
    assert solved.count(b"SECRET") == 6
    assert b"Plan de examen 0123456789abcdef, semilla 7." in solved


@pytest.mark.parametrize("said", LOOKALIKES)
def test_a_text_that_looks_like_markup_comes_out_as_itself(said: str) -> None:
    made = paper(item("mcq", 0, (said, f"x\n{said}"), stem=f"{said}\n\nx\n{said}", rationale=said), title=said)
    exam, solved = both(made)
    assert exam[0].paragraphs[:2] == [spaced(said), spaced(f"x {said}")]
    assert exam[0].entries == [spaced(f"a) {said}"), spaced(f"b) x {said}")]
    assert solved[0].paragraphs[0] == spaced(f"a) {said}")
    assert [read(content)[0].heading for content in markdown_files(made).values()] == [spaced(said)] * 2


@given(st.lists(st.sampled_from(BITS), max_size=12))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_by_commonmark_as_items_mean_it(parts: list[str]) -> None:
    said = "".join(parts)
    (exam,), (solved,) = both(paper(item("mcq", 0, (said, "b"), stem=said, rationale=said), blueprint=""))
    meant = bare(visible(html(blocks(said))))
    assert bare("".join(exam.paragraphs)) == meant + bare("Elige una opción.")
    assert [bare(entry) for entry in exam.entries] == [f"a){meant}", "b)b"]
    assert bare("".join(solved.paragraphs[:-2])) == f"a){meant}" + f"Solución:{meant}" * bool(said)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("*a *b* c*", "a b c"),
        (r"**```:\**b** c", "*```:*b c"),
        ("**a** *b* ***c***", "a b c"),
        ("$a$$b$ \\$$c$", r"\(a\) \(b\) $\(c\)"),
        ("$$a$$$b$", r"\[a\] \(b\)"),
    ],
)
def test_marks_and_formulas_that_touch_stay_apart(said: str, meant: str) -> None:
    (exam,), _ = both(paper(item("short", ["a"], stem=said)))
    assert exam.paragraphs[0] == meant


def test_blocks_stay_in_their_option_and_percent_signs_in_their_formula() -> None:
    option = "Uno:\n\n```py\nif a < b:\n    print(`x`)\n```\n\ny ya."
    (exam,), _ = both(paper(item("mcq", 0, (option, "dos"), stem="Un $50%$ y $a\n\\% b$.")))
    assert exam.entries == ["a) Uno: if a < b: print(`x`) y ya.", "b) dos"]
    assert exam.paragraphs[0] == r"Un \(50\%\) y \(a \% b\)."


def lookalikes() -> Paper:
    return paper(*(item("mcq", 0, (said, f"x\n{said}"), stem=f"{said}\n\nx\n{said}", id=said) for said in LOOKALIKES))


def pandoc_text(value: Any) -> str:
    """The text of pandoc's tree; an element that items have not fails."""
    if isinstance(value, list):
        return "".join(map(pandoc_text, value))
    name, content = value["t"], value.get("c")
    if name in ("Space", "SoftBreak", "LineBreak"):
        return " "
    if name == "Math":
        return rf"\[{content[1]}\]" if content[0]["t"] == "DisplayMath" else rf"\({content[1]}\)"
    if name in ("Code", "CodeBlock"):
        return f"{content[1]} "
    if name in ("Header", "OrderedList", "Quoted"):
        return pandoc_text(content[-1]) + " "
    assert name in ("Str", "Para", "Plain", "Emph", "Strong", "BulletList"), value
    return content if name == "Str" else pandoc_text(content) + " " * (name in ("Para", "Plain"))


@pytest.mark.skipif(not PANDOC, reason="no pandoc")
@pytest.mark.parametrize("dialect", ["markdown", "gfm", "commonmark_x"])
@pytest.mark.parametrize("made", [each_kind(), hostile(), lookalikes()], ids=["each-kind", "hostile", "lookalikes"])
def test_pandoc_reads_the_same(made: Paper, dialect: str) -> None:
    for content in markdown_files(made).values():
        ran = subprocess.run([str(PANDOC), "-f", dialect, "-t", "json"], input=content, capture_output=True, check=True)
        theirs = pandoc_text(json.loads(ran.stdout)["blocks"])
        ours = "".join(shown(token.children or []) for token in reader().parse(content.decode()) if token.children)
        assert bare(theirs.replace("’", "'")) == bare(ours)
