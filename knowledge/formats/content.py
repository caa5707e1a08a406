"""What a reader makes of a file, whatever its format."""

from dataclasses import dataclass

from knowledge.documents import Section


@dataclass(frozen=True, slots=True)
class Content:
    """What a file says: its sections, and what it says about itself.

    Empty strings, an empty tuple and None stand for what the file does not say. `doi` and `arxiv` are bare
    ("10.1000/x", "1706.03762"); `venue` is the journal, the book or the conference.
    """

    sections: tuple[Section, ...]
    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    url: str = ""
    pages: int | None = None
    doi: str = ""
    arxiv: str = ""
    venue: str = ""
