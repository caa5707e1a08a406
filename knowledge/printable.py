"""Text that may be shown anywhere: whatever a file holds, it moves no cursor, turns no line round, hides nothing."""

import re
from dataclasses import replace

from knowledge.documents import Document, Section

# Control characters (terminal escapes begin with one) but for line feed and tab; halves of characters, which no
# encoding writes; the marks that turn the direction of a line, by which a text reads otherwise than it is.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_LINE = re.compile(r"\s+")


def printable(text: str) -> str:
    """The text with a space for every character that is no text."""
    return _UNPRINTABLE.sub(" ", text)


def one_line(text: str) -> str:
    """The same in one line: for titles and names."""
    return _LINE.sub(" ", printable(text)).strip()


def printable_document(document: Document) -> Document:
    """The document with printable texts; its path is left as it is, since it must find the file."""
    return replace(
        document,
        title=one_line(document.title),
        sections=tuple(_section(section) for section in document.sections),
        authors=tuple(filter(None, map(one_line, document.authors))),
        url=_link(document.url),
        doi=one_line(document.doi),
        arxiv=one_line(document.arxiv),
        venue=one_line(document.venue),
    )


def _section(section: Section) -> Section:
    return replace(
        section,
        headings=tuple(map(one_line, section.headings)),
        locator=one_line(section.locator),
        text=printable(section.text),
    )


def _link(url: str) -> str:
    """A web address, or nothing: what a file calls its address may be a script."""
    return one_line(url) if re.match(r"https?://", url, re.I) else ""
