"""A small working course to start from, laid down whole or not at all."""

import shutil
import uuid
from pathlib import Path

from knowledge.course_loader import load_course
from knowledge.errors import KnowledgeError
from knowledge.storage import replace_folder, writable_folder

TEMPLATE = Path(__file__).parent / "course_template"


def new_course(path: Path) -> str:
    """Lay the template down at `path`, which is missing or an empty folder, and give the course's id.

    Raises `KnowledgeError`: path-taken, folder-unwritable.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise KnowledgeError("path-taken", path=path)
    work = path.with_name(f".{path.name}-{uuid.uuid4().hex[:8]}")
    writable_folder(path.parent)
    shutil.copytree(TEMPLATE, work)
    replace_folder(work, path)
    return load_course(path, units=False).id
