"""Eighty files that are broken, or made to harm who reads them, for the tests; and five good documents.

Each maker writes one file; what must become of it stands beside it: the code of its problem, or READ.
"""

import io
import json
import os
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from make_pdf import make_pdf
from pypdf import PdfReader, PdfWriter

READ = "read"
PAGES = 60  # more than the tests' limit
Maker = Callable[[Path], None]

WORD = """<?xml version="1.0"?>{before}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:body>{body}</w:body></w:document>"""
TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml"
ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
RELATIONS = """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
Target="word/document.xml"/></Relationships>"""
LAUGHS = """<!DOCTYPE x [<!ENTITY a "ha">{entities}]>""".format(
    entities="".join(
        f'<!ENTITY {after} "{f"&{before};" * 12}">' for before, after in zip("abcdefgh", "bcdefghi", strict=True)
    )
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'
MACROS = "".join(
    f"\\newcommand{{\\{after}}}{{" + f"\\{before}" * 10 + "}"
    for before, after in zip("abcdefghi", "bcdefghij", strict=True)
)
CONTAINER = """<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="{opf}" media-type="application/oebps-package+xml"/></rootfiles></container>"""
PACKAGE = """<?xml version="1.0"?>{before}<package xmlns="http://www.idpf.org/2007/opf" version="3.0">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>A book{title}</dc:title></metadata>
<manifest><item id="a" href="{href}" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="a"/></spine></package>"""


def text(content: str) -> Maker:
    return lambda path: path.write_text(content, encoding="utf-8") and None


def data(content: bytes) -> Maker:
    return lambda path: path.write_bytes(content) and None


def zipped(parts: dict[str, str | bytes]) -> Maker:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            for name, content in parts.items():
                package.writestr(name, content)

    return make


def docx(body: str = "", before: str = "", **more: str | bytes) -> Maker:
    written = WORD.format(
        before=before, body=body or f"<w:p><w:r><w:t>Text.{'&i;' if before else ''}</w:t></w:r></w:p>"
    )
    return zipped({"[Content_Types].xml": TYPES, "_rels/.rels": RELATIONS, "word/document.xml": written, **more})


def epub(chapter: str | bytes, href: str = "a.xhtml", before: str = "", title: str = "") -> Maker:
    return zipped({
        "mimetype": "application/epub+zip", "META-INF/container.xml": CONTAINER.format(opf="p.opf"),
        "p.opf": PACKAGE.format(before=before, href=href, title=title), "a.xhtml": chapter,
    })  # fmt: skip


def pdf_bytes(pages: int = 3) -> bytes:
    place = Path(os.environ.get("TMPDIR", "/tmp")) / f"hostile-{os.getpid()}.pdf"
    make_pdf(place, [[f"This is page number {n} of a short paper."] for n in range(pages)], title="A paper")
    try:
        return place.read_bytes()
    finally:
        place.unlink()


def cut_pdf(share: float) -> Maker:
    whole = pdf_bytes()
    return data(whole[: int(len(whole) * share)])


def encrypted(path: Path) -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_bytes())))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(path)


def pdf_of(*objects: bytes, trailer: bytes = b"<< /Size 9 /Root 1 0 R >>") -> bytes:
    """A PDF of these objects, the first its catalogue."""
    content, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table
    return content + b"trailer\n" + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % start


def page(contents: bytes, more: bytes = b"") -> tuple[bytes, ...]:
    stream = zlib.compress(contents, 9)
    return (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R " + more + b" >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(stream) + stream + b"\nendstream",
    )


TREE_LOOP = pdf_of(
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 2 /Parent 3 0 R >>",
    b"<< /Type /Pages /Kids [2 0 R] /Count 2 /Parent 2 0 R >>",
)
XREF_LOOP = pdf_of(*page(b""), trailer=b"<< /Size 5 /Root 1 0 R /Prev 9 /XRefStm 9 >>").replace(
    b"/Prev 9", b"/Prev 500"
)
HUGE_IMAGE = pdf_of(
    *page(b"q 600 0 0 800 0 0 cm /I Do Q", b"/Resources << /XObject << /I 5 0 R >> >>"),
    b"<< /Type /XObject /Subtype /Image /Width 2000000000 /Height 2000000000 /BitsPerComponent 8 "
    b"/ColorSpace /DeviceRGB /Length 3 >>\nstream\nabc\nendstream",
)
FORM_LOOP = pdf_of(
    *page(b"/F Do", b"/Resources << /XObject << /F 5 0 R >> >>"),
    b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 5 0 R >> >> /Length 5 >>\nstream\n"
    b"/F Do\nendstream",
)


def nested_zip(path: Path) -> None:
    inner = b"x" * 1000
    for _ in range(30):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("inner.zip", inner)
        inner = held.getvalue()
    path.write_bytes(inner)


def many_entries(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        for number in range(2_000):
            package.writestr(f"word/{number}.xml", "")


def overlapping(path: Path) -> None:
    """A zip whose directory names one file a hundred times."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"0" * 4_000_000)
    whole = held.getvalue()
    at, end = whole.index(b"PK\x01\x02"), whole.index(b"PK\x05\x06")
    directory = whole[at:end] * 100
    tail = bytearray(whole[end:])
    tail[8:10] = tail[10:12] = (100).to_bytes(2, "little")
    tail[12:16] = len(directory).to_bytes(4, "little")
    path.write_bytes(whole[:at] + directory + bytes(tail))


def notebook(version: int = 4, **more: object) -> str:
    cells = [{"cell_type": "markdown", "metadata": {}, "source": ["# Notes\n", "\n", "Text."]}]
    return json.dumps({"nbformat": version, "nbformat_minor": 2, "metadata": {}, "cells": cells, **more})


# name -> (how it is made, what becomes of it)
HOSTILE: dict[str, tuple[Maker, str]] = {
    "empty.md": (data(b""), "document-empty"),
    "blank.txt": (text(" \n\t\n" * 500), "document-empty"),
    "empty.pdf": (data(b""), "document-empty"),
    "empty.docx": (data(b""), "document-empty"),
    "nul.txt": (data(b"some text\0\0\0 and more"), "document-binary"),
    "picture.md": (data(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8), "document-binary"),
    "utf16.txt": (data("Text without a mark of its order, and enough of it.".encode("utf-16-le")), "document-binary"),
    "utf16-half.txt": (data(b"\xff\xfeT\0e\0x"), "document-binary"),
    "large.txt": (text("Too many words. " * 200_000), "document-large"),
    "one-line.txt": (text("word " * 60_000), READ),
    "one-word.txt": (text("a" * 300_000), READ),
    "escapes.txt": (text("Plain text with \x1b]0;title\x07 an escape in it."), "document-binary"),
    "brackets.md": (text("# T\n\n" + "[" * 60_000), READ),
    "links.md": (text("# T\n\n" + "![[](" * 8_000), READ),
    "quotes.md": (text("> " * 8_000 + "deep"), READ),
    "lists.md": (text("".join(" " * n + "- a\n" for n in range(300))), READ),
    "table.md": (text("|a" * 150 + "\n" + "|-" * 150 + "\n" + "|c\n" * 150), READ),
    "spaces.md": (text("a" + " " * 300_000 + "b"), READ),
    "stars.md": (text("*a_ " * 20_000), READ),
    "front.md": (text("---\n" + "a: &a [*a, *a]\n" * 3_000 + "---\n"), "document-empty"),
    "cut-10.pdf": (cut_pdf(0.1), "document-broken"),
    "cut-30.pdf": (cut_pdf(0.3), "document-broken"),
    "cut-50.pdf": (cut_pdf(0.5), "document-broken"),
    "cut-80.pdf": (cut_pdf(0.8), "document-broken"),
    "cut-99.pdf": (cut_pdf(0.99), READ),
    "encrypted.pdf": (encrypted, "document-encrypted"),
    "scanned.pdf": (data(HUGE_IMAGE.replace(b"2000000000", b"1")), "document-empty"),
    "huge-image.pdf": (data(HUGE_IMAGE), "document-empty"),
    "tree-loop.pdf": (data(TREE_LOOP), "document-broken"),
    "xref-loop.pdf": (data(XREF_LOOP), "document-empty"),
    "form-loop.pdf": (data(FORM_LOOP), "document-empty"),
    "bomb.pdf": (data(pdf_of(*page(b"BT ET " * 4_000_000))), "document-empty"),
    "many-pages.pdf": (lambda path: make_pdf(path, [["A page."]] * PAGES) and None, "document-pages"),
    "count-lies.pdf": (data(pdf_bytes().replace(b"/Count 3", b"/Count 999999999")), READ),
    "not-a.pdf": (text("This is no PDF, whatever its name says."), "document-broken"),
    "header-only.pdf": (data(b"%PDF-1.7\n%%EOF\n"), "document-broken"),
    "noise.pdf": (data(b"%PDF-1.4\n" + bytes(range(256)) * 300), "document-broken"),
    "bomb.docx": (docx("<w:p><w:r><w:t>" + "0" * 12_000_000 + "</w:t></w:r></w:p>"), "document-expands"),
    "large-parts.docx": (docx(**{f"word/media/{n}.xml": bytes(4_000_000) for n in range(8)}), "document-expands"),
    "laughs.docx": (docx(before=LAUGHS), "document-broken"),
    "outside.docx": (docx(before=OUTSIDE), READ),
    "no-parts.docx": (zipped({"a.txt": "x"}), "document-broken"),
    "no-body.docx": (docx("<w:sectPr/>"), "document-empty"),
    "bad-xml.docx": (docx("<w:p><w:r>"), "document-broken"),
    "deep.docx": (docx("<w:p>" * 3_000 + "</w:p>" * 3_000), "document-deep"),
    "nested.docx": (nested_zip, "document-broken"),
    "entries.docx": (many_entries, "document-expands"),
    "overlapping.docx": (overlapping, "document-expands"),
    "climbing.docx": (docx(**{"../../../../tmp/climbed.xml": "<x/>"}), "document-names"),
    "cut.docx": (lambda path: path.write_bytes(zip_of(docx())[:200]) and None, "document-broken"),
    "pdf.docx": (data(pdf_bytes(2)), "document-broken"),
    "bomb.epub": (epub("<html><body><p>" + "a " * 6_000_000 + "</p></body></html>"), "document-expands"),
    "climbing.epub": (epub("<html><body><p>A text.</p></body></html>", href="../../../etc/passwd"), "document-empty"),
    "laughs.epub": (epub("<html><body><p>A text.</p></body></html>", before=LAUGHS, title="&i;"), "document-broken"),
    "no-container.epub": (zipped({"mimetype": "application/epub+zip"}), "document-broken"),
    "nested.epub": (nested_zip, "document-broken"),
    "deep.html": (text("<div>" * 20_000 + "A text in the depth." + "</div>" * 20_000), "document-deep"),
    "laughs.html": (text(LAUGHS + "<html><body><p>A page with &i; in it.</p></body></html>"), READ),
    "scripts.html": (text("<html><body><script>" + "x();" * 5_000 + "</script></body></html>"), "document-empty"),
    "attributes.html": (text("<p " + "a=1 " * 20_000 + ">A page that has one sentence to read.</p>"), READ),
    "open.html": (text("<p><b><table><tr><td>" * 2_000 + "x"), "document-deep"),
    "version-2.ipynb": (text(notebook(2)), "document-broken"),
    "version-99.ipynb": (text(notebook(99)), "document-broken"),
    "list.ipynb": (text("[1, 2, 3]"), "document-broken"),
    "deep.ipynb": (text("[" * 100_000 + "]" * 100_000), "document-deep"),
    "cells.ipynb": (text(notebook(cells=[None, 3, {"cell_type": "markdown"}])), "document-empty"),
    "surrogates.ipynb": (text(notebook().replace("Text.", "Half \\ud800 a letter and \\u001b[2J an escape.")), READ),
    "braces.tex": (text("\\section{A}" + "{" * 50_000), "document-deep"),
    "macros.tex": (text(MACROS + "\\begin{document}Some text. \\j\\end{document}"), "document-expands"),
    "self.tex": (text("\\newcommand{\\x}{\\x\\x}\\begin{document}Some text. \\x \\input{self}\\end{document}"), READ),
    "braces.bib": (text("@article{a, title = {" + "{" * 30_000), "reference-bad"),
    "attached.bib": (text("@article{p, title={T}, file={../../../../../etc/passwd.pdf}}"), "attachment-outside"),
    "noise.bib": (data(b"@\0\xff{" * 500), "document-binary"),
    "noise.ris": (data(bytes(range(256)) * 20), "document-binary"),
    "endless.ris": (text("TY  - JOUR\n" * 3_000), "reference-bad"),
}  # fmt: skip


def zip_of(maker: Maker) -> bytes:
    place = Path(os.environ.get("TMPDIR", "/tmp")) / f"hostile-{os.getpid()}.zip"
    maker(place)
    try:
        return place.read_bytes()
    finally:
        place.unlink()


GOOD = {
    "good-1.md": text("# Attention\n\nAttention weighs the values by how well keys match the query.\n"),
    "good-2.txt": text("Los pesos de la atención suman uno en cada fila de la matriz.\n"),
    "good-3.pdf": data(pdf_bytes()),
    "good-4.html": text("<html><body><h1>Heads</h1><p>Each head has a projection of its own here.</p></body></html>"),
    "good-5.docx": docx("<w:p><w:r><w:t>Layer normalisation keeps activations in range.</w:t></w:r></w:p>"),
}


def make_places(folder: Path) -> dict[str, str]:
    """What is no plain file: a folder with a file's name, pipes, links to nothing, to themselves, to a device."""
    (folder / "folder.pdf").mkdir()
    os.mkfifo(folder / "pipe.txt")
    os.mkfifo(folder / "pipe.pdf")
    (folder / "dangling.md").symlink_to(folder / "nothing.md")
    (folder / "loop.md").symlink_to(folder / "loop.md")
    (folder / "device.txt").symlink_to("/dev/zero")
    (folder / "disguised\x1b[31m\nname.pdf").write_bytes(b"%PDF-1.7")
    (folder / os.fsdecode(b"caf\xe9.md")).write_text("A name that is no text.")
    return {
        "pipe.txt": "document-kind", "pipe.pdf": "document-kind", "device.txt": "document-kind",
        "dangling.md": "document-missing", "loop.md": "document-unreadable",
        "disguised\x1b[31m\nname.pdf": "document-broken",
    }  # fmt: skip


def make_folder(folder: Path) -> dict[str, str]:
    """Write everything; what becomes of each file that is no good document and can be listed by its name."""
    folder.mkdir(parents=True)
    for name, make in GOOD.items():
        make(folder / name)
    for name, (make, _) in HOSTILE.items():
        make(folder / name)
    return {name: code for name, (_, code) in HOSTILE.items()} | make_places(folder)
