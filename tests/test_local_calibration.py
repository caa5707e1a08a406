"""The temperature that makes decisions as sure as they are right."""

import math

import numpy as np
import pytest

from agents.local.calibration import HIGHEST, LOWEST, fit_temperature, probabilities


def drawn(temperature: float, count: int = 6_000) -> list[tuple[list[float], int]]:
    """Log weights of three options, and a right one that is drawn as their softmax under a temperature says."""
    random = np.random.default_rng(3)
    weights = random.normal(0, 3, (count, 3))
    return [(list(row), int(random.choice(3, p=probabilities(list(row), temperature)))) for row in weights]


@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0])
def test_the_temperature_that_the_decisions_were_drawn_with_is_found(temperature: float) -> None:
    assert fit_temperature(drawn(temperature)) == pytest.approx(temperature, rel=0.08)


def test_no_other_temperature_makes_the_right_ones_likelier() -> None:
    rows = drawn(2.0, 300)

    def loss(temperature: float) -> float:
        return -sum(math.log(probabilities(row, temperature)[right]) for row, right in rows)

    found = fit_temperature(rows)
    assert loss(found) < min(loss(found * 0.98), loss(found * 1.02), loss(1.0))


def test_who_is_always_right_or_never_sure_ends_at_a_bound() -> None:
    assert fit_temperature([([3.0, 0.0], 0)] * 5) == pytest.approx(LOWEST, rel=0.01)
    assert fit_temperature([([3.0, 0.0], 1)] * 5) == pytest.approx(HIGHEST, rel=0.01)
    with pytest.raises(ValueError, match="no decisions"):
        fit_temperature([])


def test_probabilities_are_a_softmax() -> None:
    assert probabilities([math.log(1), math.log(3)]) == pytest.approx((0.25, 0.75))
    assert probabilities([0.0, 1000.0]) == pytest.approx((0.0, 1.0))
    assert probabilities([0.0, 9.0], 1e9) == pytest.approx((0.5, 0.5))
    with pytest.raises(ValueError, match="temperature"):
        probabilities([0.0], 0.0)
