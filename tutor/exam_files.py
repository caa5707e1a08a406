"""The files of an exam: every format of every version, in one folder that appears whole or not at all.

The folder is the exam's own. One that holds anything else, another exam, or a file that was changed since, is left as
it is: nobody's work is overwritten.
"""

import hashlib
import os
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from knowledge.errors import KnowledgeError
from knowledge.storage import replace_folder, writable_folder
from tutor.errors import BadExam
from tutor.exam_records import NAME, as_text, read_record
from tutor.export.anki import anki_files
from tutor.export.gift import gift_files
from tutor.export.json_file import json_files
from tutor.export.markdown import markdown_files
from tutor.export.moodle import moodle_files
from tutor.export.pdf import pdf_files
from tutor.export.qti import qti_files
from tutor.paper import Paper

Writer = Callable[[Paper], dict[str, bytes]]
WRITERS: Mapping[str, Writer] = {
    "pdf": pdf_files, "moodle": moodle_files, "gift": gift_files, "qti": qti_files, "md": markdown_files,
    "json": json_files, "anki": anki_files,
}  # fmt: skip
OF_THE_SYSTEM = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})  # what a file browser leaves behind
MOST_THREADS = 4


def paper_files(papers: Sequence[Paper], formats: Sequence[str]) -> dict[str, bytes]:
    """File name -> bytes, of all papers in all formats. Threads help: Typst sets pages without Python's lock."""
    jobs = [(WRITERS[name], paper) for name in WRITERS if name in formats for paper in papers]
    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as pool:
        made = list(pool.map(lambda job: job[0](job[1]), jobs))
    files = {name: content for one in made for name, content in one.items()}
    assert len(files) == sum(map(len, made)), "two files of one name"
    return files


def guard_folder(folder: Path, title: str, language: str, reviewed: bool) -> None:
    """Raises `BadExam` where the folder cannot become that of an exam without loss. `reviewed`: whether a teacher went
    through the exam that comes."""
    if folder.exists() and not folder.is_dir():
        raise BadExam("out-not-a-folder", path=folder)
    if not folder.is_dir():
        return
    if Path.cwd().is_relative_to(folder):
        raise BadExam("out-is-here", path=folder)
    kept = read_record(folder / NAME) or {"files": {}}
    files: Mapping[str, Any] = kept["files"]
    there = sorted(path for path in folder.iterdir() if path.name not in OF_THE_SYSTEM | {NAME})
    if there and kept["files"] and (kept["title"], kept["language"]) != (title, language):
        raise BadExam("out-other-exam", path=folder, title=kept["title"], spoken=kept["language"])
    if there and kept.get("reviewed") and not reviewed:
        raise BadExam("out-reviewed", path=folder)
    for path in there:
        if path.name not in files:
            raise BadExam("out-not-empty", path=folder, name=path.name)
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != files[path.name]:
            raise BadExam("out-changed", path=folder, name=path.name)


def write_folder(folder: Path, files: Mapping[str, bytes], kept: Mapping[str, Any]) -> list[Path]:
    """The paths of the files, now in the folder with their record; before, or on any error, it is as it was.

    Raises `BadExam` as `guard_folder` does, and `KnowledgeError("folder-unwritable")`.
    """
    guard_folder(folder, kept["title"], kept["language"], kept["reviewed"])
    work = writable_folder(folder.parent) / f".{folder.name}-{uuid.uuid4().hex[:8]}"
    try:
        work.mkdir()
        for name, content in {**files, NAME: as_text(kept).encode()}.items():
            (work / name).write_bytes(content)
        replace_folder(work, folder)
    except OSError as error:
        raise KnowledgeError("folder-unwritable", path=folder, reason=error.strerror or error) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return [folder / name for name in sorted(files)]
