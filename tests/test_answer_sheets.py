"""The short answers that the verifier is taught on: their labels, their balance, and that none is evaluated on."""

import json
from pathlib import Path

import numpy as np
import pytest

from agents.short_reading import ShortReader
from evals.answer_sheets import ANSWERS_FILE, LETTERS, AnswerSheet, answer_pairs, read_answers
from evals.fit_short_answers import (
    AS_GRADED,
    BESIDE,
    FITTING,
    GRADED,
    MESSAGES,
    Row,
    beside_the_question,
    counted,
    fitted,
    graded_sheets,
    rows_of,
    with_weights,
)
from knowledge.course import BUNDLED_COURSE
from knowledge.verifier_onnx import OnnxVerifier

SHEETS = read_answers()
EVALUATED = (
    BUNDLED_COURSE / "evaluation" / "grading.jsonl", Path(__file__).parent / "data" / "graded_answers.jsonl"
)  # fmt: skip
SHEET = AnswerSheet(
    "Which part reads the input?", "en", "encoder", True, ("the encoder", "both sides"),
    (("sn", "the encoder"), ("cn", "the decoder"), ("ss", "the encoder, left and right")),
)  # fmt: skip


def test_every_answer_has_a_letter_a_point_and_both_languages_are_there() -> None:
    assert len(SHEETS) > 2000
    assert len({sheet.question for sheet in SHEETS}) == len(SHEETS)
    for sheet in SHEETS:
        assert sheet.points
        assert len(sheet.answers) >= 4
        for letters, answer in sheet.answers:
            assert len(letters) == len(sheet.points)
            assert set(letters) <= LETTERS.keys()
            assert answer.strip()
    spanish = sum(sheet.language == "es" for sheet in SHEETS)
    assert 0.45 < spanish / len(SHEETS) < 0.55
    assert 0.1 < sum(sheet.held_out for sheet in SHEETS) / len(SHEETS) < 0.23


def test_no_question_is_one_that_is_evaluated() -> None:
    evaluated = {
        json.loads(line)["item"]["stem"].casefold() for file in EVALUATED
        for line in file.read_text("utf-8").splitlines()
    }  # fmt: skip
    assert not {sheet.question.casefold() for sheet in SHEETS} & evaluated


def test_pairs_are_read_under_their_question_and_stand_on_one_side() -> None:
    pairs = list(SHEET.pairs())
    assert [pair.label for pair in pairs] == [
        "supported", "neither", "contradicted", "neither", "supported", "supported"
    ]  # fmt: skip
    assert pairs[3].evidence == "Which part reads the input?: the decoder"
    assert pairs[3].claim == "Which part reads the input?: both sides"
    assert len(answer_pairs([SHEET], held_out=True)) + len(answer_pairs([SHEET], held_out=False)) == len(pairs)
    assert ANSWERS_FILE.exists()


def test_what_is_known_of_answers_becomes_weights(capsys: pytest.CaptureFixture[str]) -> None:
    rows = rows_of(SHEET, ShortReader(), OnnxVerifier())
    assert [row.said for row in rows] == [True, False, False, False, True, True]
    chance = np.random.default_rng(3)
    many = [
        Row({"supported": value, "said": 0.0}, "unsure", bool(value > 0), f"q{number % 40}")
        for number, value in enumerate(chance.normal(size=400))
    ]
    weights = fitted(many)
    assert weights["supported"] > 1
    assert abs(weights["bias"]) < 1
    assert "unsure: said/not" in capsys.readouterr().out


def test_graded_answers_are_sheets_where_each_point_is_known() -> None:
    item = {"kind": "short", "language": "en", "stem": "What is positive?", "key": ["the weights", "their sum"]}
    rows = [
        {"item": item, "answer": "both", "score": 1}, {"item": item, "answer": "neither", "score": 0},
        {"item": item, "answer": "the sum", "score": 0.5},
        {"item": item | {"kind": "numeric"}, "answer": "1", "score": 1},
        {"item": item | {"key": ["the weights"]}, "answer": "nothing", "score": 0},
        {"item": item | {"key": ["weights such as these"]}, "answer": "these", "score": 1},
    ]  # fmt: skip
    sheets = list(graded_sheets("\n".join(map(json.dumps, rows))))
    assert [sheet.answers for sheet in sheets] == [(("ss", "both"),), (("n", "nothing"),)]
    assert {(row.source, row.times) for row in rows_of(sheets[1], ShortReader(), OnnxVerifier(), "graded")} == {
        ("graded", AS_GRADED)
    }
    assert len(list(graded_sheets(GRADED.read_text("utf-8")))) > 600


def test_counts_are_of_what_lies_above_and_below() -> None:
    said = np.array([True, True, False, False])
    told = counted(np.array([0.99, 0.4, 0.6, 0.01]), said)
    assert told.startswith("said/not 2/2; from 0.3: 2/1, 0.4: 2/1, 0.5: 1/1, 0.6: 1/1, 0.7: 1/0")
    assert told.endswith("0.3: 0/1, 0.4: 1/1")


def test_new_weights_leave_the_limits_as_they_are() -> None:
    text = "# head\n\n[limits.said]\nsaid = 0.5\nunsaid = 0.1\n\n[weights]\nbias = 1.0\n"
    new = with_weights(text, {"bias": 2.0, "supported": 0.25})
    assert new == "# head\n\n[limits.said]\nsaid = 0.5\nunsaid = 0.1\n\n[weights]\nbias = 2.0000\nsupported = 0.2500\n"
    assert with_weights(new, {"bias": 2.0, "supported": 0.25}) == new


def test_beside_each_question_stands_what_says_nothing_to_it() -> None:
    text = MESSAGES.read_text("utf-8")
    fitting = {row["text"] for row in map(json.loads, text.splitlines()) if row["split"] == FITTING}
    sheets = SHEETS[:200]
    beside = list(beside_the_question(sheets, text))
    assert [sheet.question for sheet in beside] == [sheet.question for sheet in sheets]
    assert beside == list(beside_the_question(sheets, text)), "the same each time"
    own = {sheet.question: {answer for _, answer in sheet.answers} for sheet in sheets}
    for sheet in beside:
        assert len(sheet.answers) == 2 * BESIDE
        assert {letters for letters, _ in sheet.answers} == {"n" * len(sheet.points)}
        assert not own[sheet.question] & {answer for _, answer in sheet.answers}
        assert {answer for _, answer in sheet.answers[BESIDE:]} <= fitting
