"""PDF pages as paragraphs. The PDFs are made here, by hand and with pypdf."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_pdf import make_pdf
from pypdf import PdfReader, PdfWriter

from knowledge.errors import BadDocument
from knowledge.pdf import page_texts, read_pdf

BODY = [
    "The attention function compares a query with every key and returns a weigh-",
    "ted sum of the values. It is a self-",
    "attention layer when they all come from one place, and a self-attention layer",
    "is short.",
    "2.1 Scaled products",
    "The products are divided by the square root of the size so that the softmax",
    "keeps its gradient.",
]
PARAGRAPHS = [
    "The attention function compares a query with every key and returns a weighted sum of the values. It is a "
    "self-attention layer when they all come from one place, and a self-attention layer is short.",
    "2.1 Scaled products",
    "The products are divided by the square root of the size so that the softmax keeps its gradient.",
]


def read(path: Path) -> tuple[str, ...]:
    return read_pdf(path.read_bytes(), str(path)).pages


def test_lines_become_paragraphs_and_broken_words_are_mended(tmp_path: Path) -> None:
    assert read(make_pdf(tmp_path / "a.pdf", [BODY])) == ("\n\n".join(PARAGRAPHS),)


def test_running_headers_and_page_numbers_are_dropped(tmp_path: Path) -> None:
    first = ("Attention weighs.", "Memory forgets.", "Layers repeat.")
    last = ("So much for weights.", "That was memory.", "Layers end here.")
    pages = [
        [f"Journal of Tests, vol. {number}", start, *BODY, end, f"{number}"]
        for number, start, end in zip((12, 13, 14), first, last, strict=True)
    ]
    assert read(make_pdf(tmp_path / "a.pdf", pages)) == tuple(
        "\n\n".join([start, *PARAGRAPHS, end]) for start, end in zip(first, last, strict=True)
    )


def test_a_line_that_few_pages_share_stays(tmp_path: Path) -> None:
    pages = [["Shared line.", f"Page {word} says this."] for word in ("one", "two")]
    assert read(make_pdf(tmp_path / "a.pdf", pages)) == (
        "Shared line.\n\nPage one says this.",
        "Shared line.\n\nPage two says this.",
    )


def test_a_page_of_nothing_but_running_lines_is_kept(tmp_path: Path) -> None:
    pages = [[f"Slide {n}"] for n in range(1, 5)]
    assert read(make_pdf(tmp_path / "a.pdf", pages)) == ("Slide 1", "Slide 2", "Slide 3", "Slide 4")


def test_an_empty_page_keeps_its_number(tmp_path: Path) -> None:
    assert read(make_pdf(tmp_path / "a.pdf", [["First."], [], ["Third."]])) == ("First.", "", "Third.")


def test_bullets_become_list_items() -> None:
    assert page_texts(["Three things:\n• one\n• two\nthree"]) == ("Three things:\n\n- one\n\n- two three",)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("the en\ufffecoder", "the encoder"),
        ("the en-\ncoder", "the encoder"),
        ("the GPT\ufffe3 model", "the GPT-3 model"),
        ("pre-norm and pre\ufffenorm", "pre-norm and pre-norm"),
        ("cooperate, co-operate, co\ufffeoperate", "cooperate, co-operate, cooperate"),
        ("eﬃcient ﬁne", "efficient fine"),
        ("atenci\u006f\u0301n\x00 \ue005", "atención"),
    ],
)
def test_letters_are_mended(raw: str, clean: str) -> None:
    assert page_texts([raw]) == (clean,)


def test_title_and_authors_of_the_metadata(tmp_path: Path) -> None:
    pdf = make_pdf(tmp_path / "a.pdf", [["Text."]], title="La atención", author="Ana Pérez and Luis Gil")
    assert read_pdf(pdf.read_bytes(), "a.pdf").title == "La atención"
    assert read_pdf(pdf.read_bytes(), "a.pdf").authors == ("Ana Pérez", "Luis Gil")


@pytest.mark.parametrize("title", ["", "untitled", "Microsoft Word - thesis", "paper.tex"])
def test_the_largest_line_is_the_title_where_the_metadata_has_none(tmp_path: Path, title: str) -> None:
    lines = ["Journal of Tests", (24, "Atención y memoria"), (24, "en las redes"), *BODY]
    pdf = make_pdf(tmp_path / "a.pdf", [lines], title=title)
    assert read_pdf(pdf.read_bytes(), "a.pdf").title == "Atención y memoria en las redes"


def encrypted(source: Path, user: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(source))
    writer.encrypt(user, "owner", algorithm="RC4-128")
    target = source.with_name("encrypted.pdf")
    writer.write(target)
    return target.read_bytes()


def test_a_password_is_needed(tmp_path: Path) -> None:
    source = make_pdf(tmp_path / "a.pdf", [["Text."]])
    with pytest.raises(BadDocument) as caught:
        read_pdf(encrypted(source, "secret"), "a.pdf")
    assert caught.value.code == "document-encrypted"
    assert caught.value.message("es") == "a.pdf está protegido con contraseña."


def test_an_owner_password_alone_does_not_keep_readers_out(tmp_path: Path) -> None:
    source = make_pdf(tmp_path / "a.pdf", [["Text."]])
    assert read_pdf(encrypted(source, ""), "a.pdf").pages == ("Text.",)


@pytest.mark.parametrize("data", [b"%PDF-1.4\n", b"<html>no</html>", b"\0" * 2000])
def test_what_is_no_pdf_is_broken(data: bytes) -> None:
    with pytest.raises(BadDocument) as caught:
        read_pdf(data, "a.pdf")
    assert caught.value.code == "document-broken"


@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_raw_text_gives_as_many_pages(raw: list[str]) -> None:
    assert len(page_texts(raw)) == len(raw)
