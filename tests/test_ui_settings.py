"""Settings, the door of a class, and which pages are whose, drawn without a browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from app_pages import SignedIn, app_over, labelled, offered, open_page, seen, shown
from test_access import AUTH, CLAIMS

from knowledge.messages import LANGUAGES
from tutor.data_kept import sizes
from tutor.doctor import TEXTS as DOCTOR
from tutor.doctor import Check
from tutor.people import ME
from tutor.settings import Settings
from tutor.tutor import Tutor
from ui import own_data, page_settings, written
from ui.app import TEXTS as APP
from ui.own_texts import OwnTexts
from ui.pages import GROUPS, PAGES, RESEARCHER, TEACHER
from ui.who import Reader

TEXTS = OwnTexts(APP, ("settings",))
CLASS = (
    f'{AUTH}[roles]\nteachers = ["ana@example.edu"]\nresearchers = ["rita@example.edu"]\nmembers = ["example.edu"]\n'
)
EVERYBODYS = {page.name for page in PAGES if page.everybodys or page.group not in {TEACHER, RESEARCHER}}
OF_RESEARCH = {page.name for page in PAGES if page.group == RESEARCHER}


@pytest.fixture(scope="module")
def own(settings: Settings, tutor: Tutor, tmp_path_factory: pytest.TempPathFactory) -> Tutor:
    other = Tutor(settings.model_copy(update={"data_dir": tmp_path_factory.mktemp("settings")}))
    for part in ("course", "encoder", "verifier"):
        other.__dict__[part] = getattr(tutor, part)
    return other


@pytest.fixture
def of_class(own: Tutor) -> Iterator[None]:
    """The data folder has the file of a class."""
    file = own.settings.data_dir / "class.toml"
    file.write_text(CLASS)
    yield
    file.unlink()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_chosen_is_kept(own: Tutor, language: str) -> None:
    other = {"es": "en", "en": "es"}[language]
    with app_over(own) as app:
        open_page(app, "settings", language)
        assert str(own.settings.data_dir) in app.code[0].value
        assert TEXTS.text("model-composer", language) in shown(app)
        assert TEXTS.text("alone", language) in shown(app)
        app.selectbox(key=f"settings-style-{language}").set_value("code").run()
        app.selectbox(key=f"settings-exercises-{language}").set_value(other).run()
        app.selectbox(key=f"settings-level-{language}").set_value("advanced").run()
        assert app.session_state["level"] == "advanced"
        profile = own.study.show(ME)["profile"]
        assert (profile["style"], profile["language"]) == ("code", other)
        seen(app.selectbox(key=f"settings-language-{language}").set_value(other).run())
        assert app.title[0].value == TEXTS.text("page-settings", other), "at once"
        assert app.selectbox(key=f"settings-style-{other}").value == "code"
        assert app.selectbox(key=f"settings-level-{other}").value == "advanced"
        own.study.set(ME, style="", language="")


def test_everything_is_taken_along_and_deleted_after_a_confirmation(own: Tutor) -> None:
    own.study.set(ME, style="code")
    own.check_desk.keep(ME, "0" * 16, {"text": "mine"})
    assert '"style": "code"' in own_data.exported(Reader(own, TEXTS, "en", ME))
    with app_over(own) as app:
        open_page(app, "settings", "en")
        assert labelled(app, TEXTS.text("delete", "en")).disabled
        app.checkbox(key="delete-sure").check().run()
        seen(labelled(app, TEXTS.text("delete", "en")).click().run())
        assert not own.study.knows(ME)
        assert own.check_desk.size(ME) == 0
        assert TEXTS.text("nothing-kept", "en") in shown(app)


def test_the_installation_is_examined(own: Tutor) -> None:
    with app_over(own) as app:
        open_page(app, "settings", "es")
        seen(labelled(app, TEXTS.text("examine", "es")).click().run())
        for language in ("es", "en"):
            page = shown(app)
            assert TEXTS.text("all-well", language) in page
            for name in ("model", "index", "encoder"):
                assert DOCTOR.text(f"name-{name}", language) in page
            assert DOCTOR.text("composer", language) in page
            seen(app.selectbox(key=f"settings-language-{language}").set_value("en").run())


def test_what_needs_attention_says_what_to_do(own: Tutor, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        Check("index", False, (DOCTOR.phrase("unusable", reason="no ![index](x)"),), DOCTOR.phrase("unusable.hint")),
        Check("library", True, (DOCTOR.phrase("library", count=3),)),
    ]
    monkeypatch.setattr(page_settings, "examination", lambda _: found)
    with app_over(own) as app:
        open_page(app, "settings", "en")
        seen(labelled(app, TEXTS.text("examine", "en")).click().run())
        assert TEXTS.text("amiss", "en", count=1, total=2) in shown(app)
        assert DOCTOR.text("unusable.hint", "en") in shown(app)
        assert "![index]" not in shown(app)
        assert f":material/error: {TEXTS.text('missing', 'en')}" in shown(app), "an icon and a word, not colour alone"
        assert "documents: 3" in shown(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_visitor_has_no_data_and_no_pages_of_others(own: Tutor, language: str) -> None:
    with app_over(own, "0.0.0.0") as app:
        open_page(app, "settings", language)
        assert set(offered(app)) == EVERYBODYS
        assert TEXTS.text("visitor", language) in shown(app)
        assert TEXTS.text("data", language) not in [part.value for part in app.subheader]
        assert not app.code
        own_pages = [page.group for page in PAGES if page.name in offered(app)]
        assert sorted(own_pages, key=GROUPS.index) == own_pages, "groups are not mixed"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_class_begins_at_the_door(own: Tutor, of_class: None, language: str) -> None:
    with app_over(own, user=SignedIn(None)) as app:
        open_page(app, "", language)
        assert TEXTS.text("sign-in-why", language) in shown(app)
        assert [found.label for found in app.main.button] == [TEXTS.text("sign-in", language)]
        assert not app.chat_input
    stranger = {**CLAIMS, "email": "eve@elsewhere.example"}
    with app_over(own, user=SignedIn(stranger)) as app:
        open_page(app, "settings", language)
        assert TEXTS.text("not-of-class", language) in shown(app)
        assert [found.label for found in app.main.button] == [TEXTS.text("sign-out", language)]


@pytest.mark.parametrize(
    ("address", "pages", "role"),
    [
        ("ana@example.edu", EVERYBODYS | {page.name for page in PAGES}, "teacher"),
        ("rita@example.edu", EVERYBODYS | OF_RESEARCH, "researcher"),
        ("ben@example.edu", EVERYBODYS, "student"),
    ],
)
def test_whoever_signs_in_has_the_pages_of_their_roles(
    own: Tutor, of_class: None, address: str, pages: set[str], role: str
) -> None:
    claims = {**CLAIMS, "sub": address, "email": address, "name": "*Ana* ![x](y)"}
    with app_over(own, "0.0.0.0", SignedIn(claims)) as app:
        open_page(app, "settings", "en")
        assert set(offered(app)) == pages
        page = shown(app)
        assert TEXTS.text(f"role-{role}", "en") in page
        assert "![x]" not in page
        assert str(own.settings.data_dir) not in page, "the machine is not theirs"
        assert TEXTS.text("data-own", "en") in page
        app.selectbox(key="settings-style-en").set_value("pictures").run()
        [learner] = [one for one in own.study.learners() if own.study.show(one)["profile"]["style"] == "pictures"]
        assert learner.startswith("p-")
        own.study.delete(learner)


def test_each_page_of_a_class_can_be_opened_by_each_who_has_it(own: Tutor, of_class: None) -> None:
    for address in ("ana@example.edu", "rita@example.edu", "ben@example.edu"):
        with app_over(own, "0.0.0.0", SignedIn({**CLAIMS, "sub": address, "email": address})) as app:
            open_page(app, "settings", "es")
            for name in offered(app):
                open_page(app, "" if name == PAGES[0].name else name, "es")
                assert not app.warning, (address, name, app.warning)


def test_a_file_of_a_class_with_faults_lets_nobody_in(own: Tutor) -> None:
    file = own.settings.data_dir / "class.toml"
    file.write_text("[roles")
    with app_over(own) as app:
        app.run()
        assert "class.toml" in app.error[0].value
        assert not app.chat_input
    file.unlink()


def test_a_class_that_streamlit_does_not_know_of_is_nobodys_machine(own: Tutor, of_class: None) -> None:
    with app_over(own) as app:
        open_page(app, "settings", "en")
        assert TEXTS.text("visitor", "en") in shown(app)


@pytest.mark.parametrize(
    ("headers", "owner"),
    [({}, True), ({"Host": "127.0.0.1:8501"}, True), ({"Host": "localhost:8501"}, True), ({"Host": "[::1]:8501"}, True),
     ({"Host": "atenea.example.edu"}, False), ({"Host": "127.0.0.1.evil.example"}, False)],
)  # fmt: skip
def test_the_owner_asks_for_the_app_by_a_name_of_this_machine(
    own: Tutor, headers: dict[str, str], owner: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    import streamlit as st

    monkeypatch.setattr(type(st.context), "headers", property(lambda _: headers))
    with app_over(own) as app:
        open_page(app, "settings", "en")
        assert (TEXTS.text("alone", "en") in shown(app)) is owner


def test_what_lies_in_a_data_folder(tmp_path: Path) -> None:
    files: dict[str, Any] = {
        "threads.sqlite": 10, "threads.sqlite-wal": 5, "uploads/a/b.pdf": 7, "library/x": 3, "exams/1/paper.pdf": 2,
        "exams.sqlite": 1, "checks/a/1.json": 4, "strange": 9,
    }  # fmt: skip
    for name, size in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x" * size)
    assert sizes(tmp_path) == {"conversations": 15, "library": 10, "exams": 3, "checks": 4, "other": 9}
    assert sizes(tmp_path / "nowhere") == {}


@pytest.mark.parametrize(
    ("count", "es", "en"),
    [(0, "0 B", "0 B"), (999, "999 B", "999 B"), (1000, "1,0 kB", "1.0 kB"), (1_530_000, "1,5 MB", "1.5 MB"),
     (2 * 10**12, "2,0 TB", "2.0 TB"), (5 * 10**15, "5000,0 TB", "5000.0 TB")],
)  # fmt: skip
def test_sizes_are_written_as_readers_do(count: int, es: str, en: str) -> None:
    for language, said in (("es", es), ("en", en)):
        assert written.size(count, APP, language).replace("\N{NO-BREAK SPACE}", " ") == said
