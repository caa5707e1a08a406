"""Markdown: sections by headings, front matter as metadata, footnotes at the end of their section."""

import re

from knowledge.blocks import markdown_blocks
from knowledge.decoding import decode_text
from knowledge.formats.content import Content
from knowledge.formats.html_metadata import bare_arxiv, bare_doi
from knowledge.formats.limits import Limits
from knowledge.formats.markdown_hidden import without_hidden
from knowledge.formats.markdown_notes import with_notes_in_place
from knowledge.formats.markdown_text import year_of
from knowledge.sections import sections_of
from knowledge.terms import plain

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_TITLE_MARK = re.compile(r"^ {0,3}(?:#(?:[ \t]|$)|=+[ \t]*$)", re.M)
_FIELD = re.compile(r"^(\w+):[ \t]*(.*(?:\n[ \t]*- .*)*)$", re.M)


def read_markdown(data: bytes, path: str, limits: Limits) -> Content:  # noqa: ARG001  readers are called alike
    """A text's sections under their headings. Raises `BadDocument("document-binary")`.

    Front matter may say: title, author or authors, date or year, url, doi, arxiv, venue or journal.
    """
    text = decode_text(data, path)
    fields: dict[str, str] = {}
    if match := _FRONT_MATTER.match(text):
        fields = {name.lower(): value.strip() for name, value in _FIELD.findall(match[1])}
        text = "\n" * match.group().count("\n") + text[match.end() :]  # so that line numbers stay true
    text = with_notes_in_place(without_hidden(text))
    author = re.sub(r"^[ \t]*- ", ",", fields.get("author") or fields.get("authors", ""), flags=re.M)
    return Content(
        sections=sections_of(text),
        title=first_title(text) or _unquoted(fields, "title"),
        authors=tuple(name.strip() for name in re.findall(r"[^\s\[\],;\"'][^\[\],;\"'\n]*", author)),
        year=year_of(fields.get("date") or fields.get("year", "")),
        url=_unquoted(fields, "url"),
        doi=bare_doi(fields.get("doi", "")),
        arxiv=bare_arxiv(fields.get("arxiv") or fields.get("eprint", "")),
        venue=_unquoted(fields, "venue") or _unquoted(fields, "journal"),
    )


def first_title(text: str) -> str:
    """The first heading of level 1 in a Markdown text, without marks; empty when there is none."""
    if not _TITLE_MARK.search(text):  # parsing takes most of the time of reading
        return ""
    return next((plain(block.text) for block in markdown_blocks(text) if block.level == 1), "")


def _unquoted(fields: dict[str, str], name: str) -> str:
    return fields.get(name, "").strip("\"'")
