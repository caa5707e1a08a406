"""What a web page says of itself: the tags of publishers (Highwire), Dublin Core, Open Graph and JSON-LD."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from knowledge.formats.markdown_text import year_of
from knowledge.formats.references import Metadata

_TITLES = ("citation_title", "dc.title", "dcterms.title", "og:title", "twitter:title")
_AUTHORS = ("citation_author", "citation_authors", "dc.creator", "dcterms.creator", "author", "article:author")
_DATES = (
    "citation_publication_date", "citation_date", "citation_online_date", "citation_year", "dc.date",
    "dcterms.issued", "article:published_time", "date", "pubdate",
)  # fmt: skip
_VENUES = ("citation_journal_title", "citation_conference_title", "citation_inbook_title", "prism.publicationname")
_DOIS = ("citation_doi", "prism.doi", "dc.identifier", "dcterms.identifier")
_URLS = ("citation_abstract_html_url", "og:url", "citation_public_url")
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]*[^\s\"<>.,;)\]]")
_ARXIV = re.compile(r"\b(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?\b")


def page_metadata(root: Any) -> Metadata:
    """What the page's head says; the most exact tags (those of publishers) are believed first."""
    tags = _meta_tags(root)
    article = _linked_data(root)
    return Metadata(
        title=_first(tags, _TITLES) or str(article.get("headline", "")) or _head_title(root),
        authors=_authors(tags, article),
        year=year_of(_first(tags, _DATES) or str(article.get("datePublished", ""))),
        url=_canonical(root) or _first(tags, _URLS),
        doi=bare_doi(_first(tags, _DOIS)),
        arxiv=bare_arxiv(_first(tags, ("citation_arxiv_id",))),
        venue=_first(tags, _VENUES),
    )


def bare_doi(text: str) -> str:
    """The DOI in a text or an address, without its prefix; empty when there is none."""
    found = _DOI.search(text)
    return found.group() if found else ""


def bare_arxiv(text: str) -> str:
    """The arXiv identifier in a text or an address, without its version; empty when there is none."""
    found = _ARXIV.search(text)
    return found[1] if found else ""


def _meta_tags(root: Any) -> Mapping[str, list[str]]:
    tags: dict[str, list[str]] = {}
    for meta in root.iter("{*}meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        content = " ".join(meta.get("content", "").split())
        if name and content:
            tags.setdefault(name, []).append(content)
    return tags


def _first(tags: Mapping[str, list[str]], names: tuple[str, ...]) -> str:
    return next((tags[name][0] for name in names if name in tags), "")


def _authors(tags: Mapping[str, list[str]], article: Mapping[str, Any]) -> tuple[str, ...]:
    found = next((tags[name] for name in _AUTHORS if name in tags), [])
    if not found:
        listed = article.get("author", [])
        listed = listed if isinstance(listed, list) else [listed]
        found = [str(who.get("name", "")) if isinstance(who, dict) else str(who) for who in listed]
    if len(found) == 1:
        found = re.split(r"\s*;\s*", found[0])
    return tuple(name for name in (_in_order(name.strip()) for name in found) if name and "://" not in name)


def _in_order(name: str) -> str:
    """ "Vaswani, Ashish" as "Ashish Vaswani"."""
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}" if comma and given.strip() and "," not in given else name


def _linked_data(root: Any) -> Mapping[str, Any]:
    for script in root.iter("{*}script"):
        if "ld+json" in script.get("type", ""):
            try:
                data = json.loads(script.text or "")
            except (ValueError, RecursionError):
                continue
            for item in _items(data):
                if "headline" in item or "author" in item:
                    return item
    return {}


def _items(data: Any) -> Iterator[Mapping[str, Any]]:
    listed = data.get("@graph", [data]) if isinstance(data, dict) else data
    yield from (item for item in listed if isinstance(item, dict)) if isinstance(listed, list) else ()


def _canonical(root: Any) -> str:
    links = (link for link in root.iter("{*}link") if "canonical" in link.get("rel", "").lower())
    return next((link.get("href", "") for link in links if link.get("href", "").startswith("http")), "")


def _head_title(root: Any) -> str:
    for title in root.iter("{*}title"):
        parent = title.getparent()
        if parent is None or not str(parent.tag).endswith("svg"):
            return " ".join("".join(title.itertext()).split())
    return ""
