"""The commands of a learner, as people and scripts meet them."""

import json
from pathlib import Path
from typing import Any

import pytest
from study_makers import right_answer
from typer.testing import CliRunner

from agents.item import Item
from tutor.cli import app
from tutor.settings import Settings
from tutor.tutor import Tutor


class Shell:
    """Commands on one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def text(self, *words: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, [*words, "--data-dir", str(self.folder)])
        assert done.exit_code == code, done.output
        return done.output

    def json(self, *words: str, code: int = 0) -> Any:
        done = CliRunner().invoke(app, [*words, "--json", "--data-dir", str(self.folder)])
        assert done.exit_code == code, done.output
        return json.loads(done.stdout)

    def open_item(self) -> Item:
        item = Tutor(Settings(data_dir=self.folder, model="composer")).study.open_item("ana")
        assert item is not None
        return item


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_from_the_first_step_to_a_deleted_learner(shell: Shell) -> None:
    step = shell.json("next", "--learner", "ana", "--goal", "softmax", "--lang", "es")
    assert {"action", "concept", "why", "item", "path"} <= set(step)
    assert "key" not in step["item"]
    item = shell.open_item()
    rung = shell.json("hint", "--learner", "ana", "--item", item.id)
    assert (rung["rung"], rung["of"], rung["reveals_answer"]) == (1, len(item.hints) + 1, False)
    graded = shell.json("answer", "--learner", "ana", "--item", item.id, "--answer", right_answer(item), "--hints", "1")
    assert {"score", "verdict", "feedback", "misconception", "reason", "mastery", "due"} <= set(graded)
    assert graded["mastery"]["after"] > graded["mastery"]["before"]
    shown = shell.json("learner", "show", "ana")
    row = next(one for one in shown["concepts"] if one["id"] == item.concept)
    assert {"id", "mastery", "interval", "evidence", "due", "misconceptions"} <= set(row)
    assert row["evidence"][0]["help"] == 1
    assert shell.json("learner", "list") == {"learners": [{"id": "ana"}]}
    whole = shell.json("learner", "export", "ana")
    assert whole["answers"][0]["concept"] == item.concept
    assert shell.json("learner", "delete", "ana")["deleted"]
    assert shell.json("learner", "list") == {"learners": []}


def test_what_a_person_reads(shell: Shell) -> None:
    said = shell.text("next", "--learner", "ana", "--goal", "softmax", "--lang", "es")
    item = shell.open_item()
    assert item.stem in said
    assert f"atenea answer --learner ana --item {item.id}" in said
    answered = shell.text("answer", "--learner", "ana", "--item", item.id, "--answer", "no sé", "--lang", "es")
    assert "→" in answered
    assert item.rationale not in answered
    shown = shell.text("learner", "show", "ana", "--lang", "es")
    assert "Softmax" in shown
    assert "no sé" in shown
    assert "Lo que viene" in shown


def test_wishes_claims_and_disputes(shell: Shell) -> None:
    wished = shell.json("learner", "set", "ana", "--style", "code", "--minutes", "20", "--goal", "attention")
    assert wished["profile"]["style"] == "code"
    assert wished["profile"]["goal"] == ["attention"]
    said = shell.json("learner", "know", "ana", "softmax")
    assert said["mastery"]["after"] > said["mastery"]["before"]
    shell.json("next", "--learner", "ana")
    item = shell.open_item() if shell.json("next", "--learner", "ana")["item"] else None
    if item is None:
        shell.json("next", "--learner", "ana")
        item = shell.open_item()
    shell.json("learner", "dispute", "ana", "--item", item.id, "--why", "no entiendo la clave")
    assert shell.json("learner", "disputes")["disputes"][0]["why"] == "no entiendo la clave"
    assert shell.json("learner", "rule", "ana", "right", "--item", item.id)["disputes"][0]["ruling"] == "right"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("learner", "show", "nobody"), "learner-unknown"), (("learner", "delete", "nobody"), "learner-unknown"),
        (("answer", "--learner", "ana", "--item", "x", "--answer", "1"), "item-not-served"),
        (("next", "--learner", ""), "learner-name"), (("next", "--learner", "ana", "--goal", "cooking"), "no-concept"),
        (("learner", "set", "ana", "--style", "loud"), "bad-profile"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_with_what_to_do(shell: Shell, words: tuple[str, ...], code: str) -> None:
    error = shell.json(*words, code=1)["error"]
    assert error["code"] == code
    assert error["message"]
    assert error["hint"]
    assert shell.json("learner", "list") == {"learners": []}
