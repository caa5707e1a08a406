"""Formulas: equal in whatever form they are written, near misses refused, and nothing that is typed is ever run."""

import contextlib
import time
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.formula_process import Algebra
from agents.grade_formula import grade_formula, same_formula
from agents.item import Check, Item, Proof
from knowledge.formula_parser import read_formulas
from knowledge.formula_tokens import Unreadable

SCORES = r"\frac{QK^\top}{\sqrt{d_k}}"
BARE = Item(
    id="x",
    kind="formula",
    concept="attention",
    bloom="remember",
    difficulty=1,
    language="en",
    stem="Write it.",
    options=(),
    key=SCORES,
    tolerance=0.0,
    rationale="",
    hints=(),
    misconceptions={},
    feedback={},
    points=1.0,
    sources=(),
    proof=Proof("authored", (Check("by-hand", True),)),
)


def verdict(key: str, answer: str, language: str = "en", stem: str = "Write it.") -> tuple[str, str]:
    grade = grade_formula(replace(BARE, key=key, language=language, stem=stem), answer)
    assert grade.feedback
    assert (grade.verdict == "correct") == (grade.score == 1)
    return grade.verdict, grade.reason


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        (SCORES, "QK^T/sqrt(d_k)"),
        (SCORES, "QKᵀ / √d_k"),
        (SCORES, r"$\frac{1}{\sqrt{d_k}} Q K^{\top}$"),
        (SCORES, "(K Q^T)^T / sqrt(d_k)"),
        (SCORES, "scores = QK^T d_k^{-1/2}"),
        (SCORES, "Q K^T divided by the square root of d_k"),
        (SCORES, r"The answer is $\frac{QK^T}{\sqrt{d_k}}$ where $d_k$ is the key size."),
        (r"softmax(\frac{QK^\top}{\sqrt{d_k}})V", "Attention(Q,K,V) = softmax(QK^T/sqrt(d_k)) V"),
        ("O(n^2 d)", r"$\mathcal{O}(3n^2 d + n d)$"),
        ("O(n^2)", "n(n-1)/2"),
        ("6ND", "C = 2ND + 4ND"),
        ("2dr", "d·r + r·d = 2dr"),
        ("C = 6ND", "D = C/(6N)"),
        (r"\frac{1}{1+e^{-x}}", "e^x/(1+e^x)"),
        (r"\max(0, xW_1 + b_1)W_2 + b_2", "ReLU(xW_1+b_1)W_2+b_2"),
        (r"W + \frac{\alpha}{r} BA", "W + BA·alpha/r"),
        (r"\frac{e^{x_i}}{\sum_j e^{x_j}}", r"exp(x_i) / \sum_{k=1}^{n} exp(x_k)"),
        (r"-\sum_i y_i \log p_i", r"\sum_i y_i \log(1/p_i)"),
        (r"-\log\sigma(\beta(r_w - r_l))", r"\log(1 + e^{-\beta(r_w - r_l)})"),
        (r"x + \mathrm{Sublayer}(\mathrm{LayerNorm}(x))", "Sublayer(LN(x)) + x"),
        (r"q \cdot k", "k^T q"),
        (r"\prod_t p(x_t \mid x_{<t})", "∏_t p(x_t | x_{<t})"),
        ("10000^{2i/d}", "10^(8i/d)"),
        (r"\exp(H)", "e^H"),
    ],
)
def test_another_form_of_the_key_is_right(key: str, answer: str) -> None:
    assert verdict(key, answer) == ("correct", "right")


@pytest.mark.parametrize(
    ("key", "answer", "reason"),
    [
        (SCORES, "QK^T/sqrt(d_v)", "near-symbol"),
        (SCORES, "QK^T/sqrt(d_model)", "near-symbol"),
        (SCORES, "KQ^T/sqrt(d_k)", "near-order"),
        (SCORES, "QK/sqrt(d_k)", "near-order"),
        (SCORES, "QK^T/d_k", "wrong"),
        (r"softmax(\frac{QK^\top}{\sqrt{d_k}})V", "V softmax(QK^T/sqrt(d_k))", "near-order"),
        (r"softmax(\frac{QK^\top}{\sqrt{d_k}})V", "softmax(QK^T)V/sqrt(d_k)", "wrong"),
        ("O(n^2)", "O(n^3)", "near-O"),
        ("O(n^2)", "O(n log n)", "near-O"),
        ("O(n^2 d)", "O(n d^2)", "near-symbol"),
        ("6ND", "2ND", "near-factor"),
        ("d_k", "sqrt(d_k)", "near-power"),
        ("4d^2", "(4d)^2", "near-factor"),
        (r"W + BA", "W + AB", "near-order"),
        (r"\frac{1}{1+e^{-x}}", "1/(1+e^x)", "wrong"),
        (r"\max(0, xW_1 + b_1)W_2 + b_2", "xW_1W_2 + b_2", "wrong"),
        (r"x + \mathrm{Sublayer}(\mathrm{LayerNorm}(x))", "LayerNorm(x + Sublayer(x))", "wrong"),
        (r"-\sum_i y_i \log p_i", r"-\sum_i p_i \log y_i", "wrong"),
        ("2^{n+1}", "2^n + 1", "wrong"),
    ],
)
def test_a_near_miss_is_wrong_and_is_told_what_it_is(key: str, answer: str, reason: str) -> None:
    assert verdict(key, answer) == ("incorrect", reason)


@pytest.mark.parametrize(
    ("key", "answer", "reason"),
    [
        (SCORES, f"no es {SCORES}", "denied"),
        (SCORES, "QK^T/sqrt(d_k) or KQ^T/sqrt(d_k)", "several-formulas"),
        ("O(n^2)", "O(T^2)", "unknown-symbol"),
        (r"\sqrt{d_k}", "sqrt(d)", "unknown-symbol"),
        (r"W_1 x + b_1", "x W_1 + b_1", "other-convention"),
        ("6ND", "six times the parameters and the tokens", "unreadable-formula"),
        ("6ND", "__import__('os').system('ls')", "unreadable-formula"),
        ("6ND", "9**9**9**9", "unreadable-formula"),
        ("6ND", "(" * 300 + "6ND" + ")" * 300, "unreadable-formula"),
        ("6ND", "x" * 100_000, "too-long"),
        ("6ND", r"\input{/etc/passwd}", "unreadable-formula"),
    ],
)
def test_what_cannot_be_told_is_left_to_a_person(key: str, answer: str, reason: str) -> None:
    started = time.perf_counter()
    assert verdict(key, answer) == ("ungraded", reason)
    assert time.perf_counter() - started < 3


@pytest.mark.parametrize("answer", ["raíz de d_k", "la raíz cuadrada de dk", "√d_k", "d_k^0,5", "es raiz(d_k)"])
def test_a_spanish_answer_is_read_as_it_is_written(answer: str) -> None:
    assert verdict(r"\sqrt{d_k}", answer, "es") == ("correct", "right")


def test_a_symbol_that_the_question_names_stands_for_itself() -> None:
    assert verdict("O(n^2)", "O(T^2)")[0] == "ungraded"
    assert verdict("O(n^2)", "O(T^2)", stem="There are n queries and T keys.")[0] == "incorrect"


def test_a_wrong_answer_that_the_item_knows_names_its_mistake() -> None:
    item = replace(
        BARE, misconceptions={"QK^T/d_k": "scaling-factor.divides-by-dk"},
        feedback={"scaling-factor.divides-by-dk": "Look at how the variance grows."},
    )  # fmt: skip
    grade = grade_formula(item, r"$d_k^{-1} Q K^\top$")
    assert (grade.verdict, grade.misconception) == ("incorrect", "scaling-factor.divides-by-dk")
    assert grade.feedback == "Look at how the variance grows."


FACTORS = ("2", "n", "d_k", "r", "h^2", "L")


@given(st.permutations(FACTORS), st.sampled_from(["*", " ", "·", r"\cdot "]))
@settings(max_examples=40, deadline=None)
def test_the_order_of_numbers_does_not_matter(order: list[str], sign: str) -> None:
    assert same_formula("2 n d_k r h^2 L", sign.join(order), "en") is True
    assert same_formula("2 n d_k r h^2 L", sign.join([*order, "2"]), "en") is False


@pytest.mark.parametrize("order", [order for order in permutations(["Q", "K^T", "V"]) if order != ("Q", "K^T", "V")])
def test_the_order_of_matrices_does(order: tuple[str, ...]) -> None:
    assert same_formula("Q K^T V", " ".join(order), "en") is False


@given(st.recursive(
    st.sampled_from(["n", "d", "r", "2", "x_i", "d_k"]),
    lambda inner: st.tuples(inner, st.sampled_from("+*/"), inner).map(lambda part: f"({part[0]}{part[1]}{part[2]})"),
    max_leaves=8,
))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_a_formula_is_itself_and_not_itself_and_one_more(text: str) -> None:
    assert same_formula(text, f"({text})*1", "en") is True
    assert same_formula(text, f"{text} + 1", "en") is False


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_whatever_is_typed_gets_a_grade(text: str) -> None:
    verdict(SCORES, text)
    with contextlib.suppress(Unreadable):
        read_formulas(text, "es")


def test_a_process_of_its_own_knows_algebra_and_is_ended_when_it_takes_too_long(tmp_path: Path) -> None:
    algebra = Algebra(limit=1.5)
    try:
        assert algebra.equal(r"\binom{n}{2}", r"\frac{n(n-1)}{2}") is True
        assert algebra.equal("x^2", "x^3") is False
        trap = tmp_path / "trap"
        assert algebra.equal(f"__import__('pathlib').Path('{trap}').touch()", "1") is None
        assert not trap.exists()
        assert algebra.equal("9^{9^{9^{9}}}", "1") is None
        assert algebra.equal("1", "1") is True, "it is started again"
        item = replace(BARE, key=r"\frac{n(n-1)}{2}")
        assert grade_formula(item, r"\binom{n}{2}", algebra).verdict == "correct"
        assert grade_formula(item, r"\binom{n}{2}").verdict == "ungraded"
    finally:
        algebra.close()
