"""The page of the open model, drawn without a browser: what its reader sees, corrects, takes along and deletes."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest

from knowledge.messages import LANGUAGES
from tutor.errors import BadStore
from tutor.learner.study import Study
from tutor.settings import Settings
from tutor.tutor import Tutor
from ui import page_learn, page_model, who, written
from ui.app import TEXTS

APP = Path(page_learn.__file__).with_name("app.py")
CHOSEN = {"es": "Español", "en": "English"}
START = datetime(2027, 3, 3, 12, tzinfo=UTC)
RIGHT, WRONG = "0", "1"  # answers that a fixed item takes
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
    minutes = iter(range(1_000_000))
    return Study(
        tutor.course, tmp_path / "learners.sqlite", lambda: tutor.workshop,
        lambda: START + timedelta(minutes=next(minutes)),
    )  # fmt: skip


@pytest.fixture
def app(settings: Settings, tutor: Tutor, study: Study, here: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
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
    return app if page == "learn" else seen(app.switch_page(page).run())


def seen(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def shown(app: AppTest) -> str:
    texts = (*app.markdown, *app.info, *app.warning, *app.caption, *app.error)
    return "\n".join([*(element.value for element in texts), *(bar.text for bar in app.progress)])


def press(app: AppTest, key: str) -> AppTest:
    return seen(app.button(key=key).click().run())


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
    visit(app, language)
    now, page = estimate(study), shown(app)
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
    assert f"> {study.show(who.ME)['concepts'][[one['id'] for one in study.show(who.ME)['concepts']].index('softmax')]['evidence'][0]['answer']}" in page
    assert TEXTS.text("model-head", language, answers=2, goal=TEXTS.text("goal-all", language)) in page
    assert f"1. {study.show(who.ME, language)['path'][0]['why']}" in page
