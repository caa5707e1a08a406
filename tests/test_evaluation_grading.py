"""The grading suite: its measures worked out by hand, its data checked, and what the course ships."""

import json
from pathlib import Path
from typing import Any

import pytest

from agents.grade import Grade, right, untold, wrong
from agents.item import Item
from tutor.errors import BadData
from tutor.evaluation import evaluate_grading, evaluate_suite, read_grading, show_result
from tutor.evaluation_grading import Graded, confusion, grading_measures
from tutor.settings import Settings
from tutor.tutor import Tutor

NUMBER = {"kind": "numeric", "language": "en", "stem": "How many?", "key": 3}


def written(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(json.dumps(row) if not isinstance(row, str) else row for row in rows), encoding="utf-8")
    return path


def test_the_measures_are_shares_of_what_they_name() -> None:
    graded = [
        *[Graded("right", "correct")] * 6, Graded("right", "incorrect"), Graded("right", "ungraded"),
        *[Graded("wrong", "incorrect")] * 3, Graded("wrong", "correct"), Graded("partial", "partial"),
        Graded("partial", "correct"),
    ]  # fmt: skip
    found = grading_measures(graded)
    assert found["wrong_accepted"].value == pytest.approx(2 / 6)
    assert found["right_marked_incorrect"].value == pytest.approx(1 / 8)
    assert found["right_marked_partial"].value == 0
    assert found["ungraded"].value == pytest.approx(1 / 14)
    assert found["agreement"].value == pytest.approx(10 / 13)
    assert found["wrong_accepted"].hi is not None
    assert 0.5 < found["wrong_accepted"].hi < 0.8
    assert confusion(graded)["partial"] == {"correct": 1, "partial": 1, "incorrect": 0, "ungraded": 0}
    assert grading_measures([])["agreement"].value is None


def test_a_file_is_graded_row_by_row(tmp_path: Path) -> None:
    spanish = {**NUMBER, "language": "es"}
    rows = read_grading(written(
        tmp_path / "rows.jsonl", {"item": NUMBER, "answer": "3", "score": 1}, "",
        {"item": NUMBER, "answer": "4", "score": 0}, {"item": spanish, "answer": "?", "score": 0.5},
    ))  # fmt: skip

    def grade(item: Item, answer: str) -> Grade:
        return {"3": right, "4": wrong}[answer](item.language) if answer != "?" else untold(item.language, "empty")

    result = evaluate_grading(grade, rows).to_json()
    assert (result["suite"], result["n"]) == ("grading", 3)
    assert result["metrics"]["agreement"]["value"] == 1
    assert result["by"]["es"]["ungraded"]["value"] == 1
    assert result["by_kind"]["numeric"]["n"] == 3
    assert result["confusion"]["all"]["wrong"]["incorrect"] == 1
    assert "wrong_accepted" in show_result(result)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("no json", "data-json"),
        ([1], "data-json"),
        ({"item": NUMBER, "answer": "3"}, "data-field"),
        ({"item": NUMBER, "answer": "3", "score": 2}, "data-field"),
        ({"item": NUMBER, "answer": 3, "score": 1}, "data-field"),
        ({"item": {"kind": "numeric"}, "answer": "3", "score": 1}, "data-field"),
        ("", "data-empty"),
    ],
)
def test_a_file_that_cannot_be_scored_says_why(tmp_path: Path, row: Any, code: str) -> None:
    with pytest.raises(BadData) as caught:
        read_grading(written(tmp_path / "rows.jsonl", row))
    assert caught.value.code == code
    with pytest.raises(BadData):
        read_grading(tmp_path / "nowhere.jsonl")


def test_the_tutor_scores_what_it_is_given(tmp_path: Path) -> None:
    tutor = Tutor(Settings(data_dir=tmp_path, verifier="rules"))
    data = written(
        tmp_path / "rows.jsonl", {"item": NUMBER, "answer": "three", "score": 1},
        {"item": {**NUMBER, "kind": "short", "key": ["the decoder"]}, "answer": "the encoder", "score": 0},
        {"item": {**NUMBER, "kind": "formula", "key": "2dr"}, "answer": "d r + r d", "score": 1},
    )  # fmt: skip
    result = evaluate_suite(tutor, "grading", data, ())
    assert result["metrics"]["agreement"]["value"] == 1
    assert result["metrics"]["ungraded"]["value"] == 0
