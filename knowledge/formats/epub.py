"""E-books: an EPUB is a zip of XHTML chapters and of a list that says in which order they are read."""

import posixpath
import re
from typing import Any

from knowledge.decoding import decode_text
from knowledge.errors import BadDocument
from knowledge.formats.content import Content
from knowledge.formats.hidden import drop_hidden
from knowledge.formats.html_markdown import html_markdown
from knowledge.formats.html_metadata import bare_arxiv, bare_doi
from knowledge.formats.limits import Limits
from knowledge.formats.markdown_text import MarkdownText, scholarly_sections, year_of
from knowledge.formats.xml_tree import local_name, xhtml_tree
from knowledge.formats.zip_package import ZipPackage

_CHAPTERS = {"application/xhtml+xml", "text/html", "application/xml", "text/x-oeb1-document"}
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")  # these only obscure fonts


def read_epub(data: bytes, path: str, limits: Limits) -> Content:
    """A book's chapters in reading order, under the book's title; tables of contents are left out.

    Raises `BadDocument`: those of `ZipPackage`, document-deep, document-encrypted (a book with copy protection).
    """
    package = ZipPackage(data, path, limits)
    _refuse_protected(package)
    opf_name = _opf_name(package)
    opf = package.xml(opf_name)
    if opf is None:
        raise BadDocument("document-broken", path=path)
    about = _Metadata(opf)
    title = about.first("title")
    text = MarkdownText()
    text.heading(title, 1)
    for name in _spine(opf, posixpath.dirname(opf_name)):
        _add_chapter(package, name, text, shift=1 if title else 0)
    identifiers = " ".join(about.every("identifier"))
    source = about.first("source")
    return Content(
        sections=scholarly_sections(str(text)),
        title=title,
        authors=about.authors(),
        year=year_of(about.first("date")),
        url=source if source.startswith(("http://", "https://")) else "",
        doi=bare_doi(identifiers),
        arxiv=bare_arxiv(identifiers) if "arxiv" in identifiers.lower() else "",
        venue=about.first("publisher"),
    )


def _add_chapter(package: ZipPackage, name: str, text: MarkdownText, shift: int) -> None:
    data = package.read(name)
    if not data:
        return
    root = xhtml_tree(decode_text(data, package.path), package.path, package.limits)
    if root is None:
        return
    drop_hidden(root)
    body = root.find(".//{*}body")
    html_markdown(root if body is None else body, level_shift=shift, into=text)


def _opf_name(package: ZipPackage) -> str:
    container = package.xml(_CONTAINER)
    names = [node.get("full-path", "") for node in container.iter("{*}rootfile")] if container is not None else []
    return next((name for name in names if name), "") or next(
        (name for name in package.names if name.endswith(".opf")), ""
    )


def _spine(opf: Any, folder: str) -> list[str]:
    """The names of the chapters in reading order, without the navigation page and what is set aside."""
    items = {node.get("id"): node for node in opf.iter("{*}item")}
    names: list[str] = []
    for reference in opf.iter("{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is None or "nav" in item.get("properties", "").split():
            continue
        if item.get("media-type", "application/xhtml+xml") in _CHAPTERS:
            href = _unquoted(item.get("href", "").partition("#")[0])
            names.append(posixpath.normpath(posixpath.join(folder, href)))
    return list(dict.fromkeys(names))


def _unquoted(href: str) -> str:
    """The name that an address stands for: "a%20b" is "a b"."""
    found = re.sub(rb"%([0-9A-Fa-f]{2})", lambda code: bytes([int(code[1], 16)]), href.encode())
    return found.decode("utf-8", "replace")


def _refuse_protected(package: ZipPackage) -> None:
    encryption = package.xml(_ENCRYPTION)
    if encryption is not None:
        methods = [node.get("Algorithm", "") for node in encryption.iter("{*}EncryptionMethod")]
        if any(method not in _FONTS for method in methods):
            raise BadDocument("document-encrypted", path=package.path)


class _Metadata:
    """The book's own description (Dublin Core)."""

    def __init__(self, opf: Any) -> None:
        self._nodes = [node for part in opf.iter("{*}metadata") for node in part.iter() if isinstance(node.tag, str)]

    def every(self, name: str) -> list[str]:
        """The values under a name, in order."""
        found = (" ".join("".join(node.itertext()).split()) for node in self._nodes if local_name(node) == name)
        return [value for value in found if value]

    def first(self, name: str) -> str:
        """The first value under a name; empty when there is none."""
        return next(iter(self.every(name)), "")

    def authors(self) -> tuple[str, ...]:
        """The creators whose part is not another's (translator, illustrator, ...)."""
        roles = {
            node.get("refines", "").lstrip("#"): (node.text or "").strip()
            for node in self._nodes
            if node.get("property") == "role"
        }
        return tuple(
            " ".join((node.text or "").split())
            for node in self._nodes
            if local_name(node) == "creator" and (node.text or "").strip()
            and (node.get("{http://www.idpf.org/2007/opf}role") or roles.get(node.get("id", ""), "aut")) == "aut"
        )  # fmt: skip
