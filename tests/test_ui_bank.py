"""The page of the item bank, drawn without a browser: search, filters, a question with its key, proof and history."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from app_pages import app_over, open_page, seen, shown
from exam_makers import WORDS
from streamlit.testing.v1 import AppTest
from teacher_app import SOON, address, few_exams, pressed, say, teacher

from knowledge.messages import LANGUAGES
from tutor.tutor import Tutor


@pytest.fixture(scope="module")
def own(tutor: Tutor, tmp_path_factory: pytest.TempPathFactory) -> Tutor:
    folder = tmp_path_factory.mktemp("teacher")
    return teacher(tutor, few_exams(tutor, folder), folder)


@pytest.fixture
def app(own: Tutor) -> Iterator[AppTest]:
    with app_over(own) as opened:
        yield opened


def tell(key: str, language: str = "es", **values: object) -> str:
    return say(key, language, ("items", "bank"), **values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bank_is_filtered_and_searched(app: AppTest, own: Tutor, language: str) -> None:
    open_page(app, "bank", language)
    count = len(own.bank_desk.bank.exercises.recipes)
    assert tell("found", language, count=count) in shown(app)
    kinds = app.multiselect(key=f"bank-kinds-{language}")
    seen(kinds.set_value(["numeric"]).run())
    assert tell("found", language, count=4) in shown(app)
    seen(app.multiselect(key=f"bank-kinds-{language}").set_value([]).run())
    app.text_input[0].set_value(WORDS[1]).run()
    assert own.bank_desk.texts.jobs.wait(language, SOON)
    seen(app.run())
    assert tell("found-1", language) in shown(app)
    assert WORDS[1] in shown(app)
    app.text_input[0].set_value("nothing of the kind").run()
    assert tell("found-none", language) in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_is_opened_with_key_proof_and_history(app: AppTest, own: Tutor, language: str) -> None:
    open_page(app, "bank", language)
    seen(app.multiselect(key=f"bank-concepts-{language}").set_value(["perplexity"]).run())
    pressed(app, tell("open", language))
    assert address(app, "item").endswith(" perplexity")
    said = shown(app)
    for key in ("key", "sources-of", "quality-proven", "quality-no-answers", "history-none"):
        assert tell(key, language) in said
    assert any(":material/check:" in one.markdown[0].value for one in app.expander)
    pressed(app, tell("another", language))
    assert shown(app) != said, "other numbers"
    pressed(app, tell("back-bank", language))
    assert app.multiselect(key=f"bank-concepts-{language}").value == ["perplexity"], "the search is as it was"


def test_a_question_that_is_gone_is_said(app: AppTest) -> None:
    app.query_params["item"] = "mcq nothing"
    open_page(app, "bank", "en")
    assert len(app.warning) == 1
    assert "nothing" in app.warning[0].value


def test_what_the_items_say_is_no_markup(app: AppTest, own: Tutor, tmp_path: Path) -> None:
    found = own.bank_desk.entry(f"true:{WORDS[0]}", "mcq", 2, 0, "es")
    assert found["shown"]["options"][0].startswith("**a)** ")
