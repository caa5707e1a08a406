"""Lab 4: positions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import BadLab
from knowledge.labs.positions import SCHEMES, alibi_slopes, attend, compare_positions, rotate, sinusoidal
from tutor.labs.registry import run_lab


@given(place=st.integers(0, 5000), offset=st.integers(-200, 200), size=st.sampled_from([2, 8, 64]))
@settings(max_examples=100, deadline=None)
def test_the_product_of_two_sinusoidal_encodings_depends_on_their_offset_alone(
    place: int, offset: int, size: int
) -> None:
    both = sinusoidal(np.array([place, place + offset], dtype=float), size)
    frequencies = 10_000.0 ** (-np.arange(0, size, 2) / size)
    assert both[0] @ both[1] == pytest.approx(np.cos(offset * frequencies).sum(), abs=1e-9 * size)
    assert both[0] @ both[0] == pytest.approx(size / 2)


@given(shift=st.integers(0, 3000), seed=st.integers(0, 100))
@settings(max_examples=60, deadline=None)
def test_rope_scores_are_the_same_after_a_common_shift_and_lengths_are_kept(shift: int, seed: int) -> None:
    vectors = np.random.default_rng(seed).standard_normal((2, 16))
    places = np.array([3.0, 11.0])
    near, far = rotate(vectors, places), rotate(vectors, places + shift)
    assert near[0] @ near[1] == pytest.approx(far[0] @ far[1], abs=1e-9)
    np.testing.assert_allclose(np.linalg.norm(far, axis=1), np.linalg.norm(vectors, axis=1))
    np.testing.assert_allclose(rotate(vectors, np.zeros(2)), vectors)


def test_alibi_has_the_slopes_of_its_paper() -> None:
    assert alibi_slopes(8).tolist() == [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64, 1 / 128, 1 / 256]
    assert alibi_slopes(16)[:2] == pytest.approx([2**-0.5, 2**-1])


@given(seed=st.integers(0, 200), n=st.integers(3, 10))
@settings(max_examples=40, deadline=None)
def test_without_positions_attention_is_equivariant_to_every_permutation(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    embeddings, projections = rng.standard_normal((n, 8)), rng.standard_normal((3, 8, 8))
    order = rng.permutation(n)
    straight = attend(embeddings, "none", projections, 0.5)[1]
    shuffled = attend(embeddings[order], "none", projections, 0.5)[1]
    np.testing.assert_allclose(shuffled, straight[order], atol=1e-9)


def test_what_each_scheme_notices() -> None:
    result = compare_positions("the dog chased the cat home")
    assert result.moved["none"].max() < 1e-12
    assert result.moved_backwards["none"].max() < 1e-12
    assert result.moved_backwards["alibi"].max() < 1e-12  # |i - j| is the same read backwards
    for scheme in ("sinusoidal", "rope", "alibi"):
        assert result.moved[scheme].max() > 0.05
    for scheme in ("sinusoidal", "rope"):
        assert result.moved_backwards[scheme].max() > 0.05
    assert sorted(result.order) == list(range(6))
    assert result.order not in {tuple(range(6)), tuple(reversed(range(6)))}
    assert result.sinusoidal_spread < 1e-12
    assert result.rope_spread < 1e-12
    assert result.sinusoidal[0] == pytest.approx(1)
    assert result.rope_same[0] == pytest.approx(1)
    assert np.abs(result.rope_other).max() <= 1


def test_weights_of_equal_words_show_the_places_alone() -> None:
    weights = compare_positions("a b c").weights
    assert set(weights) == set(SCHEMES)
    np.testing.assert_allclose(weights["none"], 1 / 16)
    for scheme in ("rope", "alibi"):
        np.testing.assert_allclose(weights[scheme], weights[scheme][::-1, ::-1])  # distance alone
        assert (weights[scheme].argmax(axis=1) == np.arange(16)).all()


@pytest.mark.parametrize("inputs", [{"text": "a b"}, {"text": "a " * 13}, {"head": 9}, {"farthest": 7}, {"seed": -1}])
def test_bad_inputs_are_named(inputs: dict[str, object]) -> None:
    with pytest.raises(BadLab) as error:
        run_lab("positions", "en", **inputs)
    assert error.value.hint("en")


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_run_draws_four_figures(language: str) -> None:
    run = run_lab("positions", language)
    assert len(run.figures) == 4
    for figure in run.figures:
        assert sum(len(rows) for rows in figure.to_dict()["datasets"].values()) < 5000
    assert "1/256" in run.findings[-1]
    assert "10^-1" in run.findings[0]
