"""Open a course folder, or say what is wrong with it: file, line and mend for each fault."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from knowledge.bibliography import bibliography_faults, read_bibliography
from knowledge.course import Concept, Course, Misconception, Statement, Unit
from knowledge.course_units import (
    CITING_KINDS,
    MIN_QUESTIONS,
    REQUIRED_KINDS,
    Fault,
    parse_units,
)
from knowledge.documents import Citation
from knowledge.errors import BadCourse
from knowledge.facts import Attribute, Entity, Fact, FactTable
from knowledge.glossary import Glossary, Term
from knowledge.messages import LANGUAGES
from knowledge.terms import fold

STATUSES = ("published", "estimated", "undisclosed")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_FORMULA = re.compile(r"\$\$(.+?)\$\$", re.S)


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
        faults.extend(_cross_checks(course))
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
        facts=reader.facts(), glossary=reader.glossary(concepts.values()),
    )  # fmt: skip
    return course, reader.faults


@dataclass
class _Reader:
    """Reads the files of one course and keeps the faults."""

    path: Path
    faults: list[Fault] = field(default_factory=list)
    lines: dict[Path, list[str]] = field(default_factory=dict)

    def fault(self, file: Path, line: int, message: str) -> None:
        self.faults.append(Fault(str(file), line, message))

    def line_of(self, file: Path, needle: str) -> int:
        """The line on which a value stands; 1 when it cannot be told."""
        if file not in self.lines:
            self.lines[file] = file.read_text(encoding="utf-8", errors="replace").splitlines()
        return next((n for n, text in enumerate(self.lines[file], start=1) if needle in text), 1)

    def toml(self, file: Path) -> dict[str, Any] | None:
        try:
            return tomllib.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            self.fault(file, 1, "the file is missing: write it (docs/course-format.md shows its form)")
        except UnicodeDecodeError:
            self.fault(file, 1, "the file is not UTF-8 text: save it as UTF-8")
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            self.fault(file, int(line[1]) if line else 1, f"this is not TOML: {error}")
        return None

    def texts(self, file: Path, table: Mapping[str, Any], key: str, near: str = "") -> dict[str, str]:
        """A text in both languages; a missing one is a fault."""
        found = table.get(key)
        found = found if isinstance(found, dict) else {}
        for language in LANGUAGES:
            if not isinstance(found.get(language), str) or not found[language].strip():
                self.fault(
                    file,
                    self.line_of(file, near or key),
                    f"'{key}' needs a text for '{language}'" + (f" ({near})" if near else ""),
                )
        return {language: str(found.get(language, "")) for language in LANGUAGES}

    def lists(self, file: Path, table: Mapping[str, Any], key: str, near: str = "") -> dict[str, tuple[str, ...]]:
        found = table.get(key, table) if key else table
        found = found if isinstance(found, dict) else {}
        for language in LANGUAGES:
            values = found.get(language)
            if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
                self.fault(
                    file, self.line_of(file, near or key), f"'{key or near}' needs a list of texts for '{language}'"
                )
        return {language: tuple(found.get(language) or ()) for language in LANGUAGES}

    def concept(self, folder: Path) -> Concept | None:
        file = folder / "concept.toml"
        table = self.toml(file)
        if table is None:
            return None
        if table.get("id") != folder.name:
            self.fault(
                file,
                self.line_of(file, "id"),
                f"id is {table.get('id')!r} but the folder is called '{folder.name}': make them equal",
            )
        difficulty = table.get("difficulty")
        if not isinstance(difficulty, int) or not 1 <= difficulty <= 5:
            self.fault(
                file, self.line_of(file, "difficulty"), f"difficulty is {difficulty!r}: give a whole number from 1 to 5"
            )
            difficulty = 3
        objectives = table.get("objectives", {})
        for language in LANGUAGES:
            if not objectives.get(language):
                self.fault(
                    file, self.line_of(file, "objectives"), f"objectives need at least one Bloom level for '{language}'"
                )
        return Concept(
            id=folder.name, name=self.texts(file, table, "name"), aliases=self.lists(file, table, "aliases"),
            prerequisites=tuple(table.get("prerequisites", ())), difficulty=difficulty,
            objectives={language: dict(objectives.get(language, {})) for language in LANGUAGES},
        )  # fmt: skip

    def units(self, folder: Path) -> list[Unit]:
        units: list[Unit] = []
        for language in LANGUAGES:
            file = folder / f"{language}.md"
            if not file.is_file():
                self.fault(file, 1, f"the file is missing: every concept is explained in '{language}' too")
                continue
            units.extend(parse_units(file, folder.name, language, self.faults))
        return units

    def items(self, folder: Path, name: str) -> Iterator[tuple[Path, str, dict[str, Any]]]:
        """The tables `[[misconception]]` or `[[statement]]` of a concept: (file, id, table)."""
        file = folder / f"{name}s.toml"
        table = self.toml(file)
        seen: set[str] = set()
        for item in (table or {}).get(name, []):
            item_id = str(item.get("id", ""))
            if not item_id.startswith(folder.name + ".") or item_id in seen:
                self.fault(
                    file,
                    self.line_of(file, item_id or f"[[{name}]]"),
                    f"id {item_id!r} must be unique and begin with '{folder.name}.'",
                )
            seen.add(item_id)
            yield file, item_id, item

    def misconceptions(self, folder: Path) -> list[Misconception]:
        return [
            Misconception(
                id=item_id, concepts=tuple(item.get("concepts", ())) or (folder.name,),
                statement=self.texts(file, item, "statement", item_id), why=self.texts(file, item, "why", item_id),
                refutation=self.texts(file, item, "refutation", item_id), sources=self.sources(file, item, item_id),
            )
            for file, item_id, item in self.items(folder, "misconception")
        ]  # fmt: skip

    def statements(self, folder: Path) -> list[Statement]:
        return [
            Statement(item_id, folder.name, self.lists(file, item, "", item_id), self.sources(file, item, item_id))
            for file, item_id, item in self.items(folder, "statement")
        ]

    def sources(self, file: Path, item: Mapping[str, Any], near: str) -> tuple[Citation, ...]:
        """`source = "ji2023 §2; lewis2020rag"` as citations."""
        parts = [part.strip().partition(" ") for part in str(item.get("source", "")).split(";") if part.strip()]
        if not parts:
            self.fault(file, self.line_of(file, near), f"'{near}' cites nothing: give source = \"key §place\"")
        return tuple(Citation(key, locator) for key, _, locator in parts)

    def facts(self) -> FactTable:
        file = self.path / "facts.toml"
        table = self.toml(file) if file.exists() else {}
        table = table or {}
        entities = {
            str(row["id"]): Entity(
                str(row["id"]),
                tuple(row.get("names") or (row["id"],)),
                str(row.get("maker", "")),
                str(row.get("family", "")),
            )
            for row in table.get("entity", [])
        }
        attributes = {
            str(row["id"]): Attribute(
                str(row["id"]), self.lists(file, row, "", row["id"]), self.texts(file, row, "phrase", row["id"]),
                self.texts(file, row, "sentence", row["id"]),
                {
                    value: {language: tuple(wordings.get(language, ())) for language in LANGUAGES}
                    for value, wordings in row.get("values", {}).items()
                },
            )
            for row in table.get("attribute", [])
        }  # fmt: skip
        facts = []
        for row in table.get("fact", []):
            entity, attribute, status = str(row.get("entity")), str(row.get("attribute")), str(row.get("status"))
            line = self.line_of(file, f'entity = "{entity}"')
            name = f"{entity}/{attribute}"
            if entity not in entities or attribute not in attributes:
                self.fault(file, line, f"the fact {name} names an entity or attribute that the file does not define")
            elif status not in STATUSES:
                self.fault(file, line, f"the fact {name} has status {status!r}: use one of {', '.join(STATUSES)}")
            elif (row.get("value") is None) != (status == "undisclosed"):
                self.fault(file, line, f"the fact {name} needs a value, or status undisclosed and no value")
            else:
                also = tuple(row.get("also", ()))
                facts.append(Fact(entity, attribute, row.get("value"), status, self.sources(file, row, name), also))
        undisclosed = self.texts(file, table, "undisclosed") if attributes else {}
        return FactTable(entities, attributes, tuple(facts), undisclosed)

    def glossary(self, concepts: Iterable[Concept]) -> Glossary:
        file = self.path / "glossary.toml"
        table = (self.toml(file) if file.exists() else {}) or {}
        terms = [Term(self.lists(file, row, "", str(row.get("en")))) for row in table.get("term", [])]
        names = [Term({language: (concept.name[language],) for language in LANGUAGES}) for concept in concepts]
        return Glossary((*terms, *names))


def _cross_checks(course: Course) -> Iterator[Fault]:
    yield from _graph_faults(course)
    yield from _alias_faults(course)
    yield from _citation_faults(course)
    for concept in course.concepts:
        yield from _unit_faults(course, concept)


def _concept_file(course: Course, concept: str, name: str = "concept.toml") -> str:
    return str(course.path / "concepts" / concept / name)


def _graph_faults(course: Course) -> Iterator[Fault]:
    for concept in course.concepts.values():
        for prerequisite in concept.prerequisites:
            if prerequisite not in course.concepts:
                yield Fault(
                    _concept_file(course, concept.id),
                    1,
                    f"the prerequisite '{prerequisite}' is not a concept of the course",
                )
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> Iterator[Fault]:
        if name in trail:
            cycle = " -> ".join((*trail[trail.index(name) :], name))
            yield Fault(_concept_file(course, name), 1, f"prerequisites form a cycle: {cycle}")
        elif name in course.concepts and name not in done:
            for prerequisite in course.concepts[name].prerequisites:
                yield from visit(prerequisite, (*trail, name))
            done.add(name)

    for name in course.concepts:
        yield from visit(name, ())


def _alias_faults(course: Course) -> Iterator[Fault]:
    for language in LANGUAGES:
        owners: dict[str, str] = {}
        for concept in course.concepts.values():
            for alias in {fold(alias) for alias in (*concept.aliases[language], concept.name[language])}:
                owner = owners.setdefault(alias, concept.id)
                if owner != concept.id:
                    yield Fault(
                        _concept_file(course, concept.id),
                        1,
                        f"the alias '{alias}' ({language}) already belongs to '{owner}'",
                    )


def _citation_faults(course: Course) -> Iterator[Fault]:
    bibliography = course.path / "sources.bib"
    if not bibliography.is_file():
        yield Fault(str(bibliography), 1, "the file is missing: write the BibTeX entries of what the course cites")
        return
    for line, reason in bibliography_faults(bibliography):
        yield Fault(str(bibliography), line, f"BibTeX cannot read this entry: {reason}")
    known = read_bibliography(bibliography)
    cited: list[tuple[str, int, str, Citation]] = [
        (_concept_file(course, unit.concept, f"{unit.language}.md"), unit.line, unit.title, citation)
        for unit in course.units for sentence in unit.sentences for citation in sentence.citations
    ]  # fmt: skip
    cited += [(_concept_file(course, item.concept, "statements.toml"), 1, item.id, source)
              for item in course.statements for source in item.sources]  # fmt: skip
    cited += [(_concept_file(course, item.id.split(".")[0], "misconceptions.toml"), 1, item.id, source)
              for item in course.misconceptions for source in item.sources]  # fmt: skip
    cited += [(str(course.path / "facts.toml"), 1, f"{fact.entity}/{fact.attribute}", source)
              for fact in course.facts.facts for source in fact.sources]  # fmt: skip
    for file, line, place, citation in cited:
        if citation.key and citation.key not in known:
            yield Fault(file, line, f"'{place}' cites '{citation.key}', which sources.bib does not hold")


def _unit_faults(course: Course, concept: str) -> Iterator[Fault]:
    by_language = {
        language: [unit for unit in course.units if (unit.concept, unit.language) == (concept, language)]
        for language in LANGUAGES
    }
    for language, units in by_language.items():
        file = _concept_file(course, concept, f"{language}.md")
        kinds = [unit.kind for unit in units]
        for kind in REQUIRED_KINDS:
            if units and kind not in kinds:
                yield Fault(file, 1, f"the unit '{kind}' is missing: add a heading with {{#{kind} ...}}")
        if "faq" in kinds and kinds.count("faq") < MIN_QUESTIONS:
            yield Fault(file, 1, f"the FAQ has {kinds.count('faq')} questions: write at least {MIN_QUESTIONS}")
        for unit in units:
            if unit.kind in CITING_KINDS and not any(sentence.citations for sentence in unit.sentences):
                yield Fault(
                    file,
                    unit.line,
                    f"the unit '{unit.question or unit.title}' cites no source: end its sentences with [@key, place]",
                )
    yield from _parity_faults(course, concept, by_language["en"], by_language["es"])


def _parity_faults(course: Course, concept: str, english: list[Unit], spanish: list[Unit]) -> Iterator[Fault]:
    """Both languages say the same: units, levels, citations, formulas and numbers."""
    file = _concept_file(course, concept, "es.md")
    if [unit.name for unit in english] != [unit.name for unit in spanish]:
        missing = sorted({unit.name for unit in english} ^ {unit.name for unit in spanish})
        yield Fault(file, 1, f"the units differ from those of en.md: {', '.join(missing) or 'another order'}")
        return
    for left, right in zip(english, spanish, strict=True):
        if left.levels != right.levels:
            yield Fault(file, right.line, f"'{right.name}' serves other levels than in en.md")
        if _cited(left) != _cited(right):
            yield Fault(file, right.line, f"'{right.name}' cites other sources than in en.md")
        if _FORMULA.findall(_whole(left)) != _FORMULA.findall(_whole(right)):
            yield Fault(file, right.line, f"'{right.name}' has other display formulas than in en.md")
        if _numbers(left) != _numbers(right):
            differing = sorted(set(_numbers(left)) ^ set(_numbers(right)))
            yield Fault(
                file,
                right.line,
                f"'{right.name}' has other numbers than in en.md: {', '.join(differing[:6]) or 'other counts'}",
            )


def _whole(unit: Unit) -> str:
    return "\n".join(sentence.text for sentence in unit.sentences)


def _cited(unit: Unit) -> list[str]:
    keys: list[str] = []
    for sentence in unit.sentences:
        for citation in sentence.citations:
            if not keys or keys[-1] != citation.key:
                keys.append(citation.key)
    return sorted(set(keys))


def _numbers(unit: Unit) -> list[str]:
    """The figures of a unit, code left out, decimal and thousand marks ignored."""
    text = "\n".join(sentence.text for sentence in unit.sentences if not sentence.text.startswith("```"))
    return sorted({re.sub(r"[.,]", "", number) for number in _NUMBER.findall(text)})
