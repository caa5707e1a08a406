"""The researcher's page, drawn without a browser: documents in, an audited summary and its files out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from knowledge.library import Library
from knowledge.messages import LANGUAGES
from tutor.settings import Settings
from tutor.tutor import Tutor
from ui import page_learn
from ui.app import TEXTS

APP = Path(page_learn.__file__).with_name("app.py")
CHOSEN = {"es": "Español", "en": "English"}
ADDRESS = "server.address"
PAPER = (
    "# Notes on LoRA\n\nLoRA freezes the pretrained weights and trains two small matrices. "
    "LoRA reduces the memory that training needs by a factor of three.\n"
)


@pytest.fixture
def own(settings: Settings, tutor: Tutor, tmp_path: Path) -> Tutor:
    """The tutor of the tests with a library of its own."""
    other = Tutor(settings.model_copy(update={"data_dir": tmp_path / "data"}))
    for part in ("course", "encoder", "verifier"):
        other.__dict__[part] = getattr(tutor, part)
    return other


@pytest.fixture
def app(own: Tutor, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setattr("tutor.tutor.Tutor", lambda: own)
    monkeypatch.setattr(own, "prepare", lambda: None)
    before = config.get_option(ADDRESS)
    config.set_option(ADDRESS, "127.0.0.1")
    st.cache_resource.clear()
    yield AppTest.from_file(str(APP), default_timeout=60)
    st.cache_resource.clear()
    config.set_option(ADDRESS, before)


def opened(app: AppTest, language: str) -> AppTest:
    app.run()
    app.segmented_control(key="app").set_value(language)
    app.run()
    app._page_hash = calc_hash("research")
    return app.run()


def shown(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.caption, *app.info, *app.warning))


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_documents_the_page_says_what_to_do(app: AppTest, language: str) -> None:
    opened(app, language)
    assert not app.exception
    assert app.title[0].value == TEXTS.text("page-research", language)
    assert TEXTS.text("research-empty", language) in shown(app)
    assert not app.text_input


def test_a_question_is_answered_from_the_library_with_quotations_and_files(app: AppTest, own: Tutor) -> None:
    [added] = own.library_upload([("../notes on: LoRA.md", PAPER.encode())])["documents"]
    assert added["status"] == "ready"
    assert Path(added["path"]).parent.parent == own.settings.data_dir / "uploads"
    opened(app, "en")
    app.text_input(key="research-question").set_value("How much memory does LoRA save?")
    app.button[0].click()
    app.run()
    assert not app.exception
    assert "LoRA reduces the memory that training needs by a factor of three." in shown(app)
    assert "green-badge[:material/check: 1]" in shown(app)
    assert set(app.session_state["summary"]["written"]) == {"md", "docx", "tex", "bib", "csv"}
    app.text_input(key="research-question").set_value("What do penguins eat?")
    app.button[0].click()
    app.run()
    assert TEXTS.text("research-nothing", "en") in shown(app)


def test_what_cannot_be_read_is_listed_and_what_is_removed_is_gone(app: AppTest, own: Tutor) -> None:
    own.library_upload([("notes.md", PAPER.encode()), ("broken.pdf", b"%PDF-1.7 nothing")])
    opened(app, "es")
    assert len(app.warning) == 1
    assert "broken" in app.warning[0].value
    for document in own.library_list()["documents"]:
        app.button(key=f"remove-{document['id'] or document['path']}").click()
        app.run()
    assert not app.exception
    assert own.library.entries() == []
    assert TEXTS.text("research-empty", "es") in shown(app)


def test_a_visitor_from_elsewhere_does_not_see_the_library(app: AppTest, own: Tutor) -> None:
    own.library_upload([("notes.md", PAPER.encode())])
    config.set_option(ADDRESS, "0.0.0.0")
    opened(app, "en")
    assert "research" not in app.session_state["places"]
    assert "Notes on LoRA" not in shown(app)


def test_an_upload_never_leaves_its_folder(own: Tutor) -> None:
    names = ["../../x.md", "/etc/x.md", "..", "a/b\\c.md", "x\0.md", "é" * 300 + ".md"]
    own.library_upload([(name, f"{PAPER}\n{number}".encode()) for number, name in enumerate(names)])
    inside = own.settings.data_dir / "uploads"
    assert len([path for path in inside.rglob("*") if path.is_file()]) == len(names)
    assert isinstance(own.library, Library)
