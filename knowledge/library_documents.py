"""The documents of a library for an index: listed by name, and read only where the index lacks them."""

from collections.abc import Iterator, Mapping

from knowledge.documents import Document, digest
from knowledge.library import Library


class LibraryDocuments(Mapping[str, Document]):
    """The documents that a library holds now, each under a key that changes with all that its passages show of it.

    A document is read when it is asked for; one that was taken out meanwhile raises
    `KnowledgeError("document-unknown")`.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._ids = {
            digest("document", entry.id, entry.title, entry.path, entry.language, entry.url): entry.id
            for entry in library.entries() if entry.id
        }  # fmt: skip

    def __getitem__(self, key: str) -> Document:
        return self._library.document(self._ids[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)
