"""What holds between the parts of a course: its graph, its names, its sources, and both languages' likeness."""

import re
from collections.abc import Iterator
from pathlib import Path

from knowledge.bibliography import bibliography_faults, read_bibliography
from knowledge.course import Course, Unit
from knowledge.course_units import CITING_KINDS, MIN_QUESTIONS, REQUIRED_KINDS, Fault, line_of
from knowledge.documents import Citation
from knowledge.messages import LANGUAGES
from knowledge.terms import fold

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_FORMULA = re.compile(r"\$\$(.+?)\$\$", re.S)


def course_faults(course: Course) -> Iterator[Fault]:
    """The faults that show only when the whole course is seen."""
    yield from _graph_faults(course)
    yield from _topic_faults(course)
    yield from _alias_faults(course)
    yield from _citation_faults(course)
    for concept in course.concepts:
        yield from _unit_faults(course, concept)


def _concept_file(course: Course, concept: str, name: str = "concept.toml") -> str:
    return str(course.path / "concepts" / concept / name)


def _concept_fault(course: Course, concept: str, near: str, message: str) -> Fault:
    file = course.path / "concepts" / concept / "concept.toml"
    return Fault(str(file), line_of(file, near), message)


def _graph_faults(course: Course) -> Iterator[Fault]:
    for concept in course.concepts.values():
        for prerequisite in concept.prerequisites:
            if prerequisite not in course.concepts:
                yield _concept_fault(
                    course, concept.id, "prerequisites",
                    f"the prerequisite '{prerequisite}' is not a concept of the course",
                )  # fmt: skip
    for item in course.misconceptions:
        for harmed in set(item.concepts) - set(course.concepts):
            file = course.path / "concepts" / item.id.split(".")[0] / "misconceptions.toml"
            yield Fault(str(file), line_of(file, item.id), f"'{item.id}' harms '{harmed}', which is not a concept")
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> Iterator[Fault]:
        if name in trail:
            cycle = " -> ".join((*trail[trail.index(name) :], name))
            yield _concept_fault(course, name, "prerequisites", f"prerequisites form a cycle: {cycle}")
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
        known = ", ".join(course.topics) or "none: add [[topic]] tables"
        message = f"the topic {concept.topic!r} is not one of course.toml ({known})"
        yield _concept_fault(course, concept.id, "topic", message)


def _alias_faults(course: Course) -> Iterator[Fault]:
    for language in LANGUAGES:
        owners: dict[str, str] = {}
        for concept in course.concepts.values():
            for alias in {fold(alias) for alias in (*concept.aliases[language], concept.name[language])}:
                owner = owners.setdefault(alias, concept.id)
                if owner != concept.id:
                    message = f"the alias '{alias}' ({language}) already belongs to '{owner}'"
                    yield _concept_fault(course, concept.id, "[aliases]", message)


def _citation_faults(course: Course) -> Iterator[Fault]:
    bibliography = course.path / "sources.bib"
    if not bibliography.is_file():
        yield Fault(str(bibliography), 1, "the file is missing: write the BibTeX entries of what the course cites")
        return
    try:
        faults = bibliography_faults(bibliography)
    except UnicodeDecodeError:
        yield Fault(str(bibliography), 1, "the file is not UTF-8 text: save it as UTF-8")
        return
    for line, reason in faults:
        yield Fault(str(bibliography), line, f"BibTeX cannot read this entry: {reason}")
    known = read_bibliography(bibliography)
    cited: list[tuple[str, int, str, Citation]] = [
        (_concept_file(course, unit.concept, f"{unit.language}.md"), unit.line, unit.title, citation)
        for unit in course.units for sentence in unit.sentences for citation in sentence.citations
    ]  # fmt: skip
    cited += [(_concept_file(course, item.concept, "statements.toml"), 0, item.id, source)
              for item in course.statements for source in item.sources]  # fmt: skip
    cited += [(_concept_file(course, item.id.split(".")[0], "misconceptions.toml"), 0, item.id, source)
              for item in course.misconceptions for source in item.sources]  # fmt: skip
    cited += [(str(course.path / "facts.toml"), 0, f"{fact.entity}/{fact.attribute}", source)
              for fact in course.facts.facts for source in fact.sources]  # fmt: skip
    for file, line, place, citation in cited:
        if citation.key and citation.key not in known:
            line = line or line_of(Path(file), f'"{place}"', citation.key)
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
