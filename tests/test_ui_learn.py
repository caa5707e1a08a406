"""The conversation of a learner, drawn without a browser: an answer asked for otherwise, anew or left; an exercise in
it; conversations to go on with."""

from collections.abc import Iterator
from typing import Any

import pytest
from app_pages import app_over, labelled, open_page, seen, shown
from streamlit.runtime.scriptrunner import StopException
from streamlit.testing.v1 import AppTest

from knowledge.messages import LANGUAGES
from tutor.people import ME
from tutor.settings import Settings
from tutor.tutor import Tutor
from ui import marked
from ui.answer_inputs import AnswerInputs
from ui.app import TEXTS as APP_TEXTS
from ui.learn_threads import MOST_LETTERS, _shortened
from ui.own_texts import OwnTexts
from ui.who import Reader

TEXTS = OwnTexts(APP_TEXTS, ("practise", "advice"))
QUESTION = {"es": "¿Qué es la atención?", "en": "What is attention?"}


@pytest.fixture(scope="module")
def own(tutor: Tutor, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Tutor:
    """A tutor with learners and conversations of its own."""
    other = Tutor(settings.model_copy(update={"data_dir": tmp_path_factory.mktemp("learning")}))
    for part in ("course", "encoder", "verifier", "workshop"):
        other.__dict__[part] = getattr(tutor, part)
    return other


@pytest.fixture
def app(own: Tutor) -> Iterator[AppTest]:
    with app_over(own) as opened:
        yield opened
    if own.study.knows(ME):
        own.learner_delete(ME)


def say(key: str, language: str = "es", **values: object) -> str:
    return TEXTS.text(key, language, **values)


def learn(app: AppTest, language: str = "es") -> AppTest:
    return open_page(app, "", language)


def ask(app: AppTest, question: str) -> dict[str, Any]:
    seen(app.chat_input[0].set_value(question).run())
    return last(app)


def press(app: AppTest, key: str) -> dict[str, Any]:
    seen(app.button(key=key).click().run())
    return last(app)


def last(app: AppTest) -> dict[str, Any]:
    turn: dict[str, Any] = app.session_state["turns"][-1]
    return turn


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_learner_is_offered_questions_or_a_start_at_once(app: AppTest, own: Tutor, language: str) -> None:
    learn(app, language)
    assert say("advice-placement", language) in shown(app)
    assert len([button for button in app.main.button if button.key.startswith("start-")]) == 4
    seen(app.button(key="no-placement").click().run())
    assert own.practice.advised(ME, language)["why"] in shown(app)
    seen(app.button(key="explain-first").click().run())
    assert last(app)["sentences"]


def test_a_new_learner_who_takes_the_questions_is_at_the_page_of_practising(app: AppTest, own: Tutor) -> None:
    learn(app)
    seen(app.button(key="begin-placement").click().run())
    assert app.title[0].value == say("page-practise")
    assert own.study.open_item(ME) is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_is_asked_for_simpler_deeper_with_an_example_and_with_code(app: AppTest, language: str) -> None:
    learn(app, language)
    concept = ask(app, QUESTION[language])["concepts"][0]
    intents = {}
    for wish in ("simpler", "deeper", "example", "code"):
        turn = press(app, f"wish-{wish}")
        intents[wish] = turn["intent"]
        assert (turn["concepts"][0], turn["language"]) == (concept, language)
        assert turn["sentences"], wish
    assert intents == {wish: wish for wish in intents}
    turn = press(app, "wish-test")
    assert turn["exercise"]["concept"] == concept


def test_a_picture_is_drawn_by_the_lab_of_the_concept(app: AppTest) -> None:
    learn(app)
    ask(app, QUESTION["es"])
    seen(app.button(key="wish-picture").click().run())
    assert app.title[0].value == say("page-labs")
    assert app.get("vega_lite_chart")


def test_an_answer_given_anew_takes_the_place_of_the_old_one(app: AppTest, own: Tutor) -> None:
    learn(app)
    ask(app, QUESTION["es"])
    seen(app.sidebar.radio[0].set_value("advanced").run())
    turn = press(app, "again")
    assert turn["level"] == "advanced"
    assert len(app.session_state["turns"]) == len(own.history(turn["thread"])) == 1
    assert len(app.chat_message) == 2


def test_an_answer_that_is_stopped_shows_what_was_said_and_keeps_nothing(
    app: AppTest, own: Tutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = own.stream

    def left(*given: Any, **chosen: Any) -> Iterator[dict[str, Any]]:
        """The reader presses a button after the first sentence, which ends the run of the page."""
        events = stream(*given, **chosen)
        yield next(events)
        events.close()  # type: ignore[attr-defined]
        raise StopException

    learn(app)
    monkeypatch.setattr(own, "stream", left)
    app.chat_input[0].set_value(QUESTION["es"]).run()
    monkeypatch.undo()
    seen(app.button(key="stop").click().run())
    page = shown(app)
    assert say("stopped") in page
    assert QUESTION["es"] in page
    assert marked.mark("supported", [1]) in page
    assert app.session_state["turns"] == []
    assert [head for head in own.conversations(ME) if head["question"] == QUESTION["es"]] == []
    assert ask(app, QUESTION["es"])["sentences"]
    assert say("stopped") not in shown(app)


def test_an_exercise_is_answered_by_its_inputs(app: AppTest, own: Tutor) -> None:
    learn(app)
    turn = ask(app, "Ponme un ejercicio de softmax")
    item = own.study.open_item(ME)
    assert item is not None
    assert turn["exercise"]["id"] == item.id
    seen(app.button(key="send-answer").click().run())
    assert say("answer-missing") in shown(app)
    own.study.serve(ME, "softmax", kind="mcq", language="es")
    item = own.study.open_item(ME)
    assert item is not None
    seen(app.run())
    name = AnswerInputs(Reader(own, TEXTS, "es", ME), item.as_json(), []).name
    app.radio(key=name).set_value(item.key)
    turn = press(app, "send-answer")
    assert turn["intent"] == "answer"
    assert own.study.state(ME).seen[-1].verdict == "correct"
    assert "send-answer" not in {button.key for button in app.button}, "it is over"


@pytest.mark.parametrize("language", LANGUAGES)
def test_earlier_conversations_can_be_gone_on_with(app: AppTest, own: Tutor, language: str) -> None:
    learn(app, language)
    thread = ask(app, QUESTION[language])["thread"]
    seen(labelled(app, say("new-conversation", language)).click().run())
    ask(app, "softmax")
    assert say("conversations", language) in [expander.label for expander in app.sidebar.expander]
    seen(app.button(key=f"thread-{thread}").click().run())
    assert last(app)["question"] == QUESTION[language]
    assert ask(app, {"es": "un ejemplo", "en": "an example"}[language])["thread"] == thread
    assert len(own.history(thread)) == 2


def test_the_name_of_a_conversation_draws_nothing() -> None:
    assert _shortened("![x](http://e/x.png) **a**\n# b :red[c]") == "!x(http//e/x.png) a b redc"
    assert len(_shortened("palabra " * 40)) <= MOST_LETTERS
