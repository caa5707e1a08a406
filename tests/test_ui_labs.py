"""The page of the labs, drawn without a browser: every lab with its inputs, a run, and what is said when it cannot."""

from collections.abc import Iterator

import pytest
from app_pages import app_over, open_page, seen, shown
from streamlit.testing.v1 import AppTest

from knowledge.messages import LANGUAGES
from tutor.labs.registry import LABS
from tutor.tutor import Tutor
from ui.app import TEXTS as APP_TEXTS
from ui.own_texts import OwnTexts
from ui.page_labs import AT_ONCE

TEXTS = OwnTexts(APP_TEXTS, ("labs",))
SLOW = [name for name, lab in LABS.items() if lab.seconds > AT_ONCE]


@pytest.fixture
def app(tutor: Tutor) -> Iterator[AppTest]:
    with app_over(tutor) as opened:
        yield opened


def lab_page(app: AppTest, name: str, language: str = "es") -> AppTest:
    app.query_params["lab"] = name
    return open_page(app, "labs", language)


def charts(app: AppTest) -> list[object]:
    return list(app.get("vega_lite_chart"))


def alts(app: AppTest) -> list[str]:
    return [chart.proto.alt for chart in charts(app)]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("name", "language"), [("attention_steps", "es"), ("bpe_training", "en")])
def test_a_lab_shows_its_task_inputs_findings_and_figures(app: AppTest, name: str, language: str) -> None:
    lab = LABS[name]
    lab_page(app, name, language)
    page = shown(app)
    assert lab.task(language) in page
    assert lab.observe(language) in page
    labels = {widget.label for kind in ("slider", "selectbox", "toggle", "text_input", "text_area", "number_input",
                                        "multiselect") for widget in app.get(kind)}  # fmt: skip
    assert {one.label[language] for one in lab.inputs} <= labels
    assert charts(app)
    assert all(alt.strip(". ") for alt in alts(app)), "who does not see a figure hears it"
    assert "](https://" in page, "the sources are links"


def test_a_change_runs_the_lab_anew_and_a_limit_follows(app: AppTest) -> None:
    lab_page(app, "masks")
    before = shown(app)
    seen(app.slider(key="masks-n-es").set_value(3).run())
    assert shown(app) != before
    assert app.slider(key="masks-padded-es").max == 2
    assert app.slider(key="masks-prefix-es").max == 3


def test_a_word_is_chosen_among_those_of_the_sentence(app: AppTest) -> None:
    lab_page(app, "attention_steps")
    seen(app.text_input(key="attention-steps-text-es").set_value("uno dos uno").run())
    words = next(box for box in app.selectbox if str(box.key).startswith("attention-steps-chosen"))
    assert words.options == ["1. uno", "2. dos", "3. uno"]
    seen(words.set_value(1).run())
    assert "«dos» (posición 2)" in shown(app)


def test_an_input_on_which_a_lab_cannot_run_is_said_kindly_and_kept(app: AppTest) -> None:
    lab_page(app, "attention_steps")
    seen(app.text_input(key="attention-steps-text-es").set_value("a b c d e f g h i j k l m").run())
    assert len(app.warning) == 1
    assert "12" in app.warning[0].value
    assert app.text_input(key="attention-steps-text-es").value.endswith("l m")
    assert not charts(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SLOW)
def test_a_lab_that_takes_long_says_so_and_waits_for_its_button(app: AppTest, name: str, language: str) -> None:
    lab_page(app, name, language)
    assert not charts(app)
    assert app.button(key=f"run-{name}").label == TEXTS.text("labs-run", language)
    assert TEXTS.text("labs-takes", language, seconds=round(LABS[name].seconds)) in shown(app)


def test_a_training_runs_when_it_is_asked_to_and_says_when_it_is_out_of_date(app: AppTest) -> None:
    lab_page(app, "tiny_training")
    app.multiselect(key="tiny-training-variants-es").set_value(["whole"])
    app.number_input(key="tiny-training-steps-es").set_value(1)
    app.number_input(key="tiny-training-layers-es").set_value(1)
    seen(app.run())
    assert not charts(app)
    seen(app.button(key="run-tiny_training").click().run())
    assert charts(app)
    assert "labs-stop" not in {button.key for button in app.button}, "there is nothing to stop any more"
    seen(app.run())
    assert charts(app), "what was run stays"
    seen(app.number_input(key="tiny-training-steps-es").set_value(2).run())
    assert not charts(app)
    assert TEXTS.text("labs-changed", "es") in shown(app)


def test_a_visitor_may_use_the_labs(tutor: Tutor) -> None:
    with app_over(tutor, "0.0.0.0") as app:
        lab_page(app, "attention_steps", "en")
        assert charts(app)
