"""What is wrong in a course, where, and how to mend it, in both languages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from knowledge.errors import BadCourse
from knowledge.messages import Messages, Phrase

FAULTS = Messages(Path(__file__).with_name("texts_faults.toml"))
MOST_SHOWN = 80  # characters of a value


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where. `said`: a message of texts_faults.toml, which tells the mend too."""

    file: str
    line: int
    said: Phrase

    @property
    def message(self) -> str:
        """What is wrong and how to mend it, in English."""
        return self.said.text("en")

    def within(self, folder: Path) -> "Fault":
        """The same, its file by its place in a folder."""
        file = Path(self.file)
        return replace(self, file=file.relative_to(folder).as_posix() if file.is_relative_to(folder) else file.name)

    def as_dict(self, language: str) -> Mapping[str, Any]:
        """As data: `file`, `line`, `code`, `message`."""
        return {"file": self.file, "line": self.line, "code": self.said.key, "message": self.said.text(language)}

    @property
    def name(self) -> tuple[object, ...]:
        """What stays the same of a fault when other lines of its file move."""
        return self.file, self.said.key, *(pair for pair in self.said.values if pair[0] not in {"line", "first"})


def at(file: Path | str, line: int, key: str, /, **values: object) -> Fault:
    """A fault by the key of its message."""
    return Fault(str(file), line, FAULTS.phrase(key, **values))


def broken(course: Path, faults: Sequence[Fault]) -> BadCourse:
    """The error of a course that has faults: how many, and the first of them."""
    first = faults[0]
    told = FAULTS.phrase("place", file=first.file, line=first.line, fault=first.said)
    return BadCourse("course-faults", path=course, count=len(faults), first=told)


def shown(value: object) -> str:
    """A value of a file as Python writes it, cut where it is long."""
    written = repr(value)
    return written if len(written) <= MOST_SHOWN else written[:MOST_SHOWN] + "…"


def nearest(name: str, known: Iterable[str], otherwise: str, /, **values: object) -> Phrase:
    """The question whether the known name that is like this one was meant; where none is, another mend by its key."""
    near = get_close_matches(name, list(known), n=1)
    return FAULTS.phrase("near", near=near[0]) if near else FAULTS.phrase(otherwise, **values)
