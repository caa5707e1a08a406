"""What registers say of a work: Crossref by its DOI, arXiv by its number. Nobody is asked unless a person turned it on.

https://api.crossref.org/swagger-ui/index.html (GET /works/{doi}); https://info.arxiv.org/help/api (Atom by id_list)
"""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from knowledge.errors import BadDocument, KnowledgeError
from knowledge.formats.references import Metadata
from knowledge.metadata import UNSAID, checked, first_said, said

CROSSREF = "https://api.crossref.org/works"
ARXIV = "https://export.arxiv.org/api/query"
SECONDS = 10.0  # for one answer
MOST_BYTES = 4_000_000  # of one answer
MOST_AUTHORS = 500
AGENT = "Atenea (https://pypi.org/project/atenea)"
_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"


@dataclass(frozen=True, slots=True)
class Registers:
    """Where the registers answer, and how long they may take."""

    crossref: str = CROSSREF
    arxiv: str = ARXIV
    seconds: float = SECONDS

    def look_up(self, known: Metadata) -> Metadata:
        """What they say of the work with this DOI or arXiv number, Crossref first; nothing of another or of none.

        Raises `KnowledgeError("lookup-failed")` when one does not answer, or not in its form.
        """
        by_doi = self._by_doi(known.doi) if known.doi else UNSAID
        by_number = self._by_number(known.arxiv) if known.arxiv else UNSAID
        return first_said(by_doi, by_number)

    def _by_doi(self, doi: str) -> Metadata:
        url = f"{self.crossref}/{quote(doi, safe='')}"
        data = self._ask(url)
        if not data:
            return UNSAID
        try:
            work = json.loads(data)["message"]
            return _clean(_crossref_work(work, doi))
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
            raise KnowledgeError("lookup-failed", url=url, reason=type(error).__name__) from error

    def _by_number(self, number: str) -> Metadata:
        from lxml import etree  # noqa: PLC0415  for this alone

        url = f"{self.arxiv}?{urlencode({'id_list': number, 'max_results': 1})}"
        data = self._ask(url)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            entry = etree.fromstring(data, parser).find(f"{_ATOM}entry")
        except (etree.XMLSyntaxError, ValueError) as error:
            raise KnowledgeError("lookup-failed", url=url, reason=type(error).__name__) from error
        return UNSAID if entry is None else _clean(_arxiv_entry(entry, number))

    def _ask(self, url: str) -> bytes:
        """The answer; nothing when the register has no such work."""
        import urllib.error  # noqa: PLC0415  what a command that asks nobody need not load
        import urllib.request  # noqa: PLC0415
        from http.client import HTTPException  # noqa: PLC0415

        request = urllib.request.Request(url, headers={"User-Agent": AGENT})  # noqa: S310  the settings' address
        try:
            with urllib.request.urlopen(request, timeout=self.seconds) as answer:  # noqa: S310
                data: bytes = answer.read(MOST_BYTES + 1)
        except urllib.error.HTTPError as error:
            if error.code in {404, 410}:
                return b""
            raise KnowledgeError("lookup-failed", url=url, reason=f"HTTP {error.code}") from error
        except (OSError, HTTPException, ValueError) as error:
            raise KnowledgeError("lookup-failed", url=url, reason=_reason(error)) from error
        if len(data) > MOST_BYTES:
            raise KnowledgeError("lookup-failed", url=url, reason=f"> {MOST_BYTES} bytes")
        return data


def _crossref_work(work: dict[str, Any], doi: str) -> Metadata:
    parts = [work.get(name, {}).get("date-parts", [[None]])[0] for name in ("published", "issued") if work.get(name)]
    years = [part[0] for part in parts if part and isinstance(part[0], int)]
    authors = [
        " ".join(filter(None, (str(one.get("given", "")), str(one.get("family", one.get("name", ""))))))
        for one in work.get("author", [])[:MOST_AUTHORS]
    ]
    titles, venues = work.get("title", []), work.get("container-title", [])
    return Metadata(
        title=_text(titles[0]) if titles else "",
        authors=tuple(authors),
        year=years[0] if years else None,
        doi=doi,
        venue=_text(venues[0]) if venues else "",
        url=str(work.get("URL", "")),
    )


def _arxiv_entry(entry: Any, number: str) -> Metadata:
    if number not in (entry.findtext(f"{_ATOM}id") or ""):
        return UNSAID  # an error is an entry too
    year = re.match(r"\d{4}", entry.findtext(f"{_ATOM}published") or "")
    names = (author.findtext(f"{_ATOM}name") or "" for author in entry.findall(f"{_ATOM}author")[:MOST_AUTHORS])
    return Metadata(
        title=_text(entry.findtext(f"{_ATOM}title")),
        authors=tuple(_text(name) for name in names),
        year=int(year[0]) if year else None,
        arxiv=number,
        doi=_text(entry.findtext(f"{_ARXIV}doi")),
        venue=_text(entry.findtext(f"{_ARXIV}journal_ref")),
        url=f"https://arxiv.org/abs/{number}",
    )


def _clean(found: Metadata) -> Metadata:
    """What a register says, without what is no valid DOI, year or address in it."""
    valid = UNSAID
    for name, value in said(found).items():
        try:
            valid = first_said(valid, checked(Metadata(**{name: value})))
        except BadDocument:
            continue
    return valid


def _text(written: object) -> str:
    """A text without its tags (Crossref has <i>, <sub> ... in titles)."""
    return re.sub(r"</?[a-z][^<>]{0,40}>", "", str(written or ""))


def _reason(error: Exception) -> str:
    inner = getattr(error, "reason", error)
    return str(getattr(inner, "strerror", None) or inner or type(error).__name__)
