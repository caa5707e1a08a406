"""The page of results, drawn without a browser: responses in, their faults said, the class seen, answers graded."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from app_pages import app_over, labelled, open_page, seen, shown
from streamlit.testing.v1 import AppTest
from teacher_app import SOON, address, few_exams, pressed, say, teacher

from knowledge.messages import LANGUAGES
from tutor.exam_drafts import BlueprintDraft, DraftSection
from tutor.exams import Exams
from tutor.tutor import Tutor

HEAD = "id,1,2,3"


@pytest.fixture(scope="module")
def exams(tutor: Tutor, tmp_path_factory: pytest.TempPathFactory) -> Exams:
    return few_exams(tutor, tmp_path_factory.mktemp("exams"))


@pytest.fixture(scope="module")
def own(tutor: Tutor, exams: Exams, tmp_path_factory: pytest.TempPathFactory) -> Tutor:
    """A teacher with one exam that is written: three numbers to compute."""
    made = teacher(tutor, exams, tmp_path_factory.mktemp("teacher"))
    section = DraftSection(concepts=["lora", "perplexity", "softmax"], kinds=["numeric"], count=3)
    desk = made.exam_desk
    exam = desk.start(desk.drafts.new(BlueprintDraft(title="Parcial", versions=1, section=[section])))
    assert desk.jobs.wait(exam, SOON)
    desk.decide(exam, accept=["all"])
    desk.write(exam)
    assert desk.jobs.wait(exam, SOON)
    return made


@pytest.fixture
def app(own: Tutor) -> Iterator[AppTest]:
    with app_over(own) as opened:
        yield opened
    for one in own.results_desk.all():
        own.results_desk.remove(one["id"])


def tell(key: str, language: str = "es", **values: object) -> str:
    return say(key, language, ("items", "results"), **values)


def exam_bytes(own: Tutor) -> bytes:
    [exam] = own.exam_desk.begun()
    return next(
        Path(file["path"]).read_bytes() for file in own.exam_desk.files(exam["exam"]) if file["format"] == "json"
    )


def answers(own: Tutor) -> str:
    """Twelve students: the better ones know more, one leaves a blank, one writes what no machine can grade."""
    [exam] = own.exam_desk.begun()
    keys = [item["key"] for item in own.exam_desk.exam(exam["exam"], "es")["versions"][0]["items"]]
    rows = [HEAD]
    for number in range(12):
        cells = [str(key) if number > 3 * place else "99999" for place, key in enumerate(keys)]
        rows.append(",".join([f"Alumno {number}", *cells]))
    rows[1] = f"Alumno 0,,{keys[1]},3 o 4"
    return "\n".join(rows) + "\n"


def handed_in(app: AppTest, content: str, language: str = "es") -> AppTest:
    open_page(app, "results", language)
    app.file_uploader(key="tables").set_value([("clase.csv", content.encode(), "text/csv")])
    app.run()
    labelled(app, tell("analyse", language)).click().run()
    assert not app.exception, app.exception
    return app


def test_a_first_visit_says_what_to_do(app: AppTest) -> None:
    for language in LANGUAGES:
        open_page(app, "results", language)
        app = seen(app.segmented_control(key="app").set_value(language).run())
        assert tell("results-empty", language) in shown(app)
        assert app.selectbox[0].options == ["Parcial", tell("exam-other", language)]
        assert labelled(app, tell("analyse", language)).disabled
        assert [button.label for button in app.get("download_button")] == [tell("template", language)]


def test_a_fault_of_the_file_is_said_with_its_line_and_nothing_is_kept(app: AppTest, own: Tutor) -> None:
    language = "en"
    handed_in(app, HEAD + "\nAna,1,2,3\nAna,1,2,3\n", language)
    assert "clase.csv" in app.warning[0].value
    assert "3" in app.warning[0].value
    assert tell("analyse-kept", language) in app.warning[0].value
    assert app.file_uploader(key="tables").value, "the file is still there"
    assert not own.results_desk.all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_class_and_students_are_told(app: AppTest, own: Tutor, language: str) -> None:
    name = own.results_desk.add([("exam.json", exam_bytes(own))], [("clase.csv", answers(own).encode())])
    app.query_params["results"] = name
    open_page(app, "results", language)
    assert {metric.label: metric.value for metric in app.metric}[tell("students-count", language)] == "12"
    assert tell("look-at", language) in [heading.value for heading in app.subheader]
    chart = next(element for element in app.get("vega_lite_chart"))
    assert "3" in chart.proto.alt
    assert tell("column-right", language) in app.dataframe[0].value.columns
    part = f"part-{name}-{language}"
    seen(app.segmented_control(key=part).set_value("class").run())
    assert tell("needs-title", language) in [heading.value for heading in app.subheader]
    assert "Alumno 1" in shown(app)
    assert next(iter(app.get("vega_lite_chart"))).proto.alt
    seen(app.segmented_control(key=part).set_value("students").run())
    assert list(app.dataframe[0].value[tell("column-student", language)])[:2] == ["Alumno 0", "Alumno 1"]
    seen(app.segmented_control(key=part).set_value("files").run())
    assert tell("file-students.csv", language) in [button.label for button in app.get("download_button")]
    pressed(app, tell("remove-results-sure", language))
    assert tell("results-empty", language) in shown(app)


def test_what_no_machine_grades_gets_its_points_from_a_person(app: AppTest, own: Tutor) -> None:
    handed_in(app, answers(own))
    name = address(app, "results")
    assert own.results_desk.all()[0]["to_grade"] == 1
    seen(app.segmented_control(key=f"part-{name}-es").set_value("to-grade").run())
    assert "3 o 4" in shown(app)
    app.number_input[0].set_value(0.5)
    pressed(app, tell("grade-save"))
    assert own.results_desk.all()[0]["to_grade"] == 0
    points: Any = own.results_desk.results(name, "es")["to_grade"][0]["points"]
    assert points == 0.5
    pressed(app, tell("back-results"))
    assert "Parcial" in shown(app)
    assert "/ 3 ·" in shown(app), "the mean is in points"
    pressed(app, tell("open"))
    assert address(app, "results") == name


def test_an_exam_that_was_not_made_here_is_brought_as_files(app: AppTest, own: Tutor) -> None:
    open_page(app, "results", "es")
    seen(app.selectbox[0].set_value("other").run())
    app.file_uploader(key="exam-json").set_value([("A.json", exam_bytes(own), "application/json")])
    app.run()
    handed_in(app, answers(own))
    assert own.results_desk.all()[0]["students"] == 12


def test_damaged_results_are_deleted_where_they_are_told(app: AppTest, own: Tutor) -> None:
    name = own.results_desk.add([("exam.json", exam_bytes(own))], [("clase.csv", answers(own).encode())])
    for file in ("about.json", "results/results.json"):
        (own.results_desk.folder / name / file).write_text("{", encoding="utf-8")
    open_page(app, "results", "es")
    assert tell("former-damaged") in shown(app)
    pressed(app, tell("open"))
    assert tell("remove-results-how") in shown(app)
    pressed(app, tell("remove-results-sure"))
    assert not own.results_desk.all()
    assert tell("results-empty") in shown(app)


def test_results_that_are_gone_are_said(app: AppTest) -> None:
    app.query_params["results"] = "0" * 12
    open_page(app, "results", "en")
    assert len(app.warning) == 1
    assert tell("remove-results-sure", "en") not in [button.label for button in app.button]
