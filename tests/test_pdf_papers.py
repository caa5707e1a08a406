"""Papers as content: typeset here in two columns, with all that a paper has, in both languages."""

from pathlib import Path

import pytest
import typst
from make_pdf import Put, make_pdf

from knowledge.documents import Document, Section
from knowledge.formats.content import Content
from knowledge.passages import passages_of
from knowledge.pdf_content import pdf_content

PAPER = r"""
#set document(title: "")
#set page(width: 612pt, height: 792pt, margin: 60pt, columns: 2, numbering: "1", header: context if
  counter(page).get().first() > 1 [Layers that attend --- Pérez and Gil])
#set text(size: 10pt, hyphenate: true, lang: "en")
#set par(justify: true, first-line-indent: 1em)
#set heading(numbering: "1.1")
#place(top + center, scope: "parent", float: true)[
  #text(17pt)[*Layers that attend to their own past*]

  #text(12pt)[Ana Pérez#super[1]#h(3em) Luis Gil Ortega#super[2]]

  #text(9pt)[Universidad de Alcalá \ {ana, luis}\@uah.example]
]
#heading(numbering: none)[Abstract]
We describe a layer that attends to what it computed before. It needs no recurrence, and it is trained in a day on one
machine, which makes it cheap to try. The measurements show that little of its quality is lost.

= Introduction
Sequence models read a text one word after another, and this keeps them from being trained in parallel over the
positions of a sentence. A layer that attends compares every position with every other one, so that the longest path
between two of them has the same length wherever they stand in the text.#footnote[The path is counted in layers.] The
rest of this paper says how such a layer can be made to attend to its own past, and what that costs.

#figure(placement: top, scope: "parent", caption: [How the layer looks back, drawn over both columns of the page.],
  rect(width: 100%, height: 80pt))

== Earlier layers
Earlier layers kept a summary of the past in one vector of constant size. A long text does not fit into such a vector,
and what does not fit is lost, which was measured many times with copying tasks of growing length.

#lorem(330)

= Method
The weights come from the products of queries and keys, which are divided by the square root of their size:
$ A(Q, K, V) = "softmax"((Q K^T) / sqrt(d_k)) V $
The division keeps the gradient of the softmax alive. #lorem(120)

#figure(caption: [Quality by depth.], table(columns: 3, stroke: none, column-gutter: 16pt,
  [Depth], [BLEU], [Hours], [2], [24.1], [3.5], [4], [26.3], [6.2], [6], [27.5], [11.9]))

#lorem(220)

== Training
#lorem(330)

= Conclusion
The layer looks back and stays cheap. It is the last sentence of the body.

#heading(numbering: none)[References]
#set par(first-line-indent: 0em)
[1] A. Vaswani, N. Shazeer and others. Attention is all you need. In Advances in Neural Information Processing Systems,
2017.

[2] D. Bahdanau, K. Cho and Y. Bengio. Neural machine translation by jointly learning to align and translate, 2015.

#counter(heading).update(0)
#set heading(numbering: "A.1")
= Further measurements
The appendix measures depths that the body leaves out.
"""


@pytest.fixture(scope="module")
def paper() -> Content:
    return pdf_content(typst.compile(PAPER.encode()), "paper.pdf")


def under(content: Content, heading: str) -> str:
    return "\n\n".join(section.text for section in content.sections if section.headings[-1:] == (heading,))


def test_the_headings_make_the_sections(paper: Content) -> None:
    found = list(dict.fromkeys(section.headings for section in paper.sections))
    assert found == [
        (),  # the figure above the abstract
        ("Abstract",),
        ("1 Introduction",),
        ("1 Introduction", "1.1 Earlier layers"),
        ("2 Method",),
        ("2 Method", "2.1 Training"),
        ("3 Conclusion",),
        ("A Further measurements",),
    ]


def test_a_section_keeps_to_a_page_and_says_which(paper: Content) -> None:
    pages = [section.page for section in paper.sections]
    assert paper.pages == 3
    assert sorted(set(pages)) == [1, 2, 3]
    assert pages == sorted(pages)
    assert all(section.locator == f"p. {section.page}" for section in paper.sections)


def test_title_and_authors_are_read_and_no_heading(paper: Content) -> None:
    assert paper.title == "Layers that attend to their own past"
    assert paper.authors == ("Ana Pérez", "Luis Gil Ortega")
    assert (paper.year, paper.doi, paper.arxiv, paper.venue, paper.url) == (None, "", "", "", "")
    assert "uah.example" not in "".join(section.text for section in paper.sections)


def test_paragraphs_are_whole_over_columns_floats_and_notes(paper: Content) -> None:
    assert under(paper, "Abstract") == (
        "We describe a layer that attends to what it computed before. It needs no recurrence, and it is trained in a "
        "day on one machine, which makes it cheap to try. The measurements show that little of its quality is lost."
    )
    introduction = under(paper, "1 Introduction").split("\n\n")
    assert introduction[0].startswith("Sequence models read a text one word after another, and this keeps them from")
    assert introduction[0].endswith("how such a layer can be made to attend to its own past, and what that costs.")
    assert "which was measured many times with copying tasks of growing length." in under(paper, "1.1 Earlier layers")


def test_notes_captions_tables_and_formulas_stand_by_themselves(paper: Content) -> None:
    blocks = [block for section in paper.sections for block in section.text.split("\n\n")]
    assert "Figure 1: How the layer looks back, drawn over both columns of the page." in blocks
    assert "1The path is counted in layers." in blocks
    assert "Table 1: Quality by depth." in blocks
    table = "| Depth | BLEU | Hours |\n| --- | --- | --- |\n| 2 | 24.1 | 3.5 |\n| 4 | 26.3 | 6.2 |\n| 6 | 27.5 | 11.9 |"
    assert table in blocks
    formula = next(block for block in blocks if "softmax" in block and len(block) < 60)
    assert {*"AQKVd√"} <= {
        *formula.replace("𝐴", "A").replace("𝑄", "Q").replace("𝐾", "K").replace("𝑉", "V").replace("𝑑", "d")
    }


def test_running_lines_and_references_are_left_out_and_the_appendix_is_not(paper: Content) -> None:
    text = "\n".join(section.text for section in paper.sections)
    assert "Pérez and Gil" not in text
    assert "Vaswani" not in text
    assert "Bahdanau" not in text
    assert under(paper, "3 Conclusion").endswith("It is the last sentence of the body.")
    assert under(paper, "A Further measurements") == "The appendix measures depths that the body leaves out."


def test_a_table_is_one_sentence_of_its_passage(paper: Content) -> None:
    document = Document("abc", paper.title, "paper.pdf", "en", paper.sections)
    sentences = [sentence.text for passage in passages_of(document) for sentence in passage.sentences]
    assert sum(text.startswith("| Depth | BLEU | Hours |") for text in sentences) == 1


SPANISH = r"""
#set page(width: 595pt, height: 842pt, margin: 70pt)
#set text(size: 11pt, lang: "es")
#set heading(numbering: "1.1.")
#align(center)[#text(18pt)[*La atención y la memoria*] \ #v(6pt) Marta Núñez de la Torre y José Íñiguez \
  Facultad de Informática, 12 de mayo de 2021]
#heading(numbering: none, outlined: false)[Resumen]
La atención pondera los valores según lo que se parecen la consulta y las claves.
= Introducción
La capa compara cada consulta con todas las claves. Después pondera los valores.
== Qué es una clave
Una clave es un vector que dice de qué trata una posición.
#figure(kind: table, supplement: "Tabla", caption: [Costes por capa.],
  table(columns: 2, stroke: none, column-gutter: 40pt,
  [Capa], [Coste], [Atención], [cuadrático], [Recurrente], [lineal]))
#heading(numbering: none)[Referencias bibliográficas]
Vaswani, A., Shazeer, N. (2017). Attention is all you need.

Bahdanau, D. (2015). Neural machine translation.
#heading(numbering: none)[Anexo I. Datos]
Los datos se midieron dos veces.
"""


def test_a_paper_in_spanish() -> None:
    content = pdf_content(typst.compile(SPANISH.encode()), "artículo.pdf")
    assert content.title == "La atención y la memoria"
    assert content.authors == ("Marta Núñez de la Torre", "José Íñiguez")
    assert [(section.headings, section.text.split("\n\n")[0]) for section in content.sections] == [
        (("Resumen",), "La atención pondera los valores según lo que se parecen la consulta y las claves."),
        (("1. Introducción",), "La capa compara cada consulta con todas las claves. Después pondera los valores."),
        (("1. Introducción", "1.1. Qué es una clave"), "Una clave es un vector que dice de qué trata una posición."),
        (("Anexo I. Datos",), "Los datos se midieron dos veces."),
    ]
    assert "Tabla 1: Costes por capa." in content.sections[2].text
    assert (
        "| Capa | Coste |\n| --- | --- |\n| Atención | cuadrático |\n| Recurrente | lineal |"
        in content.sections[2].text
    )


def made(tmp_path: Path, *pages: list[str | Put]) -> list[Section]:
    path = make_pdf(tmp_path / "a.pdf", pages)
    return list(pdf_content(path.read_bytes(), "a.pdf").sections)


def test_a_sentence_over_two_pages_is_found_where_it_begins(tmp_path: Path) -> None:
    first = ["The first page ends in the middle of something that goes over to the page"]
    second = ["after it, and stops. A second sentence stays where it is."]
    assert [(section.page, section.text) for section in made(tmp_path, first, second)] == [
        (1, f"{first[0]} after it, and stops."),
        (2, "A second sentence stays where it is."),
    ]


def test_a_heading_without_a_list_of_works_opens_no_list(tmp_path: Path) -> None:
    text = "A pointer refers to a place in memory, and so does a name."
    assert [(section.headings, section.text) for section in made(tmp_path, ["References", text])] == [
        (("References",), text)
    ]


def test_after_the_references_of_a_chapter_the_next_one_comes(tmp_path: Path) -> None:
    entries = ["[1] A. Vaswani. Attention is all you need. 2017.", "[2] D. Bahdanau. Aligning and translating. 2015."]
    sections = made(
        tmp_path,
        [Put("1 Words", 60, 700, 14, bold=True), "Words are read.", "References", *entries],
        [Put("2 Sentences", 60, 700, 14, bold=True), "Sentences are read.", "References", *entries],
    )
    assert [(section.headings, section.text) for section in sections] == [
        (("1 Words",), "Words are read."),
        (("2 Sentences",), "Sentences are read."),
    ]


def test_the_numbers_tell_the_levels_and_so_do_looks(tmp_path: Path) -> None:
    def heading(text: str, y: float, size: float = 11) -> Put:
        return Put(text, 60, y, size, bold=True)

    def body(text: str, y: float) -> Put:
        return Put(f"{text} is described in this sentence, which is long enough.", 60, y, 11)

    page: list[str | Put] = [
        heading("Attention", 700, 14), body("Attention", 680), heading("Heads", 650, 12), body("A head", 630),
        heading("Memory", 600, 14), body("Memory", 580), heading("CACHES", 550), body("A cache", 530),
    ]  # fmt: skip
    assert [section.headings for section in made(tmp_path, page)] == [
        ("Attention",), ("Attention", "Heads"), ("Memory",), ("Memory", "CACHES"),
    ]  # fmt: skip


def test_a_stamp_in_the_margin_names_the_preprint(tmp_path: Path) -> None:
    text = "The text of the page is longer than what stands in its margin."
    stamp = Put("arXiv:1706.03762v5 [cs.CL] 2 Aug 2017", 30, 200, turn="0 1 -1 0", size=18)
    content = pdf_content(make_pdf(tmp_path / "a.pdf", [[stamp, text]]).read_bytes(), "a.pdf")
    assert (content.arxiv, content.year, content.url) == ("1706.03762", 2017, "https://arxiv.org/abs/1706.03762")
    assert [section.text for section in content.sections] == [text]
