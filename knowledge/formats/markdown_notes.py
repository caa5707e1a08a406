"""The footnotes of a Markdown text, which CommonMark does not know and may take for the addresses of links."""

import re
from collections.abc import Iterator

from knowledge.formats.markdown_text import SUPERSCRIPT

_DEFINITION = re.compile(r"^ {0,3}\[\^([^\]\s]{1,60})\]:[ \t]*(.*)$")
_MARK = re.compile(r"\[\^([^\]\s]{1,60})\]")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"^ {0,3}#{1,6}(?:\s|$)")
_UNDERLINE = re.compile(r"^ {0,3}(?:=+|-+)\s*$")


def with_notes_in_place(text: str) -> str:
    """The text with its footnotes at the end of the section that refers to them, and without the marks.

    Lines before the first heading keep their numbers. Marks in code, and marks without a note, stay as they are.
    """
    if "[^" not in text:
        return text
    lines = text.split("\n")
    notes = _take_definitions(lines)
    done: list[str] = []
    waiting: list[str] = []
    numbers: dict[str, int] = {}

    def put_down(found: re.Match[str]) -> str:
        name = found[1]
        if name not in notes:
            return found[0]
        if name not in numbers:
            numbers[name] = len(numbers) + 1
            waiting.append(f"{str(numbers[name]).translate(SUPERSCRIPT)} {notes[name]}")
        return ""

    for at, is_code in _with_code(lines):
        if waiting and not is_code and _is_heading(lines, at):
            done += ["", *"\n\n".join(waiting).split("\n"), ""]
            waiting.clear()
        done.append(lines[at] if is_code else _MARK.sub(put_down, lines[at]))
    return "\n".join([*done, *(["", "\n\n".join(waiting)] if waiting else [])])


def _take_definitions(lines: list[str]) -> dict[str, str]:
    """The notes by name; the lines that define them are made empty, with the indented ones that go on."""
    notes: dict[str, str] = {}
    current = ""
    for at, is_code in list(_with_code(lines)):
        found = None if is_code else _DEFINITION.match(lines[at])
        if found:
            current = found[1]
            notes.setdefault(current, found[2].strip())
        elif current and not is_code and lines[at].strip() and (lines[at].startswith("  ") or lines[at - 1] == "\0"):
            notes[current] += f" {lines[at].strip()}"
        else:
            current = current if not lines[at].strip() else ""
            continue
        lines[at] = "\0" if lines[at].strip() else ""
    lines[:] = ["" if line == "\0" else line for line in lines]
    return {name: " ".join(words.split()) for name, words in notes.items() if words}


def _with_code(lines: list[str]) -> Iterator[tuple[int, bool]]:
    """(number, whether it is inside a fence or is one) of each line."""
    fence = ""
    for at, line in enumerate(lines):
        mark = _FENCE.match(line)
        if fence:
            yield at, True
            fence = "" if mark and mark[1].startswith(fence) else fence
        else:
            fence = mark[1] if mark else ""
            yield at, bool(mark)


def _is_heading(lines: list[str], at: int) -> bool:
    below = lines[at + 1] if at + 1 < len(lines) else ""
    return bool(_HEADING.match(lines[at]) or (lines[at].strip() and _UNDERLINE.match(below)))
