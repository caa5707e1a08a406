"""The researcher's page, drawn without a browser: documents in and corrected, audited answers and their files out."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from app_pages import app_over, labelled, offered, open_page, seen, shown
from streamlit.testing.v1 import AppTest

from knowledge.library import Library
from knowledge.messages import LANGUAGES
from tutor.inquiry_desk import FILES, KINDS
from tutor.settings import Settings
from tutor.summaries.style_files import SHIPPED
from tutor.tutor import Tutor
from tutor.upload_desk import FIELDS
from ui import uploader
from ui.app import TEXTS
from ui.own_texts import OwnTexts

SOON = 60.0
ME = "me"
PAPER = (
    "# Notes on LoRA\n\nLoRA freezes the pretrained weights and trains two small matrices. "
    "LoRA reduces the memory that training needs by a factor of three.\n"
)
OTHER = "# Adapters\n\nAdapters reduce accuracy on small data sets.\n"
SAVES = "LoRA reduces the memory that training needs by a factor of three."


def say(key: str, language: str = "en", **values: object) -> str:
    return OwnTexts(TEXTS, ("research",)).text(key, language, **values)


@pytest.fixture
def own(settings: Settings, tutor: Tutor, tmp_path: Path) -> Tutor:
    """The tutor of the tests with a library of its own."""
    other = Tutor(settings.model_copy(update={"data_dir": tmp_path / "data"}))
    for part in ("course", "encoder", "verifier"):
        other.__dict__[part] = getattr(tutor, part)
    return other


@pytest.fixture
def app(own: Tutor) -> Iterator[AppTest]:
    with app_over(own) as opened:
        yield opened


@pytest.fixture
def two(own: Tutor) -> dict[str, str]:
    """A library of two papers: their ids by title."""
    files = [("lora.md", PAPER.encode()), ("adapters.md", OTHER.encode())]
    return {document["title"]: document["id"] for document in own.library_upload(files)["documents"]}


def press(app: AppTest, label: str) -> AppTest:
    return seen(labelled(app, label).click().run())


def made(app: AppTest, own: Tutor) -> AppTest:
    """The page once what was asked is done."""
    [job] = own.inquiry_desk.jobs._jobs.values()
    assert job.ended.wait(SOON)
    return seen(app.run())


def of(app: AppTest, kind: str) -> AppTest:
    """The inputs of another kind of inquiry."""
    app.segmented_control(key="research-kind-en").set_value(kind)
    return seen(app.run())


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_documents_the_page_says_what_to_do(app: AppTest, language: str) -> None:
    open_page(app, "research", language)
    assert app.title[0].value == TEXTS.text("page-research", language)
    assert say("empty", language) in shown(app)
    assert not app.text_input
    words = next(html for html in shown(app).split("\n") if html.startswith("<style>.st-key-research-files"))
    for key in ("choose-several", "drop-several"):
        assert uploader.css_string(uploader.TEXTS.text(key, language)) in words
    assert "100 MB" in words


def test_files_are_read_while_one_looks_and_what_became_of_them_is_told(app: AppTest, own: Tutor) -> None:
    open_page(app, "research", "es")
    files = [("lora.md", PAPER.encode(), "text/markdown"), ("broken.md", b"\0\0\0\0", "text/markdown")]
    app.file_uploader(key="research-files").set_value(files)
    press(app, say("add-now", "es"))
    assert own.upload_desk.jobs.wait(ME, SOON)
    seen(app.run())
    assert say("count-added", "es", count=1) in shown(app)
    assert say("count-problem", "es", count=1) in shown(app)
    assert str(own.settings.data_dir) not in shown(app)
    press(app, say("ask-now", "es"))
    assert app.text_input(key="research-question")
    assert say("brought", "es") not in shown(app)


def test_a_question_is_answered_with_quotations_and_files_and_a_reload_keeps_both(
    app: AppTest, own: Tutor, two: dict[str, str]
) -> None:
    assert len(two) == 2
    open_page(app, "research", "en")
    app.text_input(key="research-question").set_value("How much memory does LoRA save?")
    press(app, say("make-question"))
    made(app, own)
    assert SAVES in shown(app)
    assert "green-badge[:material/check: 1]" in shown(app)
    files = {button.proto.label for button in app.get("download_button")}
    assert files == {say(f"file-{name}") for name in FILES}
    again = AppTest.from_file(app._script_path, default_timeout=60)
    again.query_params["inquiry"] = app.query_params["inquiry"]
    open_page(again, "research", "en")
    assert again.text_input(key="research-question").value == "How much memory does LoRA save?"
    assert SAVES in shown(again)


def test_what_is_not_said_or_cannot_be_asked_is_told_and_kept(app: AppTest, own: Tutor, two: dict[str, str]) -> None:
    assert len(two) == 2
    open_page(app, "research", "en")
    app.text_input(key="research-question").set_value("¿¡!?")
    press(app, say("make-question"))
    assert len(app.warning) == 1
    assert app.text_input(key="research-question").value == "¿¡!?"
    app.text_input(key="research-question").set_value("What do penguins eat?")
    press(app, say("make-question"))
    made(app, own)
    assert say("nothing") in shown(app)
    assert not app.get("download_button")


def test_documents_are_compared_in_a_table_whose_cells_are_cited(app: AppTest, own: Tutor, two: dict[str, str]) -> None:
    open_page(app, "research", "en")
    of(app, "table")
    app.multiselect(key="research-documents-en").set_value(list(two.values()))
    app.multiselect(key="research-aspects-en").set_value(["results"])
    press(app, say("make-table"))
    made(app, own)
    [table] = app.table
    assert list(table.value.columns) == [say("aspects"), "Notes on LoRA", "Adapters"]
    [cell] = table.value["Notes on LoRA"]
    assert cell.startswith(SAVES)
    assert re.search(r"green-badge\[:material/check: \d\]", cell)
    name = app.query_params["inquiry"]
    of(app, "summary")
    app.multiselect(key="research-documents-en").set_value([two["Adapters"]])
    own.inquiry_desk.jobs._jobs.clear()
    press(app, say("make-summary"))
    made(app, own)
    assert "Adapters reduce accuracy on small data sets." in shown(app)
    seen(app.button(key=f"open-{name if isinstance(name, str) else name[0]}").click().run())
    assert len(app.table) == 1, "what was asked before is opened again"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_stopped_or_is_gone_is_said(app: AppTest, own: Tutor, two: dict[str, str], language: str) -> None:
    assert len(two) == 2
    name = own.inquiry_desk.ask(ME, "terms", language=language)
    assert own.inquiry_desk.jobs.wait(str(own.inquiry_desk._file(ME, name)), SOON)
    own.inquiry_desk._file(ME, name).with_suffix(".summary").unlink()
    app.query_params["inquiry"] = name
    open_page(app, "research", language)
    assert say("stopped", language) in shown(app)
    assert app.segmented_control(key=f"research-kind-{language}").value == "terms"
    app.query_params["inquiry"] = "0" * 16
    assert say("inquiry-gone", language) in shown(seen(app.run()))


def test_metadata_are_corrected_and_what_is_refused_stays_typed(app: AppTest, own: Tutor, two: dict[str, str]) -> None:
    name = two["Notes on LoRA"]
    app.query_params.update(view="library")
    open_page(app, "research", "en")
    seen(app.button(key=f"open-{name}").click().run())
    app.text_input(key=f"field-year-{name}-0").set_value("20")
    app.text_input(key=f"field-authors-{name}-0").set_value("Ada Lind; Bo Marsh")
    press(app, say("save"))
    assert "20 is not a year." in app.warning[0].value
    assert app.text_input(key=f"field-authors-{name}-0").value == "Ada Lind; Bo Marsh"
    assert own.library.entries()[0].authors == ()
    app.text_input(key=f"field-year-{name}-0").set_value("2021")
    press(app, say("save"))
    assert (own.library.entries()[0].authors, own.library.entries()[0].year) == (("Ada Lind", "Bo Marsh"), 2021)
    assert "Ada Lind, Bo Marsh · 2021 · in English · 1 passage" in shown(app)
    app.text_input(key=f"field-year-{name}-1").set_value("")
    press(app, say("save"))
    assert own.library.entries()[0].year is None
    seen(app.button(key="remove-one").click().run())
    assert [entry.title for entry in own.library.entries()] == ["Adapters"]
    assert say("view-library", count=1) in str(app.segmented_control(key="research-view-en").options)


def test_several_are_removed_once_it_is_confirmed(app: AppTest, own: Tutor, two: dict[str, str]) -> None:
    own.library_upload([("broken.md", b"\0\0\0\0")])
    app.query_params.update(view="library")
    open_page(app, "research", "es")
    assert app.button(key="remove-picked").disabled
    keys = [entry.id or entry.path for entry in own.library.entries()]
    assert "broken.md" in shown(app)
    for key in (two["Adapters"], next(key for key in keys if key not in two.values())):
        app.checkbox(key=f"pick-{key}").check().run()
    seen(app.button(key="remove-picked").click().run())
    assert say("remove-sure", "es", count=2) in shown(app)
    assert len(own.library.entries()) == 3, "nothing is removed before it is confirmed"
    seen(app.button(key="remove-not").click().run())
    seen(app.button(key="remove-picked").click().run())
    seen(app.button(key="remove-now").click().run())
    assert [entry.title for entry in own.library.entries()] == ["Notes on LoRA"]


def test_a_large_library_is_searched(app: AppTest, own: Tutor) -> None:
    own.library_upload([(f"{n}.md", f"# Paper {n} of many\n\nThe number is {n}.\n".encode()) for n in range(30)])
    app.query_params.update(view="library")
    open_page(app, "research", "en")
    assert len(app.checkbox) < 30
    seen(app.text_input(key="research-filter").set_value("paper 27").run())
    assert len(app.checkbox) == 1
    seen(app.text_input(key="research-filter").set_value("penguin").run())
    assert say("none-found") in shown(app)


def test_a_visitor_from_elsewhere_does_not_see_the_library(own: Tutor) -> None:
    own.library_upload([("notes.md", PAPER.encode())])
    with app_over(own, "0.0.0.0") as app:
        open_page(app, "research", "en")
        assert "research" not in offered(app)
        assert "Notes on LoRA" not in shown(app)


def test_an_upload_never_leaves_its_folder(own: Tutor) -> None:
    names = ["../../x.md", "/etc/x.md", "..", "a/b\\c.md", "x\0.md", "é" * 300 + ".md"]
    own.library_upload([(name, f"{PAPER}\n{number}".encode()) for number, name in enumerate(names)])
    inside = own.settings.data_dir / "uploads"
    assert len([path for path in inside.rglob("*") if path.is_file()]) == len(names)
    assert isinstance(own.library, Library)


@pytest.mark.parametrize("text", ['a"}</style><script>', "\\", "línea\nnueva", "«ñ» · 5 %"])
def test_words_of_the_uploader_end_neither_their_string_nor_their_element(text: str) -> None:
    written = uploader.css_string(text)
    assert not re.search(r'["<>\n]', written[1:-1])
    back = re.sub(r"\\([0-9a-f]+) ", lambda code: chr(int(code[1], 16)), written[1:-1])
    assert back == text


def test_every_uploader_has_our_words() -> None:
    native = {
        file.name for file in Path(uploader.__file__).parent.glob("*.py") if "st.file_uploader(" in file.read_text()
    }
    assert native == {"uploader.py"}


def test_every_choice_has_its_words() -> None:
    texts: dict[str, Any] = OwnTexts(TEXTS, ("research",)).table
    wanted = {f"kind-{kind}" for kind in KINDS} | {f"make-{kind}" for kind in KINDS}
    wanted |= {f"field-{name}" for name in FIELDS} | {f"style-{name}" for name in SHIPPED}
    assert wanted <= set(texts)
