"""The page of the course, drawn without a browser: looked through, validated, changed in place, copied, brought."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from app_pages import app_over, labelled, open_page, seen, shown
from streamlit.testing.v1 import AppTest
from teacher_app import few_exams, pressed, say, teacher

from knowledge.messages import LANGUAGES
from tutor.tutor import Tutor

FILE = "concepts/evaporation/concept.toml"


@pytest.fixture
def own(tutor: Tutor, tmp_path: Path) -> Tutor:
    made = teacher(tutor, few_exams(tutor, tmp_path), tmp_path)
    made.course_desk.new("water")
    return made


@pytest.fixture
def app(own: Tutor) -> Iterator[AppTest]:
    with app_over(own) as opened:
        opened.query_params["course"] = "water"
        yield opened


def tell(key: str, language: str = "es", **values: object) -> str:
    return say(key, language, ("items", "course"), **values)


def part(app: AppTest, name: str, language: str = "es") -> AppTest:
    return seen(app.segmented_control(key=f"course-part-{language}").set_value(name).run())


def test_the_faults_of_the_text_itself_come_first_and_in_the_language_of_the_page(app: AppTest) -> None:
    app.query_params.update(part="edit", file=FILE)
    open_page(app, "course", "es")
    app.text_area[0].set_value(app.text_area[0].value.replace("difficulty = 1", "difficulty ``1"))
    labelled(app, tell("save")).click().run()
    rows = app.warning[0].value.split("\n- ")[1:]
    assert len(rows) > 1, "what speaks of the concept fails with it"
    assert rows[0].startswith(f"**{tell('problem', file=FILE, line=4)}** · ``` difficulty ``1 ```")
    assert "detrás de una clave van el signo = y su valor" in rows[0]
    seen(app.segmented_control(key="app").set_value("en").run())
    assert "a key needs = and its value behind it" in app.warning[0].value


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_concept_is_looked_through(app: AppTest, own: Tutor, language: str) -> None:
    open_page(app, "course", language)
    outline = own.course_desk.outline("water", language)
    assert outline["title"] in shown(app)
    assert tell("badge-own", language) in shown(app)
    concept = outline["concepts"][1]
    seen(app.selectbox(key=f"course-concept-water-{language}").set_value(concept["id"]).run())
    found = own.course_desk.concept("water", concept["id"], language)
    assert tell("needs", language, concepts=found["prerequisites"][0]) in shown(app)
    assert found["misconceptions"][0]["refutation"] in shown(app)
    assert found["sources"][0]["title"] in shown(app)
    assert len(app.expander) == len(found["units"]) + 1


def test_problems_are_told_with_file_and_line_and_open_where_they_are_mended(app: AppTest, own: Tutor) -> None:
    language = "es"
    place = Path(own.course_desk.all()[1]["path"]) / FILE
    place.write_text(place.read_text(encoding="utf-8").replace("difficulty = 1", "difficulty = 9"), encoding="utf-8")
    open_page(app, "course", language)
    part(app, "validate", language)
    pressed(app, tell("validate-now", language))
    assert tell("problems", language, count=1) in shown(app)
    assert tell("problem", language, file=FILE, line=4) in shown(app)
    pressed(app, tell("open-file", language))
    assert app.selectbox(key="course-file").value == FILE
    area = app.text_area[0]
    area.set_value(area.value.replace("= 9", "= 2"))
    pressed(app, tell("save", language))
    assert "difficulty = 2" in place.read_text(encoding="utf-8")
    part(app, "validate", language)
    pressed(app, tell("validate-now", language))
    assert tell("sound", language, files=len(own.course_desk.files("water"))) in shown(app)


def test_a_text_with_new_problems_is_not_written_and_stays_after_a_reload(app: AppTest, own: Tutor) -> None:
    app.query_params.update(part="edit", file=FILE)
    open_page(app, "course", "es")
    before = app.text_area[0].value
    app.text_area[0].set_value(before.replace("difficulty = 1", "difficulty = 9"))
    labelled(app, tell("save")).click().run()
    assert not app.exception
    assert FILE in app.warning[0].value
    assert tell("not-saved").split(",", maxsplit=1)[0] in app.warning[0].value
    assert "`difficulty = 9`" in app.warning[0].value, "the line itself is shown"
    assert own.course_desk.text("water", FILE)["text"] == before
    again = AppTest.from_file(app._script_path, default_timeout=60)
    again.query_params.update(course="water", part="edit", file=FILE)
    open_page(again, "course", "es")
    assert "difficulty = 9" in again.text_area[0].value
    assert tell("draft-back") in shown(again)
    pressed(again, tell("draft-forget"))
    assert again.text_area[0].value == before


def test_the_course_that_comes_with_atenea_is_read_only_and_others_can_be_added(app: AppTest, own: Tutor) -> None:
    app.query_params.update(course="transformers", part="edit", file="course.toml")
    open_page(app, "course", "en")
    assert tell("read-only-how", "en") in shown(app)
    assert app.text_area[0].disabled
    part(app, "courses", "en")
    seen(app.radio[0].set_value("small-one").run())
    app.text_input(key="new-course").set_value("Not a name!").run()
    labelled(app, tell("add-course", "en")).click().run()
    assert "Not a name!" in app.warning[0].value
    app.text_input(key="new-course").set_value("mine").run()
    pressed(app, tell("add-course", "en"))
    assert {one["name"] for one in own.course_desk.all()} == {"transformers", "water", "mine"}
    assert app.selectbox[0].value == "mine", "the new course is shown"
    assert app.text_input(key="new-course").value == "", "a second press adds nothing"
    assert str(own.course_desk.folder / "mine") in app.code[0].value


def test_a_course_is_brought_as_a_zip_file(app: AppTest, own: Tutor) -> None:
    open_page(app, "course", "es")
    part(app, "courses")
    seen(app.radio[0].set_value("from-zip").run())
    for content, name in ((b"no zip", "theirs"), (own.course_desk.packed("water"), "theirs")):
        app.file_uploader(key="zip").set_value([("water.zip", content, "application/zip")])
        app.text_input(key="new-course").set_value(name).run()
        labelled(app, tell("add-course")).click().run()
        assert not app.exception
    assert "theirs" in {one["name"] for one in own.course_desk.all()}
    assert not app.warning
