"""The folder of an exam: it appears whole or not at all, and nobody's files are overwritten."""

from pathlib import Path
from typing import Any

import pytest
from exam_makers import blueprint, content, exams_of

from knowledge.course import Course
from knowledge.errors import AteneaError, KnowledgeError
from tutor import exam_files
from tutor.errors import BadExam
from tutor.exam_files import guard_folder, paper_files
from tutor.exam_records import NAME, read_record
from tutor.exams import FORMATS, Exams
from tutor.export.json_file import read_paper
from tutor.paper import Paper

LIGHT = ("json", "md")


@pytest.fixture(scope="module")
def exams(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Exams:
    return exams_of(course, tmp_path_factory.mktemp("data"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A blueprint with two cheap items."""
    return blueprint(tmp_path, concepts=["kv-cache", "perplexity"], kinds="numeric", count=2)


def write(exams: Exams, file: Path, out: Path, **more: Any) -> dict[str, Any]:
    return exams.make(exams.request(file, out, **{"formats": LIGHT, **more}))


def refused(exams: Exams, file: Path, out: Path, **more: Any) -> str:
    """The code of the error; the folder and what lies beside it stay as they are."""
    before = content(out), sorted(path.name for path in out.parent.iterdir())
    with pytest.raises(AteneaError) as caught:
        write(exams, file, out, **more)
    assert before == (content(out), sorted(path.name for path in out.parent.iterdir()))
    assert caught.value.hint("es")
    return caught.value.code


def test_every_format_of_every_version_is_there(exams: Exams, file: Path, tmp_path: Path) -> None:
    made = write(exams, file, tmp_path / "deep" / "out", versions=2, formats=FORMATS)
    names = {Path(path).name for path in made["files"]}
    endings = (".pdf", "-sheet.pdf", "-key.pdf", ".xml", ".gift.txt", ".zip", ".md", "-key.md", ".json", ".apkg")
    assert names == {f"one-{version}{ending}" for version in "AB" for ending in endings}
    assert set(content(tmp_path / "deep" / "out")) == {*names, NAME}
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["out"]


def test_only_the_formats_asked_for_are_written(exams: Exams, file: Path, tmp_path: Path) -> None:
    made = write(exams, file, tmp_path / "out", formats=("gift",))
    assert [Path(path).name for path in made["files"]] == ["one-A.gift.txt"]


def test_the_paper_of_a_version_says_what_made_it(exams: Exams, file: Path, tmp_path: Path) -> None:
    made = write(exams, file, tmp_path / "out", versions=2, seed=9)
    paper = read_paper((tmp_path / "out" / "one-B.json").read_bytes())
    assert (paper.version, paper.seed, paper.blueprint, paper.minutes) == ("B", 9, made["blueprint"], 10)
    assert [item.as_json() for item in paper.items] == made["versions"][1]["items"]
    kept = read_record(tmp_path / "out" / NAME)
    assert kept is not None
    assert {item["id"] for item in kept["items"]} == {
        item["id"] for version in made["versions"] for item in version["items"]
    }
    assert not {item.stem for item in paper.items} & {(tmp_path / "out" / NAME).read_text(encoding="utf-8")}


def test_made_again_it_takes_the_place_of_what_was_there(exams: Exams, file: Path, tmp_path: Path) -> None:
    write(exams, file, tmp_path / "out", versions=3)
    before = content(tmp_path / "out")
    (tmp_path / "out" / ".DS_Store").write_bytes(b"left by a file browser")
    write(exams, file, tmp_path / "out", versions=1, seed=2)
    after = content(tmp_path / "out")
    assert set(after) == {"one-A.json", "one-A.md", "one-A-key.md", NAME}
    assert all(after[name] != before[name] for name in after)


@pytest.mark.parametrize("name", ["one-A.json", "notes.txt", ".hidden"])
def test_a_folder_with_files_of_others_is_left_alone(exams: Exams, file: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text("mine")
    assert refused(exams, file, tmp_path / "out") == "out-not-empty"


def test_a_file_that_was_changed_since_is_left_alone(exams: Exams, file: Path, tmp_path: Path) -> None:
    write(exams, file, tmp_path / "out")
    with (tmp_path / "out" / "one-A.md").open("a") as changed:
        changed.write("A note of the teacher.")
    assert refused(exams, file, tmp_path / "out", seed=5) == "out-changed"
    (tmp_path / "out" / "one-A.md").unlink()
    write(exams, file, tmp_path / "out", seed=5)  # one that was moved away does not matter


def test_another_exam_and_another_language_are_left_alone(exams: Exams, file: Path, tmp_path: Path) -> None:
    write(exams, file, tmp_path / "out")
    assert refused(exams, file, tmp_path / "out", language="en") == "out-other-exam"
    file.write_text(file.read_text().replace('"One"', '"Two"'))
    assert refused(exams, file, tmp_path / "out") == "out-other-exam"


def test_a_file_a_file_above_and_the_folder_one_is_in_are_no_place(
    exams: Exams, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refused(exams, file, file) == "out-not-a-folder"
    with pytest.raises(KnowledgeError) as caught:
        write(exams, file, file / "out")
    assert caught.value.code == "folder-unwritable"
    (tmp_path / "here" / "below").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here" / "below")
    assert refused(exams, file, tmp_path / "here" / "below") == "out-is-here"
    assert refused(exams, file, tmp_path / "here") == "out-is-here"


def test_a_writer_that_fails_leaves_nothing(
    exams: Exams, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last format of the last version breaks: no folder, and what was there before stays."""
    write(exams, file, tmp_path / "old", versions=2)
    before = content(tmp_path / "old")

    def broken(paper: Paper) -> dict[str, bytes]:
        if paper.version == "B":
            raise OSError(28, "No space left on device")
        return {"x": b""}

    monkeypatch.setattr(exam_files, "WRITERS", {**exam_files.WRITERS, "anki": broken})
    for out in (tmp_path / "new", tmp_path / "old"):
        with pytest.raises(OSError, match="No space"):
            write(exams, file, out, versions=2, seed=3, formats=("json", "md", "anki"))
    assert content(tmp_path / "old") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blueprint.toml", "old"]


def test_a_full_disk_leaves_nothing(exams: Exams, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = Path.write_bytes
    count = 0

    def full(self: Path, data: bytes) -> int:
        nonlocal count
        count += 1
        if count > 2:
            written(self, data[: len(data) // 2])
            raise OSError(28, "No space left on device")
        return written(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    assert refused(exams, file, tmp_path / "out") == "folder-unwritable"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "record", ["", "{", "[]", '{"format": "atenea-exam"}', '{"format": "atenea-exam", "files": 3}']
)
def test_a_damaged_record_makes_no_file_ours(exams: Exams, file: Path, tmp_path: Path, record: str) -> None:
    write(exams, file, tmp_path / "out")
    (tmp_path / "out" / NAME).write_text(record)
    assert refused(exams, file, tmp_path / "out") == "out-not-empty"


def test_an_empty_folder_is_free(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    guard_folder(tmp_path / "out", "One", "es", False)
    guard_folder(tmp_path / "none", "One", "es", False)
    (tmp_path / "out" / "x").mkdir()
    with pytest.raises(BadExam):
        guard_folder(tmp_path / "out", "One", "es", True)


def test_threads_do_not_change_a_byte(exams: Exams, file: Path, tmp_path: Path) -> None:
    write(exams, file, tmp_path / "out", versions=2, formats=FORMATS)
    papers = [read_paper((tmp_path / "out" / f"one-{version}.json").read_bytes()) for version in "AB"]
    one_by_one = {
        name: data
        for paper in papers for writer in exam_files.WRITERS.values() for name, data in writer(paper).items()
    }  # fmt: skip
    assert paper_files(papers, FORMATS) == one_by_one
    assert {name: data for name, data in content(tmp_path / "out").items() if name != NAME} == one_by_one
