"""What holds between the parts of a course: its graph, its names, its sources, and both languages' likeness."""

import difflib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from knowledge.bibliography import bibliography_faults, read_bibliography
from knowledge.course import Course, Unit
from knowledge.course_units import CITING_KINDS, MIN_QUESTIONS, REQUIRED_KINDS, Fault, key_line, line_of
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
    yield from _mistake_faults(course)
    for concept in course.concepts:
        yield from _unit_faults(course, concept)


def _concept_file(course: Course, concept: str, name: str = "concept.toml") -> str:
    return str(course.path / "concepts" / concept / name)


def _concept_fault(course: Course, concept: str, key: str, message: str) -> Fault:
    file = course.path / "concepts" / concept / "concept.toml"
    return Fault(str(file), key_line(file, key), message)


def _graph_faults(course: Course) -> Iterator[Fault]:
    for concept in course.concepts.values():
        for prerequisite in concept.prerequisites:
            if prerequisite not in course.concepts:
                yield _concept_fault(
                    course, concept.id, "prerequisites",
                    f"the prerequisite '{prerequisite}' is not a concept of the course: "
                    + (_nearest(prerequisite, course.concepts) or "take it out or write that concept"),
                )  # fmt: skip
    for item in course.misconceptions:
        for harmed in sorted(set(item.concepts) - set(course.concepts)):
            file = course.path / "concepts" / item.id.split(".")[0] / "misconceptions.toml"
            yield Fault(
                str(file), line_of(file, f'"{item.id}"'),
                f"'{item.id}' harms '{harmed}', which is not a concept: "
                + (_nearest(harmed, course.concepts) or "take it out of 'concepts' or write that concept"),
            )  # fmt: skip
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> Iterator[Fault]:
        if name in trail:
            cycle = " -> ".join((*trail[trail.index(name) :], name))
            message = f"prerequisites form a cycle: {cycle}: take one of them out"
            yield _concept_fault(course, name, "prerequisites", message)
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
        mend = f"use one of {known}, or add it as a [[topic]]" if known else "add it as a [[topic]], or take it out"
        what = f"the topic '{concept.topic}' is not one of course.toml" if concept.topic else "the concept has no topic"
        yield _concept_fault(course, concept.id, "topic", f"{what}: {mend}")
    taught = {concept.topic for concept in course.concepts.values()}
    for topic in course.topics:
        if topic not in taught:
            file = course.path / "course.toml"
            message = f"the topic '{topic}' has no concept: give it to one (topic = \"{topic}\") or take the topic out"
            yield Fault(str(file), line_of(file, f'id = "{topic}"', f'"{topic}"'), message)


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean '{near[0]}'?" if near else ""


def _alias_faults(course: Course) -> Iterator[Fault]:
    for language in LANGUAGES:
        owners: dict[str, str] = {}
        for concept in course.concepts.values():
            for alias in {fold(alias) for alias in (*concept.aliases[language], concept.name[language])}:
                owner = owners.setdefault(alias, concept.id)
                if owner != concept.id:
                    message = (
                        f"the alias '{alias}' ({language}) already belongs to '{owner}': keep it in one of the two"
                    )
                    yield _concept_fault(course, concept.id, "aliases", message)


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
        yield Fault(str(bibliography), line, f"BibTeX cannot read this entry: {reason}: mend or delete it")
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
            at = line or (_fact_line(facts, place) if file == str(facts) else line_of(Path(file), f'"{place}"'))
            mend = _nearest(citation.key, known) or "add its entry there or correct the key"
            yield Fault(file, at, f"'{place}' cites '{citation.key}', which sources.bib does not hold: {mend}")


def _mistake_faults(course: Course) -> Iterator[Fault]:
    known = {item.id for item in course.misconceptions}
    for question in course.bank:
        for mistake in sorted({*question.mistakes} - known - {""}):
            file = _concept_file(course, question.concept, "questions.toml")
            mend = _nearest(mistake, known) or 'write the id of one, or ""'
            yield Fault(
                file, line_of(Path(file), f'"{question.id}"'),
                f"'mistakes' of '{question.id}' names '{mistake}', which is no misconception of the course: {mend}",
            )  # fmt: skip


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
                yield Fault(file, 1, f"the unit '{kind}' is missing: add a heading with {{#{kind} ...}}")
        if "faq" in kinds and kinds.count("faq") < MIN_QUESTIONS:
            message = f"the FAQ has {kinds.count('faq')} questions: write at least {MIN_QUESTIONS}"
            yield Fault(file, line_of(Path(file), "{#faq"), message)
        for unit in units:
            if unit.kind in CITING_KINDS and not any(sentence.citations for sentence in unit.sentences):
                yield Fault(
                    file,
                    unit.line,
                    f"the unit '{unit.question or unit.title}' cites no source: end its sentences with [@key, place]",
                )
    if all(Path(_concept_file(course, concept, f"{language}.md")).is_file() for language in LANGUAGES):
        yield from _parity_faults(course, concept, by_language["en"], by_language["es"])


def _parity_faults(course: Course, concept: str, english: list[Unit], spanish: list[Unit]) -> Iterator[Fault]:
    """Both languages say the same: units, levels, citations, formulas and numbers."""
    file = _concept_file(course, concept, "es.md")
    if [unit.name for unit in english] != [unit.name for unit in spanish]:
        missing = sorted({unit.name for unit in english} ^ {unit.name for unit in spanish})
        mend = "write them in both files" if missing else "put them in the same order"
        yield Fault(file, 1, f"the units differ from those of en.md: {', '.join(missing) or 'another order'}; {mend}")
        return
    for left, right in zip(english, spanish, strict=True):
        if left.levels != right.levels:
            marks = " ".join(f".{level}" for level in left.levels)
            yield Fault(file, right.line, f"'{right.name}' serves other levels than in en.md: write {marks} in both")
        if _cited(left) != _cited(right):
            keys = ", ".join(sorted(set(_cited(left)) ^ set(_cited(right))))
            yield Fault(
                file,
                right.line,
                f"'{right.name}' cites other sources than in en.md: cite {keys} in both or in neither",
            )
        if _FORMULA.findall(_whole(left)) != _FORMULA.findall(_whole(right)):
            message = f"'{right.name}' has other display formulas than in en.md: write the same between $$ in both"
            yield Fault(file, right.line, message)
        if _numbers(left) != _numbers(right):
            differing = sorted(set(_numbers(left)) ^ set(_numbers(right)))
            yield Fault(
                file,
                right.line,
                f"'{right.name}' has other numbers than in en.md: {', '.join(differing[:6])}; make them equal",
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
