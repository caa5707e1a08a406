"""The page of the path, drawn without a browser: the next step, the goal, the map, reviews and days."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from app_pages import app_over, open_page, seen, shown
from streamlit.testing.v1 import AppTest
from study_makers import Clock, right_answer, served, study_over

from knowledge.messages import LANGUAGES
from tutor.learner.study import Study
from tutor.learner_map import BANDS, LearnerMap
from tutor.people import ME
from tutor.tutor import Tutor
from ui import path_graph
from ui.app import TEXTS as APP_TEXTS
from ui.own_texts import OwnTexts
from ui.written import day

TEXTS = OwnTexts(APP_TEXTS, ("path", "advice"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def study(tutor: Tutor, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Study:
    made = study_over(tutor, tmp_path, clock)
    monkeypatch.setitem(tutor.__dict__, "study", made)
    return made


@pytest.fixture
def app(tutor: Tutor, study: Study) -> Iterator[AppTest]:
    with app_over(tutor) as opened:
        yield opened


def answered(study: Study, times: int = 1) -> None:
    for _ in range(times):
        item = served(study, learner=ME)
        study.answer(ME, item.id, right_answer(item))


def graph(app: AppTest) -> str:
    drawn: str = app.get("graphviz_chart")[0].proto.spec  # type: ignore[attr-defined]
    return drawn


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_newcomer_sees_where_to_begin_and_the_map(app: AppTest, study: Study, language: str) -> None:
    open_page(app, "path", language)
    page = shown(app)
    assert TEXTS.text("advice-placement", language) in page
    assert TEXTS.text("path-no-reviews", language) in page
    assert TEXTS.text("path-week", language) not in [heading.value for heading in app.subheader], "no empty week"
    assert all(TEXTS.text(f"band-{band}", language) in page for band in BANDS), "the signs are explained"
    total = len(study.course.concepts)
    assert app.progress[0].text == TEXTS.text(
        "path-so-far", language, of=total, mastered=0, good=0, begun=0, unseen=total
    )
    assert study.learners() == [], "looking leaves no trace"
    assert graph(app).startswith("digraph")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_of_the_course_can_be_drawn_and_is_told_as_a_list(
    app: AppTest, tutor: Tutor, study: Study, language: str
) -> None:
    answered(study)
    open_page(app, "path", language)
    for topic in tutor.course.topics:
        seen(app.selectbox(key=f"path-part-{language}").set_value(topic).run())
        own = [concept for concept in tutor.course.concepts.values() if concept.topic == topic]
        assert all(f'"{concept.id}" [label=' in graph(app) for concept in own)
        assert all(f"{concept.name[language]}: " in shown(app) for concept in own)
        alt = app.get("graphviz_chart")[0].proto.alt  # type: ignore[attr-defined]
        assert all(concept.name[language] in alt for concept in own), "who does not see it hears it"


def test_the_next_step_and_what_is_chosen_open_the_page_of_practising(app: AppTest, study: Study) -> None:
    study.set(ME, placement="skip")
    open_page(app, "path", "es")
    seen(app.selectbox(key="path-part-es").set_value("language").run())
    seen(app.button(key="list-softmax").click().run())
    item = study.open_item(ME)
    assert item is not None
    assert item.concept == "softmax"
    assert app.title[0].value == TEXTS.text("page-practise", "es")


@pytest.mark.parametrize("language", LANGUAGES)
def test_reviews_come_with_their_day_and_are_offered_when_they_are_due(
    app: AppTest, study: Study, clock: Clock, language: str
) -> None:
    answered(study, 4)
    name = study.course.concept_name("softmax", language)
    at = LearnerMap(study).draw(ME)["reviews"][0]["at"]
    when = day(at, TEXTS, language)
    open_page(app, "path", language)
    assert TEXTS.text("path-review-later", language, concept=name, day=when) in shown(app)
    assert TEXTS.text("path-day", language) in shown(app)
    clock.now = datetime.fromisoformat(at) + timedelta(hours=1)
    open_page(app, "path", language)
    assert TEXTS.text("path-review-due", language, concept=name) in shown(app)
    assert "↻" in graph(app)
    seen(app.button(key="review-softmax").click().run())
    assert study.open_item(ME) is not None


def test_a_goal_is_kept_and_narrows_the_way(app: AppTest, study: Study) -> None:
    open_page(app, "path", "es")
    seen(app.multiselect(key="path-goal-es").set_value(["softmax"]).run())
    assert study.show(ME)["profile"]["goal"] == ["softmax"]
    assert not app.progress[0].text.startswith(f"{len(study.course.concepts)} ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_visitor_has_no_path(tutor: Tutor, study: Study, language: str) -> None:
    with app_over(tutor, "0.0.0.0") as app:
        open_page(app, "path", language)
        assert TEXTS.text("nobody", language) in shown(app)
        assert not app.main.button


def test_each_band_has_a_sign_and_a_fill_of_its_own_and_text_that_can_be_read() -> None:
    assert set(path_graph.SIGNS) == set(path_graph.FILLS) == set(BANDS)
    assert len(set(path_graph.SIGNS.values())) == len(set(path_graph.FILLS.values())) == len(BANDS)
    for fill in path_graph.FILLS.values():
        assert contrast(fill, path_graph.TEXT) >= 4.5


def test_names_cannot_break_out_of_the_graph() -> None:
    concept = {"id": 'a"b', "name": 'x"]; evil [label="\\', "topic": "t", "prerequisites": [], "band": "unseen",
               "mastery": 0.0, "due": False}  # fmt: skip
    drawn = path_graph.drawn_part([concept], "t", "", str)
    assert '"a\\"b" [label="○ x\\"]; evil [label=\\"\\\\"' in drawn


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (WCAG 2.2, relative luminance)."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
