"""The references cited as RIS, for EndNote, Zotero and Mendeley: one tag a line, with the quotations as notes."""

from collections.abc import Iterator, Mapping

from agents.research.summary import Reference, Summary
from tutor.summaries.inline import one_line
from tutor.summaries.keys import citation_keys
from tutor.summaries.kinds import Kind, doi_of, kind_of, title_of, url_of, venue_of
from tutor.summaries.names import author_name
from tutor.summaries.words import quoted

TYPES: Mapping[Kind, str] = {
    "conference": "CPAPER", "article": "JOUR", "preprint": "UNPB", "page": "ELEC", "document": "GEN",
}  # fmt: skip
VENUES: Mapping[Kind, str] = {"conference": "T2", "article": "JO"}


def write_ris(summary: Summary) -> str:
    """One record a reference, in the order of the summary; "" where nothing is cited."""
    keys = citation_keys(summary.references)
    records = ([*_lines(one, keys[one.document]), *_notes(one, summary)] for one in summary.references)
    return "".join("\n".join([*record, "ER  - "]) + "\n\n" for record in records)


def _lines(reference: Reference, key: str) -> Iterator[str]:
    kind = kind_of(reference)
    yield _line("TY", TYPES[kind])
    yield _line("ID", key)
    yield _line("TI", title_of(reference))
    yield from (_line("AU", author_name(one, reference.language).sorted) for one in reference.authors if one.strip())
    fields = {
        "PY": "" if reference.year is None else str(reference.year),
        VENUES.get(kind, "T2"): venue_of(reference),
        "PB": "arXiv" if kind == "preprint" else "",
        "DO": doi_of(reference),
        "UR": url_of(reference),
        "LA": reference.language,
    }
    yield from (_line(tag, value) for tag, value in fields.items() if value)


def _notes(reference: Reference, summary: Summary) -> Iterator[str]:
    for quotation in sorted(summary.quotations, key=lambda one: one.n):
        if quotation.document == reference.document:
            place = f" {one_line(quotation.locator)}:" if quotation.locator.strip() else ""
            yield _line("N1", f"[{quotation.n}]{place} {quoted(one_line(quotation.quote), summary.language)}")


def _line(tag: str, value: str) -> str:
    """A text in one line, whatever breaks it holds: a break would begin another tag."""
    return f"{tag}  - {one_line(value)}"
