"""The folder of a course as a ZIP file: packed to take away, and unpacked from a stranger's with care."""

import zipfile
from io import BytesIO
from pathlib import Path, PurePosixPath

from knowledge.errors import BadDocument
from knowledge.formats.limits import Limits
from knowledge.formats.zip_package import ZipPackage
from tutor.errors import BadCourseEdit

KEPT = (".toml", ".md", ".bib", ".json", ".py", ".jsonl")  # what a course is made of; nothing else is unpacked
HEAD = "course.toml"
MOST_DEPTH = 6  # folders in one another


def packed(folder: Path) -> bytes:
    """The files of a course in one archive, under the name of its folder."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.suffix in KEPT and not file.is_symlink():
                archive.write(file, f"{folder.name}/{file.relative_to(folder).as_posix()}")
    return out.getvalue()


def unpacked(content: bytes, called: str, target: Path, limits: Limits) -> None:
    """Lay the course of an archive down at `target`, which is new. The archive is read in memory; only files that
    courses have are written, under the folder of its `course.toml`. Raises `BadDocument`: it is no ZIP file, names
    files outside, or is too large; `BadCourseEdit`: it holds no course, or several."""
    if len(content) > limits.megabytes * 1e6:
        raise BadDocument("document-expands", path=called)
    package = ZipPackage(content, called, limits)
    heads = [PurePosixPath(name) for name in package.names if PurePosixPath(name).name == HEAD]
    least = min((len(head.parts) for head in heads), default=0)
    tops = [head.parent for head in heads if len(head.parts) == least]
    if len(tops) != 1:
        raise BadCourseEdit("course-not-in-zip", name=called)
    for name in package.names:
        place = PurePosixPath(name)
        if place.suffix not in KEPT or not place.is_relative_to(tops[0]) or place.name.startswith("."):
            continue
        inside = place.relative_to(tops[0])
        data = package.read(name)
        if data is not None and len(inside.parts) <= MOST_DEPTH:
            file = target.joinpath(*inside.parts)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
