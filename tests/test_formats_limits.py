"""Files made to do harm: each is refused with a message, or read as the little that it is, and soon."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from make_documents import changed_zip, write_epub, write_zip

from knowledge.errors import BadDocument
from knowledge.formats.limits import LIMITS, Limits
from knowledge.readers import expand, read_document

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LAUGHS = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
LAUGHS = f'<!DOCTYPE d [<!ENTITY a "lol">{LAUGHS}]>'
EXTERNAL = '<!DOCTYPE d [<!ENTITY i SYSTEM "file:///etc/passwd">]>'
MANY = 50_000


def word(inside: str, declared: str = "") -> dict[str, str | bytes]:
    return {"word/document.xml": f"{declared}<w:document {WORD}><w:body>{inside}</w:body></w:document>"}


def refused(path: Path, limits: Limits = LIMITS) -> str:
    with pytest.raises(BadDocument) as caught:
        read_document(path, limits=limits)
    for language in ("es", "en"):
        assert str(path) in caught.value.message(language)
        assert caught.value.hint(language)
    return caught.value.code


def test_packages_that_unpack_to_too_much_are_refused(tmp_path: Path) -> None:
    bomb = write_zip(tmp_path / "bomb.docx", {"word/document.xml": b"0" * 5_000_000})
    assert refused(bomb) == "document-expands"
    many = write_zip(tmp_path / "many.epub", {f"a{number}": "" for number in range(101)})
    assert refused(many, replace(LIMITS, entries=100)) == "document-expands"
    large = write_zip(tmp_path / "large.docx", {f"{number}.xml": bytes(range(256)) * 400 for number in range(12)})
    assert refused(large, replace(LIMITS, expanded_megabytes=1)) == "document-expands"


@pytest.mark.parametrize("name", ["../out.xml", "/etc/x", "a/../../b", "..\\out.xml", "C:/x"])
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    assert refused(write_zip(tmp_path / "a.docx", word("") | {name: "x"})) == "document-names"


def test_a_zip_in_the_package_is_not_opened(tmp_path: Path) -> None:
    inner = write_zip(tmp_path / "inner.zip", {"x": b"0" * 900_000}).read_bytes()
    paragraph = "<w:p><w:r><w:t>Text.</w:t></w:r></w:p>"
    path = write_zip(tmp_path / "a.docx", word(paragraph) | {"word/embeddings/sheet.xlsx": inner})
    assert read_document(path).text == "Text."


def test_damaged_and_locked_packages_are_named_so(tmp_path: Path) -> None:
    whole = write_zip(tmp_path / "whole.docx", word("<w:p/>")).read_bytes()
    for name, data in {"cut.docx": whole[:-40], "text.docx": b"hello", "text.epub": b"hello"}.items():
        (tmp_path / name).write_bytes(data)
        assert refused(tmp_path / name) == "document-broken"
    locked = bytearray(whole)
    locked[whole.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.docx").write_bytes(locked)
    assert refused(tmp_path / "locked.docx") == "document-encrypted"
    spoiled = whole.replace(b"PK\x03\x04", b"PK\x03\x05", 1)
    (tmp_path / "spoiled.docx").write_bytes(spoiled)
    assert refused(tmp_path / "spoiled.docx") == "document-broken"


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    paragraph = "<w:p><w:r><w:t>Seen</w:t></w:r></w:p><w:p><w:r><w:t>&i;</w:t></w:r></w:p>"
    assert read_document(write_zip(tmp_path / "x.docx", word(paragraph, EXTERNAL))).text == "Seen"
    assert refused(write_zip(tmp_path / "l.docx", word(paragraph, LAUGHS))) == "document-broken"
    book = write_epub(tmp_path / "a.epub", {})
    for name, declared in {"l.epub": LAUGHS, "x.epub": EXTERNAL}.items():
        page = f"{declared}<html><body><p>Seen</p><p>&i;</p></body></html>"
        opf = "<package><manifest><item id='a' href='a.xhtml'/></manifest><spine><itemref idref='a'/></spine></package>"
        (tmp_path / name).write_bytes(book.read_bytes())
        text = read_document(changed_zip(tmp_path / name, {"OEBPS/a.xhtml": page, "OEBPS/book.opf": opf})).text
        assert "Seen" in text
        assert "lollol" not in text
        assert "root:" not in text


DEEP: dict[str, str | dict[str, str | bytes]] = {
    "a.html": "<div>" * 5000 + "x",
    "b.html": "<div>" * 240 + "x",
    "c.html": "<math>" + "<mrow>" * 240 + "<mi>x",
    "a.docx": word("<w:sdt><w:sdtContent>" * 150 + "</w:sdtContent></w:sdt>" * 150),
    "b.docx": word("<w:p>" * 400 + "</w:p>" * 400),
    "a.tex": "{" * MANY,
    "b.tex": "\\begin{a}" * MANY,
    "c.tex": "\\footnote{" * MANY,
    "a.ipynb": "[" * MANY,
}


@pytest.mark.parametrize("name", DEEP)
def test_what_is_nested_too_deeply_is_refused(tmp_path: Path, name: str) -> None:
    content = DEEP[name]
    path = tmp_path / name
    if isinstance(content, str):
        path.write_text(content)
    else:
        write_zip(path, content)
    assert refused(path) == "document-deep"


FULL: dict[str, str] = {
    "b.html": "<b>" * 190 + "x", "list.html": "<ul><li>" * 95 + "x", "tex.html": "<p>" + "\\(" * MANY,
    "at.html": "<style>" + "@{" * MANY + "</style><p>x", "comment.html": "<style>" + "/*" * MANY + "</style><p>x",
    "style.html": "<p style='" + "rgba(" * MANY + "'>x",
    "spans.html": "<table>" + "<tr><td rowspan=999 colspan=999>x" * 300,
    "links.html": "<p>" + "<a href=#a>1</a>" * 3000 + "<p id=a>n", "x.tex": "x" * MANY, "dollar.tex": "$ " * MANY + "x",
    "dollars.tex": "$a " * MANY, "slash.tex": "\\" * MANY + "x", "name.tex": "x\\" + "a" * MANY,
    "paren.tex": "\\(" * MANY + "x",
    "options.tex": "\\foo[" * MANY + "x", "space.tex": "x\\newcommand\\a" + " " * MANY,
    "verb.tex": "\\begin{verbatim}" * MANY,
    "false.tex": "x" + "\\iffalse" * MANY, "item.tex": "\\begin{itemize}" + "\\item a " * 3000 + "\\end{itemize}",
    "thanks.tex": "\\author{" + "\\thanks{a}" * 3000 + "}x", "end.tex": "x" + "\\begin{a}" * 150 + "\\end{b}" * MANY,
    "deep.bib": "@article{a, title={\\a" + "{" * 3000 + "}" * 3000 + "}, abstract={x}}",
    "open.bib": "@a{a, t={" + "{" * MANY,
    "colons.bib": "@a{a, abstract={x}, file={" + ":" * MANY + "}}", "types.ris": "TY  - \n" * 3000,
    "long.ris": "TY  - JOUR\nAB  - x\n" + "y\n" * MANY + "ER  - \n",
}  # fmt: skip


@pytest.mark.parametrize("name", FULL)
def test_nothing_small_takes_long(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(FULL[name])
    read: Callable[[], object] = (
        (lambda: read_document(path)) if path.suffix in {".html", ".tex"} else lambda: expand([path])
    )
    started = time.process_time()
    assert read()
    assert time.process_time() - started < 5
