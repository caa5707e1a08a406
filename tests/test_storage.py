"""Writing whole or not at all, under a kill, a full disk and two processes."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.errors import KnowledgeError
from knowledge.storage import (
    exclusive,
    replace_folder,
    writable_folder,
    write_bytes_atomically,
    write_text_atomically,
)

WRITE_FOR_EVER = """
import sys
from pathlib import Path
from knowledge.storage import write_text_atomically
path = Path(sys.argv[1])
print("ready", flush=True)
while True:
    for letter in "ab":
        write_text_atomically(path, letter * 300_000)
"""

SWAP = """
import sys, tempfile
from pathlib import Path
from knowledge.storage import replace_folder
target, mark = Path(sys.argv[1]), sys.argv[2]
for _ in range(30):
    work = Path(tempfile.mkdtemp(dir=target.parent))
    for name in ("one", "two"):
        (work / name).write_text(mark)
    replace_folder(work, target)
"""

FULL_BY_LIMIT = """
import resource, sys
from pathlib import Path
from knowledge.errors import KnowledgeError
from knowledge.storage import write_text_atomically
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    write_text_atomically(Path(sys.argv[1]), "new" * 100_000)
except KnowledgeError as error:
    print(error.code)
"""

HOLD = """
import sys, time
from pathlib import Path
from knowledge.storage import exclusive
with exclusive(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def end(child: subprocess.Popen[str]) -> None:
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert child.stdout is not None
    child.stdout.close()


def says(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    return child.stdout.readline().strip()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB; only root may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if (
        os.geteuid()
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("a tmpfs cannot be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_text_and_bytes_are_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_text_atomically(tmp_path / "deep" / "text.txt", "año\n")
    write_bytes_atomically(tmp_path / "deep" / "text.txt", "niño".encode())
    assert (tmp_path / "deep" / "text.txt").read_text(encoding="utf-8") == "niño"
    assert names(tmp_path / "deep") == ["text.txt"]


def test_a_file_name_of_the_longest_length_is_written(tmp_path: Path) -> None:
    write_text_atomically(tmp_path / ("x" * 255), "whole")
    assert (tmp_path / ("x" * 255)).read_text() == "whole"


def test_after_a_kill_the_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    write_text_atomically(path, "a" * 300_000)
    for _ in range(6):
        child = start(WRITE_FOR_EVER, path)
        assert says(child) == "ready"
        time.sleep(random.uniform(0.005, 0.05))
        end(child)
        assert path.read_text() in {"a" * 300_000, "b" * 300_000}


def test_a_full_disk_keeps_the_old_file_and_leaves_no_part(small_disk: Path) -> None:
    path = small_disk / "text.txt"
    write_text_atomically(path, "old")
    with pytest.raises(KnowledgeError) as caught:
        write_text_atomically(path, "new" * 100_000)
    assert caught.value.code == "folder-unwritable"
    assert "No space left" in caught.value.message("en")
    assert path.read_text() == "old"
    assert names(small_disk) == ["text.txt"]


def test_a_full_disk_is_no_writable_folder(small_disk: Path) -> None:
    assert writable_folder(small_disk) == small_disk
    with (small_disk / "filler").open("wb") as file:
        file.write(b"x" * 65_536)
    with pytest.raises(KnowledgeError, match="No space left"):
        writable_folder(small_disk)
    assert names(small_disk) == ["filler"]


def test_a_full_disk_stops_a_folder_from_being_made(small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(b"x" * 65_536)
    with pytest.raises(KnowledgeError, match="cannot be written"):
        writable_folder(small_disk / "new")


def test_a_file_over_the_size_limit_keeps_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("old")
    done = subprocess.run([sys.executable, "-c", FULL_BY_LIMIT, path], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "folder-unwritable"
    assert path.read_text() == "old"
    assert names(tmp_path) == ["text.txt"]


@pytest.mark.parametrize("inside", ["", "deeper"])
def test_a_file_is_no_writable_folder(tmp_path: Path, inside: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KnowledgeError) as caught:
        writable_folder(tmp_path / "file" / inside)
    assert caught.value.code == "folder-unwritable"


def test_a_folder_replaces_another(tmp_path: Path) -> None:
    target = tmp_path / "target"
    for content in ("first", "second"):
        work = tmp_path / "work"
        (work / "inner").mkdir(parents=True)
        (work / "inner" / "file").write_text(content)
        (work / content).write_text("")
        replace_folder(work, target)
        assert (target / "inner" / "file").read_text() == content
        assert names(target) == sorted(["inner", content])
        assert names(tmp_path) == ["target"]


def test_a_folder_does_not_replace_a_file(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "target").write_text("kept")
    with pytest.raises(KnowledgeError) as caught:
        replace_folder(tmp_path / "work", tmp_path / "target")
    assert caught.value.code == "folder-unwritable"
    assert (tmp_path / "target").read_text() == "kept"


def test_two_processes_replace_the_same_folder(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / "one").write_text("old")
    children = [start(SWAP, target, mark) for mark in "AB"]
    while any(child.poll() is None for child in children):
        assert target.is_dir()
    assert [child.returncode for child in children] == [0, 0]
    for child in children:
        assert child.stdout is not None
        child.stdout.close()
    assert (target / "one").read_text() == (target / "two").read_text()
    assert (target / "one").read_text() in {"A", "B"}
    assert names(tmp_path) == ["target"]


def test_a_held_folder_is_busy_until_its_holder_dies(tmp_path: Path) -> None:
    child = start(HOLD, tmp_path / "new")
    assert says(child) == "held"
    with pytest.raises(KnowledgeError) as caught, exclusive(tmp_path / "new", seconds=0.1):
        pass
    assert caught.value.code == "folder-busy"
    assert "0.1 seconds" in caught.value.message("en")
    end(child)
    with exclusive(tmp_path / "new", seconds=5):
        pass


def test_an_error_inside_lets_go(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="mine"), exclusive(tmp_path):
        raise RuntimeError("mine")
    with exclusive(tmp_path, seconds=0.1):
        pass


def test_no_lock_can_be_laid_inside_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KnowledgeError) as caught, exclusive(tmp_path / "file"):
        pass
    assert caught.value.code == "folder-unwritable"
