"""Files known again by size and times, and read whole when these have changed."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knowledge import integrity
from knowledge.errors import BadIndex
from knowledge.integrity import MANIFEST, distrust, read_manifest, write_manifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "made"
    (made / "inner").mkdir(parents=True)
    (made / "one").write_text("1111")
    (made / "inner" / "two").write_text("2222")
    write_manifest(made, {"name": "x"})
    return made


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read whole."""
    names: list[str] = []
    sha: Callable[[Path], str] = integrity._sha

    def noted(file: Path) -> str:
        names.append(file.name)
        return sha(file)

    monkeypatch.setattr(integrity, "_sha", noted)
    return names


def says(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / MANIFEST).read_text()))


def test_untouched_files_are_not_read(folder: Path, read: list[str]) -> None:
    assert read_manifest(folder)["name"] == "x"
    assert read == []
    assert set(says(folder)["files"]) == {"one", "inner/two"}


def test_the_whole_check_reads_everything(folder: Path, read: list[str]) -> None:
    read_manifest(folder, whole=True)
    assert sorted(read) == ["one", "two"]


def test_a_copy_is_read_once(folder: Path, tmp_path: Path, read: list[str]) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    read_manifest(copy)
    assert sorted(read) == ["one", "two"]
    read_manifest(copy)
    assert len(read) == 2


def test_a_changed_file_is_noticed(folder: Path) -> None:
    (folder / "one").write_text("1112")
    for _ in range(2):  # it is not taken for right the second time
        with pytest.raises(BadIndex, match="one has changed"):
            read_manifest(folder)


def test_a_change_under_the_old_time_is_noticed(folder: Path) -> None:
    """As a copy that keeps times leaves it, `rsync -t` for one."""
    before = (folder / "one").stat()
    (folder / "one").write_text("1112")
    os.utime(folder / "one", ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(BadIndex, match="one has changed"):
        read_manifest(folder)


def test_another_size_is_noticed_without_reading(folder: Path, read: list[str]) -> None:
    (folder / "one").write_text("11111")
    with pytest.raises(BadIndex):
        read_manifest(folder)
    assert read == []


def test_a_missing_file_is_noticed(folder: Path) -> None:
    (folder / "one").unlink()
    with pytest.raises(FileNotFoundError):
        read_manifest(folder)


def test_a_distrusted_file_is_read(folder: Path, read: list[str]) -> None:
    distrust(folder, "one")
    read_manifest(folder)
    assert read == ["one"]


def test_distrust_of_what_is_not_there_changes_nothing(folder: Path, tmp_path: Path) -> None:
    before = says(folder)
    distrust(folder, "three")
    distrust(tmp_path / "nowhere", "one")
    assert says(folder) == before
    assert not (tmp_path / "nowhere").exists()
