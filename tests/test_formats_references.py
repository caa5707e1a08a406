"""Lists of references: the files that they attach, what they say of them, and their abstracts."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_pdf import make_pdf

from knowledge.documents import Document
from knowledge.errors import BadDocument
from knowledge.formats.bibtex import attached_names, read_bibtex
from knowledge.formats.references import Metadata
from knowledge.formats.ris import read_ris
from knowledge.readers import Expansion, expand, find_documents, read_all, read_document, read_found

BIB = r"""@article{perez2021,
  title = {Scaled {A}ttention in Espa{\~n}a},
  author = {P{\'e}rez, Ana and {OpenAI, Inc.} and Luis Gil and others},
  year = {2021}, journal = {Journal of Attention}, doi = {https://doi.org/10.1000/xyz\_123},
  file = {Full Text:files/1/paper.pdf:application/pdf;Snapshot:files/1/page.html:text/html}
}
@misc{vaswani2017, title={Attention}, author={Vaswani, Ashish}, year=2017, eprint={1706.03762v5},
  archiveprefix={arXiv}, journal={arXiv preprint arXiv:1706.03762},
  abstract={The model weighs 50\% of the values of all the words.}}
@book{bare2000, title = {Nothing to read}}
@article{broken, title = {Never closed
@article{gone2020, title={Gone}, file={:missing.pdf:PDF}, abstract={Only its abstract is left of it.}}
"""
RIS = """TY  - JOUR
AU  - Pérez, Ana
AU  - Gil, Luis
TI  - Scaled Attention
T2  - Journal of Attention
PY  - 2021/03/01/
DO  - 10.1000/xyz123
L1  - files/1/paper.pdf
UR  - https://example.org/a
ER  -

TY  - JOUR
ID  - vaswani
TI  - Attention
AB  - The model weighs the values
 of all the words.
UR  - https://arxiv.org/abs/1706.03762
ER  -
TY  - JOUR
TI  - Never ended
TY  - JOUR
TI  - Bare
ER  -
garbage
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "files" / "1").mkdir(parents=True)
    make_pdf(tmp_path / "files" / "1" / "paper.pdf", [["The text of the paper itself."]], title="Typeset by TeX")
    (tmp_path / "files" / "1" / "page.html").write_text("<p>The same on a page.</p>")
    return tmp_path


def codes(problems: tuple[BadDocument, ...] | list[BadDocument]) -> list[str]:
    for problem in problems:
        assert all(problem.message(language) and problem.hint(language) for language in ("es", "en"))
    return [problem.code for problem in problems]


def read(expansion: Expansion) -> list[Document]:
    return [read_found(found) for found in expansion.found]


def about(document: Document) -> tuple[str, tuple[str, ...], int | None, str, str, str, str]:
    return (
        document.title, document.authors, document.year, document.doi, document.arxiv, document.venue, document.url
    )  # fmt: skip


def test_a_bibtex_library_gives_its_files_and_abstracts_with_what_it_says_of_them(folder: Path) -> None:
    library = folder / "refs.bib"
    library.write_text(BIB, encoding="utf-8")
    expansion = expand([library])
    paper, attention, gone = read(expansion)
    title, authors = "Scaled Attention in España", ("Ana Pérez", "OpenAI, Inc.", "Luis Gil")
    url = "https://doi.org/10.1000/xyz_123"
    assert about(paper) == (title, authors, 2021, "10.1000/xyz_123", "", "Journal of Attention", url)
    assert (paper.path, paper.kind, paper.pages) == ("files/1/paper.pdf", "pdf", 1)
    assert paper.text == "The text of the paper itself."
    assert about(attention) == (
        "Attention", ("Ashish Vaswani",), 2017, "", "1706.03762", "", "https://arxiv.org/abs/1706.03762"
    )  # fmt: skip
    assert (attention.kind, attention.path, attention.language) == ("bib", "refs.bib#vaswani2017", "en")
    assert [(one.headings, one.locator, one.text) for one in attention.sections] == [
        (("Attention",), "§ Attention", "The model weighs 50% of the values of all the words.")
    ]
    assert (gone.title, gone.text) == ("Gone", "Only its abstract is left of it.")
    assert sorted(codes(expansion.problems)) == ["attachment-missing", "reference-bad"]
    bad = next(problem for problem in expansion.problems if problem.code == "reference-bad")
    assert bad.values["line"] == 11
    assert [reference.key for reference in expansion.without_text] == ["bare2000"]


def test_a_ris_library_does_the_same(folder: Path) -> None:
    library = folder / "refs.ris"
    library.write_text(RIS, encoding="utf-8")
    expansion = expand([library])
    paper, attention = read(expansion)
    assert about(paper) == (
        "Scaled Attention", ("Ana Pérez", "Luis Gil"), 2021, "10.1000/xyz123", "", "Journal of Attention",
        "https://example.org/a",
    )  # fmt: skip
    assert (attention.path, attention.kind, attention.arxiv) == ("refs.ris#vaswani", "ris", "1706.03762")
    assert attention.text == "The model weighs the values of all the words."
    assert [(problem.code, problem.values["line"]) for problem in expansion.problems] == [
        ("reference-bad", 19), ("reference-bad", 24),
    ]  # fmt: skip
    assert [reference.metadata.title for reference in expansion.without_text] == ["Bare"]


def test_a_file_found_in_a_folder_gets_what_the_library_beside_it_says(folder: Path) -> None:
    (folder / "refs.bib").write_text(BIB, encoding="utf-8")
    titles = {document.path: document.title for document in read(expand([folder]))}
    assert titles == {
        "files/1/page.html": "page",
        "files/1/paper.pdf": "Scaled Attention in España",
        "refs.bib#vaswani2017": "Attention",
        "refs.bib#gone2020": "Gone",
    }
    assert [file.name for file, _ in find_documents([folder])] == ["page.html", "paper.pdf"]
    documents, problems = read_all([folder])
    assert len(documents) == 4
    assert sorted(codes(problems)) == ["attachment-missing", "reference-bad"]


def test_a_list_of_references_is_no_document_by_itself(folder: Path) -> None:
    (folder / "refs.bib").write_text(BIB, encoding="utf-8")
    with pytest.raises(BadDocument) as caught:
        read_document(folder / "refs.bib")
    assert caught.value.code == "document-references"


def test_a_library_leads_only_to_files_that_it_may(tmp_path: Path) -> None:
    inside, outside = tmp_path / "library", tmp_path / "elsewhere"
    for place in (inside, outside, outside / ".ssh"):
        place.mkdir()
    for file in (outside / "key.txt", outside / "notes.md", outside / ".ssh" / "a.html", outside / "stored.html"):
        file.write_text("<p>Secret words.</p>")
    (inside / "link.md").symlink_to(outside / "notes.md")
    names = [
        "../elsewhere/stored.html",
        f"{outside}/key.txt",
        f"{outside}/.ssh/a.html",
        "link.md",
        f"{outside}/notes.md",
    ]
    for name in names:
        (inside / "refs.bib").write_text(f"@misc{{a, file={{{name}}}}}")
        expansion = expand([inside / "refs.bib"])
        assert not expansion.found, name
        assert codes(expansion.problems) == ["attachment-outside"], name
    for name in (f"{outside}/stored.html", f":{outside}/stored.html:html".replace(":/", ":")):
        (inside / "refs.bib").write_text(f"@misc{{a, title={{T}}, file={{{name}}}}}")
        assert [found.file.name for found in expand([inside / "refs.bib"]).found] == ["stored.html"], name


@pytest.mark.parametrize(("field", "names"), [
    ("Full Text PDF:files/12/a b.pdf:application/pdf", ("files/12/a b.pdf",)),
    ("a.pdf:files/1/a.pdf:application/pdf;S:files/2/b.html:text/html", ("files/1/a.pdf", "files/2/b.html")),
    (":papers/a.pdf:PDF", ("papers/a.pdf",)),
    (":home/ana/a.pdf:pdf;:home/ana/b.pdf:pdf", ("home/ana/a.pdf", "home/ana/b.pdf")),
    ("/home/ana/Zotero/storage/X/a.pdf", ("/home/ana/Zotero/storage/X/a.pdf",)),
    (r"C\:\\Users\\ana\\a.pdf", (r"C:\Users\ana\a.pdf",)),
    (r":C\:\\Users\\a.pdf:PDF", (r"C:\Users\a.pdf",)),
    (r"T\: one\; two:a\;b.pdf:PDF", ("a;b.pdf",)),
    ("", ()),
    (";;::", ()),
])  # fmt: skip
def test_the_file_fields_of_the_managers(field: str, names: tuple[str, ...]) -> None:
    assert attached_names(field) == names


def test_endnote_keeps_its_files_in_a_folder_of_its_own(tmp_path: Path) -> None:
    stored = tmp_path / "refs.Data" / "PDF" / "12"
    stored.mkdir(parents=True)
    make_pdf(stored / "a b.pdf", [["Text of a paper."]])
    (tmp_path / "refs.ris").write_text("TY  - JOUR\nTI  - T\nL1  - internal-pdf://12/a b.pdf\nER  - \n")
    assert [document.title for document in read(expand([tmp_path / "refs.ris"]))] == ["T"]


def test_what_is_empty_in_the_library_leaves_what_the_file_says() -> None:
    document = Document("1", "Own", "a.pdf", "en", (), authors=("Ana",), year=2020, doi="10.1/x")
    assert Metadata().over(document) == document
    assert Metadata(title="Other", year=2021).over(document) == Document(
        "1", "Other", "a.pdf", "en", (), authors=("Ana",), year=2021, doi="10.1/x"
    )


@given(
    st.lists(st.sampled_from([*'@{}=,"\\\n a:;', "@article{", "title", "file", "TY  - JOUR\n", "ER  - \n", "AB  - "]))
)
def test_no_list_breaks_its_reader(parts: list[str]) -> None:
    data = "".join(parts).encode()
    for reader in (read_bibtex, read_ris):
        references, problems = reader(data, "a.bib")
        assert all(reference.line >= 1 for reference in references)
        assert {problem.code for problem in problems} <= {"reference-bad"}
