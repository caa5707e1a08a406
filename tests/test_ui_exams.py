"""The page of exams, drawn without a browser: a blueprint is written, an exam made, reviewed, edited and taken away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from app_pages import app_over, labelled, open_page, seen, shown
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash
from teacher_app import SOON, address, few_exams, pressed, say, teacher

from knowledge.messages import LANGUAGES
from tutor.exam_drafts import BlueprintDraft, DraftSection
from tutor.exams import Exams
from tutor.tutor import Tutor


@pytest.fixture(scope="module")
def exams(tutor: Tutor, tmp_path_factory: pytest.TempPathFactory) -> Exams:
    return few_exams(tutor, tmp_path_factory.mktemp("exams"))


@pytest.fixture
def own(tutor: Tutor, exams: Exams, tmp_path: Path) -> Tutor:
    return teacher(tutor, exams, tmp_path)


@pytest.fixture
def app(own: Tutor) -> Iterator[AppTest]:
    with app_over(own) as opened:
        yield opened


def drafted(own: Tutor, count: int = 2, versions: int = 1, **section: object) -> str:
    values = {"concepts": ["attention"], "kinds": ["mcq"], "count": count, **section}
    written = BlueprintDraft(title="Parcial *1*", versions=versions, section=[DraftSection.model_validate(values)])
    return own.exam_desk.drafts.new(written)


def reviewed(app: AppTest, own: Tutor, language: str = "es", **values: int) -> str:
    """An exam under review, and the page that shows it."""
    exam = own.exam_desk.start(drafted(own, **values))
    assert own.exam_desk.jobs.wait(exam, SOON)
    app.query_params["exam"] = exam
    open_page(app, "exams", language)
    return exam


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_first_visit_says_what_to_do_and_an_example_is_one_click_away(
    app: AppTest, own: Tutor, language: str
) -> None:
    open_page(app, "exams", language)
    assert say("exams-empty", language) in shown(app)
    pressed(app, say("example-blueprint", language))
    draft = own.exam_desk.drafts.get(address(app, "blueprint"))
    assert (draft.title, draft.language) == (say("example-title", language), language)
    assert say("fits", language, possible=6, wanted=6, there=7) in shown(app)
    assert not labelled(app, say("generate", language)).disabled, "the example works as it is"


def test_what_is_typed_is_kept_at_once_and_comes_back_after_a_reload(app: AppTest, own: Tutor) -> None:
    name = own.exam_desk.begin("es")
    app.query_params["blueprint"] = name
    open_page(app, "exams", "es")
    assert say("lacks-title") in shown(app)
    assert say("fits-choose") in shown(app)
    app.text_input[0].set_value("Medio escrito").run()
    app.multiselect[1].set_value(["attention"]).run()
    again = AppTest.from_file(app._script_path, default_timeout=60)
    again.query_params["blueprint"] = name
    open_page(again, "exams", "es")
    assert again.text_input[0].value == "Medio escrito"
    assert again.multiselect[1].value == ["attention"]
    assert say("lacks-title") not in shown(again)


def test_a_section_that_finds_too_little_is_mended_with_one_press(app: AppTest, own: Tutor) -> None:
    app.query_params["blueprint"] = name = drafted(own, count=3, difficulty=[5])
    open_page(app, "exams", "es")
    assert say("lacks-questions") in shown(app)
    pressed(app, say("mend-difficulty", there=3))
    assert own.exam_desk.drafts.get(name).section[0].difficulty == []
    assert say("fits", possible=3, wanted=3, there=3) in shown(app)
    pressed(app, say("copy-section"))
    pressed(app, say("remove-section"))
    pressed(app, say("add-section"))
    assert len(own.exam_desk.drafts.get(name).section) == 2


def test_a_blueprint_that_is_gone_is_said(app: AppTest) -> None:
    app.query_params["blueprint"] = "0" * 12
    open_page(app, "exams", "en")
    assert len(app.warning) == 1
    pressed(app, say("back-exams", "en"))
    assert say("exams-empty", "en") in shown(app)


def test_a_blueprint_comes_from_a_file_or_its_faults_are_said(app: AppTest, own: Tutor) -> None:
    open_page(app, "exams", "es")
    app.file_uploader(key="blueprint-file").set_value([("plan.toml", b'title = "x"\nminutes = "y"\n', "text/plain")])
    app.run()
    app.button(key="import-now").click().run()
    assert "línea 2" in app.warning[0].value
    assert not own.exam_desk.drafts.all()
    good = b'title = "Uno"\nlanguage = "es"\nminutes = 9\n[[section]]\nconcepts = "attention"\ncount = 2\n'
    app.file_uploader(key="blueprint-file").set_value([("plan.toml", good, "text/plain")])
    app.run()
    seen(app.button(key="import-now").click().run())
    assert own.exam_desk.drafts.get(address(app, "blueprint")).title == "Uno"


def test_an_exam_is_made_reviewed_and_taken_away(app: AppTest, own: Tutor) -> None:
    app.query_params["blueprint"] = drafted(own)
    open_page(app, "exams", "es")
    pressed(app, say("generate"))
    exam = address(app, "exam")
    assert own.exam_desk.jobs.wait(exam, SOON)
    app.run()
    assert app.title[0].value == "Parcial *1*"
    assert say("waiting-left", count=2) in shown(app)
    assert labelled(app, say("write-files")).disabled
    pressed(app, say("accept"))
    assert say("waiting-left", count=1) in shown(app)
    pressed(app, say("accept-all"))
    pressed(app, say("write-files"))
    assert own.exam_desk.jobs.wait(exam, SOON)
    app.run()
    assert say("written-lead") in shown(app)
    labels = [button.label for button in app.get("download_button")]
    assert say("download-all") == labels[0]
    assert labels[1:3] == [say("format-pdf-exam"), say("format-pdf-sheet")]
    assert say("with-answers") in shown(app)
    assert len(labels) == 11


@pytest.mark.parametrize("language", LANGUAGES)
def test_key_proof_and_sources_stand_beside_each_question(app: AppTest, own: Tutor, language: str) -> None:
    exam = reviewed(app, own, language)
    [first, _] = own.exam_desk.exam(exam, language)["versions"][0]["items"]
    assert say("key", language) in shown(app)
    assert first["shown"]["key"] in shown(app)
    proof = app.expander[0]
    assert first["shown"]["method"] in proof.label
    checks = first["shown"]["checks"]
    assert proof.markdown[0].value.count(":material/check:") == len(checks)
    assert all(check["says"] in proof.markdown[0].value for check in checks)


def test_a_question_is_taken_out_or_edited_and_what_fails_is_said_and_stays(app: AppTest, own: Tutor) -> None:
    exam = reviewed(app, own, count=3)
    pressed(app, say("reject"))
    assert say("short-items", version="A", count=1, section=1) in shown(app)
    pressed(app, say("edit"))
    stem = next(area for area in app.text_area if area.label == say("edit-stem"))
    stem.set_value("Sin pregunta.")
    labelled(app, say("edit-save")).click().run()
    assert say("edit-failed") in app.warning[0].value
    assert say("check-no") in app.warning[0].value
    stem = next(area for area in app.text_area if area.label == say("edit-stem"))
    assert stem.value == "Sin pregunta.", "what was typed stays"
    others = [button for button in app.button if button.label == say("edit")]
    others[-1].click().run()
    assert say("edit-failed") not in shown(app), "it is said of the question that failed alone"
    pressed(app, say("edit"))
    stem = next(area for area in app.text_area if area.label == say("edit-stem"))
    stem.set_value("¿Con pregunta?")
    seen(labelled(app, say("edit-save")).click().run())
    items = own.exam_desk.exam(exam, "es")["versions"][0]["items"]
    assert "¿Con pregunta?" in [item["stem"] for item in items]
    assert not app.text_area, "the form is shut"
    pressed(app, say("edit"))
    pressed(app, say("edit-cancel"))
    assert not app.text_area


def test_the_pages_can_be_seen_before_they_are_written(app: AppTest, own: Tutor) -> None:
    exam = reviewed(app, own)
    part = app.segmented_control(key=f"part-{exam}-review-es")
    seen(part.set_value("preview").run())
    assert len(app.get("image")) >= 1
    seen(app.segmented_control(key=f"part-{exam}-review-es").set_value("files").run())
    assert say("files-first") in shown(app)


def test_an_exam_that_was_cut_off_can_go_on(app: AppTest, own: Tutor) -> None:
    language = "en"
    desk = own.exam_desk
    exam = desk.start(drafted(own))
    assert desk.jobs.wait(exam, SOON)
    desk.jobs.forget(exam)
    desk._list(exam, state="making")  # as the process left it that died before the last step
    app.query_params["exam"] = exam
    open_page(app, "exams", language)
    assert say("stopped", language) in shown(app)
    pressed(app, say("go-on", language))
    assert desk.jobs.wait(exam, SOON)
    app.run()
    assert say("review-lead", language) in shown(app)


def test_why_an_exam_cannot_be_made_is_said_and_the_blueprint_is_one_press_away(app: AppTest, own: Tutor) -> None:
    name = drafted(own, count=3, versions=26, difficulty=[5])
    exam = own.exam_desk.start(name)
    assert own.exam_desk.jobs.wait(exam, SOON)
    app.query_params["exam"] = exam
    app.query_params["app"] = "Español"
    app._page_hash = calc_hash("exams")
    app.run()
    assert not app.exception
    assert "sección 1" in app.error[0].value
    labelled(app, say("back-to-blueprint")).click().run()
    assert address(app, "blueprint") == name


def test_what_exams_there_are_is_listed_with_their_state(app: AppTest, own: Tutor) -> None:
    desk = own.exam_desk
    exam = desk.start(drafted(own))
    assert desk.jobs.wait(exam, SOON)
    open_page(app, "exams", "es")
    assert say("state-review") in shown(app)
    assert say("drafts") in [heading.value for heading in app.subheader]
    app.button(key=f"open-exam-{exam}").click().run()
    assert address(app, "exam") == exam
    app.query_params["exam"] = "0" * 12
    open_page(app, "exams", "es")
    assert len(app.warning) == 1
