"""Files of a user as documents, read from the disk and nowhere else: PDF, Word, EPUB, HTML, LaTeX, Markdown, plain
text, notebooks, and what lists of references (BibTeX, RIS) bring."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge.documents import Document, Section
from knowledge.errors import BadDocument
from knowledge.formats.attachments import attachments_of
from knowledge.formats.bibtex import read_bibtex
from knowledge.formats.content import Content
from knowledge.formats.docx import read_docx
from knowledge.formats.epub import read_epub
from knowledge.formats.html import read_html
from knowledge.formats.latex import read_latex
from knowledge.formats.limits import LIMITS, Limits
from knowledge.formats.markdown import read_markdown
from knowledge.formats.notebook import read_notebook
from knowledge.formats.references import Metadata, Reference
from knowledge.formats.ris import read_ris
from knowledge.formats.text import read_text
from knowledge.language import detect_language
from knowledge.messages import LANGUAGES
from knowledge.pdf_content import pdf_content

_SAMPLE = 1500  # characters from the start, and as many from the middle, tell the language
# What a suffix is read as, where it is not its own kind.
_KINDS = {"markdown": "md", "htm": "html", "xhtml": "html", "rst": "txt"}


Listed = tuple[list[Reference], list[BadDocument]]  # the entries of a list of references, and its problems


@dataclass(frozen=True, slots=True)
class Found:
    """Something to read: a file with the folder it was found from, and what a list of references says of it.

    `document` is there already for an entry that attaches no file and brings its abstract: that is the document.
    """

    file: Path
    root: Path
    metadata: Metadata | None = None
    document: Document | None = None


@dataclass(frozen=True, slots=True)
class Expansion:
    """What paths lead to: what can be read, a problem for each path, entry or attachment that cannot be, and the
    references that bring neither a file nor an abstract, which is no problem."""

    found: tuple[Found, ...]
    problems: tuple[BadDocument, ...] = ()
    without_text: tuple[Reference, ...] = ()


def read_document(
    path: Path, *, root: Path | None = None, limit_mb: float | None = None, limits: Limits = LIMITS
) -> Document:
    """The file as a document: one section a heading, or one a heading and page for PDF.

    `Document.id` is the first 12 hexadecimal digits of the sha256 of the bytes; `Document.path` is relative
    to `root` where one is given, else absolute; the title is the first H1, else the metadata's, else the
    file's name. Locators: "§ Heading", "p. N" (PDF) or "l. N" (line, where there is no heading). `limit_mb` stands for
    `limits.megabytes` where it is given.

    Raises `BadDocument`: document-missing, -unreadable, -kind, -references, -large, -binary, -empty, -encrypted,
    -broken, -expands, -names, -deep.
    """
    data = _bytes_of(path, limits.megabytes if limit_mb is None else limit_mb)
    suffix = path.suffix.lower()
    if suffix in _LISTS:
        raise BadDocument("document-references", path=path)
    try:
        content = _READERS[suffix](data, str(path), limits) if data.strip() else Content(())
    except RecursionError as error:
        raise BadDocument("document-deep", path=path, limit=limits.depth) from error
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
        kind=_kind(suffix),
        doi=content.doi,
        arxiv=content.arxiv,
        venue=content.venue,
    )


def read_found(found: Found, *, limits: Limits = LIMITS) -> Document:
    """What `expand` found as a document; what a list of references says of it stands over what the file says.

    Raises `BadDocument` as `read_document` does.
    """
    document = found.document or read_document(found.file, root=found.root, limits=limits)
    return found.metadata.over(document) if found.metadata else document


def find_documents(paths: Sequence[Path]) -> list[tuple[Path, Path]]:
    """(file, root) of every file to read, each once: a named file with its folder, a folder's files with it.

    Folders are searched to the bottom, in sorted order, for files of known kinds; hidden files and folders
    are passed over, links to folders too. A list of references gives the files that it attaches; `expand` gives what
    it says of them, its abstracts and its problems too. Raises `BadDocument("document-missing")` for a missing path.
    """
    for path in paths:
        if not os.path.lexists(path):
            raise BadDocument("document-missing", path=path)
    return [(one.file, one.root) for one in expand(paths).found if one.document is None]


def references_of(file: Path, limits: Limits = LIMITS) -> tuple[list[Reference], list[BadDocument]]:
    """The entries of a list of references, and a problem for each that cannot be read. Raises `BadDocument`."""
    return _LISTS[file.suffix.lower()](_bytes_of(file, limits.megabytes), str(file))


def expand(
    paths: Sequence[Path], *, limits: Limits = LIMITS, lists: Callable[[Path, Limits], Listed] = references_of
) -> Expansion:
    """What files, folders and lists of references lead to, each file once, in the order of `find_documents`.

    The entries of a list (`.bib`, `.ris`) give the files that they attach, with their metadata, wherever else among
    the paths the same file is found; an entry without a file gives its abstract as a document of kind "bib" or "ris".
    Nothing is raised: what cannot be read is among the problems. `lists` reads a list of references.
    """
    found: dict[Path | str, Found] = {}
    problems: list[BadDocument] = []
    without_text: list[Reference] = []
    for file, root in _files(paths, problems):
        if file.suffix.lower() not in _LISTS or not file.is_file():
            found.setdefault(_true_place(file), Found(file, root))
            continue
        try:
            references, bad = lists(file, limits)
        except BadDocument as problem:
            problems.append(problem)
            continue
        problems += bad
        for reference in references:
            brought = list(_brought(reference, file, root, problems))
            without_text += [] if brought or reference.files else [reference]
            for one in brought:
                key = one.document.id if one.document else _true_place(one.file)
                known = found.get(key)
                if known is None:
                    found[key] = one
                elif known.metadata is None:
                    found[key] = replace(known, metadata=one.metadata)
    return Expansion(tuple(found.values()), tuple(problems), tuple(without_text))


def read_all(
    paths: Sequence[Path], *, limits: Limits = LIMITS, read: Callable[[Found], Document] | None = None,
    lists: Callable[[Path, Limits], Listed] = references_of,
) -> tuple[list[Document], list[BadDocument]]:  # fmt: skip
    """The documents that could be read, no content twice, and a problem for every path that could not.

    `read` reads a file, `lists` a list of references: here, in this process, where they are not given.
    Raises `BadDocument("no-documents")`, with the problems in its `values`, when nothing could be read.
    """
    documents: dict[str, Document] = {}
    problems: list[BadDocument] = []
    expansions = [expand([path], limits=limits, lists=lists) for path in paths]  # so that problems come in order
    told = {_true_place(one.file): one.metadata for part in expansions for one in part.found if one.metadata}
    for expansion in expansions:
        problems += expansion.problems
        for one in expansion.found:
            about = one.metadata or (None if one.document else told.get(_true_place(one.file)))
            found = replace(one, metadata=about)
            try:
                document = read(found) if read else read_found(found, limits=limits)
            except BadDocument as problem:
                problems.append(problem)
            else:
                documents.setdefault(document.id, document)
    if not documents:
        named = ", ".join(str(path) for path in paths)
        raise BadDocument("no-documents", paths=named, problems=tuple(problems))
    return list(documents.values()), problems


def _files(paths: Sequence[Path], problems: list[BadDocument]) -> Iterator[tuple[Path, Path]]:
    for path in paths:
        if path.is_dir():
            yield from ((file, path) for file in _files_under(path))
        elif os.path.lexists(path):
            yield path, path.parent
        else:
            problems.append(BadDocument("document-missing", path=path))


def _files_under(folder: Path) -> list[Path]:
    files: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files.extend(Path(place, name) for name in names if not name.startswith("."))
    return sorted(file for file in files if file.suffix.lower() in _KNOWN)


def _true_place(file: Path) -> Path:
    try:
        return file.resolve()
    except (OSError, RuntimeError):  # a link that leads to itself
        return file.absolute()


def _brought(reference: Reference, file: Path, root: Path, problems: list[BadDocument]) -> Iterator[Found]:
    """What a reference brings: its files, else its abstract."""
    attached = attachments_of(reference, file, frozenset(_READERS))
    problems += attached.problems
    for one in attached.files:
        yield Found(one, root if one.is_relative_to(root.resolve()) else one.parent, reference.metadata)
    if not attached.files and reference.abstract:
        yield Found(file, root, document=_abstract(reference, file, root))


def _abstract(reference: Reference, file: Path, root: Path) -> Document:
    """The abstract of a work whose text is not there, as a document; its path is the list's with the entry's key."""
    about = reference.metadata
    sha256 = hashlib.sha256("\n\n".join([about.title, *about.authors, reference.abstract]).encode()).hexdigest()
    headings = (about.title,) if about.title else ()
    locator = f"§ {about.title}" if about.title else f"l. {reference.line}"
    document = Document(
        id=sha256[:12],
        title=about.title or reference.key,
        path=f"{_shown_path(file, root)}#{reference.key}",
        language=_language_of([Section(headings, locator, reference.abstract)]),
        sections=(Section(headings, locator, reference.abstract),),
        sha256=sha256,
        kind=_kind(file.suffix.lower()),
    )
    return about.over(document)


def _bytes_of(path: Path, limit_mb: float) -> bytes:
    try:
        size = path.stat().st_size
        if path.suffix.lower() not in _KNOWN or not path.is_file():
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


def _kind(suffix: str) -> str:
    name = suffix.removeprefix(".")
    return _KINDS.get(name, name)


def _language_of(sections: Sequence[Section]) -> str:
    text = "\n".join(section.text for section in sections)
    middle = len(text) // 2
    found = detect_language(text[:_SAMPLE] + " " + text[middle : middle + _SAMPLE], default="en")
    return found if found in LANGUAGES else "en"


def _read_pdf(data: bytes, path: str, limits: Limits) -> Content:  # noqa: ARG001  readers are called alike
    return pdf_content(data, path)


_READERS: dict[str, Callable[[bytes, str, Limits], Content]] = {
    **dict.fromkeys((".md", ".markdown"), read_markdown),
    **dict.fromkeys((".txt", ".rst"), read_text),
    **dict.fromkeys((".html", ".htm", ".xhtml"), read_html),
    ".pdf": _read_pdf,
    ".docx": read_docx,
    ".epub": read_epub,
    ".tex": read_latex,
    ".ipynb": read_notebook,
}
_LISTS: dict[str, Callable[[bytes, str], tuple[list[Reference], list[BadDocument]]]] = {
    ".bib": read_bibtex,
    ".ris": read_ris,
}
_KNOWN = {*_READERS, *_LISTS}
