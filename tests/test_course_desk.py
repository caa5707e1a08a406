"""A teacher's desk for courses: looked through, validated, changed with care, copied, and brought from a stranger."""

import io
import zipfile
from pathlib import Path

import pytest

from knowledge.course import BUNDLED_COURSE
from knowledge.errors import AteneaError, BadDocument
from tutor.course_desk import CourseDesk
from tutor.errors import BadCourseEdit
from tutor.new_course import new_course
from tutor.settings import Settings

FILE = "concepts/evaporation/concept.toml"


@pytest.fixture
def desk(tmp_path: Path) -> CourseDesk:
    """A small course of one's own in use."""
    new_course(tmp_path / "water")
    return CourseDesk(Settings(data_dir=tmp_path / "data", course=tmp_path / "water", model="composer"))


def content(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def zipped(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_course_is_looked_through(desk: CourseDesk, language: str) -> None:
    [course] = desk.all()
    assert (course["name"], course["used"], course["editable"]) == ("water", True, True)
    outline = desk.outline("water", language)
    assert {concept["id"] for concept in outline["concepts"]} == {"evaporation", "condensation"}
    found = desk.concept("water", "condensation", language)
    assert found["prerequisites"] == [outline["concepts"][0]["name"]]
    assert found["units"][0]["text"]
    assert found["statements"][0]["text"]
    assert found["statements"][0]["sources"]
    assert found["misconceptions"][0]["refutation"]
    assert all(source["title"] for source in found["sources"])
    assert "concepts/condensation/concept.toml" in found["files"]
    assert desk.validate("water") == []


def test_a_sound_change_is_put_in_its_place(desk: CourseDesk, tmp_path: Path) -> None:
    text = desk.text("water", FILE)["text"].replace("difficulty = 1", "difficulty = 2")
    desk.keep("water", FILE, text)
    assert desk.text("water", FILE)["draft"] == text
    assert desk.write("water", FILE, text) == []
    assert (tmp_path / "water" / FILE).read_text(encoding="utf-8") == text
    assert desk.text("water", FILE) == {"text": text, "draft": None}
    levels = {concept["id"]: concept["difficulty"] for concept in desk.outline("water", "en")["concepts"]}
    assert levels["evaporation"] == 2, "what is shown follows the files"


def test_a_change_with_faults_is_refused_with_file_and_line_and_nothing_changes(
    desk: CourseDesk, tmp_path: Path
) -> None:
    before = content(tmp_path / "water")
    text = desk.text("water", FILE)["text"].replace("difficulty = 1", "difficulty = 9")
    [fault] = desk.write("water", FILE, text)
    assert (fault.file, fault.line, fault.said.key) == (FILE, 4, "difficulty")
    assert content(tmp_path / "water") == before
    assert not list((tmp_path / "data").glob(".course-*"))


def test_a_course_with_faults_can_be_mended_step_by_step(desk: CourseDesk, tmp_path: Path) -> None:
    for name in ("evaporation", "condensation"):
        file = tmp_path / "water" / "concepts" / name / "concept.toml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("difficulty = ", "difficulty = 1 + "), encoding="utf-8")
    faults = desk.validate("water")
    assert {fault.file for fault in faults} >= {FILE, "concepts/condensation/concept.toml"}
    mended = desk.text("water", FILE)["text"].replace("1 + ", "")
    assert desk.write("water", FILE, mended) == []
    assert 0 < len(desk.validate("water")) < len(faults)


def test_a_fault_that_moves_to_another_line_is_no_new_one_and_a_second_like_it_is(
    desk: CourseDesk, tmp_path: Path
) -> None:
    file = "concepts/evaporation/statements.toml"
    text = desk.text("water", file)["text"]
    twin = f"\n[[statement]]\n{text.split('[[statement]]')[2].lstrip()}"  # its fault names the line of the other
    (tmp_path / "water" / file).write_text(text + twin, encoding="utf-8")
    assert [fault.said.key for fault in desk.validate("water")] == ["id-taken"]
    assert desk.write("water", file, f"# A remark.\n{text}{twin}") == []
    assert {fault.said.key for fault in desk.write("water", file, text + twin + twin)} == {"id-taken"}


def test_what_was_typed_outlives_a_restart_until_the_file_changes(desk: CourseDesk, tmp_path: Path) -> None:
    desk.keep("water", FILE, "half-typed")
    again = CourseDesk(desk.settings)
    assert again.text("water", FILE)["draft"] == "half-typed"
    again.forget("water", FILE)
    assert again.text("water", FILE)["draft"] is None
    desk.keep("water", FILE, "")
    assert again.text("water", FILE)["draft"] == "", "an emptied text is one too"
    (tmp_path / "water" / FILE).write_text("other", encoding="utf-8")
    assert again.text("water", FILE)["draft"] is None


@pytest.mark.parametrize("file", ["../../secret.toml", "/etc/hosts", "concepts/evaporation/example.py", "none.md"])
def test_only_texts_of_the_course_are_reached(desk: CourseDesk, tmp_path: Path, file: str) -> None:
    (tmp_path / "secret.toml").write_text("key = 1", encoding="utf-8")
    (tmp_path / "water" / "link.toml").symlink_to(tmp_path / "secret.toml")
    for one in (file, "link.toml"):
        with pytest.raises(BadCourseEdit) as caught:
            desk.text("water", one)
        assert caught.value.code == "course-no-file"
        with pytest.raises(BadCourseEdit):
            desk.write("water", one, "x")
    assert (tmp_path / "secret.toml").read_text(encoding="utf-8") == "key = 1"


def test_the_course_that_comes_with_atenea_is_read_only_and_can_be_copied(tmp_path: Path) -> None:
    desk = CourseDesk(Settings(data_dir=tmp_path, model="composer"))
    name = BUNDLED_COURSE.name
    before = (BUNDLED_COURSE / "course.toml").read_bytes()
    with pytest.raises(BadCourseEdit) as caught:
        desk.write(name, "course.toml", "")
    assert caught.value.code == "course-read-only"
    assert (BUNDLED_COURSE / "course.toml").read_bytes() == before
    desk.copy(name, "mine")
    assert (tmp_path / "courses" / "mine" / "course.toml").read_bytes() == before
    assert {one["name"]: one["editable"] for one in desk.all()} == {name: False, "mine": True}


@pytest.mark.parametrize("name", ["", "..", "a/b", "Ñandú", "-x", "x" * 61, "a b"])
def test_names_of_courses_lead_nowhere_else(desk: CourseDesk, name: str) -> None:
    with pytest.raises(BadCourseEdit) as caught:
        desk.new(name)
    assert caught.value.code == "course-name"
    assert len(desk.all()) == 1


def test_no_course_is_overwritten(desk: CourseDesk) -> None:
    desk.new("other")
    for name in ("other", "water"):
        with pytest.raises(BadCourseEdit) as caught:
            desk.new(name)
        assert caught.value.code == "course-name-taken"


def test_a_course_goes_out_as_a_zip_file_and_comes_back_the_same(desk: CourseDesk, tmp_path: Path) -> None:
    assert desk.upload(desk.packed("water"), "water.zip", "again") == []
    assert content(tmp_path / "data" / "courses" / "again") == content(tmp_path / "water")


HEAD = {"course.toml": 'id = "x"\n'}


@pytest.mark.parametrize(
    ("packed", "kind", "code"),
    [
        (b"no zip", BadDocument, "document-broken"),
        (zipped(**{"../course.toml": "x", **HEAD}), BadDocument, "document-names"),
        (zipped(**{"/abs/course.toml": "x"}), BadDocument, "document-names"),
        (zipped(**{"readme.md": "x"}), BadCourseEdit, "course-not-in-zip"),
        (zipped(**{"a/course.toml": "x", "b/course.toml": "x"}), BadCourseEdit, "course-not-in-zip"),
    ],
    ids=["no-zip", "outside", "absolute", "no-course", "two-courses"],
)
def test_an_archive_that_is_no_course_or_would_harm_is_refused(
    desk: CourseDesk, tmp_path: Path, packed: bytes, kind: type[AteneaError], code: str
) -> None:
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    with pytest.raises(kind) as caught:
        desk.upload(packed, "course.zip", "theirs")
    assert caught.value.code == code
    after = sorted(str(path) for path in tmp_path.rglob("*"))
    assert [path for path in after if path not in before and not path.endswith(("/courses", "/data"))] == []


def test_only_files_that_courses_have_are_unpacked(desk: CourseDesk, tmp_path: Path) -> None:
    faults = desk.upload(
        zipped(**{"c/course.toml": 'id = "x"\n', "c/run.sh": "x", "c/.hidden.toml": "x", "other/x.toml": "x",
                  "c/a/b/c/d/e/f/g.md": "x", "c/notes.md": "x"}),
        "c.zip", "theirs",
    )  # fmt: skip
    assert set(content(tmp_path / "data" / "courses" / "theirs")) == {"course.toml", "notes.md"}
    assert faults, "it is kept with its faults, which are told"
    assert all(not fault.file.startswith("/") for fault in faults)
    assert desk.outline("theirs", "en")["concepts"] == []
