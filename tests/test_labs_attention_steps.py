"""Lab 1: attention step by step."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import BadLab
from knowledge.labs.attention_steps import AttentionSteps, attend_in_steps
from knowledge.labs.softmax import entropy, jacobian_norm, softmax
from tutor.labs.registry import run_lab

WORDS = st.lists(st.sampled_from(["the", "cat", "sat", "el", "gato", "ñandú"]), min_size=1, max_size=12)


@given(tokens=WORDS, seed=st.integers(0, 50), mask=st.sampled_from(["none", "causal"]), d_k=st.integers(1, 16))
@settings(max_examples=60, deadline=None)
def test_rows_of_weights_sum_to_one_and_the_parts_of_an_output_to_the_output(
    tokens: list[str], seed: int, mask: str, d_k: int
) -> None:
    steps = attend_in_steps(" ".join(tokens), mask=mask, seed=seed, d_k=d_k, chosen=0)
    n = len(tokens)
    assert steps.weights.shape == (n, n)
    np.testing.assert_allclose(steps.weights.sum(axis=1), 1.0)
    np.testing.assert_allclose(steps.scaled * np.sqrt(d_k), steps.products)
    np.testing.assert_allclose(steps.contributions.sum(axis=0), steps.outputs[0], atol=1e-12)
    assert (steps.weights[~steps.allowed] == 0).all()
    assert steps.allowed.sum() == (n * n if mask == "none" else n * (n + 1) // 2)


def test_given_matrices_are_worked_out_as_by_hand() -> None:
    # scores 1 and 0 over sqrt(4): weights e^0.5 / (e^0.5 + 1) and the rest
    key = [[1, 0, 0, 0], [0, 1, 0, 0]]
    steps = attend_in_steps("a b", queries=key, keys=key, values=[[1.0], [0.0]])
    expected = np.exp(0.5) / (np.exp(0.5) + 1)
    assert steps.weights[0, 0] == pytest.approx(expected)
    assert steps.outputs[:, 0] == pytest.approx([expected, 1 - expected])
    unscaled = attend_in_steps("a b", queries=key, keys=key, values=[[1.0], [0.0]], scale=False)
    assert unscaled.weights[0, 0] == pytest.approx(np.e / (np.e + 1))


def test_equal_words_get_equal_outputs_until_the_causal_mask_tells_them_apart() -> None:
    free = attend_in_steps("the cat saw The dog")
    causal = attend_in_steps("the cat saw The dog", mask="causal")
    np.testing.assert_allclose(free.outputs[0], free.outputs[3])
    assert np.linalg.norm(causal.outputs[0] - causal.outputs[3]) > 0.01
    np.testing.assert_allclose(causal.outputs[0], causal.values[0])  # the first word sees itself alone


def test_softmax_entropy_and_jacobian_have_their_exact_values() -> None:
    even = softmax(np.zeros(4))
    assert even == pytest.approx([0.25] * 4)
    assert entropy(even) == pytest.approx(np.log(4))
    assert jacobian_norm(even) == pytest.approx(np.sqrt(3) / 4)
    peaked = softmax(np.array([0.0, -np.inf, -1000.0]))
    assert peaked == pytest.approx([1, 0, 0])
    assert entropy(peaked) == pytest.approx(0)
    assert jacobian_norm(peaked) == pytest.approx(0)
    weights = softmax(np.array([0.3, -1.0, 2.0]))
    matrix = np.diag(weights) - np.outer(weights, weights)
    assert jacobian_norm(weights) == pytest.approx(np.linalg.norm(matrix))


@pytest.mark.parametrize(
    "inputs",
    [
        {"text": ""},
        {"text": "a " * 13},
        {"text": "a b", "mask": "prefix"},
        {"text": "a b", "chosen": 2},
        {"text": "a b", "d_k": 0},
        {"text": "a b", "d_k": 2.5},
        {"text": "a b", "queries": [[1], [2]]},
        {"text": "a b", "queries": [[1], [2]], "keys": [[1], [2, 3]], "values": [[1], [2]]},
        {"text": "a b", "queries": [[1], [2]], "keys": [[1], [2]], "values": [[1], [float("nan")]]},
        {"text": "a b", "queries": "xy", "keys": "xy", "values": "xy"},
    ],
)
def test_bad_inputs_are_named(inputs: dict[str, object]) -> None:
    with pytest.raises(BadLab) as error:
        attend_in_steps(**inputs)  # type: ignore[arg-type]
    for language in ("es", "en"):
        assert error.value.message(language)
        assert error.value.hint(language)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("mask", ["none", "causal"])
def test_the_run_draws_each_step_and_tells_what_it_shows(language: str, mask: str) -> None:
    run = run_lab("attention_steps", language, mask=mask)
    assert isinstance(run.result, AttentionSteps)
    assert len(run.figures) == 4
    assert all(figure.to_dict()["title"]["text"] for figure in run.figures)
    seen = "15" if mask == "causal" else "25"
    assert seen in run.findings[1]
    assert len(run.findings) == 3


def test_given_values_of_equal_words_may_differ() -> None:
    run = run_lab("attention_steps", "en", text="a a", queries=[[1], [2]], keys=[[1], [2]], values=[[1], [5]])
    assert "apart" in run.findings[-1]
