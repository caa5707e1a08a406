"""What holds between the parts of a course: its graph, its names, its sources, and both languages' likeness."""

import re
from collections.abc import Iterator
from pathlib import Path

from knowledge.bibliography import bibliography_faults, read_bibliography
from knowledge.course import Course, Unit
from knowledge.course_faults import FAULTS, Fault, at, nearest
from knowledge.course_lines import key_line, line_of
from knowledge.course_units import CITING_KINDS, MIN_QUESTIONS, REQUIRED_KINDS
from knowledge.documents import Citation
from knowledge.messages import LANGUAGES
from knowledge.terms import fold

MOST_NUMBERS = 6  # told of one unit
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_TWICE = re.compile(r"Duplicate entry key '(.*)'")  # as bibtexparser says it
_FORMULA = re.compile(r"\$\$(.+?)\$\$", re.S)


def course_faults(course: Course) -> Iterator[Fault]:
    """The faults that show only when the whole course is seen."""
    yield from _graph_faults(course)
    yield from _topic_faults(course)
    yield from _alias_faults(course)
    yield from _citation_faults(course)
    yield from _mistake_faults(course)
    for concept in course.concepts:
        yield from _unit_faults(course, concept)


def _concept_file(course: Course, concept: str, name: str = "concept.toml") -> str:
    return str(course.path / "concepts" / concept / name)


def _concept_fault(course: Course, concept: str, place: str, key: str, /, **values: object) -> Fault:
    file = course.path / "concepts" / concept / "concept.toml"
    return at(file, key_line(file, place), key, **values)


def _graph_faults(course: Course) -> Iterator[Fault]:
    for concept in course.concepts.values():
        for prerequisite in concept.prerequisites:
            if prerequisite not in course.concepts:
                mend = nearest(prerequisite, course.concepts, "prerequisite-mend")
                yield _concept_fault(
                    course, concept.id, "prerequisites", "prerequisite", name=prerequisite, mend=mend
                )  # fmt: skip
    for item in course.misconceptions:
        for harmed in sorted(set(item.concepts) - set(course.concepts)):
            file = course.path / "concepts" / item.id.split(".")[0] / "misconceptions.toml"
            mend = nearest(harmed, course.concepts, "harm-mend")
            yield at(file, line_of(file, f'"{item.id}"'), "harm", id=item.id, name=harmed, mend=mend)
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> Iterator[Fault]:
        if name in trail:
            cycle = " -> ".join((*trail[trail.index(name) :], name))
            yield _concept_fault(course, name, "prerequisites", "cycle", cycle=cycle)
        elif name in course.concepts and name not in done:
            for prerequisite in course.concepts[name].prerequisites:
                yield from visit(prerequisite, (*trail, name))
            done.add(name)

    for name in course.concepts:
        yield from visit(name, ())


def _topic_faults(course: Course) -> Iterator[Fault]:
    for concept in course.concepts.values():
        if concept.topic in course.topics or not (concept.topic or course.topics):
            continue
        known = ", ".join(course.topics)
        mend = FAULTS.phrase("topic-mend", known=known) if known else FAULTS.phrase("topic-mend-none")
        if concept.topic:
            yield _concept_fault(course, concept.id, "topic", "topic-unknown", topic=concept.topic, mend=mend)
        else:
            yield _concept_fault(course, concept.id, "topic", "topic-none", mend=mend)
    taught = {concept.topic for concept in course.concepts.values()}
    for topic in course.topics:
        if topic not in taught:
            file = course.path / "course.toml"
            yield at(file, line_of(file, f'id = "{topic}"', f'"{topic}"'), "topic-empty", topic=topic)


def _alias_faults(course: Course) -> Iterator[Fault]:
    for language in LANGUAGES:
        owners: dict[str, str] = {}
        for concept in course.concepts.values():
            for alias in {fold(alias) for alias in (*concept.aliases[language], concept.name[language])}:
                owner = owners.setdefault(alias, concept.id)
                if owner != concept.id:
                    yield _concept_fault(
                        course, concept.id, "aliases", "alias", alias=alias, language=language, owner=owner
                    )  # fmt: skip


def _citation_faults(course: Course) -> Iterator[Fault]:
    bibliography = course.path / "sources.bib"
    if not bibliography.is_file():
        yield at(bibliography, 1, "bibliography-missing")
        return
    try:
        faults = bibliography_faults(bibliography)
    except UnicodeDecodeError:
        yield at(bibliography, 1, "not-utf8")
        return
    for line, reason in faults:
        twice = _TWICE.fullmatch(reason)
        yield at(
            bibliography, line, "bibtex", reason=FAULTS.phrase("bibtex-twice", key=twice[1]) if twice else reason
        )  # fmt: skip
    known = read_bibliography(bibliography)
    cited: list[tuple[str, int, str, Citation]] = [
        (_concept_file(course, unit.concept, f"{unit.language}.md"), unit.line, unit.title, citation)
        for unit in course.units for sentence in unit.sentences for citation in sentence.citations
    ]  # fmt: skip
    cited += [(_concept_file(course, item.concept, "statements.toml"), 0, item.id, source)
              for item in course.statements for source in item.sources]  # fmt: skip
    cited += [(_concept_file(course, item.id.split(".")[0], "misconceptions.toml"), 0, item.id, source)
              for item in course.misconceptions for source in item.sources]  # fmt: skip
    cited += [(_concept_file(course, item.concept, "questions.toml"), 0, item.id, source)
              for item in course.bank for source in item.sources]  # fmt: skip
    facts = course.path / "facts.toml"
    cited += [(str(facts), 0, f"{fact.entity}/{fact.attribute}", source)
              for fact in course.facts.facts for source in fact.sources]  # fmt: skip
    for file, line, place, citation in cited:
        if citation.key and citation.key not in known:
            found = line or (_fact_line(facts, place) if file == str(facts) else line_of(Path(file), f'"{place}"'))
            mend = nearest(citation.key, known, "source-mend")
            yield at(file, found, "source-unknown", name=place, key=citation.key, mend=mend)


def _mistake_faults(course: Course) -> Iterator[Fault]:
    known = {item.id for item in course.misconceptions}
    for question in course.bank:
        for mistake in sorted({*question.mistakes} - known - {""}):
            file = _concept_file(course, question.concept, "questions.toml")
            mend = nearest(mistake, known, "mistake-mend")
            line = line_of(Path(file), f'"{question.id}"')
            yield at(file, line, "mistake-unknown", id=question.id, name=mistake, mend=mend)


def _fact_line(file: Path, name: str) -> int:
    """The line of the heading [[fact]] above a fact called entity/attribute; 1 when it is not found."""
    entity, _, attribute = name.partition("/")
    heading, met = 1, set[str]()
    for number, line in enumerate(file.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if line.lstrip().startswith("[["):
            heading, met = number, set()
        key, _, value = line.partition("=")
        if value.strip().startswith({"entity": f'"{entity}"', "attribute": f'"{attribute}"'}.get(key.strip(), "\0")):
            met.add(key.strip())
        if len(met) == 2:
            return heading
    return 1


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
                yield at(file, 1, "unit-missing", kind=kind)
        if "faq" in kinds and kinds.count("faq") < MIN_QUESTIONS:
            line = line_of(Path(file), "{#faq")
            yield at(file, line, "faq-few", count=kinds.count("faq"), least=MIN_QUESTIONS)
        for unit in units:
            if unit.kind in CITING_KINDS and not any(sentence.citations for sentence in unit.sentences):
                yield at(file, unit.line, "unit-cites-nothing", title=unit.question or unit.title)
    if all(Path(_concept_file(course, concept, f"{language}.md")).is_file() for language in LANGUAGES):
        yield from _parity_faults(course, concept, by_language["en"], by_language["es"])


def _parity_faults(course: Course, concept: str, english: list[Unit], spanish: list[Unit]) -> Iterator[Fault]:
    """Both languages say the same: units, levels, citations, formulas and numbers."""
    file = _concept_file(course, concept, "es.md")
    if [unit.name for unit in english] != [unit.name for unit in spanish]:
        missing = sorted({unit.name for unit in english} ^ {unit.name for unit in spanish})
        yield at(file, 1, "units-differ", names=", ".join(missing)) if missing else at(file, 1, "units-order")
        return
    for left, right in zip(english, spanish, strict=True):
        if left.levels != right.levels:
            marks = " ".join(f".{level}" for level in left.levels)
            yield at(file, right.line, "levels-differ", name=right.name, levels=marks)
        if _cited(left) != _cited(right):
            keys = ", ".join(sorted(set(_cited(left)) ^ set(_cited(right))))
            yield at(file, right.line, "citations-differ", name=right.name, keys=keys)
        if _FORMULA.findall(_whole(left)) != _FORMULA.findall(_whole(right)):
            yield at(file, right.line, "formulas-differ", name=right.name)
        if _numbers(left) != _numbers(right):
            differing = ", ".join(sorted(set(_numbers(left)) ^ set(_numbers(right)))[:MOST_NUMBERS])
            yield at(file, right.line, "numbers-differ", name=right.name, numbers=differing)


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
