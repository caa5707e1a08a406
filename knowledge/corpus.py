"""What a turn may cite: the course, a person's documents, or both, searched and checked as one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.concept_finder import ConceptFinder
from knowledge.course import Course, course_digest
from knowledge.course_loader import load_course
from knowledge.documents import Document, Passage, digest
from knowledge.encoder import Encoder
from knowledge.errors import BadIndex
from knowledge.factcheck import FactChecker
from knowledge.index import Progress, open_or_build
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
    course: Course, encoder: Encoder, cache: Path, documents: Sequence[Document] = (), *, with_course: bool = True,
    progress: Progress | None = None, damaged: Callable[[BadIndex], None] | None = None,
    verifier: Verifier | None = None,
) -> Corpus:  # fmt: skip
    """The index over the course and the documents, opened from `cache` or built there.

    Without the course its glossary still serves, to search across languages; its facts and misconceptions do not.
    Without a verifier the rules of the fact check decide alone.
    """
    evidence = course_digest(course.path, evidence=True) if with_course else ""
    content = digest(evidence, *sorted(document.id for document in documents))

    def passages() -> list[Passage]:
        own = load_course(course.path).passages if with_course else ()
        return [*own, *(passage for document in documents for passage in passages_of(document))]

    index = open_or_build(cache, content, encoder, passages, progress, damaged)
    retriever = Retriever(index, encoder, course.glossary)
    if not with_course:
        return Corpus(retriever, FactChecker(retriever, None, verifier), None)
    content = digest("questions", evidence)
    questions = open_or_build(cache, content, encoder, lambda: load_course(course.path).questions, None, damaged)
    checker = FactChecker(
        retriever, course, verifier, lambda: open_sentences(cache, evidence, retriever.passages, course.id),
        documents=bool(documents),
    )  # fmt: skip
    return Corpus(retriever, checker, course, ConceptFinder(course, retriever, questions))
