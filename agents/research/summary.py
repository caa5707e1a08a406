"""What the research assistant hands back: sentences with their verdicts, each with the quotations it rests on.

Every printed sentence cites at least one quotation, and a quotation is found word for word at its place.
"""

from dataclasses import dataclass, field
from typing import Literal

PartKind = Literal["answer", "theme", "agreement", "disagreement", "missing", "limits", "aspect", "term", "event"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A document as it is cited. `document` is its id; `kind` its file's ("pdf", "docx", ...)."""

    document: str
    title: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str = ""
    arxiv: str = ""
    url: str = ""
    venue: str = ""
    path: str = ""
    kind: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a document at their place; `n` is the number by which sentences cite it, from 1.

    `passage` and `sentence` say where they were found: the passage's id and the place of the sentence in it. `start`
    and `end` are the passage's characters in the document's text. `score` is how well they answer the question, 0 to 1.
    """

    n: int
    document: str
    locator: str
    quote: str
    language: str
    passage: str
    sentence: int
    start: int = 0
    end: int = 0
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """One printed sentence. `probability`: of its verdict. `translation`: whether it is one, made by a model."""

    text: str
    verdict: Literal["supported", "contradicted", "not_found"]
    citations: tuple[int, ...]
    probability: float = 1.0
    translation: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A titled section of the summary: the short answer, a theme, an aspect of one document, ..."""

    kind: PartKind
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Sources that do not say the same: `about` names what, each side is quoted.

    `kind`: "number" (values that differ), "denial" (one says, one denies), "direction" (more and less).
    """

    kind: Literal["number", "denial", "direction"]
    about: str
    sides: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A comparison: `cells[r][c]` is what `rows[r]` (a document's id) says of `columns[c]`; () where it does not."""

    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[tuple[tuple[Line, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole. `references` are the documents cited, `searched` all that were looked through.

    `missing`: what was asked and no source says. `dropped`: drafts that no source supported, by reason.
    """

    question: str
    language: str
    parts: tuple[Part, ...]
    quotations: tuple[Quotation, ...]
    references: tuple[Reference, ...]
    searched: tuple[Reference, ...]
    disagreements: tuple[Disagreement, ...] = ()
    missing: tuple[str, ...] = ()
    table: Table | None = None
    dropped: dict[str, int] = field(default_factory=dict)
    engine: str = "composer"
    questions: tuple[str, ...] = ()
