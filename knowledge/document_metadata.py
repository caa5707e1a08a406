"""What the first page of a document says of where it was published: DOI, arXiv number, year and venue.

Nothing is guessed: a field stays empty unless the page says it in a form that has one meaning.
"""

import re

from knowledge.formats.references import Metadata

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>{}|\\^`\[\]]+")
_DOI_END = re.compile(r"(?:[.,;:'”’»]|\.?(?:pdf|full|abstract))$")
_ARXIV = re.compile(
    r"\barxiv(?:\.org/(?:abs|pdf)/|[:\s]\s?)(?P<id>(?:\d{2}(?:0[1-9]|1[0-2])\.\d{4,5})|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?",
    re.I,
)
_STAMP = re.compile(_ARXIV.pattern + r"\s*\[[\w.-]+\]\s*\d{1,2}\s+\w{3,9}\s+(?P<year>(?:19|20)\d\d)", re.I)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|"
    r"septiembre|setiembre|octubre|noviembre|diciembre"
)
_YEARS = tuple(
    re.compile(pattern, re.I | re.M)
    for pattern in (
        rf"(?:©|\(c\)|copyright)\s*(?:©|\(c\))?\s*{_YEAR}\b",
        rf"\b(?:published|publicad[oa])\b[^\n]{{0,60}}?\b{_YEAR}\b",
        rf"\b(?:conference|congreso|workshop|symposium|simposio|proceedings|actas)\b[^\n]{{0,100}}?\b{_YEAR}\b",
        rf"\b(?:vol\.|volume|volumen)\s*\d+[^\n]{{0,60}}?\b{_YEAR}\b",
        rf"^(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:de\s+)?)?(?:{_MONTH})\s*(?:\d{{1,2}})?,?\s+(?:del?\s+)?{_YEAR}\.?$",
    )
)
_VENUES = (
    re.compile(r"^(?:published as a conference paper at|publicado en)\s+(?P<venue>[^\n]{3,120}?)\.?$", re.I | re.M),
    re.compile(r"\b(?P<venue>(?:\d{1,2}(?:st|nd|rd|th)\s+)?conference on [^\n.]{3,100}?\([^)\n]{2,30}\))", re.I),
    re.compile(r"(?:^|\bIn:?\s+)(?P<venue>Proceedings of the [^\n.]{5,120}?)(?:[.,]?\s*$|\.\s|,\s+(?:pages|pp))", re.M),
    re.compile(
        r"^(?P<venue>(?:(?:the )?journal of|revista (?:de|española|iberoamericana)|transactions of)\s[^\n\d,;.]{3,80}?)"
        r"[,;.]?\s+(?:vol|\d)",
        re.I | re.M,
    ),
)  # fmt: skip


def metadata_in(text: str) -> Metadata:
    """What a first page says of DOI, arXiv number, year and venue, read from its text, one line a line.

    Of a DOI or an arXiv number there must be one alone, or it may be the one of a cited work. The year is the one of
    the arXiv stamp, of the copyright, the publication, the conference, the volume or a line that holds a date alone.
    """
    stamp = _STAMP.search(text)
    year = int(stamp["year"]) if stamp else next((int(m["year"]) for p in _YEARS if (m := p.search(text))), None)
    venues = (found["venue"] for pattern in _VENUES if (found := pattern.search(text)))
    return Metadata(
        doi=find_doi(text),
        arxiv=stamp["id"].lower() if stamp else find_arxiv(text),
        year=year,
        venue=" ".join(next(venues, "").split()),
    )


def find_doi(text: str) -> str:
    """The DOI in a text that holds just one, without what punctuation follows it; else ''."""
    found: dict[str, str] = {}
    for match in _DOI.finditer(text):
        doi = _trimmed(match.group())
        if any(map(str.isdigit, doi.partition("/")[2])):  # 10.1000/xxxx is a template's
            found.setdefault(doi.lower(), doi)
    return next(iter(found.values())) if len(found) == 1 else ""


def find_arxiv(text: str) -> str:
    """The arXiv number in a text that holds just one, without its version; else ''."""
    found = {match["id"].lower() for match in _ARXIV.finditer(text)}
    return found.pop() if len(found) == 1 else ""


def _trimmed(doi: str) -> str:
    while match := _DOI_END.search(doi):
        doi = doi[: match.start()]
    if doi.endswith(")") and doi.count("(") < doi.count(")"):
        return _trimmed(doi[:-1])
    return doi
