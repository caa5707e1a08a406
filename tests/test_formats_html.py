"""Web pages and e-books as a reader gets them: structure kept, menus and hidden text left out."""

from pathlib import Path

import pytest
from lxml import etree
from make_documents import changed_zip, write_epub

from knowledge.documents import Document
from knowledge.errors import BadDocument
from knowledge.formats.mathml import mathml_latex
from knowledge.readers import read_document

HEAD = """<head><meta name="citation_title" content="Scaled Attention">
<meta name="citation_author" content="Pérez, Ana">
<meta name="citation_author" content="Luis Gil"><meta name="citation_publication_date" content="2021/03/01">
<meta name="citation_doi" content="https://doi.org/10.1000/xyz123">
<meta name="citation_arxiv_id" content="2103.01234v2">
<meta name="citation_journal_title" content="Journal of Attention"><style>.ghost, #gone {display: none}
@media print {.seen {display: none}}</style></head>"""
INTRODUCTION = """<h2>Introduction</h2><p>The model weighs
the <em>values</em> of all words<sup><a href="#fn1" class="footnote-ref">1</a></sup>, as in H<sub>2</sub>O.</p>
<ol><li>one</li><li>two<ul><li>inner</li></ul></li></ol>"""
METHOD = r"""<h2>Method</h2><p>With \(d_k\) and <math><msub><mi>d</mi><mi>v</mi></msub></math> as
\[ \frac{a}{b} \]</p><figure><img src="a.png" alt="x"><figcaption>Figure 1: A figure.</figcaption></figure>
<table><thead><tr><th>Model</th><th colspan="2">Score</th></tr></thead><tbody><tr><td rowspan="2">Base</td><td>27.3</td>
<td>38.1</td></tr><tr><td>28.4</td><td>41.0</td></tr></tbody></table><pre><code class="language-python">def f(x):
    return x</code></pre><blockquote><p>Quoted words.</p></blockquote><p>Cost: $5 and $6.<br>Next line.</p>"""
NOTE = (
    '<div class="footnotes"><ol><li id="fn1"><p>In two. <a href="#r" class="footnote-backref">↩</a></p></li></ol></div>'
)
INTRODUCTION_TEXT = (
    "The model weighs the *values* of all words, as in H_2O.\n\n1. one\n2. two\n    - inner\n\n¹ In two."
)
METHOD_TEXT = (
    "With $d_k$ and $d_v$ as\n\n$$\n\\frac{a}{b}\n$$\n\nFigure 1: A figure.\n\n"
    "| Model | Score |  |\n| --- | --- | --- |\n"
    "| Base | 27.3 | 38.1 |\n| Base | 28.4 | 41.0 |\n\n```python\ndef f(x):\n    return x\n```\n\n> Quoted words.\n\n"
    "Cost: $5 and $6.\nNext line."
)


def read(path: Path, text: str) -> Document:
    path.write_text(text, encoding="utf-8")
    return read_document(path)


def sections(document: Document) -> list[tuple[tuple[str, ...], str]]:
    return [(section.headings, section.text) for section in document.sections]


def page(inside: str) -> str:
    return f"<html><body>{inside}</body></html>"


def test_a_paper_of_two_sections_as_a_page(tmp_path: Path) -> None:
    references = "<h2>References</h2><ol><li>Vaswani et al.</li></ol>"
    inside = f"<div><h1>Scaled Attention</h1>{INTRODUCTION}{METHOD}{references}{NOTE}</div>"
    document = read(tmp_path / "a.html", f"<html>{HEAD}<body>{inside}</body></html>")
    assert (document.title, document.authors, document.year) == ("Scaled Attention", ("Ana Pérez", "Luis Gil"), 2021)
    assert (document.doi, document.arxiv, document.venue) == ("10.1000/xyz123", "2103.01234", "Journal of Attention")
    assert (document.kind, document.language) == ("html", "en")
    assert sections(document) == [
        (("Scaled Attention", "Introduction"), INTRODUCTION_TEXT),
        (("Scaled Attention", "Method"), METHOD_TEXT),
    ]


def test_the_same_paper_as_a_book(tmp_path: Path) -> None:
    def chapter(text: str) -> str:
        return text.replace("h2>", "h1>").replace("<br>", "<br/>").replace('alt="x">', 'alt="x"/>')

    metadata = (
        "<dc:title>Scaled Attention</dc:title><dc:creator id='a'>Ana Pérez</dc:creator>"
        "<dc:creator opf:role='trl'>Luis Gil</dc:creator><dc:date>2021-03-01</dc:date>"
        "<dc:identifier>urn:doi:10.1000/xyz123</dc:identifier><dc:publisher>The Press</dc:publisher>"
    )
    chapters = {"a b.xhtml": chapter(INTRODUCTION + NOTE), "c.xhtml": f"<p/>{chapter(METHOD)}"}
    document = read_document(write_epub(tmp_path / "a.epub", chapters, metadata))
    assert (document.title, document.authors, document.year) == ("Scaled Attention", ("Ana Pérez",), 2021)
    assert (document.kind, document.doi, document.venue) == ("epub", "10.1000/xyz123", "The Press")
    assert sections(document) == [
        (("Scaled Attention", "Introduction"), INTRODUCTION_TEXT),
        (("Scaled Attention", "Method"), METHOD_TEXT),
    ]


@pytest.mark.parametrize("hidden", [
    '<p style="display: none">X</p>', '<p hidden>X</p>', '<p aria-hidden="true">X</p>', "<!-- X -->",
    '<p style="color:#fff">X</p>', '<p style="color: rgb(255, 255, 255)">X</p>', '<p style="font-size:0">X</p>',
    '<p style="visibility:hidden">X</p>', '<p style="position:absolute;left:-9999px">X</p>', '<p class="ghost b">X</p>',
    '<p id="gone">X</p>', "<script>X</script>", "<noscript>X</noscript>", "<template>X</template>",
    '<p style="opacity:0">X</p>', "<nav><a>X</a></nav>", '<div class="cookie-banner">X</div>', "<footer>X</footer>",
    '<div role="navigation">X</div>', "<aside>X</aside>", "<select><option>X</option></select>",
])  # fmt: skip
def test_what_nobody_reads_is_left_out(tmp_path: Path, hidden: str) -> None:
    document = read(tmp_path / "a.html", f"<html>{HEAD}<body><p>Before.</p>{hidden} after.<p>Last.</p></body></html>")
    assert [section.text for section in document.sections] == ["Before.\n\nafter.\n\nLast."]


def test_white_text_on_a_dark_ground_and_what_only_paper_hides_are_read(tmp_path: Path) -> None:
    inside = '<div style="background:#000"><p style="color:white">Lit.</p></div><p class="seen">Seen.</p>'
    document = read(tmp_path / "a.html", f"<html>{HEAD}<body>{inside}</body></html>")
    assert [section.text for section in document.sections] == ["Lit.\n\nSeen."]


def test_the_text_of_a_page_without_marks_is_found_among_its_boxes(tmp_path: Path) -> None:
    prose = "The attention layer compares each query with all of the keys, and then it weighs the values by them. " * 3
    menu = "<div>" + "".join(f'<a href="/{n}">Entry {n}</a>' for n in range(9)) + "</div>"
    inside = f'<div id="top">{menu}</div><div id="x"><h1>Title</h1><p>{prose}</p><h2>Part</h2><p>{prose}</p>'
    inside += '<table><tr><td>a</td><td>b</td></tr></table></div><div class="b"><p>Last news</p><p>Sign up!</p></div>'
    document = read(tmp_path / "a.html", page(inside))
    assert sections(document) == [
        (("Title",), prose.strip()),
        (("Title", "Part"), f"{prose.strip()}\n\n| a | b |\n| --- | --- |"),
    ]


def test_the_main_element_is_the_text(tmp_path: Path) -> None:
    document = read(tmp_path / "a.html", page("<div>News</div><main><p>Text.</p></main><div>More news</div>"))
    assert [section.text for section in document.sections] == ["Text."]


FORMULAS = {
    "<mfrac><mi>a</mi><mi>b</mi></mfrac>": r"\frac{a}{b}",
    "<msqrt><mi>d</mi></msqrt>": r"\sqrt{d}",
    "<mroot><mi>x</mi><mn>3</mn></mroot>": r"\sqrt[3]{x}",
    "<msubsup><mi>x</mi><mi>i</mi><mn>12</mn></msubsup>": "x_i^{12}",
    "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><mi>x</mi>": (
        r"\sum_{i=1}^n x"
    ),
    "<mover><mi>x</mi><mo>^</mo></mover>": r"\hat{x}",
    "<mi>softmax</mi><mo>(</mo><mi>α</mi><mi>x</mi><mo>)</mo>": r"\operatorname{softmax}(\alpha x)",
    "<mo>[</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr></mtable><mo>]</mo>": (
        r"\begin{bmatrix} 1 & 0 \end{bmatrix}"
    ),
    "<semantics><mi>d</mi><annotation encoding='application/x-tex'>d_{k}</annotation></semantics>": "d_{k}",
    "<mi mathvariant='bold'>W</mi><mtext> if </mtext>": r"\mathbf{W}\text{ if }",
}


@pytest.mark.parametrize(("inside", "latex"), FORMULAS.items(), ids=list(FORMULAS.values()))
def test_mathml_becomes_latex(inside: str, latex: str) -> None:
    assert mathml_latex(etree.fromstring(f"<math>{inside}</math>")) == latex


def test_formulas_of_katex_mathjax_and_wikipedia_are_those_their_authors_typed(tmp_path: Path) -> None:
    katex = '<span class="katex"><math><semantics><mi>d</mi><annotation encoding="application/x-tex">d_k</annotation>'
    katex += '</semantics></math><span class="katex-html" aria-hidden="true">dk</span></span>'
    wikipedia = r'<img class="mwe-math-fallback-image-inline" alt="{\displaystyle \sqrt {x}}" src="x.svg">'
    inside = rf'<p>A {katex} b {wikipedia} c.</p><script type="math/tex; mode=display">\frac{{a}}{{b}}</script>'
    document = read(tmp_path / "a.html", page(inside))
    assert document.sections[0].text == "A $d_k$ b $\\sqrt {x}$ c.\n\n$$\n\\frac{a}{b}\n$$"


def test_named_characters_and_faulty_chapters_of_a_book_are_read(tmp_path: Path) -> None:
    chapters = {"a.xhtml": "<p>One&nbsp;&mdash; two &amp; three.</p>", "b.xhtml": "<p>Not <b>closed.<p>Next."}
    document = read_document(write_epub(tmp_path / "a.epub", chapters))
    assert [section.text for section in document.sections] == ["One — two & three.\n\nNot **closed.**\n\nNext."]


def test_a_book_with_copy_protection_is_refused(tmp_path: Path) -> None:
    path = write_epub(tmp_path / "a.epub", {"a.xhtml": "<p>Text.</p>"})
    fonts = "<e><EncryptionMethod Algorithm='http://www.idpf.org/2008/embedding'/></e>"
    assert read_document(changed_zip(path, {"META-INF/encryption.xml": fonts})).sections[0].text == "Text."
    lock = "<e><EncryptionMethod Algorithm='http://www.w3.org/2001/04/xmlenc#aes128-cbc'/></e>"
    with pytest.raises(BadDocument) as caught:
        read_document(changed_zip(path, {"META-INF/encryption.xml": lock}))
    assert caught.value.code == "document-encrypted"
