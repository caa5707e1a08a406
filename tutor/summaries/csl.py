"""References as CSL-JSON, which Zotero, Mendeley, pandoc and every CSL processor read.

Source: the schema csl-data.json of the Citation Style Language 1.0.2, docs.citationstyles.org.
"""

import json
from collections.abc import Mapping
from typing import Any

from agents.research.summary import Reference, Summary
from tutor.summaries.keys import citation_keys
from tutor.summaries.kinds import Kind, arxiv_of, doi_of, kind_of, title_of, url_of, venue_of
from tutor.summaries.names import AuthorName, author_name

TYPES: Mapping[Kind, str] = {
    "conference": "paper-conference", "article": "article-journal", "preprint": "article", "page": "webpage",
    "document": "document",
}  # fmt: skip


def write_csl_json(summary: Summary) -> str:
    """The references cited as a JSON array; an item's id is its citation key."""
    keys = citation_keys(summary.references)
    items = [csl_item(reference, keys[reference.document]) for reference in summary.references]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def csl_item(reference: Reference, key: str) -> dict[str, Any]:
    """A reference as an object of CSL-JSON, without what is not known of it."""
    kind, arxiv = kind_of(reference), arxiv_of(reference)
    item: dict[str, Any] = {
        "id": key,
        "type": TYPES[kind],
        "title": title_of(reference),
        "author": [_author(author_name(author, reference.language)) for author in reference.authors if author.strip()],
        "issued": {} if reference.year is None else {"date-parts": [[reference.year]]},
        "container-title": venue_of(reference),
        "publisher": "arXiv" if kind == "preprint" else "",
        "number": f"arXiv:{arxiv}" if kind == "preprint" else "",
        "DOI": doi_of(reference),
        "URL": url_of(reference),
        "language": reference.language,
    }
    return {name: value for name, value in item.items() if value}


def _author(name: AuthorName) -> dict[str, str]:
    if not name.given:
        return {"literal": name.sorted}
    parts = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {part: text for part, text in parts.items() if text}
