"""Expressions over the same symbols: whether they are worth the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.formula_expressions import expressions, says_same


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (r"r(d+k)", "r d + r k", True), (r"r(d+k)", "r+d+k", False), (r"r\cdot(d+k)", "r d k", False),
        (r"\frac{a}{b}", "a/b", True), (r"\frac{a}{b}", "b/a", False), ("O(n^2 d)", "O(n^3 d)", False),
        ("4d^2", r"2d\cdot 2d", True), ("6ND", "2ND", False), (r"\sqrt{x}\sqrt{x}", "x", True),
        ("2n-1", "2n+1", False), ("-(a-b)", "b-a", True),
    ],
)  # fmt: skip
def test_values_tell_expressions_apart(left: str, right: str, same: bool) -> None:
    assert says_same(left, right) is same


@pytest.mark.parametrize(
    ("left", "right"),
    [(r"\sqrt{d_k}", r"\sqrt{d_v}"), ("f(x)", "g(x)"), ("x/0", "x"), ("", "x"), ("12", "13"), ("((((", "x"),
     ("x^{999999}", "x^{3}")],
)  # fmt: skip
def test_what_cannot_be_told_is_neither_same_nor_different(left: str, right: str) -> None:
    assert says_same(left, right) is None


def test_expressions_are_what_reckons() -> None:
    text = r"With $d_k$ and $r(d+k)$, not $x = 2y$, at $64$ and $n^2$."
    assert expressions(text) == ["r(d+k)", "n^2"]


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_texts_are_compared_without_an_error_and_nothing_differs_from_itself(left: str, right: str) -> None:
    assert says_same(left, left) is not False
    assert says_same(left, right) in {True, False, None}
