"""A teacher's desk for courses: look through them, validate them, change a text, copy one, bring one. What is returned
is plain data.

The course that comes with Atenea is read-only. A text is put in its place only when it brings no fault that was not
there before; until then it is kept as a draft.
"""

import hashlib
import json
import re
import secrets
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge.bibliography import Source
from knowledge.course import BUNDLED_COURSE, Course, Unit, course_digest
from knowledge.course_faults import Fault
from knowledge.course_loader import read_course, validate_course
from knowledge.course_units import parse_units
from knowledge.documents import Citation, Sentence
from knowledge.errors import KnowledgeError
from knowledge.storage import exclusive, replace_folder, writable_folder, write_text_atomically
from tutor.course_package import packed, unpacked
from tutor.errors import BadCourseEdit
from tutor.new_course import new_course
from tutor.settings import Settings

EDITABLE = (".toml", ".md", ".bib")
MOST_CHARACTERS = 2_000_000  # of a file
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


class CourseDesk:
    """The courses that this installation can look at: the one in use, and those of the data folder by their names."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.data_dir / "courses"
        self.drafts = settings.data_dir / "course-drafts"
        self._read = lru_cache(4)(self._opened)

    def all(self) -> list[dict[str, Any]]:
        """Every course, that in use first: `name` (of its folder), `path`, `editable`, `used`."""
        used = self.settings.course.resolve()
        own = sorted(path for path in self.folder.glob("*") if (path / "course.toml").is_file())
        paths = [used, *(path for path in own if path.resolve() != used)]
        return [
            {"name": path.name, "path": str(path), "used": path == used,
             "editable": path.resolve() != BUNDLED_COURSE.resolve()}
            for path in paths
        ]  # fmt: skip

    # Look

    def outline(self, name: str, language: str) -> dict[str, Any]:
        """`title`, `description`, `version`, and `concepts` in the order of the topics: `id`, `name`, `topic`,
        `difficulty`. A course with faults is told as far as it can be read."""
        course = self._course(name)
        if course is None:
            return {"title": name, "description": "", "version": "", "concepts": []}
        topics = {topic: names.get(language, topic) for topic, names in course.topics.items()}
        order = list(topics)
        concepts = sorted(
            course.concepts.values(), key=lambda one: order.index(one.topic) if one.topic in topics else len(order)
        )
        return {
            "title": course.title.get(language, name), "description": course.description.get(language, ""),
            "version": course.version,
            "concepts": [
                {"id": one.id, "name": one.name.get(language, one.id), "topic": topics.get(one.topic, ""),
                 "difficulty": one.difficulty}
                for one in concepts
            ],
        }  # fmt: skip

    def concept(self, name: str, concept: str, language: str) -> dict[str, Any]:
        """A concept: `prerequisites` (names), `units` (`title`, `kind`, `levels`, `text`), `statements` (`text`,
        `sources`), `misconceptions` (`statement`, `refutation`, `sources`), `sources`, `files`."""
        course = self._course(name)
        if course is None or concept not in course.concepts:
            raise BadCourseEdit("course-no-concept", concept=concept[:60])
        units = _units(course.path / "concepts" / concept / f"{language}.md", concept, language)
        statements = [one for one in course.statements if one.concept == concept]
        mistakes = [one for one in course.misconceptions if concept in one.concepts]
        cited = [citation for unit in units for sentence in unit.sentences for citation in sentence.citations]
        cited += [citation for one in statements for citation in one.sources]
        cited += [citation for one in mistakes for citation in one.sources]
        literature = course.sources if (course.path / "sources.bib").is_file() else {}
        return {
            "prerequisites": [course.concept_name(one, language) for one in course.concepts[concept].prerequisites],
            "units": [
                {"title": unit.question or unit.title, "kind": unit.kind, "levels": list(unit.levels),
                 "text": _text(unit.sentences, literature)}
                for unit in units
            ],
            "statements": [
                {"text": next(iter(one.wordings.get(language, ())), ""), "sources": _labels(one.sources, literature)}
                for one in statements
            ],
            "misconceptions": [
                {"statement": one.statement.get(language, ""), "refutation": one.refutation.get(language, ""),
                 "sources": _labels(one.sources, literature)}
                for one in mistakes
            ],
            "sources": [
                {"label": source.label, "title": source.title, "url": source.url}
                for key in dict.fromkeys(citation.key for citation in cited) if (source := literature.get(key))
            ],
            "files": [file for file in self.files(name) if file.startswith(f"concepts/{concept}/")],
        }  # fmt: skip

    def validate(self, name: str) -> list[Fault]:
        """Every fault of a course, each with its file's place in the folder."""
        path = self._path(name)
        return [fault.within(path) for fault in validate_course(path)]

    # Change

    def files(self, name: str) -> list[str]:
        """The texts of a course, by their places in its folder."""
        path = self._path(name)
        return sorted(
            file.relative_to(path).as_posix()
            for file in path.rglob("*") if file.suffix in EDITABLE and file.is_file() and not file.is_symlink()
        )  # fmt: skip

    def text(self, name: str, file: str) -> dict[str, Any]:
        """What a file holds (`text`), and what was typed of it and is not in its place yet (`draft`, or None). Raises
        `BadCourseEdit`."""
        text = self._file(name, file).read_text(encoding="utf-8", errors="replace")
        try:
            kept = json.loads(self._draft(name, file).read_text(encoding="utf-8"))
            draft = str(kept["text"]) if kept["of"] == _digest(text) else None
        except (OSError, ValueError, KeyError, TypeError):
            draft = None
        return {"text": text, "draft": draft if draft != text else None}

    def keep(self, name: str, file: str, text: str) -> None:
        """Keep what is typed of a file, without putting it in its place."""
        now = self._file(name, file).read_text(encoding="utf-8", errors="replace")
        held = json.dumps({"of": _digest(now), "text": text[:MOST_CHARACTERS]}, ensure_ascii=False)
        write_text_atomically(self._draft(name, file), held)

    def forget(self, name: str, file: str) -> None:
        """Forget what was typed of a file."""
        self._draft(name, file).unlink(missing_ok=True)

    def write(self, name: str, file: str, text: str) -> list[Fault]:
        """Put a text in its place when that brings no new fault; the new faults, and then nothing has changed. Raises
        `BadCourseEdit`, `KnowledgeError`."""
        place, path = self._file(name, file), self._path(name)
        if not next(one for one in self.all() if one["name"] == name)["editable"]:
            raise BadCourseEdit("course-read-only", name=name)
        with exclusive(self.settings.data_dir):
            before = Counter(fault.name for fault in self.validate(name))
            work = writable_folder(self.settings.data_dir) / f".course-{secrets.token_hex(6)}"
            try:
                shutil.copytree(path, work, symlinks=True)
                (work / file).write_text(text, encoding="utf-8")
                faults = [fault.within(work) for fault in validate_course(work)]
            finally:
                shutil.rmtree(work, ignore_errors=True)
            added = Counter(fault.name for fault in faults) - before
            new = [fault for fault in faults if fault.name in added]
            if not new:
                write_text_atomically(place, text)
                self.forget(name, file)
        return new

    # More courses

    def copy(self, name: str, new: str) -> None:
        """A copy of a course in the data folder, to be changed. Raises `BadCourseEdit`, `KnowledgeError`."""
        self._add(new, lambda work: shutil.copytree(self._path(name), work))

    def new(self, new: str) -> None:
        """A small working course to start from, in the data folder. Raises `BadCourseEdit`, `KnowledgeError`."""
        self._add(new, new_course)

    def upload(self, content: bytes, called: str, new: str) -> list[Fault]:
        """Bring the folder of a course as a ZIP file; its faults, with which it is kept nevertheless. Raises
        `BadDocument` for a ZIP file that is none or would harm, `BadCourseEdit` where it holds no course."""
        self._add(new, lambda work: unpacked(content, called, work, self.settings.limits))
        return self.validate(new)

    def packed(self, name: str) -> bytes:
        """The folder of a course as a ZIP file."""
        return packed(self._path(name))

    def _add(self, new: str, lay: Any) -> None:
        if not _NAME.fullmatch(new):
            raise BadCourseEdit("course-name", name=new[:60])
        target = self.folder / new
        if any(one["name"] == new for one in self.all()) or target.exists():
            raise BadCourseEdit("course-name-taken", name=new)
        work = writable_folder(self.folder) / f".{new}-{secrets.token_hex(4)}"
        try:
            lay(work)
            replace_folder(work, target)
        except OSError as error:
            raise KnowledgeError("folder-unwritable", path=target, reason=error.strerror or error) from error
        finally:
            shutil.rmtree(work, ignore_errors=True)

    # How it is found

    def _path(self, name: str) -> Path:
        found = next((one["path"] for one in self.all() if one["name"] == name), None)
        if found is None:
            raise BadCourseEdit("course-unknown", name=name[:60])
        return Path(found)

    def _file(self, name: str, file: str) -> Path:
        if file not in self.files(name):
            raise BadCourseEdit("course-no-file", file=file[:120])
        return self._path(name) / file

    def _draft(self, name: str, file: str) -> Path:
        return self.drafts / f"{_digest(f'{self._path(name)}:{file}')}.json"

    def _course(self, name: str) -> Course | None:
        path = self._path(name)
        return self._read(path, course_digest(path))

    def _opened(self, path: Path, digest: str) -> Course | None:  # noqa: ARG002  part of the cache's key
        return read_course(path, with_units=False)[0]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _units(file: Path, concept: str, language: str) -> list[Unit]:
    """The explanation of a concept, as far as it can be read; validation says why where it cannot."""
    try:
        return parse_units(file, concept, language, [])
    except (OSError, UnicodeDecodeError):
        return []


def _text(sentences: Sequence[Sentence], literature: Mapping[str, Source]) -> str:
    """Sentences as Markdown, each with its sources behind it; code and formulas on lines of their own."""
    parts = []
    for sentence in sentences:
        block = sentence.text.startswith(("```", "$$", "- "))
        labels = _labels(sentence.citations, literature)
        cited = f" ({labels})" if labels and not block else ""
        parts.append(f"\n\n{sentence.text}\n\n" if block else f"{sentence.text}{cited} ")
    return "".join(parts).strip()


def _labels(citations: Sequence[Citation], literature: Mapping[str, Source]) -> str:
    told = []
    for citation in citations:
        known = literature.get(citation.key)
        told.append(", ".join(filter(None, (known.label if known else citation.key, citation.locator))))
    return "; ".join(dict.fromkeys(told))
