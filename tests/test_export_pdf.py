"""The three PDFs of a paper: read back with pdfium and pypdf, which share nothing with what wrote them."""

import importlib
import re
import unicodedata
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from agents.computed_items import computed_item
from agents.item import Check, Item, Kind, Proof
from tutor.export.pdf import pdf_files
from tutor.export.typst_formulas import typst_formula
from tutor.export.typst_text import blocks
from tutor.paper import Paper

FAMILIES = (
    "activation_value attention_memory attention_parameters attention_weights block_shapes causal_mask_count "
    "cross_entropy greedy_sequence kv_cache_size rope_rotation softmax_temperature training_days"
).split()
HOSTILE = '#read("/etc/passwd") </questiontext> {=right} <b>x</b> & ~ : = C:\\new #panic() @ref // /* [x](y) "ñandú"'
WITHHELD = "withheldword"
BY_HAND: tuple[tuple[Kind, str, tuple[str, ...], Any], ...] = (
    ("multi", "Which are **not** linear?", ("ReLU", "$Wx + b$", "*GELU*", "`tanh`"), [0, 2, 3]),
    ("true_false", "Attention without positions is equivariant.", ("True", "False"), 0),
    ("order", "Order the steps.", ("add", "normalise", "attend"), [2, 0, 1]),
    ("match", "Match:\n\n1. $W^Q$\n2. $QK^\\top$", ("$n \\times n$", "$d \\times d_k$", "$d$"), [1, 0]),
    ("short", "Why divide by $\\sqrt{d_k}$?", (), ["The variance is $d_k$.", "The softmax saturates."]),
    ("formula", "How many weights?", (), "2*d*d_ff"),
    ("matrix", "Which matrix?", (), [[0.5, 1.0], [0.0, -2.25]]),
    ("numeric", "How much memory?", (), 0.25),
)
HEADING = r"(?:Pregunta|Question) (\d+)\s+[\d.,]+ (?:punto|point)s?\n"
SETTINGS = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def by_hand(kind: Kind, stem: str, options: tuple[str, ...], key: Any, language: str = "en") -> Item:
    return Item(
        id=f"hand.{kind}", kind=kind, concept="attention", bloom="understand", difficulty=2, language=language,
        stem=stem, options=options, key=key, tolerance=0.005 if kind == "numeric" else 0.0,
        rationale=f"{WITHHELD} $x^2$", hints=(WITHHELD,), misconceptions={"1": WITHHELD}, feedback={"m": WITHHELD},
        points=1.5, sources=("vaswani2017 §3.2.1",), proof=Proof("authored", (Check(WITHHELD, True),)),
        unit="GB" if kind == "numeric" else "",
    )  # fmt: skip


def twenty(language: str) -> Paper:
    families = [importlib.import_module(f"agents.families.{name}").FAMILY for name in FAMILIES]
    items = [computed_item(family, 3, 2, language) for family in families]
    hand = [by_hand(kind, stem, options, key, language) for kind, stem, options, key in BY_HAND]
    title = "Atención y más: parcial" if language == "es" else "Attention: midterm"
    return Paper(title, language, "B", 90, (*items, *hand), 7, "0123456789abcdef")


def one(item: Item, **changes: Any) -> dict[str, bytes]:
    """The files of a paper with one item, under the names "exam", "sheet" and "key"."""
    paper = replace(Paper("T", item.language, "A", 10, (item,)), **changes)
    return dict(zip(("exam", "sheet", "key"), pdf_files(paper).values(), strict=True))


def pages(content: bytes) -> list[str]:
    """The text of each page; letters of formulas as plain letters."""
    document = pypdfium2.PdfDocument(content)
    texts = [page.get_textpage().get_text_range() for page in document]
    return [unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace("\r", "") for text in texts]


def bare(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def read(content: bytes) -> str:
    """The text without spaces. PDFium gives a hyphen at a line's end as one that a reader may leave out."""
    return bare("".join(pages(content)).replace("\ufffe", "-"))


def alternatives(content: bytes) -> set[str]:
    """The texts that stand for formulas where the file is read aloud."""
    objects = (PdfReader(BytesIO(content)).get_object(number) for number in range(1, 100_000))
    found = set()
    for value in objects:
        if value is None:
            break
        if isinstance(value, dict) and "/Alt" in value:
            found.add(str(value["/Alt"]))
    return found


@pytest.fixture(scope="module", params=["es", "en"])
def made(request: pytest.FixtureRequest) -> tuple[Paper, dict[str, bytes]]:
    paper = twenty(request.param)
    return paper, pdf_files(paper)


def test_names_and_equal_bytes(made: tuple[Paper, dict[str, bytes]]) -> None:
    paper, files = made
    slug = "atencion-y-mas-parcial-B" if paper.language == "es" else "attention-midterm-B"
    assert list(files) == [f"{slug}.pdf", f"{slug}-sheet.pdf", f"{slug}-key.pdf"]
    assert pdf_files(paper) == files
    assert pdf_files(replace(paper, version="C")) != files


def test_files_are_accessible_pdf_with_title_and_language(made: tuple[Paper, dict[str, bytes]]) -> None:
    paper, files = made
    for content in files.values():
        reader = PdfReader(BytesIO(content))
        root: Any = reader.trailer["/Root"]
        assert reader.metadata is not None
        assert reader.metadata.title == paper.title
        assert root["/Lang"] == paper.language
        assert root["/MarkInfo"]["/Marked"]
        assert re.search(rb"pdfuaid:part(>|=\")1", root["/Metadata"].get_data())
        assert not reader.metadata.get("/CreationDate")


def test_only_fonts_of_typst_are_embedded(made: tuple[Paper, dict[str, bytes]]) -> None:
    for content in made[1].values():
        names = {font["/BaseFont"] for page in PdfReader(BytesIO(content)).pages
                 for font in (ref.get_object() for ref in page["/Resources"]["/Font"].values())}  # fmt: skip
        assert names
        assert all(re.search("NewCM|DejaVuSansMono|Libertinus", name) for name in names), names


def test_the_exam_shows_head_items_and_page_numbers(made: tuple[Paper, dict[str, bytes]]) -> None:
    paper, files = made
    said = pages(next(iter(files.values())))
    words = {
        "es": ("Versión B", "20 preguntas", "90 minutos", "24 puntos", "Nombre:", "Fecha:", "Grupo:"),
        "en": ("Version B", "20 questions", "90 minutes", "24 points", "Name:", "Date:", "Group:"),
    }[paper.language]
    assert paper.title in said[0]
    assert all(word in said[0] for word in words)
    page = "Página {} de {}" if paper.language == "es" else "Page {} of {}"
    assert all(page.format(number, len(said)) in text for number, text in enumerate(said, start=1))
    assert re.findall(HEADING, "".join(said)) == [str(number) for number in range(1, 21)]


def test_an_item_stays_on_one_page(made: tuple[Paper, dict[str, bytes]]) -> None:
    said = "".join(f"{text}\f" for text in pages(next(iter(made[1].values()))))
    items = re.split(HEADING, said)[2::2]
    assert len(items) == 20
    assert not any(item.partition("\f")[2] for item in items)


def test_an_item_longer_than_a_page_is_whole_over_pages() -> None:
    lines = [f"line {number} of many" for number in range(150)]
    item = by_hand("multi", "\n".join(lines), ("first", "last"), [0])
    said = pages(one(item)["exam"])
    assert len(said) > 2
    assert all(bare(line) in bare("".join(said)) for line in (*lines, "a) first", "b) last"))


def test_the_student_sees_no_key(made: tuple[Paper, dict[str, bytes]]) -> None:
    exam, sheet, key = made[1].values()
    assert WITHHELD in read(key)
    for content in (exam, sheet):
        assert WITHHELD not in read(content)
        assert b"2*d*d_ff" not in content
        assert "2*d*d_ff" not in read(content)


def test_the_key_gives_every_answer() -> None:
    expected = {
        "multi": "a) ReLU; c) GELU; d) tanh", "true_false": "a) True", "order": "c) attend → a) add → b) normalise",
        "match": "1: b) d × dk; 2: a) n × n", "formula": "2*d*d_ff", "numeric": "0.25 ± 0.005 GB",
        "short": "says: • The variance is dk. • The softmax saturates.",
    }  # fmt: skip
    for kind, stem, options, key in BY_HAND:
        said = read(one(by_hand(kind, stem, options, key))["key"])
        assert bare(expected.get(kind, "")) in said, kind
        assert bare("Sources: vaswani2017 §3.2.1") in said
        assert bare(f"Proof: authored with the course; 1 of 1 checks: {WITHHELD}.") in said


def test_a_key_of_numbers_is_written_as_its_language_writes_them() -> None:
    content = one(by_hand("matrix", "x", (), [[0.5, 1.0], [0.0, -2.25]], "es"))["key"]
    assert r"\begin{pmatrix}0,5 & 1 \\ 0 & -2,25\end{pmatrix}" in alternatives(content)
    item = replace(by_hand("numeric", "x", (), 12345.678, "es"), unit="parameters", tolerance=0.1)
    assert bare("12 345,68 ± 0,1 parámetros") in read(one(item)["key"])


def test_the_sheet_has_circles_for_options_and_room_for_the_rest() -> None:
    items = tuple(by_hand(kind, stem, options, key) for kind, stem, options, key in BY_HAND)
    said = "".join(pages(one(items[0], items=items)["sheet"]))
    assert re.search(r"\n1\s+a\s+b\s+c\s+d\s+2\s+a\s+b\s", said), said
    assert all(f"Question {number}" in said for number in range(3, 9))
    assert not re.search(r"Question [12]\b", said)
    assert "ReLU" not in said


@pytest.mark.parametrize("field", ["stem", "option", "title", "rationale", "source", "unit", "version"])
def test_hostile_texts_come_out_literally(field: str) -> None:
    item, changes, where = by_hand("multi", "x", ("y", "z"), [0]), {}, "exam"
    if field in ("title", "version"):
        changes = {field: HOSTILE}
    elif field == "option":
        item = replace(item, options=(HOSTILE, "z"))
    elif field == "unit":
        item = replace(by_hand("numeric", "x", (), 1.0), unit=HOSTILE)
    elif field == "source":
        item, where = replace(item, sources=(HOSTILE,)), "key"
    else:
        item, where = replace(item, **{field: HOSTILE}), "key" if field == "rationale" else "exam"
    said = read(one(item, **changes)[where])
    assert bare(HOSTILE) in said
    assert "root:" not in said


def test_a_hostile_title_gives_a_safe_file_name() -> None:
    item = by_hand("multi", "x", ("y", "z"), [0])
    names = pdf_files(Paper("../../etc/passwd", "en", "../A", 1, (item,)))
    assert list(names) == ["etc-passwd--A.pdf", "etc-passwd--A-sheet.pdf", "etc-passwd--A-key.pdf"]
    assert next(iter(pdf_files(Paper("¿?", "es", "A", 1, (item,))))) == "exam-A.pdf"


@pytest.mark.parametrize(
    "latex",
    [r"\xrightarrow{f}", r"\frac{a}{", r"\foo{x}", "a & b", '#read("/etc/passwd")', r"\std.\read(\text{exam.typ})",
     r"\text{a\n}", "(" * 900, r"\sqrt{" * 300 + "}" * 300, "x" * 3000, r"\text{漢}", "std", "a`b", "a@b"],
)  # fmt: skip
def test_a_formula_that_cannot_be_converted_is_shown_as_its_source(latex: str) -> None:
    said = read(one(by_hand("multi", f"Before ${latex}$ after", ("y", "z"), [0]))["exam"])
    expected = bare(latex).replace("漢", "[U+6F22]")
    assert f"Before{expected}after" in said


def test_formulas_are_mathematics_with_their_source_as_alternative() -> None:
    stem = (
        r"$\frac{QK^\top}{\sqrt{d_k}}$ and $0{,}5 \times 11\,200$ and $a \otimes b$ and $\begin{cases}1 & x\end{cases}$"
    )
    content = one(by_hand("multi", stem, ("y", "z"), [0], "es"))["exam"]
    assert {r"\frac{QK^\top}{\sqrt{d_k}}", r"0,5 \times 11 200", r"a \otimes b"} <= alternatives(content)
    assert bare("0,5×11200") in read(content)
    assert "\\" not in read(content)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_formula_of_the_families_becomes_mathematics(family: str) -> None:
    module = importlib.import_module(f"agents.families.{family}")
    for language in ("en", "es"):
        item = computed_item(module.FAMILY, 5, 3, language)
        assert "\\" not in read(one(item)["exam"]), item.stem
        assert "\\" not in read(one(item)["key"]), item.rationale


def test_a_spanish_number_inside_a_matrix_stays_in_its_cell() -> None:
    assert typst_formula(r"\begin{pmatrix}0{,}5 & 1\end{pmatrix}") == 'mat(0class("normal", ",")5, 1)'


def test_characters_without_a_font_are_named() -> None:
    said = read(one(by_hand("multi", "😀 `漢` \x07 \ue000 ok", ("y", "z"), [0]))["exam"])
    assert "[U+1F600][U+6F22]" in said
    assert said.count("\ufffd") == 2


def test_marks_of_markdown_are_read_and_other_texts_left() -> None:
    assert blocks("a *b* `c$d$` $e$ \\$5 and $6")[0]["parts"] == [
        {"text": "a ", "strong": False, "emph": False}, {"text": "b", "strong": False, "emph": True},
        {"text": " ", "strong": False, "emph": False}, {"code": "c$d$"},
        {"text": " ", "strong": False, "emph": False}, {"formula": "e", "display": False},
        {"text": " $5 and $6", "strong": False, "emph": False},
    ]  # fmt: skip
    assert blocks("x\n```\na = 1\n  b\n```") == [*blocks("x"), {"code": "a = 1\n  b"}]
    assert blocks("") == []


PLAIN = st.text(st.sampled_from([*"abcñé#=~<>&:;{}[]()|/\\\"'!?@%^-+. 0123"]), min_size=1, max_size=80)


@SETTINGS
@given(PLAIN)
def test_texts_without_marks_come_out_as_they_stand(text: str) -> None:
    text = text.replace("~~", "~")
    said = read(one(by_hand("multi", f"Start {text} end", (f"o{text}", "z"), [0]))["exam"])
    assert f"Start{bare(text)}end" in said
    assert f"a)o{bare(text)}b)z" in said


PIECES = st.sampled_from(
    [r"\frac{a}{b}", "{", "}", "\\", "#", '"', "//", "/*", "<a>", "@b", "`", "&", r"\begin{pmatrix}", r"\end{pmatrix}",
     r"\\", "0{,}5", r"\std.", r"\read(", r"\text{", "x", "^", "_", "(", ")", "|", r"\left(", ",", ";", "'", "%", "~",
     " ", "á", "漢", r"\big", r"\unknown", "\u0301", "\x00", "\ud800", "$"]
)  # fmt: skip


@SETTINGS
@given(st.lists(PIECES, max_size=12).map("".join), st.text(max_size=40))
def test_no_text_is_an_error(formula: str, text: str) -> None:
    item = by_hand("multi", f"{text} ${formula}$ {text}", (f"${formula}$", text), [1])
    files = one(replace(item, rationale=formula, sources=(text,), unit=text), title=text, blueprint=text)
    assert all(pages(content) for content in files.values())


def test_the_template_and_the_words_are_complete() -> None:
    folder = Path("tutor/export")
    template = (folder / "exam.typ").read_text(encoding="utf-8")
    words = (folder / "pdf.toml").read_text(encoding="utf-8")
    assert words.count("\nen = ") == words.count("\nes = ")
    named = set(re.findall(r"data\.words\.([a-z]+)", template))
    assert named <= set(re.findall(r"^\[([a-z-]+)\]$", words, re.M))
