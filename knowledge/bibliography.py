"""Sources: the BibTeX file of a course as values."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Source:
    """A paper, report or model card. `url` leads to it: arXiv, DOI or the maker's page."""

    key: str
    title: str
    authors: tuple[str, ...]
    year: int | None
    url: str
    doi: str = ""
    arxiv: str = ""

    @property
    def label(self) -> str:
        """As a reader knows it: Vaswani et al. (2017)."""
        families = [author.split(",")[0].strip() for author in self.authors]
        if not families:
            who = self.key
        elif len(families) == 1:
            who = families[0]
        elif len(families) == 2:
            who = f"{families[0]} & {families[1]}"
        else:
            who = f"{families[0]} et al."
        return f"{who} ({self.year})" if self.year else who


def read_bibliography(path: Path) -> Mapping[str, Source]:
    """The entries of a BibTeX file by key. Entries that cannot be read are left out; validation names them."""
    return {source.key: source for source in map(_source, _entries(path).entries)}


def bibliography_faults(path: Path) -> list[tuple[int, str]]:
    """(line, what is wrong) for each block that BibTeX cannot read."""
    return [(block.start_line + 1, _reason(block.error)) for block in _entries(path).failed_blocks]


def _reason(error: Any) -> str:
    return str(getattr(error, "abort_reason", "") or error).split(" Note:")[0]


def _entries(path: Path) -> Any:
    from bibtexparser.entrypoint import parse_string  # noqa: PLC0415  only citations need it

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it warns of are faults here
    return parse_string(path.read_text(encoding="utf-8-sig"))


def _source(entry: Any) -> Source:
    fields = {name: _plain(str(field.value)) for name, field in entry.fields_dict.items()}
    authors = tuple(name.strip() for name in fields.get("author", "").split(" and ") if name.strip())
    arxiv, doi = fields.get("eprint", ""), fields.get("doi", "")
    made_url = f"https://arxiv.org/abs/{arxiv}" if arxiv else f"https://doi.org/{doi}" if doi else ""
    year = fields.get("year", "")
    return Source(
        key=entry.key,
        title=fields.get("title", entry.key),
        authors=authors,
        year=int(year) if year.isdigit() else None,
        url=fields.get("url") or made_url,
        doi=doi,
        arxiv=arxiv,
    )


def _plain(value: str) -> str:
    """A field without braces and LaTeX accents; decoding is slow, so only what has a backslash is decoded."""
    if "\\" in value:
        from pylatexenc.latex2text import LatexNodes2Text  # noqa: PLC0415

        value = LatexNodes2Text().latex_to_text(value)
    return " ".join(value.replace("{", "").replace("}", "").split())
