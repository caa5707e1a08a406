"""Lab 10: gradients by depth."""

import numpy as np
import pytest

from knowledge.errors import BadLab
from knowledge.labs.depth_gradients import STACKS, DepthGradients, measure_depth
from tutor.labs.registry import run_lab


@pytest.fixture(scope="module")
def measured() -> DepthGradients:
    return measure_depth(layers=12, repeats=2)


def row(measured: DepthGradients, stack: str) -> int:
    return measured.stacks.index(stack)


def test_shapes_and_that_everything_is_a_number(measured: DepthGradients) -> None:
    stacks, layers = len(STACKS), 12
    assert measured.hidden.shape == measured.size.shape == measured.likeness.shape == (stacks, layers + 1)
    assert measured.feed_forward.shape == (stacks, layers)
    assert measured.depths == (2, 4, 8, 12)
    assert measured.last.shape == (stacks, 4)
    for values in (measured.hidden, measured.feed_forward, measured.size, measured.last):
        assert (values > 0).all()
    assert np.isfinite(measured.likeness).all()
    assert (np.abs(measured.likeness) <= 1 + 1e-9).all()
    np.testing.assert_allclose(measured.last[:, -1], measured.feed_forward[:, -1])


def test_with_neither_it_fades_and_with_residuals_alone_it_explodes(measured: DepthGradients) -> None:
    assert measured.reach("bare") < 1e-2
    assert measured.reach("residual") > 1e3
    sizes = measured.size
    assert sizes[row(measured, "residual"), -1] > 50 * sizes[row(measured, "residual"), 0]
    assert sizes[row(measured, "bare"), -1] < 0.01 * sizes[row(measured, "bare"), 0]


def test_with_both_it_keeps_its_order_of_size(measured: DepthGradients) -> None:
    for stack in ("pre", "post"):
        assert 0.1 < measured.reach(stack) < 10


def test_the_last_layer_of_post_ln_has_the_larger_gradient_and_only_pre_lns_falls_with_depth(
    measured: DepthGradients,
) -> None:
    pre, post = (measured.last[row(measured, stack)] for stack in ("pre", "post"))
    assert (post > pre).all()
    assert -0.8 < measured.slope("pre") < -0.15
    assert abs(measured.slope("post")) < 0.35


def test_a_norm_sets_the_size_and_without_residuals_tokens_become_alike(measured: DepthGradients) -> None:
    for stack in ("post", "norm"):
        np.testing.assert_allclose(measured.size[row(measured, stack), 1:], 1.0, atol=0.01)
    assert measured.likeness[row(measured, "norm"), -1] > 0.99
    assert measured.likeness[row(measured, "bare"), -1] > 0.99
    assert measured.likeness[row(measured, "pre"), -1] < 0.8
    np.testing.assert_allclose(measured.likeness[:, 0], measured.likeness[0, 0])  # the same embeddings


def test_the_same_seed_gives_the_same_numbers() -> None:
    first, second, other = (measure_depth(layers=2, width=8, repeats=1, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.hidden, second.hidden)
    assert (first.hidden != other.hidden).any()
    assert first.depths == (2,)
    assert np.isnan(first.slope("pre"))


@pytest.mark.parametrize(
    "inputs", [{"layers": 1}, {"layers": 99}, {"width": 3}, {"heads": 0}, {"heads": 3}, {"tokens": 1}, {"repeats": 0}]
)
def test_bad_inputs_are_named(inputs: dict[str, int]) -> None:
    with pytest.raises(BadLab) as error:
        measure_depth(**inputs)
    assert next(iter(inputs)) in error.value.message("es")


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_run_draws_four_figures_and_tells_the_numbers(language: str) -> None:
    run = run_lab("depth_gradients", language, layers=4, width=8, tokens=4, repeats=1)
    assert len(run.figures) == 4
    assert all(figure.to_dict() for figure in run.figures)
    assert len(run.findings) == 5
    shallow = run_lab("depth_gradients", language, layers=2, width=8, tokens=4, repeats=1)
    assert len(shallow.findings) == 4
