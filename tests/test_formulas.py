"""Formulas in one plain form, compared as trees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.formulas import find_formulas, parse_formula, plain_formula, plain_symbols, same_formula


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"\frac{QK^\top}{\sqrt{d_k}}", "(QK^T)/(sqrt(d_k))"),
        (r"\mathrm{softmax}\left(\frac{a}{b}\right) V", "softmax ((a)/(b) ) V"),
        (r"d_{\text{model}} = 512", "d_model = 512"),
        (r"x^{2} \cdot W^{Q}", "x^2 * W^Q"),
        (r"a \leq b \neq \infty", "a <= b != inf"),
        (r"\sqrt{\frac{1}{n}}", "sqrt((1)/(n))"),
        (r"\frac{a", "(a)/()"),
        ("", ""),
    ],
)  # fmt: skip
def test_latex_in_plain_form(latex: str, plain: str) -> None:
    assert plain_formula(latex) == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("√dk", "sqrt(d_k)"),
        ("the square root of dk", "sqrt(d_k)"),
        ("la raíz cuadrada de d_k", "sqrt(d_k)"),
        ("sqrt( 64 )", "sqrt(64)"),
        ("QKᵀ", "QK^T"),
        ("2 × 3 ≤ 7", "2 * 3 <= 7"),
        ("the root of the tree", "the root of the tree"),
    ],
)
def test_symbols_and_words_in_plain_form(text: str, plain: str) -> None:
    assert plain_symbols(text) == plain


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (r"\frac{QK^\top}{\sqrt{d_k}}", "QK^T / √dk"),
        (r"\mathrm{softmax}(x)", "softmax( x )"),
        ("(a + b)", "a+b"),
        ("a b", r"a \cdot b"),
        ("α_i = Σ", r"\alpha_i = \Sigma"),
        ("x = 1,", "x = 1"),
        ("|x| = 3", "| x | = 3"),
    ],
)
def test_the_same_formula_in_other_clothes(left: str, right: str) -> None:
    assert same_formula(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("QK^T", "KQ^T"),
        ("QK^T", "QK"),
        ("a - b", "b - a"),
        ("a + b", "a - b"),
        ("x^2", "x^3"),
        (r"\sqrt{d_k}", "d_k"),
        ("α = 1", "β = 1"),
        ("|x| = 3", "|x| = 5"),
        ("n! = 6", "n! = 7"),
        ("x, y = 1", "x, z = 1"),
        ("-a + b", "-(a + b)"),
    ],
)
def test_formulas_that_differ(left: str, right: str) -> None:
    assert not same_formula(left, right)


def test_trees() -> None:
    assert parse_formula("-a + b") == ("+", ("neg", "a"), "b")
    assert parse_formula("y = a/b^2") == ("=", "y", ("/", "a", ("^", "b", "2")))
    assert parse_formula("max(0, xW)") == ("call", "max", "0", "xW")
    assert parse_formula("QK") == ("*", "Q", "K")


def test_formulas_of_a_text() -> None:
    assert find_formulas("Let $x=1$, $y = x^2 + 1$ and $$z = w + 2$$.") == ["y = x^2 + 1", "z = w + 2"]
    assert find_formulas("Here FFN(x) = max(0, xW)W. Then more.") == ["FFN(x) = max(0, xW)W"]
    assert find_formulas("No formula, $d_k$ alone.") == []


@pytest.mark.parametrize("text", ["(" * 5000, "\\frac" * 500, "{" * 5000, "-" * 3000, "^".join("x" * 3000), "a)" * 900])
def test_parsing_always_ends(text: str) -> None:
    assert same_formula(text, text)


@given(st.text(alphabet="abQK_^{}()[]\\+-*/=,|<>!~: 12αΣ√", max_size=60))
def test_a_formula_is_itself(text: str) -> None:
    assert same_formula(text, text)
    assert same_formula(text, f" {text} ")
