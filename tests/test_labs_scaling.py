"""Lab 3: the division by sqrt(d_k)."""

import numpy as np
import pytest

from knowledge.errors import BadLab
from knowledge.labs.scaling import Scaling, measure_scaling
from tutor.labs.registry import run_lab


@pytest.fixture(scope="module")
def scaling() -> Scaling:
    return measure_scaling()


def test_the_variance_of_the_scores_is_d_k_and_one_when_scaled(scaling: Scaling) -> None:
    sizes = np.array(scaling.d_k)
    assert sizes.tolist() == [2**power for power in range(11)]
    np.testing.assert_allclose(scaling.variance[0] / sizes, 1.0, atol=0.2)
    np.testing.assert_allclose(scaling.variance[1], scaling.variance[0] / sizes)


def test_without_scaling_the_softmax_saturates_and_with_it_nothing_changes(scaling: Scaling) -> None:
    plain, scaled = scaling.largest_weight
    assert (np.diff(plain[2:]) > 0).all()
    assert plain[-1] > 0.9
    assert np.ptp(scaled[3:]) < 0.05
    assert scaling.entropy[0, -1] < 0.2 < 1.5 < scaling.entropy[1, -1] < scaling.greatest_entropy
    assert scaling.gradient[0, -1] < 0.5 * scaling.gradient[1, -1]
    assert scaling.gradient[0, -1] < 0.5 * scaling.gradient[0].max()


def test_at_d_k_1_both_are_the_same(scaling: Scaling) -> None:
    for measure in (scaling.variance, scaling.largest_weight, scaling.entropy, scaling.gradient):
        assert measure[0, 0] == measure[1, 0]


def test_the_same_seed_gives_the_same_numbers() -> None:
    first, second, other = (measure_scaling(largest=8, samples=20, seed=seed) for seed in (1, 1, 2))
    assert (first.variance == second.variance).all()
    assert (first.variance != other.variance).any()


@pytest.mark.parametrize("inputs", [{"largest": 0}, {"keys": 1}, {"samples": 9}, {"seed": -1}, {"largest": 10**6}])
def test_bad_inputs_are_named(inputs: dict[str, int]) -> None:
    with pytest.raises(BadLab) as error:
        measure_scaling(**inputs)
    assert next(iter(inputs)) in error.value.message("es")


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_run_draws_four_curves_and_tells_the_last_sizes(language: str) -> None:
    run = run_lab("scaling", language, largest=64, samples=50)
    assert len(run.figures) == 4
    for figure in run.figures:
        assert [len(rows) for rows in figure.to_dict()["datasets"].values()] == [14]
    assert all("64" in finding for finding in run.findings)
