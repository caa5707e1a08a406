r"""LaTeX: the document as its reader sees it, formulas as they were typed.

Citations are kept as their keys ("[vaswani2017]"), which is how a draft shows them; references get the number that
LaTeX would print; comments, drawings and the list of references are left out.
"""

import re

from knowledge.formats.content import Content
from knowledge.formats.html_metadata import bare_arxiv, bare_doi
from knowledge.formats.latex_labels import label_numbers
from knowledge.formats.latex_markdown import LatexWriter
from knowledge.formats.latex_pairs import pairs_of
from knowledge.formats.latex_source import group_end, whole_source
from knowledge.formats.latex_words import plain_latex
from knowledge.formats.limits import Limits
from knowledge.formats.markdown_text import scholarly_sections, year_of

_SPANISH = re.compile(r"\\usepackage\s?\[[^\]]{0,200}spanish[^\]]{0,200}\]\s?\{babel\}|\\setmainlanguage\{spanish\}")
_THANKS = re.compile(
    r"\\(?:thanks|footnote|footnotemark|inst|textsuperscript|email|affil|affiliation|institute|orcid)\s?(?=\{)"
)
_LONGEST = 20_000  # characters of a title or of a list of authors


def read_latex(data: bytes, path: str, limits: Limits) -> Content:
    """A document's text by its sections, under its `\\title`.

    Files that it inputs are read where they lie in its own folder. Raises `BadDocument`: document-binary,
    document-deep, document-expands.
    """
    preamble, body = whole_source(data, path, limits)
    writer = LatexWriter(
        body,
        pairs_of(body, path, limits.depth),
        label_numbers(body),
        spanish=_SPANISH.search(preamble) is not None,
    )
    head = f"{preamble}\n{body}"
    title = _plain(_bare(_argument_of(head, "title")))
    writer.text.heading(title, 1)
    writer.write(0, len(body))
    return Content(
        sections=scholarly_sections(str(writer.text)),
        title=title,
        authors=_authors(head),
        year=year_of(_argument_of(head, "date")),
        doi=bare_doi(_argument_of(head, "doi") or _argument_of(head, "acmDOI")),
        arxiv=bare_arxiv(_argument_of(head, "arxiv")),
    )


def _argument_of(text: str, command: str) -> str:
    """What stands in the braces of the first `\\command{...}`; empty where there is none."""
    found = re.search(rf"\\{command}\s{{0,5}}(?:\[[^\]]{{0,300}}\])?\s{{0,5}}(?=\{{)", text)
    return text[found.end() + 1 : group_end(text, found.end()) - 1] if found else ""


def _authors(head: str) -> tuple[str, ...]:
    """The names in the `\\author` commands, without what hangs on them (thanks, addresses, marks)."""
    names: list[str] = []
    for found in list(re.finditer(r"\\author\s{0,5}(?:\[[^\]]{0,300}\])?\s{0,5}(?=\{)", head))[:100]:
        written = head[found.end() + 1 : group_end(head, found.end()) - 1]
        written = _bare(written)
        for one in re.split(r"\\(?:and|And|AND)\b|\\quad|\\qquad", written):
            name = _plain(re.split(r"\\\\", one.strip())[0])
            parts = re.split(r",\s*(?:and|y)\s+|,\s*|\s+(?:and|y|&)\s+", name)
            names.extend(part for part in (part.strip(" *†‡") for part in parts) if part and "@" not in part)
    return tuple(names)


def _bare(text: str) -> str:
    """A title or a name without what hangs on it."""
    text = text[:_LONGEST]
    while found := _THANKS.search(text):
        text = text[: found.start()] + text[group_end(text, found.end()) :]
    return text


def _plain(text: str) -> str:
    return plain_latex(" ".join(text.replace("\\\\", " ").replace("~", " ").split()[:200]))
