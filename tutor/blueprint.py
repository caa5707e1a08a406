"""A blueprint: what an exam is to hold, read from TOML with every fault located by its line.

title = "Parcial 1"
language = "es"
minutes = 60

[[section]]
concepts = ["attention", "Las posiciones"]   # ids or names of concepts, names of topics, or "*"
kinds = ["mcq", "numeric"]                   # kinds, bloom, difficulty: a value or a list; left out: any
difficulty = [1, 2]
count = 10
points_each = 0.5
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from agents.item import BLOOM, DIFFICULTIES, KINDS, Bloom, Kind
from knowledge.course import Course
from knowledge.course_lines import key_line
from knowledge.messages import LANGUAGES, Messages
from knowledge.terms import typed
from knowledge.toml_errors import toml_error
from tutor.errors import BadBlueprint
from tutor.export.graded import digest

TEXTS = Messages(Path(__file__).with_name("blueprint.toml"))
MOST_BYTES = 1_000_000
MOST_ITEMS = 500  # of a section
ALL = "*"
NEAR = 0.6  # likeness of a name that is offered for one that is not known
LANGUAGE_NAMES: tuple[str, ...] = LANGUAGES
_SECTION = re.compile(r"\ufeff?\s*\[\[\s*\"?section\"?\s*\]\]")
_KEY = re.compile(r"\s*[\w\"-]+\s*=|\s*\[\[?[\w\"]")


@dataclass(frozen=True, slots=True)
class Section:
    """One part of an exam. `concepts`: ids, what was named resolved; `named`: those that were named one by one. Empty
    `kinds`, `bloom` or `difficulty`: any. `line`: of its heading in the file."""

    concepts: tuple[str, ...]
    named: tuple[str, ...]
    kinds: tuple[Kind, ...]
    bloom: tuple[Bloom, ...]
    difficulty: tuple[int, ...]
    count: int
    points_each: float
    line: int


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What an exam is to hold. `path`: of its file, for messages."""

    title: str
    language: str
    minutes: int
    sections: tuple[Section, ...]
    path: str

    @property
    def points(self) -> float:
        """What the whole exam is worth."""
        return sum(section.count * section.points_each for section in self.sections)

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits of what it asks for: the same in either language and however the file is laid
        out."""
        sections = [{name: value for name, value in asdict(one).items() if name != "line"} for one in self.sections]
        return digest(json.dumps([self.title, self.minutes, sections], ensure_ascii=False, sort_keys=True))


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a blueprint and how to mend it: a key of blueprint.toml with what it speaks of. `near`: the name
    that may have been meant."""

    line: int
    code: str
    values: Mapping[str, object]
    near: str = ""

    def text(self, language: str) -> str:
        """The fault in one sentence, with its line."""
        values = {name: self._said(value, language) for name, value in self.values.items()}
        near = f" {TEXTS.text('near', language, near=self.near)}" if self.near else ""
        return TEXTS.text("at-line", language, line=self.line, fault=TEXTS.text(self.code, language, **values) + near)

    def _said(self, value: object, language: str) -> object:
        """A value; where it is a key of what is expected, its words."""
        return TEXTS.text(value, language) if isinstance(value, str) and value.startswith("expected-") else value


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


_Difficulty = Annotated[int, Field(ge=DIFFICULTIES[0], le=DIFFICULTIES[-1])]
_OR_LIST, _SOME = BeforeValidator(_listed), Field(min_length=1)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    concepts: Annotated[list[str], _OR_LIST, _SOME]
    kinds: Annotated[list[Kind], _OR_LIST, _SOME] | None = None
    bloom: Annotated[list[Bloom], _OR_LIST, _SOME] | None = None
    difficulty: Annotated[list[_Difficulty], _OR_LIST, _SOME] | None = None
    count: Annotated[int, Field(ge=1, le=MOST_ITEMS)]
    points_each: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0


class _Blueprint(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    title: Annotated[str, Field(min_length=1)]
    language: Literal["es", "en"]
    minutes: Annotated[int, Field(ge=1)]
    section: Annotated[list[_Section], Field(min_length=1)]


_ALLOWED: Mapping[str, Sequence[str]] = {"kinds": KINDS, "bloom": BLOOM, "language": LANGUAGE_NAMES}
assert set(get_args(Kind)) == set(KINDS)


def read_blueprint(path: Path, course: Course) -> Blueprint:
    """The blueprint of a file, its concepts resolved on a course. Raises `BadBlueprint`, which names every fault with
    its line and, where a name is not known, the nearest one."""
    text = _text(path)
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line, reason = toml_error(error, text)
        raise _bad(path, [Fault(line, "syntax", {"reason": reason})]) from error
    rows = [number for number, line in enumerate(text.splitlines(), start=1) if _SECTION.match(line)]
    place = _Places(path, text, rows)
    try:
        read = _Blueprint.model_validate(table)
    except ValidationError as error:
        raise _bad(path, [*_faults(error, place), *_strangers(table, course, place)]) from error
    faults = _strangers(table, course, place)
    if faults:
        raise _bad(path, faults)
    names = _names(course)
    sections = tuple(_section(one, names, course, place.row(number)) for number, one in enumerate(read.section))
    return Blueprint(" ".join(read.title.split()), read.language, read.minutes, sections, str(path))


@dataclass(frozen=True, slots=True)
class _Places:
    """Where things stand in the file. `rows`: the lines of the `[[section]]` headings."""

    path: Path
    text: str
    rows: Sequence[int]

    def row(self, section: int) -> int:
        return self.rows[section] if section < len(self.rows) else key_line(self.path, "section")

    def line(self, loc: Sequence[int | str], value: object = None) -> int:
        """The line of what a fault names: of the value in a list of several lines, of its key, or of its table."""
        if len(loc) > 2 and loc[0] == "section" and isinstance(loc[1], int):
            return self._value_line(key_line(self.path, str(loc[2]), self.row(loc[1])), value)
        if len(loc) > 1 and isinstance(loc[1], int):
            return self.row(loc[1])
        return key_line(self.path, str(loc[0])) if loc else 1

    def _value_line(self, start: int, value: object) -> int:
        lines = self.text.splitlines()
        shown = [f'"{value}"', f"'{value}'"] if isinstance(value, str) else [str(value)]
        for number in range(start, len(lines) + 1):
            if number > start and _KEY.match(lines[number - 1]):
                break
            if value is not None and any(one in lines[number - 1] for one in shown):
                return number
        return start


def _bad(path: Path, faults: Sequence[Fault]) -> BadBlueprint:
    ordered = sorted(dict.fromkeys((fault.line, fault.code, str(fault.values)) for fault in faults))
    by_name = {(fault.line, fault.code, str(fault.values)): fault for fault in faults}
    return BadBlueprint("blueprint-faults", path=path, faults=tuple(by_name[name] for name in ordered))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadBlueprint("blueprint-unreadable", path=path, reason="> 1 MB")
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise _bad(path, [Fault(line, "not-utf8", {})]) from error
    except OSError as error:
        raise BadBlueprint("blueprint-unreadable", path=path, reason=error.strerror or error) from error


def _faults(error: ValidationError, place: _Places) -> list[Fault]:
    return [_fault(one["type"], one["loc"], one["input"], place) for one in error.errors(include_url=False)]


def _fault(kind: str, loc: tuple[int | str, ...], value: Any, place: _Places) -> Fault:
    key = str(next((part for part in reversed(loc) if isinstance(part, str)), "section"))
    shown = str(value)[:60]
    if kind == "extra_forbidden":
        known = list((_Section if len(loc) > 2 else _Blueprint).model_fields)
        return Fault(place.line(loc), "unknown-key", {"name": key, "known": ", ".join(known)}, _near(key, known))
    if kind == "missing":
        return Fault(place.line(loc), "missing-key", {"name": key, "expected": f"expected-{key}"})
    if kind == "literal_error":
        allowed = _ALLOWED[key]
        values = {"name": key, "value": shown, "known": ", ".join(allowed)}
        return Fault(place.line(loc, value), "unknown-value", values, _near(shown, allowed))
    return Fault(place.line(loc, value), "bad-value", {"name": key, "value": shown, "expected": f"expected-{key}"})


def _near(name: str, known: Sequence[str]) -> str:
    """The known name that is nearest to one that is not."""
    folded = {typed(one): one for one in reversed(known)}  # of two names that fold to one, the first
    return next((folded[one] for one in get_close_matches(typed(name), list(folded), 1, NEAR)), "")


def _names(course: Course) -> dict[str, tuple[str, ...]]:
    """What a concept or a topic may be called -> the concepts meant; the first meaning of a name stands."""
    named: dict[str, tuple[str, ...]] = {ALL: tuple(course.concepts)}
    named |= {concept: (concept,) for concept in course.concepts}
    parts = {
        topic: tuple(one.id for one in course.concepts.values() if one.topic == topic) for topic in course.topics
    }  # fmt: skip
    later = [(name, parts[topic]) for topic, names in course.topics.items() for name in names.values()]
    later += [(typed(name), ids) for name, ids in later] + list(parts.items())
    for concept in course.concepts.values():
        names = [*concept.name.values(), *(alias for found in concept.aliases.values() for alias in found)]
        later += [(called, (concept.id,)) for name in names for called in (name, typed(name))]
    for name, ids in later:
        if ids:
            named.setdefault(name, ids)
    return named


def _strangers(table: Mapping[str, Any], course: Course, place: _Places) -> list[Fault]:
    """A fault for each name in `concepts` that the course does not know."""
    sections = table.get("section")
    names = _names(course)
    shown = [*course.concepts, *(name for topic in course.topics.values() for name in topic.values())]
    shown += [name for concept in course.concepts.values() for name in concept.name.values()]
    found = []
    for number, section in enumerate(sections if isinstance(sections, list) else []):
        given = section.get("concepts", []) if isinstance(section, dict) else []
        for value in given if isinstance(given, list) else [given]:
            if isinstance(value, str) and value not in names and typed(value) not in names:
                line = place.line(("section", number, "concepts"), value)
                found.append(Fault(line, "unknown-concept", {"value": value[:60]}, _near(value, shown)))
    return found


def _section(read: _Section, names: Mapping[str, tuple[str, ...]], course: Course, line: int) -> Section:
    meant = [names.get(value) or names[typed(value)] for value in read.concepts]
    asked = {concept for ids in meant for concept in ids}
    return Section(
        concepts=tuple(concept for concept in course.concepts if concept in asked),
        named=tuple(dict.fromkeys(ids[0] for ids in meant if len(ids) == 1)),
        kinds=tuple(dict.fromkeys(read.kinds or ())), bloom=tuple(dict.fromkeys(read.bloom or ())),
        difficulty=tuple(dict.fromkeys(read.difficulty or ())), count=read.count, points_each=read.points_each,
        line=line,
    )  # fmt: skip
