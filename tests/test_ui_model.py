"""The page of the open model, drawn without a browser: what its reader sees, corrects, takes along and deletes."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from app_pages import APP
from streamlit import config
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash
from study_makers import START, Clock, study_over

from knowledge.messages import LANGUAGES
from tutor.errors import BadStore
from tutor.learner.study import Study
from tutor.settings import Settings
from tutor.tutor import Tutor
from ui import own_data, who, written
from ui.app import TEXTS

CHOSEN = {"es": "Español", "en": "English"}
ADDRESS = "server.address"


@pytest.fixture
def here() -> Iterator[None]:
    """The app as `atenea ui` starts it: only this machine reaches it."""
    before = config.get_option(ADDRESS)
    config.set_option(ADDRESS, "127.0.0.1")
    yield
    config.set_option(ADDRESS, before)


@pytest.fixture
def study(tutor: Tutor, tmp_path: Path) -> Study:
    """A store of its own, over the shared course; a minute passes between two events."""
    return study_over(tutor, tmp_path, Clock(timedelta(minutes=1)))


@pytest.fixture
def app(
    settings: Settings, tutor: Tutor, study: Study, here: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[AppTest]:
    """A visitor before the first run; the tutor of the tests stands behind the app, with learners of its own."""
    monkeypatch.setenv("ATENEA_DATA_DIR", str(settings.data_dir))
    monkeypatch.setitem(tutor.__dict__, "study", study)
    monkeypatch.setattr("tutor.tutor.Tutor", lambda: tutor)
    st.cache_resource.clear()
    yield AppTest.from_file(str(APP), default_timeout=30)
    st.cache_resource.clear()


def visit(app: AppTest, language: str = "es", page: str = "model") -> AppTest:
    app.query_params["app"] = CHOSEN[language]
    seen(app.run())
    return go(app, page)


def go(app: AppTest, page: str) -> AppTest:
    """To a page by its address; Streamlit's own `switch_page` of tests knows only pages that are files."""
    app._page_hash = calc_hash({"learn": "", "model": "model"}[page])
    return seen(app.run())


def seen(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def shown(app: AppTest) -> str:
    texts = (*app.markdown, *app.info, *app.warning, *app.caption, *app.error)
    return "\n".join([*(element.value for element in texts), *(bar.text for bar in app.progress)])


def press(app: AppTest, key: str) -> AppTest:
    return seen(app.button(key=key).click().run())


def opened(app: AppTest, concept: str = "softmax") -> AppTest:
    """With the answers behind an estimate before one's eyes."""
    app.session_state[f"evidence-{concept}"] = True
    return seen(app.run())


def labelled(app: AppTest, key: str, language: str = "es") -> Any:
    return next(found for found in app.button if found.label == TEXTS.text(key, language))


def answered(study: Study, *right: bool, concept: str = "softmax") -> list[dict[str, Any]]:
    """The replies to exercises that were answered rightly or not; with a hint from the second on."""
    replies = []
    for number, good in enumerate(right):
        study.serve(who.ME, concept, kind="numeric", language="es")
        item = study.open_item(who.ME)
        assert item is not None
        if number:
            study.hint(who.ME, item.id)
        replies.append(study.answer(who.ME, item.id, str(item.key if good else item.key + 100)))
    return replies


def estimate(study: Study, concept: str = "softmax") -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in study.show(who.ME)["concepts"] if one["id"] == concept)
    return found


def percent(value: float, language: str = "es") -> str:
    return f"{100 * value:.0f}" + {"es": "\N{NO-BREAK SPACE}%", "en": "%"}[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_has_answered_nothing_is_told_what_to_do(app: AppTest, study: Study, language: str) -> None:
    visit(app, language)
    assert app.title[0].value == TEXTS.text("page-model", language)
    assert TEXTS.text("model-empty", language) in shown(app)
    assert not app.progress
    assert study.learners() == [], "looking leaves no trace"
    seen(labelled(app, "ask-exercise", language).click().run())
    turn = app.session_state["turns"][-1]
    assert turn["question"] == TEXTS.text("ask-exercise", language)
    assert TEXTS.text(f"reply-{turn['exercise']['kind']}", language) in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_each_estimate_with_the_answers_behind_it(app: AppTest, study: Study, language: str) -> None:
    first, second = answered(study, True, False)
    asked = study.store.items(who.ME)[first["item"]]["stem"]
    assert asked not in shown(visit(app, language)), "what is closed is not drawn"
    now, page = estimate(study), shown(opened(app))
    low, high = (percent(bound, language) for bound in now["interval"])
    assert percent(now["mastery"], language) in page
    assert TEXTS.text("interval", language, low=low, high=high) in page
    assert app.progress[0].value == int(100 * now["mastery"])
    for reply, verdict in ((first, "correct"), (second, "incorrect")):
        assert reply["verdict"] == verdict
        before, after = (percent(reply["mastery"][one], language) for one in ("before", "after"))
        moved = TEXTS.text("moved", language, before=before, after=after)
        assert f"**{TEXTS.text(f'grade-{verdict}', language)}** · {moved}" in page
    assert {"es": "3 de marzo de 2027 · sin ayuda", "en": "3 March 2027 · without help"}[language] in page
    assert TEXTS.text("help", language, count=1) in page
    assert {f"> {seen['answer']}" for seen in now["evidence"]} <= set(page.split("\n"))
    assert asked in page, "what was asked stands beside the answer"
    assert TEXTS.text("model-head", language, answers=2, goal=TEXTS.text("goal-all", language)) in page
    assert f"1. {study.show(who.ME, language)['path'][0]['why']}" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mistake_that_is_held_is_stated(app: AppTest, study: Study, language: str) -> None:
    for kind in ("mcq", "numeric", "mcq", "numeric"):
        study.serve(who.ME, "softmax", kind=kind)
        item = study.open_item(who.ME)
        assert item is not None
        mistaken = next(iter(item.misconceptions))
        study.answer(who.ME, item.id, "abcdefghij"[int(mistaken)] if item.options else mistaken)
    held = [one["statement"] for one in estimate(study)["misconceptions"]]
    assert held
    page = shown(visit(app, language))
    for statement in held:
        named = statement[language] and TEXTS.text("mistake", language, statement=statement[language].rstrip("."))
        assert (named or TEXTS.text("mistake-unnamed", language)) in page


def test_i_know_this_moves_the_number_and_is_taken_once(app: AppTest, study: Study) -> None:
    answered(study, False)
    visit(app)
    before = app.progress[0].text
    press(app, "know-softmax")
    assert app.progress[0].text != before
    assert percent(estimate(study)["mastery"]) in app.progress[0].text
    assert TEXTS.text("grade-knows", "es") in shown(opened(app))
    assert "know-softmax" not in {found.key for found in app.button}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_concept_without_evidence_can_be_claimed(app: AppTest, study: Study, tutor: Tutor, language: str) -> None:
    visit(app, language)
    assert app.button(key="know").disabled
    chosen = app.selectbox(key=f"claim-{language}")
    assert tutor.course.concept_name("softmax", language) in chosen.options
    seen(chosen.set_value("softmax").run())
    press(app, "know")
    assert [seen["what"] for seen in estimate(study)["evidence"]] == ["claim"]
    assert percent(estimate(study)["mastery"], language) in app.progress[0].text
    assert tutor.course.concept_name("softmax", language) not in app.selectbox(key=f"claim-{language}").options


def test_an_answer_to_an_exercise_said_to_be_wrong_is_not_counted(app: AppTest, study: Study) -> None:
    answered(study, False)
    visit(app)
    before, number = app.progress[0].text, estimate(study)["evidence"][0]["number"]
    assert TEXTS.text("not-counted", "es") not in shown(opened(app))
    press(app, f"wrong-{number}")
    assert f"**{TEXTS.text('grade-incorrect', 'es')}** · {TEXTS.text('not-counted', 'es')}" in shown(app)
    assert app.progress[0].text != before
    assert f"wrong-{number}" not in {found.key for found in app.button}
    assert [row["learner"] for row in study.disputes()] == [who.ME]


def test_wishes_are_kept(app: AppTest, study: Study) -> None:
    visit(app)
    app.multiselect(key="wish-goal-es").set_value(["softmax"])
    app.date_input(key="wish-exam-es").set_value(START.date())
    app.number_input(key="wish-minutes-es").set_value(20)
    app.selectbox(key="wish-style-es").set_value("code")
    app.toggle(key="wish-placement-es").set_value(False)
    seen(labelled(app, "save").click().run())
    kept = study.show(who.ME)["profile"]
    assert kept == {
        "language": "", "style": "code", "goal": ["softmax"], "exam_date": "2027-03-03", "minutes": 20,
        "placement": "skip",
    }  # fmt: skip
    assert app.toast[0].value == TEXTS.text("saved", "es")
    count = len(study.store.events(who.ME))
    seen(labelled(app, "save").click().run())
    assert len(study.store.events(who.ME)) == count, "nothing changed, nothing is written"


def test_everything_can_be_taken_along_and_deleted(app: AppTest, study: Study, tutor: Tutor) -> None:
    visit(app, page="learn")
    seen(app.chat_input[0].set_value("Ponme un ejercicio de softmax").run())
    thread = app.session_state["thread"]
    answered(study, True)
    go(app, "model")
    assert app.get("download_button")[0].label == TEXTS.text("export", "es")
    whole = json.loads(own_data.exported(who.Reader(tutor, TEXTS, "es", who.ME)))
    assert whole["learner"] == who.ME
    assert whole["conversations"][thread][0]["exercise"]
    assert labelled(app, "delete").disabled, "not by accident"
    seen(app.checkbox(key="delete-sure").check().run())
    seen(labelled(app, "delete").click().run())
    assert study.learners() == []
    assert tutor.history(thread) == []
    assert TEXTS.text("model-empty", "es") in shown(app)
    go(app, "learn")
    assert not app.chat_message


def test_what_goes_wrong_is_said_and_the_page_stands(
    app: AppTest, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(study, True)

    def broken(*_: object) -> None:
        raise BadStore("store-damaged", path=Path("learners.sqlite"))

    monkeypatch.setattr(study, "claim", broken)
    visit(app, "en")
    press(app, "know-softmax")
    assert "damaged" in app.warning[0].value
    assert app.progress


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ["0.0.0.0", None])
def test_where_others_can_reach_the_app_nobody_is_remembered(
    app: AppTest, study: Study, language: str, address: str | None
) -> None:
    config.set_option(ADDRESS, address)
    visit(app, language)
    assert app.info[0].value == TEXTS.text("nobody", language)
    assert len(app.main.button) == 0
    go(app, "learn")
    assert TEXTS.text("nobody", language) in shown(app)
    seen(app.chat_input[0].set_value("softmax").run())
    assert app.session_state["turns"][-1]["sentences"]
    assert study.learners() == []


# The conversation of a learner


def test_an_exercise_is_answered_in_the_conversation(app: AppTest, study: Study) -> None:
    visit(app, page="learn")
    seen(labelled(app, "example-exercise").click().run())
    item = study.open_item(who.ME)
    assert item is not None
    page = shown(app)
    assert item.stem in page
    assert TEXTS.text(f"reply-{item.kind}", "es") in page
    assert TEXTS.text("no-answer", "es") not in page
    seen(app.chat_input[0].set_value("mi respuesta es: no lo sé").run())
    turn = app.session_state["turns"][-1]
    assert turn["intent"] == "answer"
    assert turn["answer"] in shown(app)
    assert study.show(who.ME)["answers"] == 1


def test_a_learner_has_many_conversations(app: AppTest, study: Study) -> None:
    visit(app, page="learn")
    seen(app.chat_input[0].set_value("softmax").run())
    first = app.session_state["thread"]
    seen(labelled(app, "new-conversation").click().run())
    seen(app.chat_input[0].set_value("attention").run())
    assert set(study.threads(who.ME)) == {first, app.session_state["thread"]}
    assert len(study.threads(who.ME)) == 2


def test_the_level_follows_the_model_unless_the_reader_chooses(
    app: AppTest, tutor: Tutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    stream = tutor.stream

    def heard(question: str, **chosen: Any) -> Iterator[dict[str, Any]]:
        asked.append((chosen["level"], chosen["learner"]))
        return stream(question, **chosen)

    monkeypatch.setattr(tutor, "stream", heard)
    visit(app, page="learn")
    seen(app.chat_input[0].set_value("softmax").run())
    seen(app.sidebar.radio[0].set_value("advanced").run())
    seen(app.chat_input[0].set_value("softmax").run())
    assert asked == [("", who.ME), ("advanced", who.ME)]


@pytest.mark.parametrize(("language", "written_so"), [("es", "54 %"), ("en", "54%")])
def test_shares_and_days_are_written_as_readers_do(language: str, written_so: str) -> None:
    assert written.share(0.544, TEXTS, language).replace("\N{NO-BREAK SPACE}", " ") == written_so
    assert (
        written.day("2027-01-31", TEXTS, language) == {"es": "31 de enero de 2027", "en": "31 January 2027"}[language]
    )
    assert len(TEXTS.text("months", language).split()) == 12
