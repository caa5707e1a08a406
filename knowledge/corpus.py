"""What a turn may cite: the course, a person's documents, or both, searched and checked as one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from knowledge.concept_finder import ConceptFinder
from knowledge.course import Course, course_digest
from knowledge.course_loader import load_course
from knowledge.documents import Document, Passage, digest
from knowledge.encoder import Encoder
from knowledge.errors import BadIndex
from knowledge.factcheck import FactChecker
from knowledge.index import PassageIndex, Progress, open_or_build, open_parts, together
from knowledge.passages import passages_of
from knowledge.retrieval import Retriever
from knowledge.sentence_finder import open_sentences
from knowledge.verifier import Verifier


@dataclass(frozen=True)
class Corpus:
    """An open index with its search and its fact check. `course` is None when only documents speak.

    `finder` tells which concepts of the course a question is about.
    """

    retriever: Retriever
    checker: FactChecker
    course: Course | None
    finder: ConceptFinder | None = None

    def passage(self, passage_id: str) -> Passage | None:
        """The passage with this id: of the index, or a single fact of the course."""
        found = self.retriever.passages.get(passage_id)
        return found or (self.course.single_fact(passage_id) if self.course else None)


def open_corpus(
    course: Course, encoder: Encoder, cache: Path, documents: Sequence[Document] | Mapping[str, Document] = (), *,
    with_course: bool = True, documents_cache: Path | None = None, progress: Progress | None = None,
    damaged: Callable[[BadIndex], None] | None = None, verifier: Verifier | None = None,
) -> Corpus:  # fmt: skip
    """The index over the course and the documents, opened from `cache` or built there, the documents' from
    `documents_cache` where one is given. Neither is built again when the other changes, nor a document for another.

    Of a mapping a document is read only when it is not in the index yet; its key must change with everything that its
    passages show (`document_key` is such a key). Without the course its glossary still serves, to search across
    languages; its facts and misconceptions do not. Without a verifier the rules of the fact check decide alone.
    """
    index = _documents_index(documents, encoder, documents_cache or cache, progress, damaged)
    if not with_course:
        retriever = Retriever(index, encoder, course.glossary)
        return Corpus(retriever, FactChecker(retriever, None, verifier), None)
    evidence = course_digest(course.path, evidence=True)
    own = open_or_build(cache, evidence, encoder, lambda: load_course(course.path).passages, progress, damaged)
    content = digest("questions", evidence)
    questions = open_or_build(cache, content, encoder, lambda: load_course(course.path).questions, None, damaged)
    of_course = Retriever(own, encoder, course.glossary)
    retriever = Retriever(together(own, index), encoder, course.glossary) if documents else of_course
    checker = FactChecker(
        retriever, course, verifier, lambda: open_sentences(cache, evidence, of_course.passages, course.id),
        documents=bool(documents),
    )  # fmt: skip
    return Corpus(retriever, checker, course, ConceptFinder(course, of_course, questions))


def document_key(document: Document) -> str:
    """A name that changes with a document's content and with what its passages show of it."""
    return digest("document", document.id, document.title, document.path, document.language, document.url)


def _documents_index(
    documents: Sequence[Document] | Mapping[str, Document], encoder: Encoder, cache: Path,
    progress: Progress | None, damaged: Callable[[BadIndex], None] | None,
) -> PassageIndex:  # fmt: skip
    if not isinstance(documents, Mapping):
        documents = {document_key(document): document for document in documents}
    readers = {key: partial(_passages, documents, key) for key in documents}
    return open_parts(cache, readers, encoder, progress, damaged)


def _passages(documents: Mapping[str, Document], key: str) -> Sequence[Passage]:
    return passages_of(documents[key])
