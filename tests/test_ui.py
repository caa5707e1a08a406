"""The app, drawn without a browser: what a person sees on the first page and what stays when something goes wrong."""

import string
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from app_pages import APP
from streamlit.testing.v1 import AppTest

from knowledge.messages import LANGUAGES
from tutor.errors import BadStore
from tutor.settings import Settings
from tutor.tutor import Tutor
from ui import marked, page_learn
from ui.app import TEXTS

QUESTION = {"es": "¿Qué es la atención?", "en": "What is attention?"}
UNANSWERABLE = {"es": "¿Quién ganó el mundial de fútbol?", "en": "Who won the football world cup?"}


@pytest.fixture
def fresh(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The app finds the data folder of the tests and opens a tutor of its own."""
    monkeypatch.setenv("ATENEA_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("ATENEA_MODEL", "composer")
    st.cache_resource.clear()
    yield monkeypatch
    st.cache_resource.clear()


@pytest.fixture
def app(fresh: pytest.MonkeyPatch, tutor: Tutor) -> AppTest:
    """A visitor before the first run; the tutor of the tests stands behind the app."""
    fresh.setattr("tutor.tutor.Tutor", lambda: tutor)
    return AppTest.from_file(str(APP), default_timeout=30)


def visit(app: AppTest, language: str) -> AppTest:
    app.query_params["app"] = {"es": "Español", "en": "English"}[language]
    return seen(app.run())


def seen(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def ask(app: AppTest, question: str) -> AppTest:
    return seen(app.chat_input[0].set_value(question).run())


def shown(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.info, *app.warning, *app.caption))


def one(value: str | list[str]) -> str:
    """A value of the address; Streamlit's tests give it back as it was set."""
    return value if isinstance(value, str) else value[0]


def button(app: AppTest, label: str) -> Any:
    return next(found for found in app.button if found.label == label)


def test_every_text_is_there_in_both_languages_with_the_same_places() -> None:
    for key, texts in TEXTS.table.items():
        assert set(texts) == set(LANGUAGES), key
        places = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in texts.values()]
        assert places[0] == places[1], key
        assert all(text.strip() for text in texts.values()), key


def test_the_theme_is_one_that_streamlit_reads() -> None:
    theme = tomllib.loads(APP.with_name("theme.toml").read_text(encoding="utf-8"))["theme"]
    assert set(theme["light"]) == set(theme["dark"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_first_visit_says_what_this_is_and_offers_three_questions(app: AppTest, language: str) -> None:
    visit(app, language)
    assert app.title[0].value == "Atenea"
    assert {"es": "se ha comprobado", "en": "checked against a source"}[language] in shown(app)
    examples = [TEXTS.text(f"example-{number}", language) for number in (1, 2, 3)]
    assert [found.label for found in app.main.button] == examples
    assert "thread" not in app.query_params


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_example_is_answered_with_one_click(app: AppTest, language: str) -> None:
    visit(app, language)
    seen(button(app, TEXTS.text("example-1", language)).click().run())
    answer = shown(app)
    assert marked.mark("supported", [1]) in answer
    assert TEXTS.text("engine-composer", language) in answer
    first = app.expander[0]
    assert first.label.startswith("**1** · ")
    assert "Vaswani et al. (2017)" in first.label
    assert len(first.markdown[0].value) > 40
    assert "https://arxiv.org/abs/1706.03762" in first.caption[0].value
    assert not app.title, "the welcome gives way to the conversation"
    assert app.main.button[-1].label.strip(), "there is a suggestion of what to ask next"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_has_an_answer(tutor: Tutor, language: str) -> None:
    for example in page_learn.EXAMPLES:
        turn = tutor.ask(TEXTS.text(example, language))
        assert turn["sentences"], TEXTS.text(example, language)
        assert not turn["abstained"]
        assert turn["language"] == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_abstention_is_a_reply_and_not_an_error(app: AppTest, language: str) -> None:
    ask(visit(app, language), UNANSWERABLE[language])
    assert TEXTS.text("no-answer", language) in app.info[0].value
    assert not app.warning
    assert not app.error
    assert not app.expander


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_is_said_kindly_and_keeps_what_was_typed(app: AppTest, language: str) -> None:
    ask(visit(app, language), "?!")
    assert TEXTS.text("kept", language) in app.warning[0].value
    assert app.session_state["turns"] == []
    assert app.chat_input[0].proto.value == "?!", "the question is in the box again"
    ask(app, QUESTION[language])
    assert not app.warning
    assert len(app.expander) > 0


def test_a_fault_nobody_foresaw_shows_no_traceback(app: AppTest, tutor: Tutor, fresh: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> Iterator[dict[str, Any]]:
        raise ZeroDivisionError("inside")

    fresh.setattr(tutor, "stream", broken)
    ask(visit(app, "en"), QUESTION["en"])
    assert "ZeroDivisionError" in app.warning[0].value
    assert "inside" not in app.warning[0].value


def test_a_damaged_database_is_said_and_the_page_stands(app: AppTest, tutor: Tutor, fresh: pytest.MonkeyPatch) -> None:
    def broken(thread: str) -> list[dict[str, Any]]:
        raise BadStore("store-damaged", path=Path("threads.sqlite"))

    fresh.setattr(tutor, "history", broken)
    app.query_params["thread"] = "0" * 12
    visit(app, "en")
    assert "damaged" in app.warning[0].value
    assert TEXTS.text("kept", "en") not in app.warning[0].value


def test_a_follow_up_stays_in_the_thread_and_a_reload_keeps_it(app: AppTest, tutor: Tutor) -> None:
    ask(visit(app, "es"), QUESTION["es"])
    thread = one(app.query_params["thread"])
    seen(button(app, tutor.history(thread)[0]["next"][1]).click().run())
    assert one(app.query_params["thread"]) == thread
    turns = tutor.history(thread)
    assert len(turns) == 2
    assert turns[1]["concepts"][0] == turns[0]["concepts"][0]

    again = AppTest.from_file(str(APP), default_timeout=30)
    again.query_params["thread"] = thread
    visit(again, "es")
    messages = [message.markdown[0].value for message in again.chat_message]
    assert messages[::2] == [turn["question"] for turn in turns]
    assert again.main.button[-1].label == turns[1]["next"][-1]
    seen(button(again, TEXTS.text("new-conversation", "es")).click().run())
    assert not again.chat_message
    assert "thread" not in again.query_params


def test_the_level_and_the_language_of_answers_are_the_readers(app: AppTest, tutor: Tutor) -> None:
    visit(app, "es")
    app.sidebar.radio[0].set_value("advanced")
    app.sidebar.selectbox[0].set_value("en")
    ask(app, QUESTION["es"])
    turn = app.session_state["turns"][-1]
    assert (turn["level"], turn["language"]) == ("advanced", "en")
    assert TEXTS.text("sources", "es") in shown(app), "the app itself stays in Spanish"
    seen(app.sidebar.segmented_control[0].set_value("en").run())
    assert TEXTS.text("sources", "en") in shown(app)
    assert (app.sidebar.radio[0].value, app.sidebar.selectbox[0].value) == ("advanced", "en"), "the choices stay"
    assert (one(app.query_params["level"]), one(app.query_params["answers"])) == ("advanced", "en")


def test_a_course_with_faults_is_said_kindly(fresh: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fresh.setenv("ATENEA_COURSE", str(tmp_path))
    app = seen(AppTest.from_file(str(APP), default_timeout=30).run())
    assert len(app.error) == 1


@pytest.mark.parametrize(("locale", "language"), [("es-MX", "es"), ("en-GB", "en"), ("fr-FR", "en"), (None, "en")])
def test_the_app_speaks_the_language_of_the_browser(
    app: AppTest, fresh: pytest.MonkeyPatch, locale: str | None, language: str
) -> None:
    fresh.setattr(type(st.context), "locale", property(lambda _: locale))
    seen(app.run())
    assert app.chat_input[0].placeholder == TEXTS.text("ask-here", language)


def test_text_from_documents_fetches_nothing_and_keeps_formulas_and_code() -> None:
    hostile = "See ![x](https://evil.example/x.png) and :red[this], $a_{b}:c[d]$ and `![code](u)`."
    drawn = marked.safe(hostile)
    assert "![x]" not in drawn
    assert "\\:red[" in drawn
    assert "$a_{b}:c[d]$" in drawn
    assert "`![code](u)`" in drawn


def test_marks_break_neither_lists_nor_code_nor_formulas() -> None:
    sources = [{"passage": "a"}, {"passage": "b"}]
    texts = ["One.", "Two.", "- first", "- second", "```python\nx = 1\n```", "$$\nx\n$$", "Last."]
    sentences = [{"text": text, "verdict": "supported", "citations": [1]} for text in texts]
    sentences[-1]["citations"] = [2]
    lines = marked.answer(sentences, sources).split("\n")
    badge = marked.mark("supported", [1])
    assert lines[0] == f"One.\N{NO-BREAK SPACE}{badge} Two.\N{NO-BREAK SPACE}{badge}"
    assert lines[2:4] == [f"- first\N{NO-BREAK SPACE}{badge}", f"- second\N{NO-BREAK SPACE}{badge}"]
    assert lines[5:8] == ["```python", "x = 1", "```"], "a fence stands on a line of its own"
    assert lines[-1].startswith("Last.")
    assert marked.quotation("- a - b").split("\n") == ["- a", "- b"]
    assert "\n```\n\nAfter" in marked.quotation("Before ```\nx\n``` After")


def test_what_the_sources_do_not_say_closes_the_answer() -> None:
    sentence = {"text": "It has 175 billion.", "verdict": "supported", "citations": [1]}
    answer = "It has 175 billion. [1]\n\nMy sources do not say anything about: price."
    turn = {"sentences": [sentence], "answer": answer}
    assert marked.closing(turn) == "My sources do not say anything about: price."
    assert marked.closing({**turn, "answer": "It has 175 billion. [1]"}) == ""


def test_a_checked_claim_says_its_verdict_before_the_quote() -> None:
    sentence = {"text": "It has 175 billion.", "verdict": "supported", "citations": [1]}
    turn = {"sentences": [sentence], "answer": "Yes, my sources say so:\n\n«It has 175 billion.» [1]\n\nA note."}
    assert marked.opening(turn) == "Yes, my sources say so:"
    assert marked.closing(turn) == "A note."
    assert marked.opening({**turn, "answer": "It has 175 billion. [1]"}) == ""
    assert marked.opening({"sentences": [], "answer": "Hello."}) == ""
