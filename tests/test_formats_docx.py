"""Word documents, made by python-docx or by hand, as a reader gets them."""

from pathlib import Path

import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt, RGBColor
from make_documents import (
    add_footnotes,
    add_formula,
    changed_zip,
    new_word_file,
    omath,
    run,
    saved,
    write_zip,
)

from knowledge.documents import Document
from knowledge.errors import BadDocument
from knowledge.formats.omml import omml_latex
from knowledge.readers import read_document

D_K = f"<m:sSub><m:e>{run('d')}</m:e><m:sub>{run('k')}</m:sub></m:sSub>"
QK = f"{run('Q')}<m:sSup><m:e>{run('K')}</m:e><m:sup>{run('⊤')}</m:sup></m:sSup>"
ROOT = f"<m:rad><m:radPr><m:degHide m:val='1'/></m:radPr><m:deg/><m:e>{D_K}</m:e></m:rad>"
UPRIGHT = '<m:sty m:val="p"/>'
ATTENTION = run("softmax", UPRIGHT) + f"<m:d><m:e><m:f><m:num>{QK}</m:num><m:den>{ROOT}</m:den></m:f></m:e></m:d>"


def sections(document: Document) -> list[tuple[tuple[str, ...], str, str]]:
    return [(section.headings, section.locator, section.text) for section in document.sections]


def body(path: Path, inside: str) -> Path:
    """A Word document with nothing but a body, written by hand."""
    names = f"{nsdecls('w')} xmlns:m='http://schemas.openxmlformats.org/officeDocument/2006/math' "
    names += "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"
    return write_zip(path, {"word/document.xml": f"<w:document {names}><w:body>{inside}</w:body></w:document>"})


def p(text: str, inside: str = "", properties: str = "") -> str:
    made = f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}<w:t xml:space='preserve'>{text}</w:t></w:r>"
    return f"<w:p>{made}{inside}</w:p>"


def test_a_paper_of_two_sections(tmp_path: Path) -> None:
    file = new_word_file("Scaled Attention")
    file.core_properties.author = "Ana Pérez; Luis Gil"
    file.core_properties.comments = "doi:10.1000/xyz123"
    file.core_properties.created = file.core_properties.created.replace(year=2021)
    file.add_heading("Introduction", 1)
    paragraph = file.add_paragraph("The model weighs the values of all the words.")
    paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>'))
    paragraph.add_run(" Its scores are scaled by ")
    add_formula(file, D_K, displayed=False)
    for text, style in (("First", "List Bullet"), ("inner", "List Bullet 2"), ("one", "List Number")):
        file.add_paragraph(text, style=style)
    file.add_heading("Method", 1)
    add_formula(file, ATTENTION, displayed=True)
    file.add_paragraph("Table 1: Results.", style="Caption")
    table = file.add_table(3, 3)
    for row, cells in enumerate((("Model", "EN", "ES"), ("Base", "27.3", "38.1"), ("Big | huge", "both", ""))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(2, 1).merge(table.cell(2, 2))
    file.add_heading("References", 1)
    file.add_paragraph("[1] Vaswani et al. Attention is all you need.")
    path = add_footnotes(saved(file, tmp_path / "paper.docx"), {2: "Only in two dimensions."})
    document = read_document(path)
    assert (document.title, document.authors, document.year) == ("Scaled Attention", ("Ana Pérez", "Luis Gil"), 2021)
    assert (document.kind, document.language, document.doi) == ("docx", "en", "10.1000/xyz123")
    assert sections(document) == [
        (
            ("Scaled Attention", "Introduction"),
            "§ Introduction",
            "The model weighs the values of all the words. Its scores are scaled by $d_k$\n\n"
            "- First\n    - inner\n1. one\n\n¹ Only in two dimensions.",
        ),
        (
            ("Scaled Attention", "Method"),
            "§ Method",
            "$$\n\\operatorname{softmax}\\left(\\frac{QK^{\\top}}{\\sqrt{d_k}}\\right)\n$$\n\nTable 1: Results.\n\n"
            "| Model | EN | ES |\n| --- | --- | --- |\n| Base | 27.3 | 38.1 |\n| Big \\| huge | both |  |",
        ),
    ]


FORMULAS = {
    f"<m:f><m:num>{run('a')}</m:num><m:den>{run('b')}</m:den></m:f>": r"\frac{a}{b}",
    f"<m:f><m:fPr><m:type m:val='noBar'/></m:fPr><m:num>{run('n')}</m:num>"
    f"<m:den>{run('k')}</m:den></m:f>": r"\binom{n}{k}",
    f"<m:sSubSup><m:e>{run('x')}</m:e><m:sub>{run('i')}</m:sub><m:sup>{run('2n')}</m:sup></m:sSubSup>": "x_i^{2n}",
    f"<m:sPre><m:sub>{run('a')}</m:sub><m:sup>{run('b')}</m:sup><m:e>{run('X')}</m:e></m:sPre>": "{}_a^b X",
    f"<m:rad><m:deg>{run('3')}</m:deg><m:e>{run('x')}</m:e></m:rad>": r"\sqrt[3]{x}",
    f"<m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr><m:sub>{run('i=1')}</m:sub><m:sup>{run('n')}</m:sup>"
    f"<m:e>{D_K}</m:e></m:nary>": r"\sum_{i=1}^n d_k",
    f"<m:nary><m:sub>{run('0')}</m:sub><m:sup>{run('∞')}</m:sup><m:e>{run('f')}</m:e></m:nary>": r"\int_0^{\infty} f",
    f"<m:d><m:dPr><m:begChr m:val='['/><m:endChr m:val=']'/></m:dPr><m:e><m:m><m:mr><m:e>{run('1')}</m:e>"
    f"<m:e>{run('0')}</m:e></m:mr><m:mr><m:e>{run('0')}</m:e><m:e>{run('1')}</m:e></m:mr></m:m></m:e></m:d>": (
        r"\begin{bmatrix} 1 & 0 \\ 0 & 1 \end{bmatrix}"
    ),
    f"<m:acc><m:accPr><m:chr m:val='̃'/></m:accPr><m:e>{run('x')}</m:e></m:acc>": r"\tilde{x}",
    f"<m:bar><m:barPr><m:pos m:val='top'/></m:barPr><m:e>{run('x')}</m:e></m:bar>": r"\overline{x}",
    f"<m:func><m:fName>{run('log')}</m:fName><m:e>{run('p')}</m:e></m:func>": r"\log p",
    f"<m:limLow><m:e>{run('max')}</m:e><m:lim>{run('i')}</m:lim></m:limLow>": r"\max_{i}",
    f"<m:eqArr><m:e>{run('a&amp;=b')}</m:e><m:e>{run('c&amp;=d')}</m:e></m:eqArr>": (
        r"\begin{aligned} a&=b \\ c&=d \end{aligned}"
    ),
    run("αβx≤Σ"): r"\alpha\beta x\leq\Sigma",
    run("𝑄𝐖ℝ"): r"Q\mathbf{W}\mathbb{R}",
    run("if x", "<m:nor/>"): r"\text{if x}",
    run("W", "<m:sty m:val='b'/>"): r"\mathbf{W}",
}


@pytest.mark.parametrize(("inside", "latex"), FORMULAS.items(), ids=[latex[:20] for latex in FORMULAS.values()])
def test_formulas_of_office_become_latex(inside: str, latex: str) -> None:
    assert omml_latex(parse_xml(omath(inside))) == latex


def test_what_nobody_sees_is_left_out(tmp_path: Path) -> None:
    file = new_word_file()
    paragraph = file.add_paragraph("Seen.")
    paragraph.add_run(" hidden").font.hidden = True
    paragraph.add_run(" white").font.color.rgb = RGBColor(255, 255, 255)
    paragraph.add_run(" tiny").font.size = Pt(1)
    paragraph.add_run(" black").font.color.rgb = RGBColor(0, 0, 0)
    deleted = f"<w:del {nsdecls('w')}><w:r><w:delText>deleted</w:delText></w:r></w:del>"
    inserted = f"<w:ins {nsdecls('w')}><w:r><w:t> inserted</w:t></w:r></w:ins>"
    shaded = (
        f'<w:r {nsdecls("w")}><w:rPr><w:shd w:fill="000000"/><w:color w:val="FFFFFF"/></w:rPr><w:t> lit</w:t></w:r>'
    )
    field = f"<w:r {nsdecls('w')}><w:instrText> PAGEREF secret </w:instrText></w:r>"
    for made in (deleted, inserted, shaded, field):
        paragraph._p.append(parse_xml(made))
    file.sections[0].header.paragraphs[0].text = "Header"
    document = read_document(saved(file, tmp_path / "a.docx"))
    assert [section.text for section in document.sections] == ["Seen. black inserted lit"]


def test_a_style_may_hide_and_may_be_based_on_one_that_does(tmp_path: Path) -> None:
    styles = (
        f"<w:styles {nsdecls('w')}><w:style w:styleId='A'><w:rPr><w:vanish/></w:rPr></w:style>"
        "<w:style w:styleId='B'><w:basedOn w:val='A'/></w:style><w:style w:styleId='C'><w:basedOn w:val='B'/>"
        "<w:rPr><w:vanish w:val='0'/></w:rPr></w:style><w:style w:styleId='L'><w:basedOn w:val='L'/></w:style>"
        "</w:styles>"
    )
    inside = "".join(
        f"<w:p><w:pPr><w:pStyle w:val='{style}'/></w:pPr><w:r><w:t>{style}.</w:t></w:r></w:p>" for style in "ABCL"
    )
    path = changed_zip(body(tmp_path / "a.docx", inside), {"word/styles.xml": styles})
    assert [section.text for section in read_document(path).sections] == ["C.\n\nL."]


def test_bold_lines_are_headings_where_the_writer_used_no_styles(tmp_path: Path) -> None:
    bold = "<w:b/>"
    inside = p("1. Methods", properties=bold) + p("Some text. ") + p("Results", properties=bold) + p("Other text.")
    document = read_document(body(tmp_path / "a.docx", inside))
    assert sections(document) == [
        (("1. Methods",), "§ 1. Methods", "Some text."),
        (("Results",), "§ Results", "Other text."),
    ]


def test_boxes_tables_of_layout_and_content_controls_keep_their_text(tmp_path: Path) -> None:
    box = f"<w:r><mc:AlternateContent><mc:Choice><w:txbxContent>{p('Boxed.')}</w:txbxContent></mc:Choice><mc:Fallback>"
    box += f"<w:txbxContent>{p('Boxed.')}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>"
    inside = p("Before.", inside=box)
    inside += f"<w:sdt><w:sdtPr/><w:sdtContent>{p('Controlled.')}</w:sdtContent></w:sdt>"
    inside += f"<w:tbl><w:tr><w:tc>{p('Framed.')}{p('# twice')}</w:tc></w:tr></w:tbl>"
    document = read_document(body(tmp_path / "a.docx", inside))
    assert [section.text for section in document.sections] == [
        "Before.\n\nBoxed.\n\nControlled.\n\nFramed.\n\n\\# twice"
    ]


def test_a_document_without_a_body_is_broken(tmp_path: Path) -> None:
    for name, parts in (
        ("none.docx", {"other.xml": "<a/>"}),
        ("cut.docx", {"word/document.xml": "<w:document"}),
        ("odd.docx", {"word/document.xml": "<a/>"}),
    ):
        with pytest.raises(BadDocument) as caught:
            read_document(write_zip(tmp_path / name, parts))
        assert caught.value.code == "document-broken"
