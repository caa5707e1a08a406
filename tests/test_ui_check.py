"""The page on which a text is checked, drawn without a browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from app_pages import app_over, labelled, open_page, seen, shown
from streamlit.testing.v1 import AppTest

from knowledge.messages import LANGUAGES
from tutor.errors import BadStore
from tutor.settings import Settings
from tutor.tutor import Tutor
from ui.page_check import TEXTS

NOTE = "# Notes on the Zephyr model\n\nThe Zephyr model of our laboratory has 777 million parameters.\n"
CLAIM = "The Zephyr model of our laboratory has 777 million parameters."


@pytest.fixture(scope="module")
def own(settings: Settings, tutor: Tutor, tmp_path_factory: pytest.TempPathFactory) -> Tutor:
    """A tutor with texts and a library of its own."""
    other = Tutor(settings.model_copy(update={"data_dir": tmp_path_factory.mktemp("checks")}))
    for part in ("course", "encoder", "verifier"):
        other.__dict__[part] = getattr(tutor, part)
    return other


@pytest.fixture
def app(own: Tutor) -> Iterator[AppTest]:
    with app_over(own) as opened:
        yield opened


def typed(app: AppTest, text: str) -> AppTest:
    return seen(app.text_area[0].set_value(text).run())


def check(app: AppTest, language: str) -> AppTest:
    return seen(labelled(app, TEXTS.text("check", language)).click().run())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_is_checked_with_two_clicks_and_a_reload_keeps_it(app: AppTest, own: Tutor, language: str) -> None:
    open_page(app, "check", language)
    assert TEXTS.text("lead", language) in shown(app)
    assert app.text_area[0].label == TEXTS.text("text", language)
    check(app, language)
    assert app.info[0].value == TEXTS.text("nothing", language), "what to do is said"

    seen(labelled(app, TEXTS.text("example", language)).click().run())
    check(app, language)
    page = shown(app)
    for verdict in ("supported", "contradicted", "not_found"):
        assert f'<mark class="{verdict}">' in page
        assert TEXTS.text(f"means-{verdict}", language) in page
    assert page.count("<blockquote") >= 3, "the evidence stands beside its claim"
    assert page.count('<details class="verdict">') == 5
    assert app.session_state["check"]["whole"]
    assert app.download_button[0].label == TEXTS.text("download", language)

    [name] = app.query_params["text"] if isinstance(app.query_params["text"], list) else [app.query_params["text"]]
    with app_over(own) as again:
        again.query_params["text"] = name
        open_page(again, "check", language)
        assert again.text_area[0].value == TEXTS.text("example-text", language)
        assert '<mark class="contradicted">' in shown(again)
        seen(labelled(again, TEXTS.text("clear", language)).click().run())
        assert again.text_area[0].value == ""
        assert "<mark" not in shown(again)
        assert "text" not in again.query_params


def test_a_text_that_has_changed_says_so_and_one_without_claims_too(app: AppTest) -> None:
    open_page(app, "check", "en")
    typed(app, "GPT-3 has 175 billion parameters.")
    check(app, "en")
    assert '<mark class="supported">' in shown(app)
    typed(app, "GPT-3 has 17 billion parameters.")
    assert TEXTS.text("changed", "en") in shown(app)
    check(app, "en")
    assert TEXTS.text("changed", "en") not in shown(app)
    assert '<mark class="contradicted">' in shown(app)
    typed(app, "Hello! How are you?")
    check(app, "en")
    assert TEXTS.text("no-claims", "en") in shown(app)
    assert not app.download_button


def test_what_cannot_be_checked_is_said_and_stays_in_the_box(app: AppTest) -> None:
    open_page(app, "check", "es")
    typed(app, "¿¡!?")
    check(app, "es")
    assert app.warning
    assert app.text_area[0].value == "¿¡!?"
    assert "<mark" not in shown(app)


def test_what_is_in_a_text_does_nothing_to_the_page(app: AppTest) -> None:
    open_page(app, "check", "en")
    typed(app, "<img src=x onerror=alert(1)> GPT-3 has 175 billion parameters. </div><script>1</script> :red[a]")
    check(app, "en")
    page = shown(app)
    assert "&lt;img src=x" in page
    assert "<img" not in page
    assert "<script>1" not in page


def test_a_check_that_fails_half_way_keeps_what_was_found(
    app: AppTest, own: Tutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = own.check

    def breaks(*given: Any, **named: Any) -> Iterator[dict[str, Any]]:
        yield next(iter(whole(*given, **named)))
        raise BadStore("store-damaged", path="x")

    monkeypatch.setattr(own, "check", breaks)
    open_page(app, "check", "en")
    typed(app, "GPT-3 has 175 billion parameters. BERT base has 12 layers.")
    check(app, "en")
    assert "damaged" in app.warning[0].value
    assert shown(app).count("<mark") == 1
    assert TEXTS.text("stopped", "en", check=TEXTS.text("check", "en")) in shown(app)


def test_a_file_fills_the_box(app: AppTest) -> None:
    open_page(app, "check", "en")
    seen(
        app.file_uploader[0].set_value([("essay.md", "GPT-3 tiene 175 000 millones de parámetros.".encode(), "")]).run()
    )
    assert app.text_area[0].value.startswith("GPT-3 tiene")
    seen(app.file_uploader[0].set_value([("essay.pdf", b"%PDF-1.7 nothing", "")]).run())
    assert app.warning
    assert app.text_area[0].value.startswith("GPT-3 tiene"), "what was there stays"


def test_what_is_checked_against_is_the_readers_choice(app: AppTest, own: Tutor) -> None:
    open_page(app, "check", "en")
    assert not app.main.radio, "with no library there is nothing to choose"
    own.library_upload([("notes.md", NOTE.encode())])
    typed(app, CLAIM)
    check(app, "en")
    assert '<mark class="supported">' in shown(app)
    app.main.radio[0].set_value("course")
    check(app, "en")
    assert '<mark class="not_found">' in shown(app)


def test_a_visitor_checks_against_the_course_alone(own: Tutor) -> None:
    own.library_upload([("notes.md", NOTE.encode())])
    with app_over(own, "0.0.0.0") as visitor:
        open_page(visitor, "check", "en")
        assert not visitor.main.radio
        typed(visitor, f"{CLAIM} GPT-3 has 175 billion parameters.")
        check(visitor, "en")
        assert '<mark class="not_found">' in shown(visitor)
        assert '<mark class="supported">' in shown(visitor)


def test_a_file_is_read_for_its_text(own: Tutor) -> None:
    assert own.check_desk.text_of("x.txt", "Ñandú".encode("latin-1")) == "Ñandú"
    html = b"<html><body><main><p>GPT-3 has 175 billion parameters.</p></main></body></html>"
    assert "GPT-3 has 175 billion parameters." in own.check_desk.text_of("../page.html", html)


def test_only_so_many_texts_of_a_person_are_kept(own: Tutor) -> None:
    for number in range(25):
        own.check_desk.keep("many", f"{number:016x}", {"text": f"text {number}"})
    assert own.check_desk.kept("many", f"{24:016x}")["text"] == "text 24"
    assert own.check_desk.kept("many", f"{0:016x}")["text"] == ""
    assert own.check_desk.kept("many", "../../x")["text"] == ""
    assert own.check_desk.kept("other", f"{24:016x}")["text"] == ""
