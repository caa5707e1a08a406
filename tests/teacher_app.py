"""What the tests of the teacher's pages share: a tutor over the course whose exams are made of a few families."""

from pathlib import Path
from typing import Any

from exam_makers import WORDS, asked_once, exams_of
from streamlit.testing.v1 import AppTest

from agents.families import FAMILIES
from tutor.bank_desk import BankDesk, flagged_items
from tutor.course_desk import CourseDesk
from tutor.exam_desk import ExamDesk
from tutor.exams import Exams
from tutor.settings import Settings
from tutor.tutor import Tutor
from ui.app import TEXTS as APP_TEXTS
from ui.own_texts import OwnTexts

SOON = 60.0
FEW = {name: FAMILIES[name] for name in ("kv-cache-size", "lora-parameters", "perplexity", "softmax-probability")}


def few_exams(tutor: Tutor, folder: Path) -> Exams:
    """Four computed families and three questions on attention."""
    asked = [asked_once(f"true:{word}", "attention", word) for word in WORDS[:3]]
    return exams_of(tutor.course, folder, *asked, families=FEW)


def teacher(tutor: Tutor, exams: Exams, folder: Path) -> Tutor:
    """A tutor with a data folder of its own, which makes its exams of a few recipes."""
    other = Tutor(Settings(data_dir=folder, cache_dir=tutor.settings.cache_dir, model="composer"))
    own = Exams(exams.bank.exercises, exams.prove, folder)
    own.bank = exams.bank
    other.__dict__.update(
        course=tutor.course, encoder=tutor.encoder, exam_desk=ExamDesk(own, folder),
        course_desk=CourseDesk(other.settings),
        bank_desk=BankDesk(exams.bank, folder, lambda spoken: flagged_items(other.results_desk.spoken(spoken))),
    )  # fmt: skip
    return other


def say(key: str, language: str = "es", names: tuple[str, ...] = ("items", "exams"), **values: object) -> str:
    """A text of a page."""
    return OwnTexts(APP_TEXTS, names).text(key, language, **values)


def pressed(app: AppTest, label: str, number: int = 0) -> AppTest:
    """The page after a press of one of the buttons of that label."""
    [*found] = (button for button in app.button if button.label == label)
    assert found, [button.label for button in app.button]
    app = found[number].click().run()
    assert not app.exception, app.exception
    assert not app.error, [error.value for error in app.error]
    return app


def address(app: AppTest, name: str) -> str:
    """A value of the address, "" where it is not there."""
    value: Any = app.query_params.get(name, "")
    return value if isinstance(value, str) else value[0]
