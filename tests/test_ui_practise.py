"""The page of practising, drawn without a browser: every kind of exercise answered, helped with, left and disputed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from app_pages import SignedIn, app_over, labelled, open_page, seen, shown
from streamlit.testing.v1 import AppTest
from study_makers import Clock, study_over
from test_access import AUTH, CLAIMS

from agents.item import Item
from knowledge.messages import LANGUAGES
from tutor.errors import BadStore
from tutor.item_files import item_from
from tutor.learner.study import Study
from tutor.people import ME
from tutor.tutor import Tutor
from ui.answer_inputs import AnswerInputs, drawn_formula
from ui.app import TEXTS as APP_TEXTS
from ui.own_texts import OwnTexts
from ui.who import Reader

TEXTS = OwnTexts(APP_TEXTS, ("practise", "advice"))
CONCEPTS = {"matrix": "activation-functions", "match": "activation-functions", "numeric": "alibi"}  # else softmax
FORMULA = "the-ratio.formula.1"


@pytest.fixture
def study(tutor: Tutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A store of its own over the shared course; a minute passes between two events."""
    made = study_over(tutor, tmp_path, Clock(timedelta(minutes=1)))
    monkeypatch.setitem(tutor.__dict__, "study", made)
    return made


@pytest.fixture
def app(tutor: Tutor, study: Study) -> Iterator[AppTest]:
    with app_over(tutor) as opened:
        yield opened


def say(key: str, language: str = "es", **values: object) -> str:
    return TEXTS.text(key, language, **values)


def serve(study: Study, kind: str = "mcq", language: str = "es") -> Item:
    study.serve(ME, CONCEPTS.get(kind, "softmax"), kind=kind, language=language)
    item = study.open_item(ME)
    assert item is not None
    return item


def formula_item(study: Study) -> Item:
    """An exercise whose answer is a formula; the course has none of its own."""
    row = {**serve(study, "numeric").as_json(), "id": FORMULA, "kind": "formula", "concept": "softmax",
           "stem": "Escribe $a$ dividido entre $b$.", "key": r"\frac{a}{b}", "tolerance": 0.0, "misconceptions": {},
           "unit": ""}  # fmt: skip
    study._serve(ME, item_from(row), "practise", placement=False)
    item = study.open_item(ME)
    assert item is not None
    return item


def fill(app: AppTest, item: Item, *, right: bool = True) -> None:
    """Answer by the inputs, as a person would."""
    name = AnswerInputs(Reader(None, TEXTS, "es", ME), item.as_json(), []).name  # type: ignore[arg-type]
    match item.kind:
        case "mcq" | "true_false":
            place = item.key if right else (item.key + 1) % len(item.options)
            app.radio(key=name).set_value(place)
        case "multi":
            for place in item.key if right else [0]:
                app.checkbox(key=f"{name}-{place}").check()
        case "matrix":
            rows = item.key if isinstance(item.key[0], list) else [item.key]
            app.number_input(key=f"{name}-rows").set_value(len(rows))
            app.number_input(key=f"{name}-columns").set_value(len(rows[0]))
            seen(app.run())
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    app.text_input(key=f"{name}-{row}-{column}").set_value(f"{cell}".replace(".", ","))
        case "match":
            for number, place in enumerate(item.key, start=1):
                app.selectbox(key=f"{name}-{number}").set_value(place)
        case "order":
            _order(app, name, item)
        case "short":
            app.text_area(key=name).set_value(". ".join(item.key))
        case "formula":
            app.text_input(key=name).set_value("a/b")
        case _:
            app.text_input(key=name).set_value(f"{item.key}".replace(".", ","))


def _order(app: AppTest, name: str, item: Item) -> None:
    """Move each step up to its place."""
    for rank, place in enumerate(item.key):
        while app.session_state[f"{name}-order"].index(place) > rank:
            seen(app.button(key=f"{name}-order-up-{place}").click().run())


def send(app: AppTest, language: str = "es") -> AppTest:
    return seen(labelled(app, say("send", language)).click().run())


def verdict(study: Study) -> str:
    return study.state(ME).seen[-1].verdict


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_newcomer_is_told_what_to_do_and_may_begin_by_questions(app: AppTest, study: Study, language: str) -> None:
    open_page(app, "practise", language)
    assert say("advice-placement", language) in shown(app)
    assert study.learners() == [], "looking leaves no trace"
    seen(app.button(key="begin-placement").click().run())
    item = study.open_item(ME)
    assert item is not None
    assert item.stem in shown(app) or item.kind == "match"
    assert item.language == language
    assert say("placement-question", language) in shown(app)


def test_who_begins_from_scratch_has_the_first_concept_explained(app: AppTest, tutor: Tutor, study: Study) -> None:
    open_page(app, "practise", "es")
    seen(app.button(key="no-placement").click().run())
    advice = tutor.practice.advised(ME)
    assert advice["action"] == "explain"
    assert advice["why"] in shown(app)
    seen(app.button(key="explain-first").click().run())
    [turn] = app.session_state["turns"]
    assert (turn["concepts"][0], bool(turn["sentences"])) == (advice["concept"], True)


def test_a_concept_and_a_kind_can_be_chosen(app: AppTest, study: Study) -> None:
    open_page(app, "practise", "es")
    assert app.button(key="serve").disabled
    seen(app.selectbox(key="practise-concept-es").set_value("softmax").run())
    seen(app.selectbox(key="practise-kind-es").set_value("order").run())
    seen(app.button(key="serve").click().run())
    item = study.open_item(ME)
    assert item is not None
    assert (item.concept, item.kind) == ("softmax", "order")


@pytest.mark.parametrize("kind", ["mcq", "multi", "true_false", "numeric", "matrix", "order", "match", "formula"])
def test_every_kind_is_answered_by_its_own_inputs(app: AppTest, study: Study, kind: str) -> None:
    item = formula_item(study) if kind == "formula" else serve(study, kind)
    open_page(app, "practise", "es")
    fill(app, item)
    send(app)
    assert verdict(study) == "correct"
    assert say("grade-correct") in shown(app)
    assert say("solution") in [expander.label for expander in app.expander]


def test_words_are_graded_as_they_were_written(app: AppTest, study: Study) -> None:
    item = serve(study, "short")
    fill(open_page(app, "practise", "es"), item)
    send(app)
    reply = study.replied(ME, item.id)
    assert reply is not None
    assert study.state(ME).seen[-1].text == ". ".join(item.key)
    assert reply["feedback"] in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_right_answer_shows_what_it_changed_the_solution_and_the_next(
    app: AppTest, study: Study, language: str
) -> None:
    item = serve(study, language=language)
    fill(open_page(app, "practise", language), item)
    send(app, language)
    reply = study.replied(ME, item.id)
    assert reply is not None
    assert reply["feedback"] in shown(app)
    assert app.progress[0].value == int(100 * reply["mastery"]["after"])
    assert say("went-up", language) in app.progress[0].text
    assert item.rationale.split("\n")[0][:40] in shown(app)
    seen(app.button(key="next").click().run())
    assert study.open_item(ME) is not None or app.button(key="explain-first")


def test_a_wrong_answer_keeps_what_was_chosen_and_may_be_mended(app: AppTest, study: Study) -> None:
    item = serve(study)
    fill(open_page(app, "practise", "es"), item, right=False)
    send(app)
    assert verdict(study) == "incorrect"
    assert say("tries-left", count=2) in shown(app)
    assert app.radio[0].value == (item.key + 1) % len(item.options)
    assert item.rationale not in shown(app)
    fill(app, item)
    send(app)
    assert verdict(study) == "correct"


def test_an_answer_that_is_not_whole_is_not_sent(app: AppTest, study: Study) -> None:
    serve(study, "match")
    send(open_page(app, "practise", "es"))
    assert say("answer-missing") in shown(app)
    assert not study.state(ME).seen


def test_the_ladder_says_its_rungs_and_that_the_last_reveals(app: AppTest, study: Study) -> None:
    item = serve(study)
    open_page(app, "practise", "es")
    for rung, hint in enumerate(item.hints, start=1):
        assert app.button(key="hint").label == say("hint", rung=rung, of=len(item.hints))
        assert hint not in shown(app)
        seen(app.button(key="hint").click().run())
        assert hint in shown(app)
    assert say("try-first") in shown(app)
    fill(app, item, right=False)
    send(app)
    assert app.button(key="reveal").help == say("reveal-why")
    seen(app.button(key="reveal").click().run())
    assert item.rationale.split("\n")[0][:40] in shown(app)
    assert study.open_item(ME) is None


def test_an_exercise_may_be_left_and_disputed(app: AppTest, study: Study) -> None:
    serve(study)
    open_page(app, "practise", "es")
    seen(app.button(key="leave").click().run())
    assert say("left") in shown(app)
    assert not study.state(ME).seen
    item = serve(study)
    open_page(app, "practise", "es")
    app.text_area(key=f"why-{item.id}").set_value("La opción B también vale.")
    seen(app.button(key="wrong-send").click().run())
    assert say("disputed") in shown(app)
    [row] = study.disputes()
    assert (row["item"], row["why"]) == (item.id, "La opción B también vale.")


def test_a_reload_keeps_the_exercise_its_hints_and_its_verdict(app: AppTest, tutor: Tutor, study: Study) -> None:
    item = serve(study)
    study.hint(ME, item.id)
    fill(open_page(app, "practise", "es"), item)
    send(app)
    address = {key: app.query_params[key] for key in ("item", "app")}
    again = AppTest.from_file(app._script_path, default_timeout=60)
    again.query_params["item"] = address["item"]
    open_page(again, "practise", "es")
    assert say("grade-correct") in shown(again)
    new = AppTest.from_file(app._script_path, default_timeout=60)
    open_page(new, "practise", "es")
    assert say("own-choice") in [heading.value for heading in new.subheader], "a new visit begins anew"


def test_no_key_and_no_solution_is_on_the_page_of_an_open_exercise(app: AppTest, study: Study) -> None:
    item = serve(study, "short")
    open_page(app, "practise", "es")
    page = shown(app)
    assert item.rationale not in page
    assert not any(point in page for point in item.key)


def test_what_goes_wrong_is_said_and_keeps_the_answer(
    app: AppTest, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Any:
        raise BadStore("store-damaged", path=Path("learners.sqlite"))

    item = serve(study)
    monkeypatch.setattr(study, "answer", broken)
    fill(open_page(app, "practise", "es"), item)
    send(app)
    assert "learners.sqlite" in app.warning[0].value
    assert app.radio[0].value == item.key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_visitor_is_remembered_by_nobody(tutor: Tutor, study: Study, language: str) -> None:
    with app_over(tutor, "0.0.0.0") as app:
        open_page(app, "practise", language)
        assert say("nobody", language) in shown(app)
        assert not app.main.button


def test_a_student_of_a_class_practises_under_their_own_name(tutor: Tutor, study: Study) -> None:
    file = tutor.settings.data_dir / "class.toml"
    file.write_text(f"{AUTH}[roles]\n")
    try:
        with app_over(tutor, "0.0.0.0", SignedIn({**CLAIMS, "sub": "ben"})) as app:
            open_page(app, "practise", "es")
            seen(app.selectbox(key="practise-concept-es").set_value("softmax").run())
            seen(app.selectbox(key="practise-kind-es").set_value("mcq").run())
            seen(app.button(key="serve").click().run())
            [learner] = study.learners()
            item = study.open_item(learner)
            assert item is not None
            fill(app, item)
            send(app)
            assert study.state(learner).seen[-1].verdict == "correct"
            open_page(app, "model", "es")
            app.session_state["evidence-softmax"] = True  # opens the answers behind it
            seen(app.run())
            assert APP_TEXTS.text("grade-correct", "es") in shown(app)
            assert item.stem in shown(app)
            assert ME not in study.learners()
    finally:
        file.unlink()


def test_a_formula_is_looked_at_as_it_would_be_printed() -> None:
    assert drawn_formula("softmax(x) * 2") == r"\operatorname{softmax}(x)  \cdot  2"
    assert drawn_formula(r"$\sqrt{d_k}$") == r"\sqrt{d_k}"
