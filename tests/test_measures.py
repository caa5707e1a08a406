"""Differences, ratios, calibration and curves: exact on cases worked out by hand, and their laws on any."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.evaluation_curve import coverage_curve
from tutor.measures import (
    BINS,
    Flags,
    Interval,
    Values,
    brier,
    difference,
    equal_mass_bins,
    expected_calibration_error,
    interval,
    pooled,
    precision_at_coverage,
    quantile,
    ratio,
    ratio_of_means,
    wilson,
)

# P(supported) on a coarse grid, so that equal ones are common, with the label, "false" or neither.
CLAIMS = st.lists(st.tuples(st.integers(0, 8), st.sampled_from(["true", "false", "other"])), min_size=1, max_size=25)
quick = settings(max_examples=40, deadline=None)


def arrays(claims: list[tuple[int, str]]) -> tuple[Values, Flags, Flags]:
    labels = np.array([label for _, label in claims])
    return np.array([step / 8 for step, _ in claims]), labels == "true", labels == "false"


# Differences and ratios


@quick
@given(CLAIMS)
def test_a_method_does_not_differ_from_itself(claims: list[tuple[int, str]]) -> None:
    probability, true, _ = arrays(claims)
    called = probability > 0.5
    found = difference(lambda counts: ratio(counts, true, called), lambda counts: ratio(counts, true, called),
                       len(true), 0)  # fmt: skip
    assert found == (Interval(0.0, 0.0, 0.0) if called.any() else Interval(None, None, None))


def test_a_difference_is_paired() -> None:
    """Two methods that are right of half of the claims each, the second of one claim more: never worse."""
    whole = np.ones(20, dtype=np.bool_)
    theirs = np.arange(20) < 10
    ours = np.arange(20) < 11
    found = difference(lambda counts: ratio(counts, ours, whole), lambda counts: ratio(counts, theirs, whole), 20, 0)
    assert found.value == pytest.approx(1 / 20)
    assert found.lo == 0.0  # unpaired it would be about -0.26
    assert found.hi == pytest.approx(3 / 20)


def test_a_ratio_of_means() -> None:
    assert ratio_of_means([1, 0], [1, 1, 1, 1], 0).value == 0.5
    assert ratio_of_means([1, 1], [0.5], 0) == Interval(2.0, 2.0, 2.0)
    assert ratio_of_means([1.0], [0.0, 0.0], 0) == Interval(None, None, None)
    assert ratio_of_means([], [1.0], 0) == ratio_of_means([1.0], [], 0) == Interval(None, None, None)


def test_the_two_sets_of_a_ratio_are_drawn_apart() -> None:
    values = [1.0, 0.0] * 20
    found = ratio_of_means(values, values, 0)
    assert found.value == 1
    assert found.lo is not None
    assert found.hi is not None
    assert found.lo < 0.8 < 1.25 < found.hi  # drawn together it would be 1 to 1


# Precision at our coverage


def at(confidence: list[float], called: list[int], true: list[int]) -> float | None:
    chosen, right = np.array(called, dtype=np.bool_), np.array(true, dtype=np.bool_)
    return interval(precision_at_coverage(np.array(confidence), chosen, right), len(called), 0).value


def test_the_most_confident_are_taken_as_many_as_we_call_supported() -> None:
    assert at([0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1], [1, 0, 1, 1]) == 0.5
    assert at([0.9, 0.8, 0.2, 0.1], [0, 0, 0, 1], [1, 0, 1, 1]) == 1
    assert at([0.1, 0.2, 0.8, 0.9], [1, 1, 1, 0], [1, 0, 1, 1]) == pytest.approx(2 / 3)
    assert at([0.9, 0.8], [0, 0], [1, 1]) is None


def test_equal_confidence_at_the_cut_counts_in_part() -> None:
    """0.9 is true; of three at 0.5 one is true and one is taken: 1/3 of a hit."""
    assert at([0.9, 0.5, 0.5, 0.5, 0.1], [1, 1, 0, 0, 0], [1, 1, 0, 0, 1]) == pytest.approx((1 + 1 / 3) / 2)


@quick
@given(CLAIMS, st.randoms(use_true_random=False))
def test_the_order_of_the_claims_does_not_matter(claims: list[tuple[int, str]], random: Random) -> None:
    mixed = list(claims)
    random.shuffle(mixed)
    values = []
    for rows in (claims, mixed):
        probability, true, _ = arrays(rows)
        found = interval(precision_at_coverage(probability, probability >= 0.5, true), len(true), 0).value
        values += [found, expected_calibration_error(probability, true, 0).value, brier(probability, true, 0).value]
    assert values[:3] == pytest.approx(values[3:], nan_ok=True)


@quick
@given(CLAIMS)
def test_our_own_probability_at_our_own_coverage_is_our_precision(claims: list[tuple[int, str]]) -> None:
    probability, true, _ = arrays(claims)
    called = probability >= 0.5
    found = difference(precision_at_coverage(probability, called, true), lambda counts: ratio(counts, true, called),
                       len(true), 0)  # fmt: skip
    assert found.value is None or (found.lo, found.value, found.hi) == pytest.approx((0, 0, 0))


# Calibration


def test_brier() -> None:
    probability, true = np.array([1.0, 0.5, 0.25]), np.array([True, False, True])
    assert brier(probability, true, 0).value == pytest.approx((0 + 0.25 + 0.5625) / 3)
    assert brier(true.astype(np.float64), true, 0) == Interval(0.0, 0.0, 0.0)


def test_bins_are_of_equal_mass_and_part_no_equals() -> None:
    assert equal_mass_bins(np.arange(20) / 20).tolist() == [place // 2 for place in range(20)]
    assert equal_mass_bins(np.arange(20)[::-1] / 20).tolist() == [place // 2 for place in range(20)][::-1]
    assert equal_mass_bins(np.array([0.1, 0.1, 0.1, 0.9])).tolist() == [3, 3, 3, 8]
    assert equal_mass_bins(np.array([0.4])).tolist() == [5]


def test_calibration_error_by_hand() -> None:
    """Two bins: 0.25 three times, none true; 0.75 once, true: both are off by 0.25."""
    probability, true = np.array([0.25, 0.25, 0.25, 0.75]), np.array([False, False, False, True])
    assert expected_calibration_error(probability, true, 0).value == pytest.approx(0.25)
    sure = np.ones(4), np.zeros(4, dtype=np.bool_)
    assert expected_calibration_error(*sure, 0) == Interval(1.0, 1.0, 1.0)
    assert expected_calibration_error(np.zeros(0), np.zeros(0, dtype=np.bool_), 0) == Interval(None, None, None)


@quick
@given(st.sets(st.integers(0, 8), min_size=1, max_size=BINS), st.integers(1, 3))
def test_perfect_calibration_has_no_error(steps: set[int], times: int) -> None:
    """Of the claims at n/8, n in 8 are true."""
    claims = [(step, "true" if place < step else "false") for step in steps for place in range(8)] * times
    probability, true, _ = arrays(claims)
    assert expected_calibration_error(probability, true, 0).value == pytest.approx(0)


@quick
@given(CLAIMS)
def test_calibration_measures_stay_in_bounds(claims: list[tuple[int, str]]) -> None:
    probability, true, _ = arrays(claims)
    for found in (brier(probability, true, 0), expected_calibration_error(probability, true, 0)):
        assert found.value is not None
        assert 0 <= found.value <= 1


# The curve


def test_wilson() -> None:
    """Wilson's interval for 8 of 10, as tables have it."""
    found = wilson(8, 10)
    assert (found.value, found.lo, found.hi) == pytest.approx((0.8, 0.4902, 0.9433), abs=1e-4)
    certain = wilson(10, 10)
    assert (certain.value, certain.lo, certain.hi) == pytest.approx((1, 0.7225, 1), abs=1e-4)
    assert wilson(0, 0) == Interval(None, None, None)


def test_curve_by_hand() -> None:
    probability = np.array([0.9, 0.9, 0.6, 0.2])
    points = coverage_curve(probability, np.array([1, 0, 1, 0], dtype=np.bool_), np.array([0, 1, 0, 1], dtype=np.bool_))
    assert [(point.threshold, point.supported, point.coverage) for point in points] == [
        (0.9, 2, 0.5), (0.6, 3, 0.75), (0.2, 4, 1.0),
    ]  # fmt: skip
    assert [point.precision.value for point in points] == pytest.approx([1 / 2, 2 / 3, 1 / 2])
    assert [point.false_supported for point in points] == [0.5, 0.5, 1.0]
    assert points[1].precision == wilson(2, 3)
    assert points[1].to_json() == {
        "threshold": 0.6, "supported": 3, "coverage": 0.75, "false_supported": 0.5,
        "precision": {"value": 0.6667, "lo": 0.2077, "hi": 0.9385},
    }  # fmt: skip


@quick
@given(CLAIMS)
def test_coverage_grows_as_the_threshold_falls_to_everything(claims: list[tuple[int, str]]) -> None:
    probability, true, false = arrays(claims)
    points = coverage_curve(probability, true, false)
    assert [point.threshold for point in points] == sorted(set(probability.tolist()), reverse=True)
    coverage = [point.coverage for point in points]
    assert coverage == sorted(set(coverage))
    assert coverage[-1] == 1
    wrong = [point.false_supported for point in points]
    assert wrong == (sorted(wrong) if false.any() else [None] * len(points))
    for point in points:
        lo, value, hi = point.precision.lo, point.precision.value, point.precision.hi
        assert lo is not None
        assert value is not None
        assert hi is not None
        assert 0 <= lo <= value + 1e-9
        assert value <= hi + 1e-9


def test_a_pooled_share_is_of_the_sums() -> None:
    found = pooled([1.0, 3.0], [2.0, 10.0], 1)
    assert found.value == pytest.approx(4 / 12)
    assert found.lo == pytest.approx(0.3)
    assert found.hi == pytest.approx(0.5)
    assert pooled([], [], 1).value is None
    assert pooled([0.0], [0.0], 1).value is None


@pytest.mark.parametrize(("q", "value"), [(0.0, 1.0), (0.25, 1.0), (0.5, 2.0), (0.51, 3.0), (0.95, 4.0), (1.0, 4.0)])
def test_a_quantile_is_a_value_that_was_measured(q: float, value: float) -> None:
    assert quantile([4.0, 1.0, 3.0, 2.0], q, 1).value == value


def test_a_quantile_has_bounds_that_were_measured() -> None:
    found = quantile([float(number) for number in range(101)], 0.5, 1)
    assert found.value == 50.0
    assert found.lo is not None
    assert found.hi is not None
    assert 30 < found.lo < 50 < found.hi < 70
    assert quantile([], 0.5, 1).value is None
