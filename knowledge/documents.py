"""What is read: a document, its sections, its sentences and where each stands."""

import hashlib
from dataclasses import dataclass

SECTION_BREAK = "\n\n"
STATEMENT = "statement"  # the kind of passage whose sentences are wordings of one thing


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference that a sentence makes: the key of a source and the place in it ("§3.2.1", "tab. 3")."""

    key: str
    locator: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, formula line or code block of a passage, as written (Markdown)."""

    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document under one heading path.

    `headings`: from the outermost heading to the innermost. `locator`: the place as a reader would look it
    up ("p. 3", "§ Definition"). `text`: Markdown. `page`: from 1, where the document has pages.
    """

    headings: tuple[str, ...]
    locator: str
    text: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A text that can be cited. `id` is stable: it comes from the content, not from the day or the place.

    `kind` is the file's ("pdf", "docx", ...); `venue` where it was published; `doi` and `arxiv` without their prefixes.
    """

    id: str
    title: str
    path: str
    language: str
    sections: tuple[Section, ...]
    authors: tuple[str, ...] = ()
    year: int | None = None
    url: str = ""
    pages: int | None = None
    sha256: str = ""
    kind: str = ""
    doi: str = ""
    arxiv: str = ""
    venue: str = ""

    @property
    def text(self) -> str:
        """The sections' texts, one after the other; the places of passages count in it."""
        return SECTION_BREAK.join(section.text for section in self.sections)


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit of retrieval: about 120 words of one section, with its sentences.

    `id` is the document's id, a colon and the passage's number (in a course: its name and its language). `concept`,
    `kind` and `levels` are set for passages of a course (`kind` is the unit's kind: definition, intuition, ...), empty
    otherwise. `start` and `end` are its characters in `Document.text`, 0 for a course. `document`, `title` and `path`
    repeat what a citation shows, so that a passage can be shown alone.
    """

    id: str
    document: str
    title: str
    path: str
    language: str
    headings: tuple[str, ...]
    locator: str
    sentences: tuple[Sentence, ...]
    url: str = ""
    concept: str = ""
    kind: str = ""
    levels: tuple[str, ...] = ()
    start: int = 0
    end: int = 0

    @property
    def text(self) -> str:
        """The passage's sentences as one Markdown text."""
        return " ".join(sentence.text for sentence in self.sentences)

    def twin(self, language: str) -> str:
        """The id that this passage of a course has in another language; of other documents nothing has such an id."""
        return f"{self.id.removesuffix(f':{self.language}')}:{language}"

    @property
    def indexed_text(self) -> str:
        """What the index sees: the heading path, then the text (worth 0.10 nDCG, see docs/LOG.md)."""
        return " > ".join(self.headings) + "\n" + self.text


def digest(*parts: str) -> str:
    """Sixteen hexadecimal digits that name a content."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
