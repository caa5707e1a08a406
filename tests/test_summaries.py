"""A summary as Markdown, Word and evidence tables: what a reader of each format gets, whatever the sources hold."""

import csv
import io
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from docx import Document
from hypothesis import example, given, settings
from make_summary import ATTENTION, HOSTILE, NOTES, QUOTATIONS, hostile_text, quoting, summary
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from agents.research.summary import Line, Part, Summary
from tutor.export.markdown_nodes import seen
from tutor.summaries.docx import write_docx
from tutor.summaries.evidence import evidence_rows, write_evidence_csv, write_evidence_jsonl
from tutor.summaries.inline import closed, code_of, one_line
from tutor.summaries.markdown import write_markdown
from tutor.summaries.omml import omml

# As pandoc's manual has it under tex_math_dollars.
MATH = re.compile(r"\$\$(?P<shown>.+?)\$\$|\$(?=\S)(?P<formula>(?:\\.|[^$\\])+?)(?<!\s)\$(?!\d)", re.DOTALL)
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def math_rule(state: StateInline, silent: bool) -> bool:
    found = MATH.match(state.src, state.pos)
    if found and not silent:
        state.push("math", "", 0).content = found[0]
    if found:
        state.pos = found.end()
    return bool(found)


def reader(*, math: bool) -> MarkdownIt:
    made = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    if math:
        made.inline.ruler.before("escape", "math", math_rule)
    return made


def words(tokens: list[Token]) -> str:
    """What the tokens show, in one line."""
    shown = ""
    for token in tokens:
        if token.type == "inline":
            shown += words(token.children or []) + "\n"
        elif token.type in ("softbreak", "hardbreak"):
            shown += "\n"
        elif token.type in ("text", "math", "fence", "code_inline", "code_block"):
            shown += token.content
    return " ".join(shown.split())


def within(tokens: list[Token], kind: str) -> list[list[Token]]:
    """The tokens inside each element of a kind."""
    found: list[list[Token]] = []
    depth = 0
    for token in tokens:
        if token.type == f"{kind}_open":
            depth += 1
            found.append([])
        elif token.type == f"{kind}_close":
            depth -= 1
        elif depth:
            found[-1].append(token)
    return found


def headings(text: str) -> list[str]:
    return [words(one) for one in within(reader(math=True).parse(text), "heading")]


def kinds(tokens: list[Token]) -> set[str]:
    return {token.type for token in tokens} | {kind for token in tokens for kind in kinds(token.children or [])}


def test_a_summary_in_english_has_everything_in_its_place() -> None:
    text = write_markdown(summary("en"))
    assert headings(text) == [
        "What does attention cost, and how can it be cheaper?", "In short", "Exact attention with less memory", "Terms",
        "Limits that the sources state", "Comparison", "Where the sources disagree",
        "How much faster FlashAttention is (different values)", "What the sources do not say", "Quotations",
        "References", "How this summary was made",
    ]  # fmt: skip
    assert "5 documents searched, 4 cited, 5 quotations." in text
    assert r"Scaled dot-product attention is $\mathrm{softmax}(QK^\top/\sqrt{d_k})V$. [1][2] FlashAttention" in text
    assert "**[4]** Pérez Gil and de la Fuente Ruiz (2023), *El coste de la atención: una revisión*, § Res" in text
    assert "§ Resultados (in Spanish)\n\n> En nuestras pruebas" in text
    assert '> We call our particular attention "Scaled Dot-Product Attention".' in text
    assert "- *Unrelated Cooking Notes*\n" in text
    assert "- 3 sentences: no source says it\n- 1 sentence: a source contradicts it\n" in text
    assert "machine translation" not in text


def test_a_summary_in_spanish_is_in_spanish_throughout() -> None:
    text = write_markdown(summary("es"))
    assert headings(text) == [
        "¿Cuánto cuesta la atención y cómo abaratarla?", "En pocas palabras", "Atención exacta con menos memoria",
        "Términos", "Límites que señalan las fuentes", "Comparación", "En qué discrepan las fuentes",
        "Cuánto más rápido es FlashAttention (valores distintos)", "Lo que las fuentes no dicen", "Citas textuales",
        "Referencias", "Cómo se ha hecho este resumen",
    ]  # fmt: skip
    assert "crece con $N$ y no con $N^2$. [3] *(traducción automática)*" in text
    assert "Vaswani, A., Shazeer, N., Parmar, N. y Uszkoreit, J. (2017)." in text
    assert "p. 1 (en inglés): «FlashAttention is 3× faster" in text
    assert "- *Notas de clase sobre BERT*. (s. f.). [5]" in text


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_side_of_a_disagreement_is_quoted_with_its_place(language: str) -> None:
    entries = [words(one) for one in within(reader(math=True).parse(write_markdown(summary(language))), "list_item")]
    for quotation in QUOTATIONS[2:4]:
        (side,) = [one for one in entries if quotation.quote in one]
        assert quotation.locator in side
        assert side.endswith(f"[{quotation.n}]")


def test_the_comparison_is_a_table_whose_bars_end_no_cell() -> None:
    tokens = reader(math=True).parse(write_markdown(summary("en")))
    cells = [words(one) for one in within(tokens, "td")]
    assert len(cells) == 6
    assert cells[1] == "FlashAttention needs memory that grows with $N$ and not with $N^2$. [3]"
    assert cells[2] == r"3 × | $\vert x\vert $ [3]"
    assert cells[4] == "does not say"


def test_code_that_is_quoted_keeps_its_lines() -> None:
    (code,) = [token for token in reader(math=True).parse(write_markdown(summary("en"))) if token.type == "fence"]
    assert code.content == "def softmax(x):\n    return exp(x) / exp(x).sum()\n"


def test_parts_say_where_their_lines_come_from_once() -> None:
    """A part of disagreements or of what is missing is the place where these are told, without repeating them."""
    made = summary("en")
    side, line = made.disagreements[0].sides[0], Line("And nobody counts the cost of training.", "supported", (1,))
    missing = Line(made.missing[0], "not_found", ())
    parts = (Part("disagreement", "Quarrels", (side, line)), Part("missing", "", (missing,)))
    text = write_markdown(replace(made, parts=parts))
    assert headings(text)[1:5] == [
        "Quarrels", "How much faster FlashAttention is (different values)", "What the sources do not say", "Comparison",
    ]  # fmt: skip
    assert text.count(made.missing[0]) == 1
    assert "- And nobody counts the cost of training. [1]" in text
    assert text.count(side.text) == 2, "as a side and as a quotation"


def test_a_verdict_other_than_supported_is_said() -> None:
    line = Line("It needs no memory.", "contradicted", (3,))
    text = write_markdown(replace(summary("en"), parts=(Part("theme", "T", (line,)),)))
    assert "It needs no memory. [3] *(contradicted by the source cited)*" in text


def test_a_summary_without_sources_says_what_is_missing() -> None:
    bare = Summary("Why?", "en", (), (), (), (NOTES,), missing=("No source says why.",), engine="llm:small-model")
    text = write_markdown(bare)
    assert headings(text) == ["Why?", "What the sources do not say", "How this summary was made"]
    assert "1 document searched, 0 cited, 0 quotations." in text
    assert "Written with the language model small-model." in text
    assert len(Document(io.BytesIO(write_docx(bare))).paragraphs) == 7


@given(hostile_text)
@example("".join(HOSTILE))
@example("```\n<b>\n```")
@example("$a<b>c$ $x](y)$ $`$")
@settings(max_examples=30, deadline=None)
def test_no_quotation_becomes_markup_and_every_one_is_shown_as_it_is(text: str) -> None:
    written = write_markdown(quoting(text), "nature")
    for math in (True, False):
        tokens = reader(math=math).parse(written)
        allowed = {
            "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text", "bullet_list_open",
            "bullet_list_close", "list_item_open", "list_item_close", "blockquote_open", "blockquote_close",
            "strong_open", "strong_close", "em_open", "em_close", "math", "hardbreak", "table_open", "table_close",
            "thead_open", "thead_close", "tbody_open", "tbody_close", "tr_open", "tr_close", "th_open", "th_close",
            "td_open", "td_close", "link_open", "link_close", "fence",
        }  # fmt: skip
        if math:  # where formulas are read, no other markup is there
            assert kinds(tokens) <= allowed
            links = [token for one in tokens for token in one.children or [] if token.type == "link_open"]
            assert {str(link.attrs["href"]) for link in links} <= {"https://doi.org/10.5555/3295222.3295349"}
        else:
            assert not kinds(tokens) & {"html_inline", "html_block", "image"}
        (quote,) = within(tokens, "blockquote") if math else [[]]
        code = code_of(text)
        if math:
            assert words(quote) == (" ".join(code.split()) if code is not None else one_line(text))
            assert len(within(tokens, "td")) == 2


@given(hostile_text)
@settings(max_examples=40)
def test_a_line_says_what_the_text_says_and_turns_no_direction_after_it(text: str) -> None:
    added = one_line(text).removeprefix(" ".join(seen(text).split()))
    assert set(added) <= set(" \u202c\u2069")
    assert closed(closed(text)) == closed(text)
    assert closed("a\u202eb\u2066c") == "a\u202eb\u2066c\u2069\u202c"


def body(data: bytes) -> Any:
    return Document(io.BytesIO(data))


def shown(paragraph: Any) -> str:
    """The text of a paragraph, links and formulas too."""
    texts = [node.text or "" for node in paragraph._p.iter() if node.tag in (f"{W}t", f"{M}t")]
    return "".join(texts)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_word_file_has_what_the_markdown_has(language: str) -> None:
    document = body(write_docx(summary(language)))
    titles = [one.text for one in document.paragraphs if one.style.name.startswith(("Heading", "Title"))]
    assert [re.sub(r"\$", "", title) for title in headings(write_markdown(summary(language)))] == titles
    assert document.core_properties.title == summary(language).question
    assert document.core_properties.language == language
    texts = [shown(one) for one in document.paragraphs]
    for quotation in (QUOTATIONS[0], QUOTATIONS[3]):
        assert quotation.quote in texts
    assert "def softmax(x):" in "".join(texts)
    assert [len(row.cells) for row in document.tables[0].rows] == [3, 3, 3]


def test_numbers_of_a_word_file_lead_to_their_quotations_and_addresses_to_the_web() -> None:
    document = body(write_docx(summary("en")))
    links = [node.get(f"{W}anchor") for node in document.element.iter(f"{W}hyperlink")]
    anchors = {node.get(f"{W}name") for node in document.element.iter(f"{W}bookmarkStart")}
    assert anchors == {f"quotation_{n}" for n in range(1, 6)} == set(links) - {None}
    web = {one.target_ref for one in document.part.rels.values() if one.is_external}
    assert web == {"https://doi.org/10.5555/3295222.3295349", "https://arxiv.org/abs/2205.14135"}


def test_formulas_of_a_word_file_are_words_own() -> None:
    document = body(write_docx(summary("en")))
    shapes = {node.tag.removeprefix(M) for node in document.element.iter() if str(node.tag).startswith(M)}
    assert {"oMath", "f", "num", "den", "rad", "sSub", "sSup", "d"} <= shapes


@given(hostile_text)
@example("".join(HOSTILE))
@settings(max_examples=6, deadline=None)
def test_a_word_file_of_any_text_opens_and_quotes_it(text: str) -> None:
    document = body(write_docx(quoting(text), "nature"))
    (quote,) = [one for one in document.paragraphs if one.style.name == "Quote"]
    if "$" not in text and code_of(text) is None:
        assert " ".join(quote.text.split()) == one_line(text)


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        (r"\frac{a}{b}", "<f><num><r>a</r></num><den><r>b</r></den></f>"),
        (r"\sum_{i=1}^n x", "<limLow><e><limUpp><e><r>∑</r></e><lim><r>n</r></lim></limUpp></e><lim><r>i</r><r>=</r><r>1</r></lim></limLow><r>x</r>"),  # noqa: E501
        (r"\sqrt{d_k}", "<rad><deg></deg><e><sSub><e><r>d</r></e><sub><r>k</r></sub></sSub></e></rad>"),
        (r"\mathrm{softmax}(x)", "<r>softmax</r><r>(</r><r>x</r><r>)</r>"),
        (r"\hat{y}", "<acc><e><r>y</r></e></acc>"),
        (r"\begin{bmatrix}1&2\\3&4\end{bmatrix}", "<d><e><m><mr><e><r>1</r></e><e><r>2</r></e></mr><mr><e><r>3</r></e><e><r>4</r></e></mr></m></e></d>"),  # noqa: E501
        (r"|x|", "<d><e><r>x</r></e></d>"),
    ],
)  # fmt: skip
def test_a_formula_is_built_of_its_parts(latex: str, said: str) -> None:
    def told(element: Any) -> str:
        tag = element.tag.removeprefix(M)
        if tag == "t":
            return str(element.text)
        inner = "".join(map(told, element))
        return "" if tag.endswith("Pr") else f"<{tag}>{inner}</{tag}>"

    assert "".join(map(told, omml(latex))) == said


@pytest.mark.parametrize("latex", [r"\input{x}", r"\frac{a}", r"x^a^b", "{", r"\left( x", r"\href{x}{y}", "a & b"])
def test_what_is_no_formula_stays_text(latex: str) -> None:
    assert omml(latex) is None


def test_evidence_has_a_row_for_each_sentence_and_quotation() -> None:
    rows = evidence_rows(summary("en"))
    assert [(row.claim[:12], row.n, row.locator, row.score) for row in rows[:3]] == [
        ("Scaled dot-p", 1, "p. 4", 0.91), ("Scaled dot-p", 2, "p. 4", 0.88), ("FlashAttenti", 3, "p. 1", 0.83),
    ]  # fmt: skip
    assert len(rows) == len(set(rows)) == 10
    assert rows[1].quote == ATTENTION
    assert {row.verdict for row in rows} == {"supported"}
    read = list(csv.DictReader(io.StringIO(write_evidence_csv(summary("en")).removeprefix("\ufeff"), newline="")))
    assert list(read[0]) == ["claim", "verdict", "document", "title", "locator", "quote", "score", "n"]
    assert [row["quote"] for row in read] == [row.quote for row in rows]


@given(hostile_text)
@example("=1+1")
@example("@SUM(A1)")
@example("\t=1")
@settings(max_examples=40)
def test_evidence_comes_back_as_it_was_and_no_cell_is_a_formula(text: str) -> None:
    made = quoting(text, title=text)
    (row,) = csv.DictReader(io.StringIO(write_evidence_csv(made).removeprefix("\ufeff"), newline=""))
    for cell in (row["claim"], row["quote"], row["title"]):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert row["quote"] in (seen(text), "'" + seen(text))
    assert [json.loads(line)["quote"] for line in write_evidence_jsonl(made).splitlines()] == [seen(text)]
