"""The TOML files of a course as checked values: what is not as it should be is a fault, with its file and its line."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from knowledge.course_faults import FAULTS, Fault, at, nearest, shown
from knowledge.course_lines import key_line
from knowledge.documents import Citation
from knowledge.messages import LANGUAGES, Phrase
from knowledge.toml_errors import toml_error


@dataclass
class Tables:
    """Reads the TOML files of one course folder and keeps the faults."""

    path: Path
    faults: list[Fault] = field(default_factory=list)

    def fault(self, file: Path, line: int, key: str, /, **values: object) -> None:
        """Keep a fault, by the key of its message."""
        self.faults.append(at(file, line, key, **values))

    def toml(self, file: Path) -> dict[str, Any] | None:
        """The file as a table; None and a fault when it cannot be read."""
        text = ""
        try:
            text = file.read_text(encoding="utf-8-sig")
            return tomllib.loads(text)
        except FileNotFoundError:
            self.fault(file, 1, "file-missing")
        except OSError as error:
            self.fault(file, 1, "file-unopened", reason=error.strerror)
        except UnicodeDecodeError:
            self.fault(file, 1, "not-utf8")
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            line, reason = toml_error(error, text)
            self.fault(file, line, "not-toml", reason=reason)
        return None

    def rows(self, file: Path, table: Mapping[str, Any], key: str) -> list[tuple[int, dict[str, Any]]]:
        """The tables headed `[[key]]`, each with the line of its heading."""
        found = table.get(key, [])
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            self.fault(file, key_line(file, key), "rows", key=key)
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
                self.fault(file, line, "id-none", key=key, value=shown(name))
            elif name in seen:
                self.fault(file, line, "id-twice", key=key, id=name, first=seen[name])
            else:
                seen[name] = line
                yield line, name, row

    def keys(self, file: Path, row: int, table: Mapping[str, Any], known: Sequence[str], what: str) -> None:
        """Hold a table to the keys that the format knows: a misspelt key would be lost without a word. `what` the
        table is: the name of its file, or `concept`, `question` and so on."""
        told = FAULTS.phrase(f"what-{what}") if FAULTS.has(f"what-{what}") else what
        for key in table:
            if key not in known:
                mend = nearest(key, known, "known-keys", known=", ".join(known))
                self.fault(file, key_line(file, key, row), "unknown-key", key=key, what=told, mend=mend)

    def words(self, file: Path, line: int, found: object, what: Phrase) -> tuple[str, ...]:
        """A list of texts that are not blank; anything else is a fault."""
        if isinstance(found, list) and found and all(isinstance(value, str) and value.strip() for value in found):
            return tuple(found)
        self.fault(file, line, "list", what=what)
        return ()

    def texts(self, file: Path, table: Mapping[str, Any], key: str, near: str = "", row: int = 0) -> dict[str, str]:
        """A text in both languages; a missing one is a fault, at the key in the table that begins at line `row`."""
        found = table.get(key)
        found = found if isinstance(found, dict) else {}
        for language in LANGUAGES:
            if not isinstance(found.get(language), str) or not found[language].strip():
                said = {"key": key, "language": language, **({"of": near} if near else {})}
                self.fault(file, key_line(file, key, row), "text-missing-of" if near else "text-missing", **said)
        return {language: str(found.get(language, "")) for language in LANGUAGES}

    def lists(self, file: Path, line: int, found: object, what: Phrase) -> dict[str, tuple[str, ...]]:
        """A list of texts in each language."""
        table = found if isinstance(found, dict) else {}
        return {
            language: self.words(
                file, line, table.get(language), FAULTS.phrase("in-language", what=what, language=language)
            )
            for language in LANGUAGES
        }

    def sources(self, file: Path, line: int, item: Mapping[str, Any], name: str) -> tuple[Citation, ...]:
        """`source = "ji2023 §2; lewis2020rag"` as citations."""
        parts = [part.strip().partition(" ") for part in str(item.get("source", "")).split(";") if part.strip()]
        if not parts:
            self.fault(file, line, "cites-nothing", name=name)
        return tuple(Citation(key, locator) for key, _, locator in parts)
