"""References (of BibTeX, RIS) as values: what each says of its work, its abstract, and the files it attaches."""

from dataclasses import dataclass, field, fields, replace

from knowledge.documents import Document


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a work from outside of its file; empty where nothing is."""

    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    url: str = ""
    doi: str = ""
    arxiv: str = ""
    venue: str = ""

    def over(self, document: Document) -> Document:
        """The document with what is known here in place of what it says of itself."""
        known = {item.name: value for item in fields(self) if (value := getattr(self, item.name))}
        return replace(document, **known)


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry: its key, the line where it stands (from 1), and the files as the entry writes them."""

    key: str
    line: int
    metadata: Metadata = field(default_factory=Metadata)
    abstract: str = ""
    files: tuple[str, ...] = ()
