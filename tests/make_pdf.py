"""Small PDFs for the tests, written by hand: a page is a list of lines: a text, (size, text) or `Put`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Put:
    """A text with its lower left corner at (x, y). `before`: operators of PDF that come first, such as "1 g" (white).

    `turn`: the first four numbers of its text matrix.
    """

    text: str
    x: float
    y: float
    size: float = 10
    bold: bool = False
    before: str = ""
    turn: str = "1 0 0 1"


@dataclass(frozen=True)
class Drawn:
    """Operators of PDF outside of text, such as a filled rectangle."""

    operators: str


BOLD = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>"
Line = str | tuple[int, str] | Put | Drawn


def make_pdf(path: Path, pages: Sequence[Sequence[Line]], title: str = "", author: str = "") -> Path:
    """Write the pages in Helvetica, one line under the other; WinAnsi letters only."""
    kids = " ".join(f"{5 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Title " + _text(title) + b" /Author " + _text(author) + b" >>",
    ]
    for number, lines in enumerate(pages):
        resources = f"/Resources << /Font << /F 3 0 R /B {BOLD} >> >>"
        content = f"/Contents {6 + 2 * number} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] {resources} {content} >>".encode())
        stream = _stream(lines)
        objects.append(f"<< /Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream")
    path.write_bytes(_file(objects))
    return path


def _stream(lines: Sequence[Line]) -> bytes:
    parts, y = [b"BT"], 760
    for line in lines:
        if isinstance(line, Put):
            font = f"q {line.before} BT /{'B' if line.bold else 'F'} {line.size} Tf {line.turn} {line.x} {line.y} Tm "
            parts += [b"ET", font.encode() + _text(line.text) + b" Tj ET Q", b"BT"]
            continue
        if isinstance(line, Drawn):
            parts += [b"ET", line.operators.encode("latin-1"), b"BT"]
            continue
        size, text = line if isinstance(line, tuple) else (11, line)
        y -= round(size * 1.5)
        parts.append(f"/F {size} Tf 1 0 0 1 60 {y} Tm ".encode() + _text(text) + b" Tj")
    return b"\n".join([*parts, b"ET"])


def _text(text: str) -> bytes:
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return b"(" + escaped.encode("cp1252") + b")"


def _file(objects: Sequence[bytes]) -> bytes:
    data, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + f"xref\n0 {size}\n0000000000 65535 f \n{table}".encode() + trailer.encode()
