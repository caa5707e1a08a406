"""References in a citation style: APA, Chicago, IEEE, ... or any CSL file of the researcher's own.

The styles are the Citation Style Language project's (styles/NOTICE.md says whose and under what licence); citeproc-py
reads them. What it cannot do is mended here: a title that stands for a missing author is said once.
"""

import re
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from lxml import etree

from agents.research.summary import Reference
from tutor.errors import BadSummary
from tutor.export.xml_tree import Node, node
from tutor.summaries.csl import csl_item
from tutor.summaries.inline import Inline, inline, text_of
from tutor.summaries.kinds import doi_of, kind_of, url_of
from tutor.summaries.style_files import NAMESPACE, SHIPPED, style_source

DEFAULT_STYLE = "apa"
LOCALES = {"es": "es-ES", "en": "en-US"}
# Signs for private use that stand for markup while a style is at work.
_OPEN_ITALIC, _CLOSE_ITALIC, _OPEN_BOLD, _CLOSE_BOLD, _OPEN_TITLE, _CLOSE_TITLE = "\ue000\ue001\ue002\ue003\ue004\ue005"
_OWN = re.compile("[\ue000-\ue005]")
# What citeproc raises on a style that cannot be followed: it checks nothing itself.
_FAULTS = (
    AttributeError, AssertionError, KeyError, IndexError, TypeError, ValueError, NotImplementedError, RecursionError,
    etree.LxmlError,
)  # fmt: skip
_TAGS = {_OPEN_ITALIC: ("em", _CLOSE_ITALIC), _OPEN_BOLD: ("strong", _CLOSE_BOLD)}
_AGAIN = re.compile(  # a title said a second time, with its marks and the stop after it
    f"[ ]?[“«\"'‘\ue000]*{_OPEN_TITLE}[^{_CLOSE_TITLE}]*{_CLOSE_TITLE}[”»\"'’\ue001]*[.,]?(?:[”»\"'’\ue001]*)"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A reference as a style writes it: strings, `em` and `strong` nodes, and `a` nodes that hold an address."""

    document: str
    content: Inline


@dataclass(frozen=True, slots=True)
class Style:
    """A citation style in a language. `source` is its CSL."""

    source: bytes
    language: str

    def entries(self, references: Sequence[Reference]) -> tuple[Entry, ...]:
        """The references in the order of the style, without the numbers that some styles give them.

        Raises `BadSummary` where the style is none that can be followed.
        """
        if not references:
            return ()
        try:
            by_author, texts = _rendered(self, references)
            made = [
                Entry(reference.document, _content(text, reference, number))
                for number, (reference, text) in enumerate(zip(references, texts, strict=True), 1)
            ]
        except _FAULTS as error:
            raise BadSummary("style-unusable", reason=type(error).__name__, known=", ".join(SHIPPED)) from error
        return tuple(sorted(made, key=_sorting) if by_author else made)


def load_style(name: str, language: str) -> Style:
    """A style by its name (`SHIPPED`) or by the path of a .csl file, the default one for "". Raises `BadSummary`."""
    spoken = language if language in LOCALES else "en"
    return Style(style_source(name or DEFAULT_STYLE, spoken), spoken)


class _Marks:
    """What citeproc calls to mark a text; each gives a text between signs for private use."""

    @staticmethod
    def preformat(text: str) -> str:
        return text

    @staticmethod
    def Italic(text: object) -> str:  # noqa: N802  citeproc's name
        return f"{_OPEN_ITALIC}{text}{_CLOSE_ITALIC}"

    @staticmethod
    def Bold(text: object) -> str:  # noqa: N802  citeproc's name
        return f"{_OPEN_BOLD}{text}{_CLOSE_BOLD}"

    Oblique = Italic
    Light = Underline = Superscript = Subscript = SmallCaps = str


def _rendered(style: Style, references: Sequence[Reference]) -> tuple[bool, list[str]]:
    """Whether the style sorts its list, and the texts in the order of the references."""
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle  # noqa: PLC0415
    from citeproc.source.json import CiteProcJSON  # noqa: PLC0415  only these need it, and it is slow to load

    items = [_item(reference, place) for place, reference in enumerate(references)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fields that the processor does not know
        loaded = CitationStylesStyle(BytesIO(style.source), locale=LOCALES[style.language], validate=False)
        made = CitationStylesBibliography(loaded, CiteProcJSON(items), _Marks)
        for item in items:
            made.register(Citation([CitationItem(item["id"])]))
        by_author = loaded.xml.find(f"{NAMESPACE}bibliography/{NAMESPACE}sort") is not None
        return by_author, [str(text) for text in made.bibliography()]


def _sorting(entry: Entry) -> str:
    """By what is printed, as a reader looks it up; citeproc would sort who has no author to the end."""
    plain = unicodedata.normalize("NFKD", text_of(entry.content)).casefold()
    return re.sub(r"^\W+", "", "".join(sign for sign in plain if not unicodedata.combining(sign)))


def _item(reference: Reference, place: int) -> dict[str, Any]:
    item = csl_item(reference, str(place))
    item.pop("number", None)  # the address has it, and styles write it in many ways
    clean = {name: _clean(value) for name, value in item.items()}
    if "author" not in clean:
        clean["title"] = f"{_OPEN_TITLE}{clean['title']}{_CLOSE_TITLE}"
    return clean


def _clean(value: Any) -> Any:
    """The value without the signs that mean markup here, and without the tag that citeproc would read."""
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {name: _clean(one) for name, one in value.items()}
    if not isinstance(value, str):
        return value
    return re.sub(r"(?i)(<)(?=span class=|/span>)", "\\1\u2060", _OWN.sub("\N{REPLACEMENT CHARACTER}", value))


def _content(text: str, reference: Reference, number: int) -> Inline:
    text = re.sub(rf"^[\[(]?{number}[\])]?\.?\s*", "", text.strip())
    first = text.find(_CLOSE_TITLE) + 1
    text = text[:first] + _AGAIN.sub("", text[first:])
    text = re.sub(f"[{_OPEN_TITLE}{_CLOSE_TITLE}]", "", " ".join(text.split()))
    text = (
        re.sub(r"[\s.,;:]+$", ".", text) if re.search(r"[.,;:]\s*$", text) else text
    )  # of what a style had nothing for
    if kind_of(reference) == "preprint" and "ArXiv" not in reference.title:
        text = text.replace("ArXiv", "arXiv")  # a name that some styles would begin with a capital
    doi = doi_of(reference)
    addresses = [address for address in (url_of(reference), doi and f"https://doi.org/{doi}") if address]
    return tuple(_nodes(text, sorted(addresses, key=len, reverse=True)))


def _nodes(text: str, addresses: Sequence[str]) -> Iterator[Node | str]:
    """The text with its marks as elements; a mark in another of its kind is left out."""
    pattern = "|".join([*(f"{sign}[^{end}]*{end}" for sign, (_, end) in _TAGS.items()), *map(re.escape, addresses)])
    last = 0
    for found in re.finditer(pattern, text):
        yield from _plain(text[last : found.start()])
        if found[0][0] in _TAGS:
            yield from _marked(found[0])
        else:
            yield node("a", found[0])
        last = found.end()
    yield from _plain(text[last:])


def _marked(text: str) -> Iterator[Node | str]:
    """Marked text; white space at its ends stands outside."""
    tag, inner = _TAGS[text[0]][0], _OWN.sub("", text)
    if not inner.strip():
        yield from _plain(inner)
        return
    before, after = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
    yield from _plain(before)
    yield node(tag, *inline(inner))
    yield from _plain(after)


def _plain(text: str) -> Iterator[Node | str]:
    """Text without marks, its formulas as such, with the white space at its ends."""
    bare = _OWN.sub("", text)
    before = " " * bare.startswith(" ")
    after = " " * (bare.endswith(" ") and bool(bare.strip()))
    yield from (part for part in (before, *inline(bare), after) if part)
