"""What is said of a document beside its text: by its file, by a bibliography, by a person, by a register."""

import re
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from knowledge.documents import Document
from knowledge.errors import BadDocument
from knowledge.formats.references import Metadata
from knowledge.printable import one_line

DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.I)
ARXIV = re.compile(
    r"(?:https?://arxiv\.org/(?:abs|pdf)/|arxiv:\s*)?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?", re.I
)
URL = re.compile(r"https?://\S+", re.I)
FIRST_YEAR, LAST_YEAR = 1000, 2999
LONGEST = 2000  # characters of one field


UNSAID = Metadata()


def said(metadata: Metadata) -> dict[str, Any]:
    """The fields that say something."""
    return {field.name: value for field in fields(metadata) if (value := getattr(metadata, field.name))}


def first_said(*several: Metadata) -> Metadata:
    """Field by field what the first says that says anything."""
    found: dict[str, Any] = {}
    for one in reversed(several):
        found |= said(one)
    return Metadata(**found)


def without(metadata: Metadata, names: Sequence[str]) -> Metadata:
    """The metadata, silent about the fields of these names."""
    return Metadata(**{name: value for name, value in said(metadata).items() if name not in names})


def metadata_of(document: Document) -> Metadata:
    """What a document says of itself."""
    return Metadata(**{field.name: getattr(document, field.name) for field in fields(Metadata)})


def checked(metadata: Metadata) -> Metadata:
    """The metadata in their bare forms, one line each, as a person or a register gave them.

    Raises `BadDocument`: year-wrong, or metadata-wrong for what is no DOI, arXiv number or web address.
    """
    year = metadata.year
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadDocument("year-wrong", value=year)
    return Metadata(
        title=one_line(metadata.title)[:LONGEST],
        authors=tuple(filter(None, (one_line(author)[:LONGEST] for author in metadata.authors))),
        year=year,
        doi=_bare("DOI", DOI, metadata.doi),
        arxiv=_bare("arXiv", ARXIV, metadata.arxiv),
        venue=one_line(metadata.venue)[:LONGEST],
        url=_bare("URL", URL, metadata.url),
    )


def _bare(field: str, form: re.Pattern[str], text: str) -> str:
    text = one_line(text)
    match = form.fullmatch(text)
    if text and not (match and len(text) <= LONGEST):
        raise BadDocument("metadata-wrong", field=field, value=text[:100])
    return (match[1] if form.groups else match[0]) if match else ""
