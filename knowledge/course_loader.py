"""Open a course folder, or say what is wrong with it: file, line and mend for each fault."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from knowledge.course import Concept, Course, Misconception, Statement, Unit
from knowledge.course_checks import course_faults
from knowledge.course_units import Fault, line_of, parse_units
from knowledge.documents import Citation
from knowledge.errors import BadCourse
from knowledge.facts import Attribute, Entity, Fact, FactTable, Value
from knowledge.glossary import Glossary, Term
from knowledge.messages import LANGUAGES

STATUSES = ("published", "estimated", "undisclosed")


def load_course(path: Path, units: bool = True) -> Course:
    """The course in a folder. Raises `BadCourse` when it is not there or has faults.

    Without `units` the explanation texts are not read (a second less): the saved index has them as passages.
    """
    course, faults = read_course(path, units)
    if faults or course is None:
        first = faults[0]
        raise BadCourse(
            "course-faults", path=path, count=len(faults), first=f"{first.file}:{first.line}: {first.message}"
        )
    return course


def validate_course(path: Path) -> list[Fault]:
    """Every fault of a course folder, in the order of the files; empty when it is sound."""
    course, faults = read_course(path)
    if course is not None:
        faults.extend(course_faults(course))
    return sorted(set(faults), key=lambda fault: (fault.file, fault.line, fault.message))


def read_course(path: Path, with_units: bool = True) -> tuple[Course | None, list[Fault]]:
    """The course as far as it can be read, and the faults that reading met."""
    if not (path / "course.toml").is_file():
        raise BadCourse("course-missing", path=path)
    reader = _Reader(path)
    head = reader.toml(path / "course.toml")
    if head is None:
        return None, reader.faults
    concepts: dict[str, Concept] = {}
    units: list[Unit] = []
    misconceptions: list[Misconception] = []
    statements: list[Statement] = []
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
    if not concepts:
        reader.fault(
            path / "course.toml", 1, "the course has no concept: add a folder concepts/<id> with its concept.toml"
        )
    course = Course(
        id=str(head.get("id", path.name)), path=path, version=str(head.get("version", "")),
        title=reader.texts(path / "course.toml", head, "title"),
        description=reader.texts(path / "course.toml", head, "description"),
        concepts=concepts, units=tuple(units), misconceptions=tuple(misconceptions), statements=tuple(statements),
        facts=reader.facts(), glossary=reader.glossary(concepts.values()), topics=reader.topics(head),
    )  # fmt: skip
    return course, reader.faults


@dataclass
class _Reader:
    """Reads the files of one course and keeps the faults."""

    path: Path
    faults: list[Fault] = field(default_factory=list)

    def fault(self, file: Path, line: int, message: str) -> None:
        self.faults.append(Fault(str(file), line, message))

    def toml(self, file: Path) -> dict[str, Any] | None:
        try:
            return tomllib.loads(file.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            self.fault(file, 1, "the file is missing: write it (docs/course-format.md shows its form)")
        except OSError as error:
            self.fault(file, 1, f"the file cannot be opened: {error.strerror}")
        except UnicodeDecodeError:
            self.fault(file, 1, "the file is not UTF-8 text: save it as UTF-8")
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            self.fault(file, int(line[1]) if line else 1, f"this is not TOML: {error}")
        return None

    def rows(self, file: Path, table: Mapping[str, Any], key: str) -> list[tuple[int, dict[str, Any]]]:
        """The tables headed `[[key]]`, each with the line of its heading."""
        found = table.get(key, [])
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            self.fault(file, line_of(file, key), f"'{key}' needs tables, each under its own heading [[{key}]]")
            return []
        text = file.read_text(encoding="utf-8-sig").splitlines() if found else []
        lines = [number for number, line in enumerate(text, start=1) if line.strip().startswith(f"[[{key}]]")]
        return list(zip(lines if len(lines) == len(found) else [1] * len(found), found, strict=True))

    def words(self, file: Path, line: int, found: object, what: str) -> tuple[str, ...]:
        """A list of texts that are not blank; anything else is a fault."""
        if isinstance(found, list) and found and all(isinstance(value, str) and value.strip() for value in found):
            return tuple(found)
        self.fault(file, line, f"{what} needs a list of texts")
        return ()

    def texts(self, file: Path, table: Mapping[str, Any], key: str, near: str = "") -> dict[str, str]:
        """A text in both languages; a missing one is a fault."""
        found = table.get(key)
        found = found if isinstance(found, dict) else {}
        for language in LANGUAGES:
            if not isinstance(found.get(language), str) or not found[language].strip():
                self.fault(
                    file,
                    line_of(file, near or key),
                    f"'{key}' needs a text for '{language}'" + (f" ({near})" if near else ""),
                )
        return {language: str(found.get(language, "")) for language in LANGUAGES}

    def lists(self, file: Path, line: int, found: object, what: str) -> dict[str, tuple[str, ...]]:
        """A list of texts in each language."""
        table = found if isinstance(found, dict) else {}
        return {
            language: self.words(file, line, table.get(language), f"{what} in '{language}'") for language in LANGUAGES
        }

    def concept(self, folder: Path) -> Concept | None:
        file = folder / "concept.toml"
        table = self.toml(file)
        if table is None:
            return None
        if table.get("id") != folder.name:
            self.fault(
                file,
                line_of(file, "id"),
                f"id is {table.get('id')!r} but the folder is called '{folder.name}': make them equal",
            )
        difficulty = table.get("difficulty")
        if type(difficulty) is not int or not 1 <= difficulty <= 5:
            self.fault(
                file, line_of(file, "difficulty"), f"difficulty is {difficulty!r}: give a whole number from 1 to 5"
            )
            difficulty = 3
        prerequisites = table.get("prerequisites") or []
        if prerequisites:
            prerequisites = self.words(file, line_of(file, "prerequisites"), prerequisites, "'prerequisites'")
        return Concept(
            id=folder.name, name=self.texts(file, table, "name"),
            aliases=self.lists(file, line_of(file, "[aliases]"), table.get("aliases"), "'aliases'"),
            prerequisites=tuple(prerequisites), difficulty=difficulty, objectives=self.objectives(file, table),
            topic=str(table.get("topic", "")),
        )  # fmt: skip

    def topics(self, head: Mapping[str, Any]) -> dict[str, dict[str, str]]:
        """The parts of the course in order, each with its name in both languages."""
        file = self.path / "course.toml"
        rows = self.named(file, head, "topic")
        return {name: self.texts(file, row, "name", name) for _, name, row in rows}

    def objectives(self, file: Path, table: Mapping[str, Any]) -> dict[str, dict[str, str]]:
        """Language -> Bloom level -> what the learner can do."""
        found = table.get("objectives")
        found = found if isinstance(found, dict) else {}
        for language in LANGUAGES:
            levels = found.get(language)
            sound = isinstance(levels, dict) and all(isinstance(text, str) and text.strip() for text in levels.values())
            if not levels or not sound:
                line = line_of(file, f"[objectives.{language}]", "objectives")
                self.fault(file, line, f"objectives need at least one Bloom level with its text for '{language}'")
                found = {**found, language: {}}
        return {language: dict(found[language]) for language in LANGUAGES}

    def units(self, folder: Path) -> list[Unit]:
        units: list[Unit] = []
        for language in LANGUAGES:
            file = folder / f"{language}.md"
            if not file.is_file():
                self.fault(file, 1, f"the file is missing: every concept is explained in '{language}' too")
                continue
            try:
                units.extend(parse_units(file, folder.name, language, self.faults))
            except UnicodeDecodeError:
                self.fault(file, 1, "the file is not UTF-8 text: save it as UTF-8")
        return units

    def items(self, folder: Path, name: str) -> Iterator[tuple[Path, int, str, dict[str, Any]]]:
        """The tables `[[misconception]]` or `[[statement]]` of a concept: (file, line, id, table)."""
        file = folder / f"{name}s.toml"
        table = self.toml(file)
        seen: set[str] = set()
        for line, item in self.rows(file, table or {}, name):
            item_id = str(item.get("id", ""))
            if not item_id.startswith(folder.name + ".") or item_id in seen:
                self.fault(file, line, f"id {item_id!r} must be unique and begin with '{folder.name}.'")
            seen.add(item_id)
            yield file, line, item_id, item

    def misconceptions(self, folder: Path) -> list[Misconception]:
        return [
            Misconception(
                id=item_id,
                concepts=self.words(file, line, item.get("concepts") or [folder.name], f"'concepts' of {item_id}"),
                statement=self.texts(file, item, "statement", item_id), why=self.texts(file, item, "why", item_id),
                refutation=self.texts(file, item, "refutation", item_id),
                sources=self.sources(file, line, item, item_id), partly_true=item.get("partly_true") is True,
            )
            for file, line, item_id, item in self.items(folder, "misconception")
        ]  # fmt: skip

    def statements(self, folder: Path) -> list[Statement]:
        return [
            Statement(
                item_id, folder.name, self.lists(file, line, item, f"'{item_id}'"),
                self.sources(file, line, item, item_id),
            )
            for file, line, item_id, item in self.items(folder, "statement")
        ]  # fmt: skip

    def sources(self, file: Path, line: int, item: Mapping[str, Any], name: str) -> tuple[Citation, ...]:
        """`source = "ji2023 §2; lewis2020rag"` as citations."""
        parts = [part.strip().partition(" ") for part in str(item.get("source", "")).split(";") if part.strip()]
        if not parts:
            self.fault(file, line, f"'{name}' cites nothing: give source = \"key §place\"")
        return tuple(Citation(key, locator) for key, _, locator in parts)

    def facts(self) -> FactTable:
        file = self.path / "facts.toml"
        table = (self.toml(file) if file.exists() else {}) or {}
        things = list(self.named(file, table, "entity"))
        entities = {name: self.entity(file, line, name, row) for line, name, row in things}
        for line, name, _ in things:
            family = entities[name].family
            if family and family not in entities:
                self.fault(file, line, f"the family '{family}' of '{name}' is not an entity of the file")
        attributes = {
            name: self.attribute(file, line, name, row) for line, name, row in self.named(file, table, "attribute")
        }
        undisclosed = self.texts(file, table, "undisclosed") if attributes else {}
        self.places(file, line_of(file, "undisclosed"), "undisclosed", undisclosed, ("maker", "phrase", "entity"))
        facts: dict[tuple[str, str], Fact] = {}
        for line, row in self.rows(file, table, "fact"):
            fact = self.fact(file, line, row, entities, attributes)
            if fact and facts.setdefault((fact.entity, fact.attribute), fact) is not fact:
                self.fault(file, line, f"the fact {fact.entity}/{fact.attribute} stands twice: keep one of them")
        return FactTable(entities, attributes, tuple(facts.values()), undisclosed)

    def named(self, file: Path, table: Mapping[str, Any], key: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
        """(line, id, table) of each `[[key]]`; one without an id, or with that of another, is a fault."""
        seen: set[str] = set()
        for line, row in self.rows(file, table, key):
            name = row.get("id")
            if isinstance(name, str) and name and name not in seen:
                seen.add(name)
                yield line, name, row
            else:
                self.fault(file, line, f"this {key} needs an id of its own, not {name!r}")

    def entity(self, file: Path, line: int, name: str, row: Mapping[str, Any]) -> Entity:
        names = self.words(file, line, row.get("names", [name]), f"'names' of '{name}'")
        return Entity(name, names or (name,), str(row.get("maker", "")), str(row.get("family", "")))

    def attribute(self, file: Path, line: int, name: str, row: Mapping[str, Any]) -> Attribute:
        sentence = self.texts(file, row, "sentence", name)
        self.places(file, line, f"the sentence of '{name}'", sentence, ("entity", "value"))
        values = row.get("values", {})
        if not isinstance(values, dict):
            self.fault(file, line, f"'values' of '{name}' needs tables, each under a heading [attribute.values.WORD]")
            values = {}
        return Attribute(
            name, self.lists(file, line, row, f"'{name}'"), self.texts(file, row, "phrase", name), sentence,
            {value: self.lists(file, line, ways, f"the value '{value}' of '{name}'") for value, ways in values.items()},
            self.texts(file, row, "unit", name) if "unit" in row else {},
        )  # fmt: skip

    def places(self, file: Path, line: int, what: str, texts: Mapping[str, str], places: tuple[str, ...]) -> None:
        """Hold a sentence with places to the places that it must have."""
        for language, text in texts.items():
            if text and sorted(re.findall(r"\{(.*?)\}", text)) != sorted(places):
                needed = ", ".join(f"{{{place}}}" for place in places)
                self.fault(file, line, f"{what} in '{language}' needs each of {needed} once and no other braces")

    def fact(
        self, file: Path, line: int, row: Mapping[str, Any],
        entities: Mapping[str, Entity], attributes: Mapping[str, Attribute],
    ) -> Fact | None:  # fmt: skip
        entity, attribute, status = str(row.get("entity")), str(row.get("attribute")), str(row.get("status"))
        name, value, also = f"{entity}/{attribute}", row.get("value"), row.get("also", [])
        if entity not in entities or attribute not in attributes:
            self.fault(file, line, f"the fact {name} names an entity or attribute that the file does not define")
        elif status not in STATUSES:
            self.fault(file, line, f"the fact {name} has status {status!r}: use one of {', '.join(STATUSES)}")
        elif (value is None) != (status == "undisclosed"):
            self.fault(file, line, f"the fact {name} needs a value, or status undisclosed and no value")
        elif value is None and not entities[entity].maker:
            self.fault(file, line, f"the fact {name} is undisclosed: give '{entity}' a maker")
        elif not isinstance(also, list) or not all(_is_value(item, attributes[attribute]) for item in (value, *also)):
            ways = ", ".join(attributes[attribute].values)
            self.fault(file, line, f"the fact {name} needs a number or a text" + (f" among {ways}" if ways else ""))
        else:
            return Fact(entity, attribute, value, status, self.sources(file, line, row, name), tuple(also))
        return None

    def glossary(self, concepts: Iterable[Concept]) -> Glossary:
        file = self.path / "glossary.toml"
        table = (self.toml(file) if file.exists() else {}) or {}
        terms = [Term(self.lists(file, line, row, "this term")) for line, row in self.rows(file, table, "term")]
        names = [Term({language: (concept.name[language],) for language in LANGUAGES}) for concept in concepts]
        return Glossary((*terms, *names))


def _is_value(value: Value | None, attribute: Attribute) -> bool:
    """A number, or a text (where the attribute lists its values, one of them); None is what is undisclosed."""
    if isinstance(value, str):
        return bool(value) and (not attribute.values or value in attribute.values)
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
