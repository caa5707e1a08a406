"""The course as one file: the same values, made again when it is damaged or the course changes."""

import shutil
from pathlib import Path

import pytest

from knowledge.course_cache import open_course
from knowledge.course_loader import load_course
from knowledge.errors import BadCourse

TEMPLATE = Path(__file__).parent.parent / "tutor" / "course_template"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEMPLATE, tmp_path / "course"))


def test_the_copy_holds_the_same_course(folder: Path, tmp_path: Path) -> None:
    first, again = open_course(folder, tmp_path), open_course(folder, tmp_path)
    plain = load_course(folder, units=False)
    assert first == again
    assert again.sources == plain.sources
    for name in ("concepts", "misconceptions", "statements", "facts", "glossary", "topics", "title"):
        assert getattr(again, name) == getattr(plain, name), name
    assert len(list(tmp_path.glob("course-*.json"))) == 1


@pytest.mark.parametrize("harm", [b"", b"{", b"[]", b'{"id": 3}'])
def test_a_damaged_copy_is_made_again(folder: Path, tmp_path: Path, harm: bytes) -> None:
    whole = open_course(folder, tmp_path)
    (copy,) = tmp_path.glob("course-*.json")
    copy.write_bytes(harm)
    assert open_course(folder, tmp_path) == whole
    assert copy.read_bytes() != harm


def test_a_changed_course_is_read_again(folder: Path, tmp_path: Path) -> None:
    open_course(folder, tmp_path)
    file = folder / "course.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('version = "', 'version = "9'), encoding="utf-8")
    assert open_course(folder, tmp_path).version.startswith("9")


def test_a_course_with_faults_is_not_kept(folder: Path, tmp_path: Path) -> None:
    (folder / "course.toml").write_text("id = ", encoding="utf-8")
    with pytest.raises(BadCourse):
        open_course(folder, tmp_path)
    assert not list(tmp_path.glob("course-*.json"))
