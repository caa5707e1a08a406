"""BibTeX libraries, as Zotero, JabRef and Mendeley export them."""

import logging
import re
from typing import Any

from knowledge.decoding import decode_text
from knowledge.errors import BadDocument
from knowledge.formats.html_metadata import bare_arxiv, bare_doi
from knowledge.formats.latex_words import plain_latex
from knowledge.formats.markdown_text import year_of
from knowledge.formats.references import Metadata, Reference

_VENUES = ("journal", "journaltitle", "booktitle", "maintitle", "publisher", "school", "institution")
_NO_VENUE = re.compile(r"arxiv", re.I)  # the preprint server is where it is found, not where it was published


def read_bibtex(data: bytes, path: str) -> tuple[list[Reference], list[BadDocument]]:
    """The entries in order, and a problem ("reference-bad") for each that cannot be read.

    Raises `BadDocument("document-binary")`.
    """
    from bibtexparser.entrypoint import parse_string  # noqa: PLC0415  only references need it

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it warns of are problems here
    library = parse_string(decode_text(data, path))
    problems = [
        BadDocument("reference-bad", path=path, line=(block.start_line or 0) + 1) for block in library.failed_blocks
    ]
    return [_reference(entry) for entry in library.entries], problems


def _reference(entry: Any) -> Reference:
    raw = {name.lower(): str(field.value).strip() for name, field in entry.fields_dict.items()}
    said = {name: plain_latex(value) for name, value in raw.items() if name not in {"file", "abstract", "url", "doi"}}
    doi = bare_doi(raw.get("doi", "").replace("\\", ""))
    arxiv = _arxiv(said, raw)
    url = raw.get("url", "").replace("\\", "")
    made_url = f"https://doi.org/{doi}" if doi else f"https://arxiv.org/abs/{arxiv}" if arxiv else ""
    venue = next((said[name] for name in _VENUES if said.get(name) and not _NO_VENUE.match(said[name])), "")
    return Reference(
        key=entry.key,
        line=entry.start_line + 1,
        metadata=Metadata(
            title=said.get("title", ""),
            authors=_names(raw.get("author", "")),
            year=year_of(said.get("year") or said.get("date", "")),
            url=url if url.startswith(("http://", "https://")) else made_url,
            doi=doi,
            arxiv=arxiv,
            venue=venue,
        ),
        abstract=plain_latex(raw.get("abstract", "")),
        files=attached_names(raw.get("file", "")),
    )


def _names(author: str) -> tuple[str, ...]:
    """The authors as they are written on a paper: given names first. "others" stands for nobody by name."""
    found = (plain_latex(_given_first(name.strip())) for name in re.split(r"\s+and\s+", author))
    return tuple(name for name in found if name and name != "others")


def _given_first(name: str) -> str:
    if name.startswith("{") and name.endswith("}"):
        return name  # a body: {OpenAI, Inc.}
    parts = [part.strip() for part in name.split(",")]
    return " ".join([*reversed(parts[1:]), parts[0]]) if len(parts) in {2, 3} else name


def _arxiv(said: dict[str, str], raw: dict[str, str]) -> str:
    kind = said.get("archiveprefix") or said.get("eprinttype", "")
    if kind.lower() == "arxiv" or (not kind and "eprint" in said):
        return bare_arxiv(said.get("eprint", ""))
    where = f"{raw.get('url', '')} {raw.get('doi', '')} {said.get('journal', '')} {said.get('note', '')}"
    found = re.search(r"arxiv(?:\.org/(?:abs|pdf)/|[.:]\s?)([\w./-]{7,30})", where, re.I)
    return bare_arxiv(found[1]) if found else ""


def attached_names(field: str) -> tuple[str, ...]:
    r"""The names of the files in a `file` field.

    Zotero writes "description:path:type", JabRef and Mendeley ":path:type", Better BibTeX the bare path; several are
    set apart by ";". A backslash takes ":", ";" and itself out of this.
    """
    field = field.replace("$\\backslash$", "\\\\").replace("{\\_}", "_").replace("\\_", "_")
    names: list[str] = []
    for one in _parted(field, ";"):
        parts = [re.sub(r"\\(.)", r"\1", part) for part in _parted(one, ":")]
        if len(parts) > 2:
            name = ":".join(parts[1:-1])
        elif len(parts) == 2 and len(parts[0]) == 1:  # a drive: C:/papers/a.pdf
            name = ":".join(parts)
        else:
            name = parts[0] or parts[-1]
        names.append(name.strip())
    return tuple(dict.fromkeys(name for name in names if name))


def _parted(text: str, mark: str) -> list[str]:
    """The text cut at each `mark` that no backslash stands before."""
    parts = [""]
    for piece in re.findall(r"\\.|[^\\]|\\\Z", text, re.S):
        if piece == mark:
            parts.append("")
        else:
            parts[-1] += piece
    return parts
