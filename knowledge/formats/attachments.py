"""The files that references attach: where they lie, and which of them may be read.

A list of references may come from a stranger, and what it names is read and can then be quoted. So a name is followed
only into the folder of the list; and to an absolute place elsewhere (where Zotero and Mendeley keep their files) only
for the kinds that a reference manager stores, never through a hidden folder. Notes, keys and settings stay unread.
"""

import re
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from knowledge.errors import BadDocument
from knowledge.formats.references import Reference

_STORED = (".pdf", ".epub", ".docx", ".html", ".htm")  # what is read from elsewhere, the best first


@dataclass(frozen=True, slots=True)
class Attachments:
    """The files of one reference that can be read, and a problem for each that cannot."""

    files: tuple[Path, ...]
    problems: tuple[BadDocument, ...]


def attachments_of(reference: Reference, library: Path, kinds: frozenset[str]) -> Attachments:
    """The files of the `kinds` (".pdf", ...) that a reference of the file `library` attaches.

    Where there are PDFs, they alone: the saved web page beside them says the same. Other kinds (spreadsheets, pictures)
    are passed over. Problems: attachment-missing, attachment-outside.
    """
    files: list[Path] = []
    problems: list[BadDocument] = []
    for name in reference.files:
        if PureWindowsPath(name).suffix.lower() not in kinds:
            continue
        file, outside = _followed(name, library)
        if file is not None:
            files.append(file)
        else:
            code = "attachment-outside" if outside else "attachment-missing"
            problems.append(BadDocument(code, path=library, key=reference.key, file=name[:200]))
    papers = [file for file in files if file.suffix.lower() == ".pdf"]
    return Attachments(tuple(dict.fromkeys(papers or files[:1])), tuple(problems))


def _followed(name: str, library: Path) -> tuple[Path | None, bool]:
    """The file that a name leads to, if it may be read; and whether the name leads to where nothing is read."""
    folder = library.absolute().parent.resolve()
    outside = False
    for place in _places(name, library, folder):
        try:
            file = place.resolve()
            if not file.is_file():
                continue
        except (OSError, ValueError, RuntimeError):
            continue
        if file.is_relative_to(folder) or (place.is_absolute() and ".." not in place.parts and _is_stored(file)):
            return file, False
        outside = True
    return None, outside or ".." in Path(name).parts


def _places(name: str, library: Path, folder: Path) -> list[Path]:
    """Where the file may lie: as written, in EndNote's data folder, or (Mendeley) absolute without its first slash."""
    name = re.sub(r"^file://(?:localhost)?", "", name)
    if name.startswith("internal-pdf://"):
        return [folder / f"{library.stem}.Data" / "PDF" / name.removeprefix("internal-pdf://")]
    decoded = re.sub(rb"%([0-9A-Fa-f]{2})", lambda code: bytes([int(code[1], 16)]), name.encode()).decode(
        "utf-8", "replace"
    )
    spelled = [name, decoded] if decoded != name else [name]
    places = []
    for one in spelled:
        if Path(one).is_absolute():
            places.append(Path(one))
        else:
            inside = folder / one.replace("\\", "/")
            places += [Path(f"/{one}")] if not inside.exists() and ".." not in one else []
            places.insert(0, inside)
    return places


def _is_stored(file: Path) -> bool:
    return file.suffix.lower() in _STORED and not any(part.startswith(".") for part in file.parts)
