"""How the decision is fitted: known weights come back, thresholds are the lowest that keep their promises."""

import tomllib
from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from evals.fit_decision import (
    FOLDS,
    GRID,
    PRECISION,
    Fitted,
    fitted,
    foretold,
    least_from,
    logistic,
    probabilities,
    with_verified,
)
from evals.fit_decision import Row as FitRow
from knowledge.decision import SIGNALS, THRESHOLDS_FILE, read_decision
from knowledge.messages import LANGUAGES
from knowledge.rules import read_thresholds

FOUND = Fitted(
    np.arange(len(SIGNALS) + 1) / 4 - 1, -np.arange(len(SIGNALS) + 1) / 8, {"es": (0.71, 0.82), "en": (0.93, 0.64)}
)


def flags(text: str) -> np.ndarray:
    return np.array([char == "1" for char in text])


# Weights


def test_known_weights_come_back() -> None:
    chance = np.random.default_rng(7)
    wanted = np.array([-0.5, 1.5, -1.0, 0.0])
    signals = chance.normal(size=(20_000, 3))
    labels = chance.random(20_000) < probabilities(signals, wanted)
    assert logistic(signals, labels) == pytest.approx(wanted, abs=0.08)


def test_without_signals_the_bias_is_the_log_odds_of_the_label() -> None:
    labels = flags("1" * 30 + "0" * 10)
    found = logistic(np.zeros((40, 2)), labels)
    assert found == pytest.approx([log(3), 0, 0], abs=1e-6)
    assert probabilities(np.zeros((1, 2)), found) == pytest.approx([0.75], abs=1e-6)


def test_labels_that_a_signal_parts_wholly_have_finite_weights() -> None:
    signals = np.array([[-1.0], [-0.5], [0.5], [1.0]])
    for labels in (flags("0011"), flags("1100"), flags("1111"), flags("0000")):
        found = logistic(signals, labels)
        assert np.isfinite(found).all()
        assert (np.array(probabilities(signals, found) > 0.5) == labels).all()


def test_each_fold_is_foretold_by_the_others() -> None:
    """Every row of fold n carries signal n alone, so that nothing but the bias of the rest can foretell it."""
    folds = np.repeat(np.arange(FOLDS), 10)
    labels = np.tile(flags("1111111100"), FOLDS)
    found = foretold(np.eye(FOLDS)[folds], labels, folds)
    assert found == pytest.approx(np.full(len(folds), 0.8), abs=1e-6)


# Thresholds


@pytest.mark.parametrize(
    ("probability", "true", "false", "expected"),
    [
        ([0.95, 0.9, 0.8, 0.7, 0.6], "11101", "00010", 0.71),
        ([0.95, 0.9, 0.8], "111", "000", 0.5),
        ([0.95, 0.9, 0.3], "110", "001", 0.5),
        ([0.99, 0.9], "01", "10", 0.99),
        ([0.2, 0.1], "11", "00", 0.99),
        ([0.9] * 99 + [0.6] + [0.1] * 9, "1" * 99 + "0" * 10, "0" * 99 + "1" * 10, 0.61),
        ([0.9] * 99 + [0.6] + [0.1] * 9, "1" * 99 + "0" * 10, "0" * 109, 0.5),
        ([0.9] * 95 + [0.7] * 5, "1" * 95 + "0" * 5, "0" * 100, 0.5),
        ([0.9] * 94 + [0.7] * 6, "1" * 94 + "0" * 6, "0" * 100, 0.71),
    ],
)
def test_the_threshold_keeps_precision_and_the_share_of_the_wrong(
    probability: list[float], true: str, false: str, expected: float
) -> None:
    assert PRECISION == 0.95
    assert least_from(np.array(probability), flags(true), flags(false), 0.02) == expected


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=20), st.floats(0, 1))
def test_the_threshold_is_the_lowest_that_keeps_the_promise(rows: list[tuple[float, bool]], most: float) -> None:
    probability, right = np.array([value for value, _ in rows]), np.array([label for _, label in rows])
    kept = []
    for threshold in GRID:
        said = probability >= threshold
        few = (said & ~right).sum() <= most * max(1, (~right).sum())
        if said.any() and right[said].mean() >= PRECISION and few:
            kept.append(threshold)
    assert least_from(probability, right, ~right, most) == min(kept, default=GRID[-1])


def test_rows_become_weights_and_thresholds_by_language() -> None:
    rows, signals = [], []
    for number in range(240):
        true, language = number % 2 == 0, LANGUAGES[number // 2 % 2]
        rows.append(FitRow(f"claim {number}", language, "true" if true else "false", f"group {number // 4}"))
        signals.append([4.0 if true else -4.0] + [0.0] * (len(SIGNALS) - 1))
    found = fitted(rows, np.array(signals))
    assert found.thresholds == dict.fromkeys(LANGUAGES, (0.5, 0.5))
    assert found.true[1] > 0 > found.false[1]
    assert found.true == pytest.approx(-found.false, abs=1e-6)


# The file


def test_what_is_written_is_read_and_the_rest_stays(tmp_path: Path) -> None:
    before = THRESHOLDS_FILE.read_text(encoding="utf-8")
    file = tmp_path / "thresholds.toml"
    text = with_verified(before, FOUND, [Path("somewhere/claims.jsonl")], 321)
    file.write_text(text, encoding="utf-8")
    decisions = read_decision(file)
    for language in LANGUAGES:
        decision = decisions[language]
        assert (decision.supported, decision.contradicted) == FOUND.thresholds[language]
        for weights, wanted in ((decision.true, FOUND.true), (decision.false, FOUND.false)):
            assert tuple(weights) == ("bias", *SIGNALS)
            assert list(weights.values()) == pytest.approx(wanted, abs=5e-5)
    assert read_thresholds(file) == read_thresholds()
    old, new = tomllib.loads(before), tomllib.loads(text)
    assert {**new, "verified": None} == {**old, "verified": None}
    assert "321 claims" in text
    assert "claims.jsonl" in text
    assert "somewhere" not in text


@limits(max_examples=20)
@given(st.sampled_from(["", "# With a verifier: by hand\n\n", "# one\n# two\n\n"]), st.booleans())
def test_what_stood_before_is_kept_to_the_letter(comment: str, again: bool) -> None:
    kept = "# Figures: a [b]\n[en]\nsupport = 1.0 # so\n\n[es]\nsupport = 0.9"
    text = with_verified(f"{kept}\n\n{comment}[verified.es]\nsupported = 0.5\n", FOUND, [], 1)
    assert text.startswith(kept)
    assert text.count("[verified.es]") == text.count("[verified.en]") == text.count("# With a verifier") == 1
    assert "supported = 0.5\n" not in text
    assert not again or with_verified(text, FOUND, [], 1) == text
