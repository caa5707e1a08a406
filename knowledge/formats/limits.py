"""How much one file may cost: its size, what it unpacks to, and what reading it may take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost; a file that would cost more is refused with a clear message.

    `megabytes`: the file's own size. `pages`: of a PDF. `expanded_megabytes`: all that a zip-based file (DOCX, EPUB)
    unpacks to. `expansion`: how many times larger than its packed form one entry may become. `entries`: files in one
    zip. `depth`: elements (XML, HTML), groups (LaTeX) or values (JSON) inside one another. `seconds` and
    `memory_megabytes`: of the process that reads the file; they are for whoever starts that process.
    """

    megabytes: float = 100
    pages: int = 5000
    expanded_megabytes: float = 500
    expansion: float = 200
    entries: int = 10_000
    depth: int = 200
    seconds: float = 120
    memory_megabytes: int = 2048


LIMITS = Limits()
