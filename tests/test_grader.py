"""Grading: right answers in any writing, near misses refused, and what cannot be told left ungraded."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.computed_items import computed_item
from agents.families import FAMILIES
from agents.grader import Grader
from agents.item import Check, Item, Proof

GRADER = Grader()
BARE = Item(
    id="x",
    kind="numeric",
    concept="attention",
    bloom="apply",
    difficulty=1,
    language="es",
    stem="¿Cuánto?",
    options=(),
    key=1,
    tolerance=0.0,
    rationale="",
    hints=(),
    misconceptions={},
    feedback={},
    points=1.0,
    sources=(),
    proof=Proof("authored", (Check("by-hand", True),)),
)
ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "graded_numbers.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['answer']} for {row['key']:g} in {row['lang']}" for row in ROWS])
def test_numbers_as_people_type_them(row: dict[str, Any]) -> None:
    item = replace(BARE, key=row["key"], tolerance=row["tolerance"], unit=row.get("unit", ""), language=row["lang"])
    grade = GRADER.grade(item, row["answer"])
    assert grade.verdict == row["verdict"], grade
    assert grade.feedback
    assert str(row["key"]) not in grade.feedback or row["verdict"] != "incorrect"


@given(st.floats(-1e6, 1e6).map(lambda value: round(value, 3)), st.sampled_from(["es", "en"]))
def test_a_number_written_by_either_language_is_itself(value: float, language: str) -> None:
    item = replace(BARE, key=value, tolerance=0.001, language=language)
    text = f"{value:.3f}"
    for answer in (
        text,
        text.replace(".", ","),
        f"x = {text}",
        f"${text.replace('.', '{,}')}$" if language == "es" else text,
    ):
        assert GRADER.grade(item, answer).verdict == "correct", answer
    assert GRADER.grade(item, f"{value + 1:.3f}").verdict == "incorrect"


@given(st.text(max_size=60))
def test_whatever_is_typed_gets_a_grade(text: str) -> None:
    for kind, key, options in (
        ("numeric", 3, ()),
        ("matrix", [[1, 2], [3, 4]], ()),
        ("mcq", 1, ("a", "b", "c")),
        ("multi", [0, 2], ("a", "b", "c")),
        ("true_false", 0, ("Verdadero", "Falso")),
        ("order", [2, 0, 1], ("x", "y", "z")),
        ("match", [1, 0], ("x", "y")),
    ):
        grade = GRADER.grade(replace(BARE, kind=kind, key=key, options=options), text)
        assert 0 <= grade.score <= 1
        assert grade.feedback
        assert (grade.verdict == "correct") == (grade.score == 1)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("b", "correct"),
        ("B)", "correct"),
        ("la b", "correct"),
        ("creo que la b", "correct"),
        ("Opción B", "correct"),
        ("-1,67", "correct"),
        ("$-1{,}67$", "correct"),
        ("c", "incorrect"),
        ("a y b", "ungraded"),
        ("ninguna", "ungraded"),
        ("e", "ungraded"),
        ("no es la b", "ungraded"),
        ("", "ungraded"),
        ("   ", "ungraded"),
    ],
)
def test_one_option(answer: str, verdict: str) -> None:
    item = computed_item(FAMILIES["scaled-score"], 5, 2, "es", "mcq")
    assert item.options[item.key] == "$-1{,}67$"
    assert item.key == 1
    assert GRADER.grade(item, answer).verdict == verdict


def test_a_known_mistake_is_named_and_answered_without_the_key() -> None:
    item = computed_item(FAMILIES["scaled-score"], 5, 2, "es")
    grade = GRADER.grade(item, "-5/9")
    assert (grade.verdict, grade.misconception) == ("incorrect", "scaling-factor.divides-by-dk")
    assert grade.feedback == item.feedback["scaling-factor.divides-by-dk"]


@pytest.mark.parametrize(
    ("answer", "verdict", "score"),
    [
        ("a, c", "correct", 1.0),
        ("C y A", "correct", 1.0),
        ("ac", "correct", 1.0),
        ("a", "partial", 0.5),
        ("a, b", "incorrect", 0.0),
        ("a, b, c", "incorrect", 0.0),
        ("b", "incorrect", 0.0),
        ("quizá", "ungraded", 0.0),
    ],
)
def test_several_options(answer: str, verdict: str, score: float) -> None:
    item = replace(BARE, kind="multi", key=[0, 2], options=("uno", "dos", "tres"))
    grade = GRADER.grade(item, answer)
    assert (grade.verdict, grade.score) == (verdict, score)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("verdadero", "correct"),
        ("V", "correct"),
        ("sí", "correct"),
        ("true", "correct"),
        ("a", "correct"),
        ("falso", "incorrect"),
        ("no es verdadero", "incorrect"),
        ("false", "incorrect"),
        ("b", "incorrect"),
        ("no es falso", "correct"),
        ("not false", "correct"),
        ("it is not true", "incorrect"),
        ("isn't true", "incorrect"),
        ("no", "incorrect"),
        ("no, es falso", "incorrect"),
        ("sí, es verdad", "correct"),
        ("no, es verdadero", "ungraded"),
        ("verdadero o falso", "ungraded"),
        ("depende", "ungraded"),
    ],
)
def test_true_or_false(answer: str, verdict: str) -> None:
    item = replace(BARE, kind="true_false", key=0, options=("Verdadero", "Falso"))
    assert GRADER.grade(item, answer).verdict == verdict


@pytest.mark.parametrize(
    ("answer", "verdict", "score"),
    [
        ("c, a, b", "correct", 1.0),
        ("C-A-B", "correct", 1.0),
        ("cab", "correct", 1.0),
        ("primero c, luego a, después b", "ungraded", 0.0),
        ("c, b, a", "partial", 0.25),
        ("b, a, c", "incorrect", 0.0),
        ("c, a", "ungraded", 0.0),
        ("c, a, a", "ungraded", 0.0),
    ],
)
def test_an_order(answer: str, verdict: str, score: float) -> None:
    item = replace(BARE, kind="order", key=[2, 0, 1], options=("multiplica", "suma", "escala"))
    grade = GRADER.grade(item, answer)
    assert (grade.verdict, grade.score) == (verdict, score)


@pytest.mark.parametrize(
    ("answer", "verdict", "score"),
    [
        ("1-B, 2-A, 3-C", "correct", 1.0),
        ("1: b; 2: a; 3: c", "correct", 1.0),
        ("1b 2a 3c", "correct", 1.0),
        ("1-A, 2-B, 3-C", "partial", 0.3333),
        ("1-A, 2-C, 3-B", "incorrect", 0.0),
        ("1-B, 2-A", "ungraded", 0.0),
    ],
)
def test_pairs(answer: str, verdict: str, score: float) -> None:
    item = replace(BARE, kind="match", key=[1, 0, 2], options=("Google", "OpenAI", "Meta"))
    grade = GRADER.grade(item, answer)
    assert (grade.verdict, grade.score) == (verdict, score)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("(0,21; 0,58; 0,21; 0,00)", "correct"),
        ("0.21, 0.58, 0.21, 0", "correct"),
        ("[0,21 0,58 0,21 0]", "correct"),
        ("0,21 0,58 0,21 0", "correct"),
        ("(0,21; 0,58; 0,21)", "incorrect"),
        ("0,21; 0,58; 0,3; 0", "partial"),
        ("0,58; 0,21; 0,21; 0", "partial"),
        ("0,2; 0,6; 0,2; 0,1", "incorrect"),
        ("todo a la primera", "ungraded"),
    ],
)
def test_a_vector(answer: str, verdict: str) -> None:
    item = replace(BARE, kind="matrix", key=[0.212, 0.576, 0.212, 0.0], tolerance=0.01)
    assert GRADER.grade(item, answer).verdict == verdict


@pytest.mark.parametrize(
    "answer",
    [
        "[[1,0,0],[1,1,0],[1,1,1]]",
        "1 0 0; 1 1 0; 1 1 1",
        "1 0 0\n1 1 0\n1 1 1",
        "((1, 0, 0), (1, 1, 0), (1, 1, 1))",
        r"\begin{pmatrix}1 & 0 & 0 \\ 1 & 1 & 0 \\ 1 & 1 & 1\end{pmatrix}",
        "{{1,0,0},{1,1,0},{1,1,1}}",
    ],
)
def test_a_matrix(answer: str) -> None:
    item = replace(BARE, kind="matrix", key=[[1, 0, 0], [1, 1, 0], [1, 1, 1]])
    assert GRADER.grade(item, answer).verdict == "correct"
    assert GRADER.grade(replace(item, key=[[1, 1, 1], [0, 1, 1], [0, 0, 1]]), answer).verdict == "incorrect"
