"""A sound course kept as one file of JSON, named by what it holds: reading 300 TOML files takes most of a second.

The copy is a cache and no source: when it is missing, damaged or of another form, the course itself is read again.
"""

from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from knowledge.course import Course, course_digest
from knowledge.course_loader import load_course
from knowledge.documents import digest
from knowledge.storage import write_bytes_atomically

FORMAT = "2"  # raise it when the values of a course change their form


def open_course(path: Path, cache: Path) -> Course:
    """The course of a folder without its explanation texts, from its copy in `cache` or read and copied there.

    Raises `BadCourse` when the course is not there or has faults.
    """
    file = cache / f"course-{digest(FORMAT, str(path), course_digest(path))}.json"
    adapter = TypeAdapter(Course)
    try:
        return adapter.validate_json(file.read_bytes())
    except (OSError, ValidationError):  # not there yet, or damaged: read below
        pass
    course = load_course(path, units=False)
    course = replace(course, bibliography=course.sources)
    write_bytes_atomically(file, adapter.dump_json(course))
    return course
