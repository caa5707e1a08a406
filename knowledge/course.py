"""A course: concepts, explanation units, sources, facts, misconceptions and statements, in both languages.

A course is a folder (docs/course-format.md). `load_course` opens it, and raises `BadCourse` when it has faults.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from knowledge.bibliography import Source, read_bibliography
from knowledge.documents import STATEMENT, Citation, Passage, Sentence
from knowledge.facts import Fact, FactTable
from knowledge.glossary import Glossary
from knowledge.question import Question

Texts = Mapping[str, str]  # language -> text

QUESTIONS_FILE = "questions.toml"
LEARNING_FILE = "learning.toml"
BUNDLED_COURSE = Path(__file__).parent / "courses" / "transformers"


@dataclass(frozen=True, slots=True)
class Concept:
    """A node of the course's graph. `difficulty` runs from 1 to 5; `objectives`: language -> Bloom level -> text.

    `topic`: id of the part of the course that it belongs to, "" where the course has no parts. `asked`: language -> how
    learners ask about it without its name; the same questions in the same order.
    """

    id: str
    name: Texts
    aliases: Mapping[str, tuple[str, ...]]
    prerequisites: tuple[str, ...]
    difficulty: int
    objectives: Mapping[str, Texts]
    topic: str = ""
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unit:
    """One explanation unit, or one question of the FAQ (`question` is then its heading), in one language."""

    concept: str
    language: str
    kind: str
    number: int
    title: str
    levels: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    question: str = ""
    line: int = 0

    @property
    def name(self) -> str:
        """The same in both languages: attention/faq-2."""
        return f"{self.concept}/{self.kind}" + (f"-{self.number}" if self.kind == "faq" else "")


@dataclass(frozen=True, slots=True)
class Misconception:
    """A false belief by id, why it tempts, what is true, and the concepts that it harms.

    `partly_true`: right of some models and wrong of others; who states it is told which, and not that it is false.
    """

    id: str
    concepts: tuple[str, ...]
    statement: Texts
    why: Texts
    refutation: Texts
    sources: tuple[Citation, ...]
    partly_true: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """A true key statement; each language has several wordings."""

    id: str
    concept: str
    wordings: Mapping[str, tuple[str, ...]]
    sources: tuple[Citation, ...]


@dataclass(frozen=True)
class Course:
    """A whole course. Its passages and bibliography are made when first asked for.

    `topics`: id -> name of each part of the course, in the order in which they are taught. `bank`: its authored
    questions.
    """

    id: str
    path: Path
    title: Texts
    description: Texts
    version: str
    concepts: Mapping[str, Concept]
    units: tuple[Unit, ...]
    misconceptions: tuple[Misconception, ...]
    statements: tuple[Statement, ...]
    facts: FactTable
    glossary: Glossary
    topics: Mapping[str, Texts] = field(default_factory=dict)
    bibliography: Mapping[str, Source] | None = None
    bank: tuple[Question, ...] = ()

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Citation key -> source, read from the folder when the course came without."""
        return read_bibliography(self.path / "sources.bib") if self.bibliography is None else self.bibliography

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Everything that the course says, as evidence: units, statements, refutations and facts."""
        return (
            *(self._unit_passage(unit) for unit in self.units),
            *self._statement_passages(),
            *self.refutations,
            *self._fact_passages(),
        )

    @cached_property
    def questions(self) -> tuple[Passage, ...]:
        """What people ask about each concept, one passage a question: as learners put it, in its FAQ, as objectives.

        They tell what a question is about and are no evidence.
        """
        texts = [
            (concept.id, f"{kind}-{number}", language, text)
            for concept in self.concepts.values() for language in self.title
            for kind, found in (
                ("asked", concept.asked.get(language, ())), ("objective", concept.objectives[language].values()),
                ("name", (concept.name[language],)),
            )
            for number, text in enumerate(found)
        ]  # fmt: skip
        texts += [
            (unit.concept, f"faq-{unit.number}", unit.language, unit.question) for unit in self.units if unit.question
        ]
        return tuple(
            self._passage(f"{concept}/{name}", language, (), (Sentence(text),), concept, "question")
            for concept, name, language, text in texts
        )

    def concept_name(self, concept: str, language: str) -> str:
        """The concept's name, or its id when the course does not hold it."""
        return self.concepts[concept].name[language] if concept in self.concepts else concept

    def _unit_passage(self, unit: Unit) -> Passage:
        name = self.concepts[unit.concept].name[unit.language]
        headings = (name, unit.title, unit.question) if unit.question else (name, unit.title)
        return self._passage(unit.name, unit.language, headings, unit.sentences, unit.concept, unit.kind, unit.levels)

    def _statement_passages(self) -> list[Passage]:
        return [
            self._passage(
                statement.id, language, (self.concept_name(statement.concept, language),),
                tuple(Sentence(wording, statement.sources) for wording in wordings), statement.concept, STATEMENT,
            )
            for statement in self.statements
            for language, wordings in statement.wordings.items()
        ]  # fmt: skip

    @cached_property
    def refutations(self) -> tuple[Passage, ...]:
        """What is true instead of each misconception."""
        return tuple(
            self._passage(
                f"{item.id}/refutation", language, (self.concept_name(item.concepts[0], language),),
                (Sentence(text, item.sources),), item.concepts[0], "refutation",
            )
            for item in self.misconceptions
            for language, text in item.refutation.items()
        )  # fmt: skip

    def refutation_id(self, item: Misconception, language: str) -> str:
        """The id of the passage that refutes a misconception."""
        return f"{self.id}:{item.id}/refutation:{language}"

    def fact_passage(self, entity: str, fact: Fact, language: str) -> Passage:
        """One fact about an entity (or about its family) as a passage of its own."""
        own = replace(fact, entity=entity)
        sentences = tuple(Sentence(text, fact.sources) for text in self.facts.wordings(own, language))
        name = self.facts.entities[entity].name
        return self._passage(f"facts/{entity}/{fact.attribute}", language, (name,), sentences, "", "fact")

    def single_fact(self, passage_id: str) -> Passage | None:
        """The passage that `fact_passage` gave this id."""
        match = re.fullmatch(rf"{re.escape(self.id)}:facts/([^/]+)/([^/:]+):(es|en)", passage_id)
        fact = self.facts.find(match[1], match[2]) if match else None
        return self.fact_passage(match[1], fact, match[3]) if match and fact else None

    def _fact_passages(self) -> list[Passage]:
        """One passage an entity: what the table holds about it."""
        return [
            self._passage(
                f"facts/{entity.id}", language, (entity.name,),
                tuple(self.fact_sentences(entity.id, language)), "", "fact",
            )
            for entity in self.facts.entities.values()
            if self.facts.of(entity.id)
            for language in self.title
        ]  # fmt: skip

    def fact_sentences(self, entity: str, language: str) -> Iterator[Sentence]:
        """The facts about one entity as sentences with their sources."""
        for fact in self.facts.of(entity):
            for text in self.facts.wordings(fact, language):
                yield Sentence(text, fact.sources)

    def _passage(
        self, name: str, language: str, headings: tuple[str, ...], sentences: tuple[Sentence, ...],
        concept: str, kind: str, levels: tuple[str, ...] = (),
    ) -> Passage:  # fmt: skip
        return Passage(
            id=f"{self.id}:{name}:{language}", document=self.id, title=self.title[language], path=f"course/{self.id}",
            language=language, headings=headings, locator=" › ".join(headings), sentences=sentences,
            concept=concept, kind=kind, levels=levels,
        )  # fmt: skip


def course_digest(path: Path, *, evidence: bool = False) -> str:
    """Sixteen hexadecimal digits that change with any file of the course but the rates of its learners; of its
    `evidence` alone, not with the exam questions either, which are asked and never cited."""
    whole = hashlib.sha256()
    left_out = {LEARNING_FILE, QUESTIONS_FILE} if evidence else {LEARNING_FILE}
    files = (file for file in path.rglob("*") if file.suffix in {".toml", ".md", ".bib"} and file.name not in left_out)
    for file in sorted(files, key=lambda file: file.parts):
        whole.update(str(file.relative_to(path)).encode() + b"\0" + file.read_bytes() + b"\0")
    return whole.hexdigest()[:16]
