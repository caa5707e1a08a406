"""A summary's files on disk: which are wanted, what each holds, and all of them written whole or none changed."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from agents.research.summary import Summary
from tutor.errors import BadSummary
from tutor.summaries.bibtex import write_bibtex
from tutor.summaries.csl import write_csl_json
from tutor.summaries.docx import write_docx
from tutor.summaries.evidence import write_evidence_csv, write_evidence_jsonl
from tutor.summaries.latex import write_latex
from tutor.summaries.markdown import write_markdown
from tutor.summaries.names import folded
from tutor.summaries.own_files import write_own
from tutor.summaries.ris import write_ris
from tutor.summaries.styles import DEFAULT_STYLE

__all__ = ["DEFAULT_STYLE", "FORMATS", "OF_REFERENCES", "SUFFIXES", "save_summary"]

SUFFIXES: Mapping[str, tuple[str, ...]] = {  # format -> suffixes of its file, the usual one first
    "md": (".md", ".markdown"), "docx": (".docx",), "tex": (".tex",), "bib": (".bib",), "csl": (".json",),
    "ris": (".ris",), "csv": (".csv",), "jsonl": (".jsonl",),
}  # fmt: skip
FORMATS = tuple(SUFFIXES)
OF_REFERENCES = ("bib", "csl", "ris")
_PLAIN: Mapping[str, Callable[[Summary], str]] = {
    "bib": write_bibtex, "csl": write_csl_json, "ris": write_ris, "csv": write_evidence_csv,
    "jsonl": write_evidence_jsonl,
}  # fmt: skip
_FOR_TEX = re.compile(r"[A-Za-z0-9./_-]+")  # a file's name that BibTeX can read


def save_summary(
    summary: Summary,
    out: Path,
    bib: Path | None = None,
    formats: Sequence[str] = (),
    *,
    style: str = DEFAULT_STYLE,
    overwrite: bool = False,
) -> list[Path]:
    """The paths of the files, written: `out` by its suffix, `bib` (.bib, .json or .ris), and beside `out`, under its
    name, those of `formats`. A .tex file brings its .bib. `overwrite`: also over files of somebody else.

    Raises `BadSummary` (an unknown suffix, format or style, a folder that is missing, a file that is not ours) and
    `KnowledgeError("folder-unwritable")`; no file has then changed.
    """
    wanted = _wanted(out, bib, formats)
    address = _bib_address(wanted) if "tex" in wanted else ""
    files = {path: _content(summary, name, style, address) for name, path in wanted.items()}
    write_own(files, overwrite=overwrite)
    return list(files)


def _wanted(out: Path, bib: Path | None, formats: Sequence[str]) -> dict[str, Path]:
    """Format -> path, in the order asked."""
    wanted = {_format_of(out, FORMATS): out}
    if bib is not None:
        name = _format_of(bib, OF_REFERENCES)
        if wanted.setdefault(name, bib) != bib:
            raise BadSummary("summary-format-twice", format=name, first=wanted[name], second=bib)
    for name in formats:
        if name not in SUFFIXES:
            raise BadSummary("summary-format", format=name, known=", ".join(FORMATS))
        wanted.setdefault(name, out.with_suffix(SUFFIXES[name][0]))
    if "tex" in wanted and "bib" not in wanted:
        plain = re.sub("[^a-z0-9_-]+", "-", folded(out.stem)).strip("-") or "references"
        stem = out.stem if _FOR_TEX.fullmatch(out.stem) else plain
        wanted["bib"] = out.with_name(f"{stem}.bib")
    return wanted


def _format_of(path: Path, known: Sequence[str]) -> str:
    for name in known:
        if path.suffix.lower() in SUFFIXES[name]:
            return name
    suffixes = ", ".join(suffix for name in known for suffix in SUFFIXES[name])
    raise BadSummary("summary-suffix", path=path, known=suffixes)


def _bib_address(wanted: Mapping[str, Path]) -> str:
    """How the .tex file names its .bib file. Raises `BadSummary` for a name that BibTeX cannot read."""
    tex, bib = wanted["tex"], wanted["bib"]
    address = Path(os.path.relpath(bib.absolute(), tex.absolute().parent)).with_suffix("").as_posix()
    if not _FOR_TEX.fullmatch(address):
        raise BadSummary("summary-bib-name", path=bib)
    return address


def _content(summary: Summary, name: str, style: str, bib: str) -> bytes:
    if name == "docx":
        return write_docx(summary, style)
    if name == "md":
        return write_markdown(summary, style).encode()
    return (write_latex(summary, bib) if name == "tex" else _PLAIN[name](summary)).encode()
