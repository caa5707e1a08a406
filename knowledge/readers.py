"""Files of a user as documents: Markdown, plain text, HTML and PDF, read from the disk and nowhere else."""

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.blocks import markdown_blocks
from knowledge.decoding import decode_text
from knowledge.documents import Document, Section
from knowledge.errors import BadDocument
from knowledge.language import detect_language
from knowledge.messages import LANGUAGES
from knowledge.pdf import read_pdf
from knowledge.sections import sections_of
from knowledge.terms import plain

_SAMPLE = 1500  # characters from the start, and as many from the middle, tell the language
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_FIELD = re.compile(r"^(\w+):[ \t]*(.*?)[ \t]*$", re.M)


@dataclass(frozen=True, slots=True)
class _Content:
    """What a file says: its sections, and what it says about itself."""

    sections: tuple[Section, ...]
    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    url: str = ""
    pages: int | None = None


def read_document(path: Path, *, root: Path | None = None, limit_mb: float = 100) -> Document:
    """The file as a document: one section a heading, or one a page for PDF.

    `Document.id` is the first 12 hexadecimal digits of the sha256 of the bytes; `Document.path` is relative
    to `root` where one is given, else absolute; the title is the first H1, else the metadata's, else the
    file's name. Locators: "§ Heading", "p. N" (PDF) or "l. N" (line, where there is no heading).

    Raises `BadDocument`: document-missing, -unreadable, -kind, -large, -binary, -empty, -encrypted, -broken.
    """
    data = _bytes_of(path, limit_mb)
    read = _READERS[path.suffix.lower()]
    content = read(data, str(path)) if data.strip() else _Content(())
    if not content.sections:
        raise BadDocument("document-empty", path=path)
    sha256 = hashlib.sha256(data).hexdigest()
    return Document(
        id=sha256[:12],
        title=content.title or path.stem,
        path=_shown_path(path, root),
        language=_language_of(content.sections),
        sections=content.sections,
        authors=content.authors,
        year=content.year,
        url=content.url,
        pages=content.pages,
        sha256=sha256,
    )


def find_documents(paths: Sequence[Path]) -> list[tuple[Path, Path]]:
    """(file, root) of every file to read, each once: a named file with its folder, a folder's files with it.

    Folders are searched to the bottom, in sorted order, for files of known kinds; hidden files and folders
    are passed over, links to folders too. Raises `BadDocument("document-missing")` for a missing path.
    """
    found: dict[Path, tuple[Path, Path]] = {}
    for path in paths:
        if path.is_dir():
            for file in _files_under(path):
                found.setdefault(file.resolve(), (file, path))
        elif os.path.lexists(path):
            found.setdefault(path.resolve(), (path, path.parent))
        else:
            raise BadDocument("document-missing", path=path)
    return list(found.values())


def read_all(paths: Sequence[Path]) -> tuple[list[Document], list[BadDocument]]:
    """The documents that could be read, no content twice, and a problem for every path that could not.

    Raises `BadDocument("no-documents")`, with the problems in its `values`, when nothing could be read.
    """
    documents: dict[str, Document] = {}
    problems: list[BadDocument] = []
    for path in paths:
        try:
            files = find_documents([path])
        except BadDocument as problem:
            problems.append(problem)
            continue
        for file, root in files:
            try:
                document = read_document(file, root=root)
            except BadDocument as problem:
                problems.append(problem)
            else:
                documents.setdefault(document.id, document)
    if not documents:
        named = ", ".join(str(path) for path in paths)
        raise BadDocument("no-documents", paths=named, problems=tuple(problems))
    return list(documents.values()), problems


def _files_under(folder: Path) -> list[Path]:
    files: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files.extend(Path(place, name) for name in names if not name.startswith("."))
    return sorted(file for file in files if file.suffix.lower() in _READERS)


def _bytes_of(path: Path, limit_mb: float) -> bytes:
    try:
        size = path.stat().st_size
        if path.suffix.lower() not in _READERS or not path.is_file():
            raise BadDocument("document-kind", path=path)
        if size > limit_mb * 1e6:
            raise BadDocument("document-large", path=path, size=f"{size / 1e6:.1f}", limit=f"{limit_mb:g}")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise BadDocument("document-missing", path=path) from error
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BadDocument("document-unreadable", path=path, reason=reason) from error


def _shown_path(path: Path, root: Path | None) -> str:
    if root is not None and path.absolute().is_relative_to(root.absolute()):
        return path.absolute().relative_to(root.absolute()).as_posix()
    return path.resolve().as_posix()


def _language_of(sections: Sequence[Section]) -> str:
    text = "\n".join(section.text for section in sections)
    middle = len(text) // 2
    found = detect_language(text[:_SAMPLE] + " " + text[middle : middle + _SAMPLE], default="en")
    return found if found in LANGUAGES else "en"


def _read_text(data: bytes, path: str) -> _Content:
    # Indentation would make code of a paragraph, and here it is layout.
    text = "\n".join(line.strip() for line in decode_text(data, path).split("\n"))
    return _Content(sections_of(text, with_headings=False))


def _read_markdown(data: bytes, path: str) -> _Content:
    text = decode_text(data, path)
    fields: dict[str, str] = {}
    if match := _FRONT_MATTER.match(text):
        fields = {name.lower(): value.strip("\"'") for name, value in _FIELD.findall(match[1])}
        text = "\n" * match.group().count("\n") + text[match.end() :]  # so that line numbers stay true
    author = fields.get("author") or fields.get("authors", "")
    return _Content(
        sections=sections_of(text),
        title=_first_title(text) or fields.get("title", ""),
        authors=tuple(re.findall(r"[^\s\[\],;\"'][^\[\],;\"']*", author)),
        year=_year(fields.get("date") or fields.get("year", "")),
        url=fields.get("url", ""),
    )


def _read_html(data: bytes, path: str) -> _Content:
    import trafilatura  # noqa: PLC0415  half a second to load, for one kind of file
    from trafilatura.metadata import extract_metadata  # noqa: PLC0415

    source = decode_text(data, path)
    text = trafilatura.extract(source, output_format="markdown", include_comments=False)
    # A fragment without <html> and <body>, or a page too short to be told from its menus.
    whole = f"<html><body>{source}</body></html>"
    text = text or trafilatura.extract(whole, output_format="markdown", favor_recall=True) or ""
    # trafilatura escapes Markdown's marks inside formulas too.
    text = re.sub(r"\$[^$]+\$", lambda formula: re.sub(r"\\([_*])", r"\1", formula.group()), text)
    metadata = extract_metadata(source)
    title = _first_title(text) or (metadata.title or "").strip()
    if title and not _first_title(text):
        text = f"# {title}\n\n{text}"  # so that every section has a heading to be found by
    authors = (metadata.author or "").split(";")
    return _Content(
        sections=sections_of(text),
        title=title,
        authors=tuple(author.strip() for author in authors if author.strip()),
        year=_year(metadata.date or ""),
        url=metadata.url or "",
    )


def _read_pdf(data: bytes, path: str) -> _Content:
    pdf = read_pdf(data, path)
    pages = ((number, text) for number, text in enumerate(pdf.pages, start=1) if markdown_blocks(text))
    sections = tuple(Section((), f"p. {number}", text) for number, text in pages)
    return _Content(sections, title=pdf.title, authors=pdf.authors, pages=len(pdf.pages))


def _first_title(text: str) -> str:
    return next((plain(block.text) for block in markdown_blocks(text) if block.level == 1), "")


def _year(date: str) -> int | None:
    match = re.search(r"\b(?:1[5-9]|20)\d\d\b", date)
    return int(match.group()) if match else None


_READERS: dict[str, Callable[[bytes, str], _Content]] = {
    **dict.fromkeys((".md", ".markdown"), _read_markdown),
    **dict.fromkeys((".txt", ".rst", ".tex"), _read_text),
    **dict.fromkeys((".html", ".htm"), _read_html),
    ".pdf": _read_pdf,
}
