"""Blueprints while they are being written: kept as they stand, half-typed too, each a file of the data folder.

`draft_text` is the draft as the TOML of a blueprint, and `read_draft` the blueprint that this is, if it is one;
`draft_from` makes a draft of a file.
"""

import json
import re
import secrets
import time
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.item import DIFFICULTIES, Bloom, Kind
from knowledge.course import Course
from knowledge.storage import write_text_atomically
from knowledge.terms import typed
from tutor.blueprint import ALL, MOST_ITEMS, Blueprint, read_blueprint
from tutor.errors import BadBlueprint, BadExam
from tutor.exam_request import MOST_VERSIONS

MOST_SECTIONS = 40
MOST_TITLE = 200
MOST_MINUTES = 1000
TOPIC_LANGUAGE = "en"  # a draft names topics in it, whatever language the app is in
FILE = "blueprint.toml"  # how a draft is called in messages
_ID = re.compile(r"[0-9a-f]{12}")
_LISTS = ("concepts", "kinds", "bloom", "difficulty")

Difficulty = Annotated[int, Field(ge=DIFFICULTIES[0], le=DIFFICULTIES[-1])]


class DraftSection(BaseModel):
    """A section as far as it is written. `id`: its own while it is edited. Empty lists: any, but for `concepts`."""

    model_config = ConfigDict(extra="ignore")

    id: str = Field(default_factory=lambda: secrets.token_hex(4))
    concepts: list[str] = []
    kinds: list[Kind] = []
    bloom: list[Bloom] = []
    difficulty: list[Difficulty] = []
    count: Annotated[int, Field(ge=1, le=MOST_ITEMS)] = 5
    points_each: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)] = 1.0


class BlueprintDraft(BaseModel):
    """A blueprint as far as it is written, and how the exam is to be made."""

    model_config = ConfigDict(extra="ignore")

    title: Annotated[str, Field(max_length=MOST_TITLE)] = ""
    language: Literal["es", "en"] = "es"
    minutes: Annotated[int, Field(ge=1, le=MOST_MINUTES)] = 60
    section: Annotated[list[DraftSection], Field(max_length=MOST_SECTIONS)] = []
    versions: Annotated[int, Field(ge=1, le=MOST_VERSIONS)] = 2
    seed: Annotated[int, Field(ge=0, le=10**9)] = 0
    avoid: list[str] = []  # names of earlier exams' records
    changed: float = 0.0  # seconds since 1970


class Drafts:
    """The drafts of one data folder, the one changed last first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> list[dict[str, Any]]:
        """Every draft with its id; a file that cannot be read is passed over and stays."""
        found = []
        for file in self.folder.glob("*.json"):
            try:
                found.append({"id": file.stem, **self.get(file.stem).model_dump()})
            except BadExam:
                continue
        return sorted(found, key=lambda draft: -draft["changed"])

    def get(self, draft: str) -> BlueprintDraft:
        """A draft by its id. Raises `BadExam`."""
        try:
            return BlueprintDraft.model_validate_json(self._file(draft).read_bytes())
        except (OSError, ValidationError) as error:
            raise BadExam("draft-missing", draft=draft[:40]) from error

    def new(self, draft: BlueprintDraft) -> str:
        """Keep a new draft; its id."""
        name = secrets.token_hex(6)
        self.keep(name, draft)
        return name

    def keep(self, name: str, draft: BlueprintDraft) -> None:
        """What the draft is from now on, on the disk, whole or not at all. Raises `KnowledgeError`."""
        draft.changed = time.time()
        write_text_atomically(self._file(name), draft.model_dump_json(indent=1))

    def forget(self, name: str) -> None:
        """Remove a draft."""
        self._file(name).unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        if not _ID.fullmatch(name):
            raise BadExam("draft-missing", draft=name[:40])
        return self.folder / f"{name}.json"


def draft_text(draft: BlueprintDraft) -> str:
    """The draft as the TOML of a blueprint (docs/exams.md), whether or not it is whole."""
    lines = [f"title = {_value(draft.title)}", f"language = {_value(draft.language)}", f"minutes = {draft.minutes}"]
    for section in draft.section:
        lines += ["", "[[section]]"]
        values = {name: getattr(section, name) for name in _LISTS if getattr(section, name)}
        if section.concepts == [ALL]:
            values["concepts"] = ALL
        lines += [f"{name} = {_value(value)}" for name, value in values.items()]
        lines += [f"count = {section.count}", f"points_each = {section.points_each:g}"]
    return "\n".join(lines) + "\n"


def _value(value: str | list[Any]) -> str:
    """A text or a list of TOML, whose basic strings are those of JSON but for one sign."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_draft(draft: BlueprintDraft, course: Course) -> Blueprint:
    """The blueprint that the draft is. Raises `BadBlueprint`, its lines those of `draft_text`."""
    return _read(draft_text(draft).encode(), course)


def _read(content: bytes, course: Course) -> Blueprint:
    with TemporaryDirectory() as folder:
        file = Path(folder) / FILE
        file.write_bytes(content)
        try:
            return replace(read_blueprint(file, course), path=FILE)
        except BadBlueprint as error:
            raise BadBlueprint.from_values(error.code, {**error.values, "path": FILE}) from error


def draft_from(content: bytes, course: Course) -> BlueprintDraft:
    """The draft of a blueprint's file. Raises `BadBlueprint`, which names every fault with its line."""
    blueprint = _read(content, course)
    table: Mapping[str, Any] = tomllib.loads(content.decode("utf-8-sig"))
    sections = [
        DraftSection(
            concepts=_named(given["concepts"], read.named, course), kinds=list(read.kinds), bloom=list(read.bloom),
            difficulty=list(read.difficulty), count=read.count, points_each=read.points_each,
        )
        for given, read in zip(table["section"], blueprint.sections, strict=True)
    ]  # fmt: skip
    return BlueprintDraft(
        title=blueprint.title[:MOST_TITLE], language="es" if blueprint.language == "es" else "en",
        minutes=min(blueprint.minutes, MOST_MINUTES), section=sections,
    )  # fmt: skip


def _named(given: str | list[str], ids: tuple[str, ...], course: Course) -> list[str]:
    """All of the course; else the topics that were named, and the concepts that were named one by one (`ids`)."""
    values = [given] if isinstance(given, str) else given
    if ALL in values:
        return [ALL]
    topics = {typed(name): names[TOPIC_LANGUAGE] for names in course.topics.values() for name in names.values()}
    named = [topics[typed(value)] for value in values if value not in course.concepts and typed(value) in topics]
    return list(dict.fromkeys([*named, *ids]))


def choosable(course: Course, language: str) -> dict[str, str]:
    """What a section may be about, as a draft has it -> its name: topics, then concepts."""
    topics = {names[TOPIC_LANGUAGE]: names[language] for names in course.topics.values()}
    concepts = {concept.id: concept.name[language] for concept in course.concepts.values()}
    return {**topics, **concepts}


def empty(language: str) -> BlueprintDraft:
    """A blueprint with one section in which nothing is chosen."""
    return BlueprintDraft(language="es" if language == "es" else "en", section=[DraftSection()])


def example(language: str, title: str) -> BlueprintDraft:
    """A blueprint to start from: a few computed and a few conceptual questions on the whole course."""
    return BlueprintDraft(
        title=title, language="es" if language == "es" else "en",
        section=[
            DraftSection(concepts=[ALL], kinds=["mcq", "true_false"], difficulty=[1, 2, 3], count=6, points_each=1),
            DraftSection(concepts=[ALL], kinds=["numeric"], bloom=["apply"], count=4, points_each=1),
        ],
    )  # fmt: skip
