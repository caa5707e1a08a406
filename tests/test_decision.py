"""From what rules and verifier say to probabilities: the signals of a claim, number by number, and their weights."""

from dataclasses import replace
from math import log
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.comparison import Comparison
from knowledge.decision import MOST, SIGNALS, Decision, Read, Signals, read_decision, signals_of
from knowledge.messages import LANGUAGES

SILENT = Comparison(0.0, 0.0, (), ())
NOTHING = Signals(*[0.0] * len(SIGNALS))
BETWEEN = st.floats(0, 1)


def read(supported: float, contradicted: float, overlap: float = 0.5, comparison: Comparison = SILENT) -> Read:
    return Read(supported, contradicted, overlap, comparison)


def decided(**weights: float) -> Decision:
    """The same weights for true and for false."""
    return Decision({"bias": 0.0, **weights}, {"bias": 0.0, **weights}, 0.5, 0.5)


# Signals


def test_the_signals_of_one_sentence() -> None:
    found = signals_of([read(0.9, 0.05, 0.8)], said=0.7, opposed=0.2, belief=0.1)
    assert found.supports == found.supports_near == pytest.approx(log(9) / 2)
    assert found.denies == found.denies_near == pytest.approx(-log(19) / 2)
    assert found.balance == pytest.approx(0.85)
    assert (found.support_mean, found.overlap) == (0.9, 0.8)
    assert (found.said, found.opposed, found.belief) == (0.7, 0.2, 0.1)
    assert (found.missing, found.conflict, found.number) == (0.0, 0.0, 0.0)


def test_each_signal_comes_from_its_own_sentence() -> None:
    """The nearest stands first, another supports most, a third denies most."""
    best = Comparison(0.6, 0.6, ("bert", "order"), (("opposite", "encoder", "decoder"),))
    worse = Comparison(0.6, 0.6, ("12", "a", "b", "c"), (("number", "12", "24"),))
    rows = [read(0.5, 0.25, 0.9, worse), read(0.8, 0.1, 0.4, best), read(0.1, 0.75, 0.3, worse), read(0.2, 0.2)]
    found = signals_of(rows, 0.0, 0.0, 0.0)
    assert found.supports == pytest.approx(log(4) / 2)
    assert found.denies == pytest.approx(log(3) / 2)
    assert found.supports_near == 0.0
    assert found.denies_near == pytest.approx(-log(3) / 2)
    assert found.balance == pytest.approx(0.7)
    assert found.support_mean == pytest.approx(0.65)
    assert found.overlap == 0.4
    assert found.missing == pytest.approx(2 / 3)
    assert (found.conflict, found.number) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("missing", "conflicts", "expected"),
    [
        ((), (), (0.0, 0.0, 0.0)),
        (("12",), (), (1 / 3, 0.0, 1.0)),
        (("0.1",), (), (1 / 3, 0.0, 1.0)),
        (("1.75e+11",), (), (1 / 3, 0.0, 1.0)),
        (("1e-05",), (), (1 / 3, 0.0, 1.0)),
        (("gpt-4",), (), (1 / 3, 0.0, 0.0)),
        (("d_k", "order", "roles", "heading"), (), (1.0, 0.0, 0.0)),
        (("12",), (("number", "12", "24"),), (1 / 3, 1.0, 1.0)),
        ((), (("denial", "layer", "layer"),), (0.0, 1.0, 0.0)),
    ],
)  # fmt: skip
def test_what_the_rules_find(
    missing: tuple[str, ...], conflicts: tuple[tuple[str, str, str], ...], expected: tuple[float, float, float]
) -> None:
    found = signals_of([read(0.5, 0.1, 0.5, Comparison(0.5, 0.5, missing, conflicts))], 0.0, 0.0, 0.0)
    assert (found.missing, found.conflict, found.number) == pytest.approx(expected)


def test_certainty_is_bounded() -> None:
    found = signals_of([read(1.0, 0.0)], 0.0, 0.0, 0.0)
    assert (found.supports, found.denies) == (MOST / 2, -MOST / 2)


@given(st.lists(st.tuples(BETWEEN, BETWEEN, BETWEEN), min_size=1, max_size=5))
def test_signals_are_of_about_unit_size(rows: list[tuple[float, float, float]]) -> None:
    reads = [read(yes, no * (1 - yes), overlap) for yes, no, overlap in rows]
    found = signals_of(reads, 0.0, 0.0, 0.0)
    bounds = (found.supports, found.denies, found.supports_near, found.denies_near)
    assert all(abs(value) <= MOST / 2 for value in bounds)
    assert found.supports >= found.supports_near
    assert found.denies >= found.denies_near
    assert -1 <= found.balance <= 1
    assert found.support_mean <= max(one.supported for one in reads)
    assert signals_of([reads[0], *reads[:0:-1]], 0.0, 0.0, 0.0).supports == found.supports


# Weights


def test_probabilities_are_logistic() -> None:
    assert decided().p_true(NOTHING) == 0.5
    assert Decision({"bias": log(3)}, {"bias": -log(3)}, 0.5, 0.5).p_true(NOTHING) == pytest.approx(0.75)
    assert Decision({"bias": log(3)}, {"bias": -log(3)}, 0.5, 0.5).p_false(NOTHING) == pytest.approx(0.25)
    signals = replace(NOTHING, supports=2.0, number=1.0)
    decision = decided(supports=log(3), number=-log(3), missing=5.0)
    assert decision.p_true(signals) == decision.p_false(signals) == pytest.approx(0.75)


@given(
    st.sampled_from(SIGNALS), st.floats(0.01, 5), st.lists(st.floats(-3, 3), min_size=13, max_size=13),
    st.floats(0.01, 3), st.floats(-3, 3),
)  # fmt: skip
def test_a_signal_with_a_positive_weight_raises_the_probability(
    name: str, weight: float, values: list[float], more: float, bias: float
) -> None:
    signals = Signals(*values)
    raised = replace(signals, **{name: getattr(signals, name) + more})
    decision = Decision({"bias": bias, name: weight}, {"bias": bias, name: -weight}, 0.5, 0.5)
    assert 0 < decision.p_true(signals) < decision.p_true(raised) < 1
    assert 1 > decision.p_false(signals) > decision.p_false(raised) > 0


@given(st.floats(-1e6, 1e6))
def test_no_weight_is_too_large(weight: float) -> None:
    decision = decided(supports=weight)
    assert 0 <= decision.p_true(replace(NOTHING, supports=3.0)) <= 1


# The file


def test_every_language_has_its_decision() -> None:
    found = read_decision()
    assert tuple(found) == LANGUAGES
    for decision in found.values():
        assert 0 <= decision.supported <= 1
        assert 0 <= decision.contradicted <= 1
        for weights in (decision.true, decision.false):
            assert "bias" in weights
            assert set(weights) <= {*SIGNALS, "bias"}
            assert all(isinstance(weight, float) for weight in weights.values())
        certain = replace(NOTHING, supports=3.0, denies=-3.0, balance=1.0, support_mean=1.0, said=1.0)
        assert decision.p_true(certain) > decision.p_true(NOTHING)


def test_weights_and_thresholds_are_data(tmp_path: Path) -> None:
    part = "supported = 0.8\ncontradicted = 0.7\ntrue = {bias = 1.0, said = 2.0}\nfalse = {bias = -1.0}\n"
    file = tmp_path / "thresholds.toml"
    file.write_text(f"[verified.es]\n{part}[verified.en]\n{part}", encoding="utf-8")
    assert read_decision(file)["es"] == Decision({"bias": 1.0, "said": 2.0}, {"bias": -1.0}, 0.8, 0.7)
