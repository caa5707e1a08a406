"""Lab 5: masks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import BadLab
from knowledge.labs.masks import KINDS, build_masks, count_pairs
from tutor.labs.registry import run_lab


@given(n=st.integers(2, 12), m=st.integers(1, 12), data=st.data(), seed=st.integers(0, 20))
@settings(max_examples=80, deadline=None)
def test_counts_follow_the_formulas_and_rows_sum_to_one(n: int, m: int, data: st.DataObject, seed: int) -> None:
    padded, prefix = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, n))
    masks = build_masks(n=n, m=m, padded=padded, prefix=prefix, seed=seed)
    assert set(masks.allowed) == set(KINDS)
    for kind in KINDS:
        assert masks.pairs[kind] == count_pairs(kind, n, m=m, padded=padded, prefix=prefix), kind
        np.testing.assert_allclose(masks.weights[kind].sum(axis=1), 1.0)
        assert (masks.weights[kind][~masks.allowed[kind]] == 0).all()
        seen = masks.allowed[kind].sum(axis=1)
        assert (masks.entropy[kind] <= np.log(seen) + 1e-12).all()


def test_the_causal_mask_is_the_lower_triangle_and_its_first_row_sees_itself() -> None:
    masks = build_masks(n=4)
    assert masks.allowed["causal"].astype(int).tolist() == [[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]]
    assert masks.weights["causal"][0] == pytest.approx([1, 0, 0, 0])
    assert masks.kept_if_zeroed[0] < 1
    assert masks.kept_if_zeroed[-1] == pytest.approx(1)


def test_a_prefix_of_one_is_causal_and_a_whole_prefix_sees_all() -> None:
    assert (build_masks(prefix=1).allowed["prefix"] == build_masks().allowed["causal"]).all()
    assert build_masks(n=5, prefix=5, padded=0).allowed["prefix"].all()
    assert build_masks(n=5, prefix=0, padded=0).allowed["padding"].all()


@pytest.mark.parametrize(
    "inputs", [{"n": 1}, {"n": 13}, {"padded": 6}, {"prefix": 7}, {"m": 0}, {"padded": -1}, {"n": 2.5}]
)
def test_bad_inputs_are_named(inputs: dict[str, int]) -> None:
    with pytest.raises(BadLab) as error:
        build_masks(**inputs)
    assert next(iter(inputs)) in error.value.message("en")


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_run_tells_the_counts(language: str) -> None:
    run = run_lab("masks", language)
    assert len(run.figures) == 3
    for figure in run.figures:
        figure.to_dict()
    assert "n(n+1)/2 = 21" in run.findings[0]
    assert "p(p−1)/2 = 3" in run.findings[1]
    assert "24" in run.findings[2]
