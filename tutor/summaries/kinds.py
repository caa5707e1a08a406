"""What a cited document is (a conference paper, an article, a preprint, ...), and its addresses made safe.

A document's metadata come from its file and are not trusted: only http and https addresses come out, and DOIs and
arXiv numbers that are written as such.
"""

import re
from string import ascii_letters, digits
from typing import Literal

from agents.research.summary import Reference
from tutor.export.markdown_nodes import seen
from tutor.summaries.inline import one_line
from tutor.summaries.names import folded, name_words

Kind = Literal["conference", "article", "preprint", "page", "document"]
_DOI = re.compile(r"10\.\d{4,9}/[^\s{}\\\"<>|^`%]+")
_ARXIV = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?")
_ADDRESS = re.compile(r"https?://[^\s/?#\[\]\\]+(?:[/?#]|$)", re.IGNORECASE)
_KEPT = frozenset(ascii_letters + digits + "/:?#[]@!$&'()*+,;=%~-._")  # of RFC 3986: all else is percent-encoded


def kind_of(reference: Reference) -> Kind:
    """What it is, from where it was published."""
    venue = venue_of(reference)
    if venue:
        in_conference = not name_words("conferences").isdisjoint(re.findall("[a-z]+", folded(venue)))
        return "conference" if in_conference else "article"
    if arxiv_of(reference):
        return "preprint"
    return "page" if url_of(reference) and not doi_of(reference) else "document"


def venue_of(reference: Reference) -> str:
    """The journal or the conference; arXiv is none."""
    venue = one_line(reference.venue)
    return "" if folded(venue).startswith(("arxiv", "corr")) else venue


def title_of(reference: Reference) -> str:
    """The title in one line; the file's name, or the document's id, where there is none."""
    file = re.split(r"[/\\]", reference.path)[-1]
    named = (one_line(text) for text in (reference.title, file, reference.document))
    return next((name for name in named if name), "?")


def doi_of(reference: Reference) -> str:
    """The DOI without its prefix; "" where what stands there is none."""
    found = _DOI.search(reference.doi)
    return found[0] if found and reference.doi.strip().endswith(found[0]) else ""


def arxiv_of(reference: Reference) -> str:
    """The arXiv number without its prefix; "" where what stands there is none."""
    bare = re.sub(r"(?i)^(?:https?://arxiv\.org/(?:abs|pdf)/|arxiv:)", "", reference.arxiv.strip())
    return bare if _ARXIV.fullmatch(bare) else ""


def url_of(reference: Reference) -> str:
    """Where it can be read; arXiv's page where nothing else is said, "" where there is no safe address."""
    arxiv = arxiv_of(reference)
    return safe_url(reference.url) or (f"https://arxiv.org/abs/{arxiv}" if arxiv else "")


def safe_url(text: str) -> str:
    """An http or https address in ASCII without spaces, quotes, braces or backslashes; "" for anything else."""
    address = seen(text).strip()
    if not _ADDRESS.match(address):
        return ""
    return "".join(sign if sign in _KEPT else "".join(f"%{byte:02X}" for byte in sign.encode()) for sign in address)
