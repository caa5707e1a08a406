"""The TOML files of a course as checked values: what is not as it should be is a fault, with its file and its line."""

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from knowledge.course_units import Fault, key_line
from knowledge.documents import Citation
from knowledge.messages import LANGUAGES


@dataclass
class Tables:
    """Reads the TOML files of one course folder and keeps the faults."""

    path: Path
    faults: list[Fault] = field(default_factory=list)

    def fault(self, file: Path, line: int, message: str) -> None:
        """Keep a fault."""
        self.faults.append(Fault(str(file), line, message))

    def toml(self, file: Path) -> dict[str, Any] | None:
        """The file as a table; None and a fault when it cannot be read."""
        try:
            return tomllib.loads(file.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            self.fault(file, 1, "the file is missing: write it (docs/course-format.md shows its form)")
        except OSError as error:
            self.fault(file, 1, f"the file cannot be opened: {error.strerror}")
        except UnicodeDecodeError:
            self.fault(file, 1, "the file is not UTF-8 text: save it as UTF-8")
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            self.fault(
                file, int(line[1]) if line else 1,
                f"this is not TOML: {error}: mend this line or the one before it (texts stand in quotation marks)",
            )  # fmt: skip
        return None

    def rows(self, file: Path, table: Mapping[str, Any], key: str) -> list[tuple[int, dict[str, Any]]]:
        """The tables headed `[[key]]`, each with the line of its heading."""
        found = table.get(key, [])
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            self.fault(file, key_line(file, key), f"'{key}' needs tables, each under its own heading [[{key}]]")
            return []
        text = file.read_text(encoding="utf-8-sig").splitlines() if found else []
        lines = [number for number, line in enumerate(text, start=1) if line.strip().startswith(f"[[{key}]]")]
        return list(zip(lines if len(lines) == len(found) else [1] * len(found), found, strict=True))

    def named(self, file: Path, table: Mapping[str, Any], key: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
        """(line, id, table) of each `[[key]]`; one without an id, or with that of another, is a fault."""
        seen: dict[str, int] = {}
        for line, row in self.rows(file, table, key):
            name = row.get("id")
            if not isinstance(name, str) or not name:
                self.fault(file, line, f'this {key} needs an id of its own, not {name!r}: write id = "..."')
            elif name in seen:
                self.fault(
                    file, line,
                    f"this {key} needs an id of its own, not '{name}', which the {key} of line {seen[name]} has: "
                    "rename one of them",
                )  # fmt: skip
            else:
                seen[name] = line
                yield line, name, row

    def keys(self, file: Path, row: int, table: Mapping[str, Any], known: Sequence[str], what: str) -> None:
        """Hold a table to the keys that the format knows: a misspelt key would be lost without a word."""
        for key in table:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                mend = f"did you mean '{near[0]}'?" if near else f"take it out; the keys are {', '.join(known)}"
                self.fault(file, key_line(file, key, row), f"'{key}' is not a key of {what}: {mend}")

    def words(self, file: Path, line: int, found: object, what: str) -> tuple[str, ...]:
        """A list of texts that are not blank; anything else is a fault."""
        if isinstance(found, list) and found and all(isinstance(value, str) and value.strip() for value in found):
            return tuple(found)
        self.fault(file, line, f'{what} needs a list of texts: write it as ["...", "..."]')
        return ()

    def texts(self, file: Path, table: Mapping[str, Any], key: str, near: str = "", row: int = 0) -> dict[str, str]:
        """A text in both languages; a missing one is a fault, at the key in the table that begins at line `row`."""
        found = table.get(key)
        found = found if isinstance(found, dict) else {}
        for language in LANGUAGES:
            if not isinstance(found.get(language), str) or not found[language].strip():
                where = f" ({near})" if near else ""
                self.fault(
                    file, key_line(file, key, row),
                    f"'{key}' needs a text for '{language}'{where}: write {language} = \"...\"",
                )  # fmt: skip
        return {language: str(found.get(language, "")) for language in LANGUAGES}

    def lists(self, file: Path, line: int, found: object, what: str) -> dict[str, tuple[str, ...]]:
        """A list of texts in each language."""
        table = found if isinstance(found, dict) else {}
        return {
            language: self.words(file, line, table.get(language), f"{what} in '{language}'") for language in LANGUAGES
        }

    def sources(self, file: Path, line: int, item: Mapping[str, Any], name: str) -> tuple[Citation, ...]:
        """`source = "ji2023 §2; lewis2020rag"` as citations."""
        parts = [part.strip().partition(" ") for part in str(item.get("source", "")).split(";") if part.strip()]
        if not parts:
            self.fault(file, line, f"'{name}' cites nothing: give source = \"key §place\"")
        return tuple(Citation(key, locator) for key, _, locator in parts)
