"""The references cited as a BibTeX file, for LaTeX and for reference managers: UTF-8, every sign of LaTeX as text."""

import re
from collections.abc import Mapping

from agents.research.summary import Reference, Summary
from tutor.export.xml_tree import Node
from tutor.summaries.inline import inline, one_line
from tutor.summaries.keys import citation_keys
from tutor.summaries.kinds import Kind, arxiv_of, doi_of, kind_of, title_of, url_of, venue_of
from tutor.summaries.latex_text import latex_inline, latex_text
from tutor.summaries.names import AuthorName, author_name

TYPES: Mapping[Kind, str] = {
    "conference": "inproceedings", "article": "article", "preprint": "misc", "page": "misc", "document": "misc",
}  # fmt: skip
VENUES: Mapping[Kind, str] = {"conference": "booktitle", "article": "journal"}
LANGUAGES = {"es": "spanish", "en": "english"}  # of babel and biblatex
_WORD = re.compile(r"(?<![\w\\{])[^\W_]\w*")  # not the name of a command


def write_bibtex(summary: Summary) -> str:
    """One entry a reference, in the order of the summary, by its citation key; "" where nothing is cited."""
    keys = citation_keys(summary.references)
    return "\n".join(_entry(reference, keys[reference.document]) for reference in summary.references)


def _entry(reference: Reference, key: str) -> str:
    kind, arxiv = kind_of(reference), arxiv_of(reference)
    fields = {
        "title": _title(title_of(reference)),
        "author": " and ".join(
            _author(author_name(one, reference.language)) for one in reference.authors if one.strip()
        ),
        "year": "" if reference.year is None else str(reference.year),
        VENUES.get(kind, "howpublished"): latex_text(venue_of(reference)),
        "eprint": arxiv,
        "archiveprefix": "arXiv" if arxiv else "",
        "doi": doi_of(reference),
        "url": url_of(reference),
        "langid": LANGUAGES.get(reference.language, ""),
    }
    if not fields["author"]:
        fields["key"] = latex_text(title_of(reference))  # what styles sort and cite by
    width = max(map(len, fields))
    lines = [f"  {name:<{width}} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{TYPES[kind]}{{{key},", *lines, "}", ""])


def _title(title: str) -> str:
    """With formulas and words of inner capitals in braces: styles would else write {BERT} as bert."""
    return "".join(
        _WORD.sub(_kept, latex_text(part)) if isinstance(part, str) else _braced(part)
        for part in inline(one_line(title))
    )


def _braced(formula: Node) -> str:
    r"""A formula in braces, those that it prints by their names: BibTeX counts a \{ like any other."""
    named = re.sub(r"\\([{}])", lambda found: {"{": r"\lbrace ", "}": r"\rbrace "}[found[1]], str(formula.children[0]))
    return f"{{{latex_inline((Node(formula.tag, formula.attributes, (named,)),), ' ')}}}"


def _kept(word: re.Match[str]) -> str:
    return f"{{{word[0]}}}" if any(map(str.isupper, word[0][1:])) else word[0]


def _author(name: AuthorName) -> str:
    """ "Family, Suffix, Given"; in braces what is one name, or would be read as two people."""
    if not name.given:
        return f"{{{latex_text(name.sorted)}}}"
    return ", ".join(_guarded(part) for part in (name.family, name.suffix, name.given) if part)


def _guarded(part: str) -> str:
    escaped = latex_text(part)
    return f"{{{escaped}}}" if re.search(r"(?i)(?:^|\s)and(?:\s|$)|,", part) else escaped
