"""The dense index: exact while small, clustered beyond, the same after saving."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge import vector_index as module
from knowledge.encoder import Vectors
from knowledge.vector_index import open_vectors, vector_index, write_vectors

COUNT, SIZE, TOPICS, NEAREST = 5_000, 64, 100, 10


def blends(count: int, seed: int) -> Vectors:
    """Unit vectors around a hundred topics, two topics each."""
    topics = np.random.default_rng(0).standard_normal((TOPICS, SIZE))
    random = np.random.default_rng(seed)
    one, other = (topics[random.integers(TOPICS, size=count)] for _ in range(2))
    mixed = one + random.uniform(0, 0.5, (count, 1)) * other + random.standard_normal((count, SIZE)) * 0.3
    return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), dtype=np.float32)


def nearest(vectors: Vectors, asked: Vectors) -> NDArray[np.int64]:
    return np.argsort(-(asked @ vectors.T), axis=1)[:, :NEAREST]


def recall(found: NDArray[np.int64], exact: NDArray[np.int64]) -> float:
    return float(np.mean([len({*mine} & {*best}) / NEAREST for mine, best in zip(found, exact, strict=True)]))


@pytest.mark.parametrize("count", [0, 1, 300])
def test_a_small_index_is_exact_and_the_same_when_opened(tmp_path: Path, count: int) -> None:
    vectors, asked = blends(count, 1), blends(5, 2)
    index = vector_index(vectors)
    write_vectors(index, tmp_path / "v")
    opened = open_vectors(tmp_path / "v")
    scores, rows = opened.search(asked, max(1, count))
    assert opened.ntotal == count
    if count:
        assert np.array_equal(rows[:, :NEAREST], nearest(vectors, asked))
        assert np.allclose(scores, np.sort(asked @ vectors.T, axis=1)[:, ::-1], atol=1e-6)


def test_beyond_the_limit_nearly_all_of_the_nearest_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FLAT_LIMIT", 1_000)
    vectors, asked = blends(COUNT, 1), blends(100, 2)
    index = vector_index(vectors)
    write_vectors(index, tmp_path / "v")
    opened = open_vectors(tmp_path / "v")
    scores, rows = opened.search(asked, NEAREST)
    assert np.array_equal(rows, index.search(asked, NEAREST)[1])
    assert opened.nprobe == module.PROBES
    assert (tmp_path / "v").stat().st_size < vectors.nbytes / 3
    assert recall(rows, nearest(vectors, asked)) > 0.9
    assert np.allclose(scores, np.take_along_axis(asked @ vectors.T, rows, axis=1), atol=0.02)


def test_the_same_vectors_give_the_same_clusters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FLAT_LIMIT", 10)
    vectors, asked = blends(500, 1), blends(20, 2)
    first, second = (vector_index(vectors).search(asked, NEAREST)[1] for _ in range(2))
    assert np.array_equal(first, second)


def test_what_is_no_index_is_told(tmp_path: Path) -> None:
    for content in (b"", b"no index at all"):
        (tmp_path / "v").write_bytes(content)
        with pytest.raises(RuntimeError):
            open_vectors(tmp_path / "v")
