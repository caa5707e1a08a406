"""RIS libraries, as EndNote, Zotero and publishers export them: one line a field, two letters and a dash."""

import re
from collections.abc import Iterator, Mapping

from knowledge.decoding import decode_text
from knowledge.errors import BadDocument
from knowledge.formats.html_metadata import bare_arxiv, bare_doi
from knowledge.formats.markdown_text import year_of
from knowledge.formats.references import Metadata, Reference

_LINE = re.compile(r"^([A-Z][A-Z0-9]) {1,2}-(?: (.*))?$")
_TITLES, _AUTHORS, _DATES = ("TI", "T1"), ("AU", "A1"), ("PY", "Y1", "DA")
_VENUES = ("JO", "JF", "T2", "JA", "BT", "PB")
_ABSTRACTS, _FILES, _URLS = ("AB", "N2"), ("L1", "L2", "L4"), ("UR", "L3")


def read_ris(data: bytes, path: str) -> tuple[list[Reference], list[BadDocument]]:
    """The entries in order, and a problem ("reference-bad") for each that lacks its beginning or its end.

    Raises `BadDocument("document-binary")`.
    """
    references: list[Reference] = []
    problems: list[BadDocument] = []
    for line, fields in _records(decode_text(data, path)):
        if fields is None:
            problems.append(BadDocument("reference-bad", path=path, line=line))
        else:
            references.append(_reference(line, fields))
    return references, problems


def _records(text: str) -> Iterator[tuple[int, Mapping[str, list[str]] | None]]:
    """(line, fields) of each entry; None for one that never ends, and for lines that belong to none."""
    fields: dict[str, list[str]] = {}
    start, last, astray = 0, "", 0
    for number, line in enumerate(text.split("\n"), start=1):
        found = _LINE.match(line.strip("\ufeff \t"))
        name, value = (found[1], (found[2] or "").strip()) if found else ("", line.strip())
        if name == "TY":
            if start:
                yield start, None
            start, last, astray, fields = number, "", 0, {}
        elif not start:
            if value and not astray:  # once for each stretch of such lines
                astray = number
                yield number, None
        elif name == "ER":
            yield start, fields
            start, last, fields = 0, "", {}
        elif name:
            fields.setdefault(name, []).append(value)
            last = name
        elif value and last:  # a long field goes on
            fields[last][-1] += f" {value}"
    if start:
        yield start, None


def _reference(line: int, fields: Mapping[str, list[str]]) -> Reference:
    doi = bare_doi(_first(fields, ("DO",)))
    where = " ".join(value for name in (*_URLS, "AN", "M1", "JO", "T2", "DO") for value in fields.get(name, []))
    found = re.search(r"arxiv(?:\.org/(?:abs|pdf)/|[.:]\s?)([\w./-]{7,30})", where, re.I)
    arxiv = bare_arxiv(found[1]) if found else ""
    urls = [value for name in _URLS for value in fields.get(name, []) if value.startswith(("http://", "https://"))]
    venue = _first(fields, _VENUES)
    return Reference(
        key=_first(fields, ("ID", "LB")) or f"l. {line}",
        line=line,
        metadata=Metadata(
            title=_first(fields, _TITLES),
            authors=tuple(_given_first(name) for kind in _AUTHORS for name in fields.get(kind, []) if name),
            year=year_of(_first(fields, _DATES)),
            url=next(iter(urls), "") or (f"https://doi.org/{doi}" if doi else ""),
            doi=doi,
            arxiv=arxiv,
            venue="" if venue.lower().startswith("arxiv") else venue,
        ),
        abstract=" ".join(_first(fields, _ABSTRACTS).split()),
        files=tuple(
            dict.fromkeys(
                one.strip()
                for name in _FILES
                for value in fields.get(name, [])
                for one in value.split(";")
                if one.strip() and not one.strip().startswith(("http://", "https://"))
            )
        ),
    )


def _first(fields: Mapping[str, list[str]], names: tuple[str, ...]) -> str:
    return next((value for name in names for value in fields.get(name, []) if value), "")


def _given_first(name: str) -> str:
    parts = [part.strip() for part in name.split(",")]
    return " ".join(part for part in [*parts[1:2], parts[0], *parts[2:]] if part)
