"""What a turn may cite: a course and documents in indexes of their own, searched as one."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from small_index import WordEncoder
from tiny_course import write_course

from knowledge.corpus import Corpus, document_key, open_corpus
from knowledge.course import Course
from knowledge.course_loader import load_course
from knowledge.documents import Document, Section
from knowledge.library import Library
from knowledge.library_documents import LibraryDocuments


class Unread(Mapping[str, Document]):
    """Documents that must not be read, but for some."""

    def __init__(self, *documents: Document, but: tuple[str, ...] = ()) -> None:
        self.by_key = {document_key(document): document for document in documents}
        self.but = but

    def __getitem__(self, key: str) -> Document:
        document = self.by_key[key]
        if document.id not in self.but:
            pytest.fail(f"{document.id} was read")
        return document

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_key)

    def __len__(self) -> int:
        return len(self.by_key)


def document(name: str, text: str) -> Document:
    return Document(name, name.title(), f"{name}.md", "en", (Section(("Part",), "§ Part", text),))


ONE, OTHER = document("one", "A layer normalizes each token."), document("other", "Training takes days.")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return load_course(write_course(tmp_path_factory.mktemp("course")))


def opened(course: Course, tmp_path: Path, documents: object, encoder: WordEncoder | None = None) -> Corpus:
    return open_corpus(
        course, encoder or WordEncoder(), tmp_path / "course", documents,  # type: ignore[arg-type]
        documents_cache=tmp_path / "documents",
    )  # fmt: skip


def folders(tmp_path: Path) -> set[str]:
    return {path.name for path in (tmp_path / "course").glob("index-*")}


def test_a_document_leaves_the_course_as_it_was(course: Course, tmp_path: Path) -> None:
    alone = opened(course, tmp_path, ())
    before = folders(tmp_path)
    encoder = WordEncoder()
    corpus = opened(course, tmp_path, [ONE], encoder)
    assert folders(tmp_path) == before
    assert encoder.seen == ["Part\nA layer normalizes each token."]
    assert {**alone.retriever.passages} == {
        name: one for name, one in corpus.retriever.passages.items() if one.document != "one"
    }
    assert corpus.retriever.search("layer token", "en", 1)[0].passage.id == "one:1"
    assert corpus.finder is not None
    assert "one:1" not in corpus.finder.retriever.passages


def test_only_documents_that_are_not_in_the_index_are_read(course: Course, tmp_path: Path) -> None:
    opened(course, tmp_path, [ONE])
    corpus = opened(course, tmp_path, Unread(ONE, OTHER, but=("other",)))
    assert corpus.passage("other:1") is not None
    opened(course, tmp_path, Unread(ONE, OTHER), WordEncoder(broken=True))
    corpus = opened(course, tmp_path, Unread(OTHER), WordEncoder(broken=True))
    assert corpus.passage("one:1") is None


def test_what_a_person_corrects_is_shown_without_embedding_again(course: Course, tmp_path: Path) -> None:
    opened(course, tmp_path, [ONE, OTHER])
    corpus = opened(course, tmp_path, [replace(ONE, title="Corrected"), OTHER], WordEncoder(broken=True))
    found = corpus.passage("one:1")
    assert found is not None
    assert found.title == "Corrected"
    assert sum(passage.document == "one" for passage in corpus.retriever.index.passages) == 1


def test_the_documents_of_a_library_are_read_when_they_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text("# One\n\nA layer normalizes each token.\n")
    (tmp_path / "broken.pdf").write_bytes(b"no PDF")
    library = Library(tmp_path / "library")
    added = library.add([tmp_path / "one.md", tmp_path / "broken.pdf"])
    documents = LibraryDocuments(library)
    assert len(documents) == 1
    (key,) = documents
    assert documents[key] == library.document(added[0].id)
    (tmp_path / "one.md").write_text("# One\n\nA layer.\n")
    library.add([tmp_path / "one.md"])
    assert set(LibraryDocuments(library)) != {key}
