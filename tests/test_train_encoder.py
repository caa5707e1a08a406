"""The schedule and the batches of the encoder's training."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.train_encoder import BATCH, WARMUP, batches, rate_at


def test_the_rate_climbs_to_its_peak_and_falls_to_nothing() -> None:
    assert WARMUP == 0.06
    assert [rate_at(step, 100) for step in (0, 2, 5, 6, 53, 100)] == [1 / 6, 0.5, 1.0, 1.0, 0.5, 0.0]
    assert (rate_at(0, 1), rate_at(1, 1)) == (1.0, 0.0)


@given(st.integers(1, 2_000))
def test_the_rate_is_a_share_that_rises_then_falls(steps: int) -> None:
    rates = [rate_at(step, steps) for step in range(steps + 1)]
    peak = rates.index(1.0)
    assert all(0 < rate <= 1 for rate in rates[:-1])
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert rates[-1] == 0.0


@given(st.lists(st.integers(0, 60), max_size=200), st.integers(0, 3))
def test_each_row_once_an_epoch(lengths: list[int], epochs: int) -> None:
    pairs = [("x", "y" * length) for length in lengths]
    found = list(batches(pairs, epochs))
    size = (len(pairs) + BATCH - 1) // BATCH
    assert len(found) == epochs * size
    assert all(0 < len(batch) <= BATCH for batch in found)
    for epoch in range(epochs):
        rows = [row for batch in found[epoch * size : (epoch + 1) * size] for row in batch]
        assert sorted(rows) == list(range(len(pairs)))
    assert found == list(batches(pairs, epochs))


def test_texts_of_like_length_share_a_batch() -> None:
    pairs = [("x", "y" * (length % 97)) for length in range(20 * BATCH)]
    first, second = (list(batches(pairs, 2))[start : start + 20] for start in (0, 20))
    spans = [[len(pairs[row][1]) for row in batch] for batch in first]
    ordered = sorted((min(span), max(span)) for span in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(ordered))
    assert first != second


def test_no_pairs_no_batches() -> None:
    assert list(batches([], 3)) == []
    assert rate_at(0, 0) == pytest.approx(1.0)
