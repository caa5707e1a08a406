"""Open a course folder, or say what is wrong with it: file, line and mend for each fault. Nothing in it is executed."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from knowledge.course import Concept, Course, Misconception, Statement, Unit
from knowledge.course_checks import course_faults
from knowledge.course_facts import read_facts
from knowledge.course_faults import FAULTS, Fault, broken, shown
from knowledge.course_learning import learning_faults
from knowledge.course_lines import key_line, line_of
from knowledge.course_questions import read_questions
from knowledge.course_tables import Tables
from knowledge.course_units import parse_units
from knowledge.errors import BadCourse
from knowledge.glossary import Glossary, Term
from knowledge.messages import LANGUAGES
from knowledge.question import BLOOM, Question

_COURSE = ("id", "version", "languages", "title", "description", "topic")
_CONCEPT = ("id", "topic", "prerequisites", "difficulty", "name", "aliases", "objectives")
_MISCONCEPTION = ("id", "concepts", "source", "statement", "why", "refutation", "partly_true")
_STATEMENT = ("id", "en", "es", "source")


def load_course(path: Path, units: bool = True) -> Course:
    """The course in a folder. Raises `BadCourse` when it is not there or has faults.

    Without `units` the explanation texts are not read (a second less): the saved index has them as passages.
    """
    course, faults = read_course(path, units)
    if faults or course is None:
        raise broken(path, faults)
    return course


def validate_course(path: Path) -> list[Fault]:
    """Every fault of a course folder, in the order of the files; empty when it is sound."""
    course, faults = read_course(path)
    if course is not None:
        faults.extend(course_faults(course))
    faults.extend(learning_faults(path))
    return sorted(set(faults), key=lambda fault: (fault.file, fault.line, fault.message))


def read_course(path: Path, with_units: bool = True) -> tuple[Course | None, list[Fault]]:
    """The course as far as it can be read, and the faults that reading met."""
    file = path / "course.toml"
    if not file.is_file():
        raise BadCourse("course-missing", path=path)
    reader = _Reader(path)
    head = reader.toml(file)
    if head is None:
        return None, reader.faults
    reader.keys(file, 0, head, _COURSE, "course.toml")
    concepts: dict[str, Concept] = {}
    units: list[Unit] = []
    misconceptions: list[Misconception] = []
    statements: list[Statement] = []
    bank: list[Question] = []
    folder = path / "concepts"
    for concept_folder in sorted(folder.iterdir()) if folder.is_dir() else []:
        if concept_folder.is_dir():
            concept = reader.concept(concept_folder)
            if concept is not None:
                concepts[concept.id] = concept
            if with_units:
                units.extend(reader.units(concept_folder))
            misconceptions.extend(reader.misconceptions(concept_folder))
            statements.extend(reader.statements(concept_folder))
            bank.extend(read_questions(reader, concept_folder))
    if not concepts:
        reader.fault(file, 1, "no-concept")
    course = Course(
        id=str(head.get("id", path.name)), path=path, version=str(head.get("version", "")),
        title=reader.texts(file, head, "title"), description=reader.texts(file, head, "description"),
        concepts=concepts, units=tuple(units), misconceptions=tuple(misconceptions), statements=tuple(statements),
        facts=read_facts(reader), glossary=reader.glossary(concepts.values()), topics=reader.topics(head),
        bank=tuple(bank),
    )  # fmt: skip
    return course, reader.faults


class _Reader(Tables):
    """Reads the files of one course and keeps the faults."""

    def concept(self, folder: Path) -> Concept | None:
        file = folder / "concept.toml"
        table = self.toml(file)
        if table is None:
            return None
        self.keys(file, 0, table, _CONCEPT, "concept")
        if table.get("id") != folder.name:
            self.fault(file, key_line(file, "id"), "id-folder", id=shown(table.get("id")), folder=folder.name)
        difficulty = table.get("difficulty")
        if type(difficulty) is not int or not 1 <= difficulty <= 5:
            self.fault(file, key_line(file, "difficulty"), "difficulty", value=shown(difficulty))
            difficulty = 3
        prerequisites = table.get("prerequisites") or []
        if prerequisites:
            what = FAULTS.phrase("name", name="prerequisites")
            prerequisites = self.words(file, key_line(file, "prerequisites"), prerequisites, what)
        named = FAULTS.phrase("name", name="aliases")
        return Concept(
            id=folder.name, name=self.texts(file, table, "name"),
            aliases=self.lists(file, key_line(file, "aliases"), table.get("aliases"), named),
            prerequisites=tuple(prerequisites), difficulty=difficulty, objectives=self.objectives(file, table),
            topic=str(table.get("topic", "")), asked=self.asked(folder),
        )  # fmt: skip

    def asked(self, folder: Path) -> dict[str, tuple[str, ...]]:
        """How learners ask about the concept, in both languages; a concept may go without."""
        file = folder / "asked.toml"
        table = self.toml(file) if file.exists() else None
        if table is None:
            return {}
        found = self.lists(file, 1, table, FAULTS.phrase("asked-list"))
        if len({len(texts) for texts in found.values()}) > 1:
            counts = ", ".join(f"{language} {len(texts)}" for language, texts in found.items())
            self.fault(file, 1, "asked-lengths", counts=counts)
        return found

    def topics(self, head: Mapping[str, Any]) -> dict[str, dict[str, str]]:
        """The parts of the course in order, each with its name in both languages."""
        file = self.path / "course.toml"
        found = {}
        for line, name, row in self.named(file, head, "topic"):
            self.keys(file, line, row, ("id", "name"), "topic")
            found[name] = self.texts(file, row, "name", name, line)
        return found

    def objectives(self, file: Path, table: Mapping[str, Any]) -> dict[str, dict[str, str]]:
        """Language -> Bloom level -> what the learner can do."""
        found = table.get("objectives")
        found = found if isinstance(found, dict) else {}
        for language in LANGUAGES:
            levels = found.get(language)
            sound = isinstance(levels, dict) and all(isinstance(text, str) and text.strip() for text in levels.values())
            if not levels or not sound:
                self.objective_fault(file, language, "objectives-none", language=language)
                found = {**found, language: {}}
            for level in sorted(set(found[language]) - set(BLOOM)):
                self.objective_fault(file, language, "objective-level", level=level, known=", ".join(BLOOM))
        spanish, english = (set(found[language]) for language in LANGUAGES)
        if spanish and english and spanish != english:
            levels = ", ".join(sorted(spanish ^ english))
            self.objective_fault(file, "es", "objectives-differ", levels=levels)
        return {language: dict(found[language]) for language in LANGUAGES}

    def objective_fault(self, file: Path, of: str, key: str, /, **values: object) -> None:
        self.fault(file, line_of(file, f"[objectives.{of}]", "objectives"), key, **values)

    def units(self, folder: Path) -> list[Unit]:
        units: list[Unit] = []
        for language in LANGUAGES:
            file = folder / f"{language}.md"
            if not file.is_file():
                self.fault(file, 1, "language-missing", language=language)
                continue
            try:
                units.extend(parse_units(file, folder.name, language, self.faults))
            except UnicodeDecodeError:
                self.fault(file, 1, "not-utf8")
        return units

    def items(self, folder: Path, name: str, keys: tuple[str, ...]) -> Iterator[tuple[Path, int, str, dict[str, Any]]]:
        """The tables `[[misconception]]` or `[[statement]]` of a concept: (file, line, id, table)."""
        file = folder / f"{name}s.toml"
        table = self.toml(file) or {}
        self.keys(file, 0, table, (name,), file.name)
        seen: dict[str, int] = {}
        for line, item in self.rows(file, table, name):
            self.keys(file, line, item, keys, name)
            item_id = str(item.get("id", ""))
            if not item_id.startswith(folder.name + "."):
                self.fault(file, line, "id-begins", id=shown(item_id), folder=folder.name)
            elif item_id in seen:
                self.fault(file, line, "id-taken", id=item_id, kind=name, first=seen[item_id])
            seen.setdefault(item_id, line)
            yield file, line, item_id, item

    def misconceptions(self, folder: Path) -> list[Misconception]:
        found = []
        for file, line, item_id, item in self.items(folder, "misconception", _MISCONCEPTION):
            partly_true = item.get("partly_true", False)
            if not isinstance(partly_true, bool):
                place = key_line(file, "partly_true", line)
                self.fault(file, place, "partly-true", id=item_id, value=shown(partly_true))
            harmed = FAULTS.phrase("name-of", key="concepts", of=item_id)
            found.append(Misconception(
                id=item_id,
                concepts=self.words(file, line, item.get("concepts") or [folder.name], harmed),
                statement=self.texts(file, item, "statement", item_id, line),
                why=self.texts(file, item, "why", item_id, line),
                refutation=self.texts(file, item, "refutation", item_id, line),
                sources=self.sources(file, line, item, item_id), partly_true=partly_true is True,
            ))  # fmt: skip
        return found

    def statements(self, folder: Path) -> list[Statement]:
        return [
            Statement(
                item_id, folder.name, self.lists(file, line, item, FAULTS.phrase("name", name=item_id)),
                self.sources(file, line, item, item_id),
            )
            for file, line, item_id, item in self.items(folder, "statement", _STATEMENT)
        ]  # fmt: skip

    def glossary(self, concepts: Iterable[Concept]) -> Glossary:
        file = self.path / "glossary.toml"
        table = (self.toml(file) if file.exists() else {}) or {}
        self.keys(file, 0, table, ("term",), "glossary.toml")
        what = FAULTS.phrase("this-term")
        terms = [Term(self.lists(file, line, row, what)) for line, row in self.rows(file, table, "term")]
        names = [Term({language: (concept.name[language],) for language in LANGUAGES}) for concept in concepts]
        return Glossary((*terms, *names))
