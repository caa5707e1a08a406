"""On which line of a course's file something stands, to say where a fault is."""

import re
from pathlib import Path


def line_of(file: Path, *needles: str) -> int:
    """The line on which the first of these texts that the file holds stands; 1 when it holds none."""
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []
    found = (number for needle in needles for number, text in enumerate(lines, start=1) if needle in text)
    return next(found, 1)


def key_line(file: Path, key: str, row: int = 0) -> int:
    """The line that gives a key of a TOML file: `key = ...` or its heading.

    With `row`, the line of a `[[...]]` heading, only the table below it is searched. Where the key is not given: `row`.
    """
    text = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []
    name = re.escape(key)
    given = re.compile(rf"\ufeff?\s*(?:\"?{name}\"?(?:\.[\w-]+)*\s*=|\[\[?(?:[\w-]+\.)*{name}\]|\[{name}\.)")
    for number, line in enumerate(text[row:], start=row + 1):
        if row and line.lstrip().startswith("[["):
            break
        if given.match(line):
            return number
    return row or 1
