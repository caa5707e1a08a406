"""Counts of words, joined and saved; BM25 over them, against bm25s over the same texts at once."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.bm25 import K1, B, Bm25
from knowledge.postings import Postings, joined, open_postings, postings_of, write_postings

WORDS = ["a", "b", "c", "ñ", "d_k"]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=8), max_size=12)
ROWS = np.arange


def whole(texts: list[list[str]]) -> Bm25:
    return Bm25([postings_of(texts)], [ROWS(len(texts))])


def same(one: Postings, other: Postings) -> bool:
    words = {*one.words, *other.words}
    return np.array_equal(one.lengths, other.lengths) and all(
        np.array_equal(one.of(word), other.of(word)) for word in words
    )


def test_postings_by_hand() -> None:
    found = postings_of([["a", "b", "a"], [], ["b"]])
    assert found.of("a").tolist() == [[0], [2]]
    assert found.of("b").tolist() == [[0, 2], [1, 1]]
    assert found.of("c").tolist() == [[], []]
    assert found.lengths.tolist() == [3, 1, 1]


@pytest.mark.parametrize("variant", ["text", "nothing"])
def test_scores_are_those_of_bm25s(variant: str) -> None:
    import bm25s

    random = np.random.default_rng(4)
    texts = [[f"w{min(int(rank), 60)}" for rank in random.zipf(1.4, size=random.integers(1, 90))] for _ in range(300)]
    if variant == "nothing":
        texts[7] = []
    oracle = bm25s.BM25(method="lucene", k1=K1, b=B)
    oracle.index([text or ["\u2205"] for text in texts], show_progress=False)
    for query in (["w1"], ["w3", "w9", "w3"], ["w60", "w2", "w17", "w40"]):
        known = [word for word in query if word in oracle.vocab_dict]
        assert whole(texts).scores(query) == pytest.approx(oracle.get_scores(known), abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.lists(st.integers(0, 12), max_size=3), st.lists(st.sampled_from(WORDS), max_size=4))
def test_no_score_changes_with_how_texts_are_spread(texts: list[list[str]], cuts: list[int], query: list[str]) -> None:
    edges = sorted({0, len(texts), *(min(cut, len(texts)) for cut in cuts)})
    pieces = list(pairwise(edges))
    spread = Bm25([postings_of(texts[a:b]) for a, b in pieces], [ROWS(a, b) for a, b in pieces])
    assert spread.scores(query).tolist() == whole(texts).scores(query).tolist()
    for word in WORDS:
        assert spread.frequency(word) == sum(word in text for text in texts)
        assert spread.holders(word).tolist() == [row for row, text in enumerate(texts) if word in text]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(TEXTS, st.randoms(use_true_random=False)), max_size=3))
def test_joined_postings_are_those_of_the_chosen_texts(parts: list[tuple[list[list[str]], object]]) -> None:
    taken, left = [], []
    for texts, random in parts:
        rows = [row for row in range(len(texts)) if random.random() < 0.6]  # type: ignore[attr-defined]
        taken.append((postings_of(texts), np.array(rows, dtype=np.int64)))
        left += [texts[row] for row in rows]
    assert same(joined(taken), postings_of(left))
    assert all(any(word in text for text in left) for word in joined(taken).words)


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_saved_postings_come_back(tmp_path_factory: pytest.TempPathFactory, texts: list[list[str]]) -> None:
    folder, made = tmp_path_factory.mktemp("postings"), postings_of(texts)
    write_postings(made, folder, "text")
    opened = open_postings(folder, "text")
    assert opened.words == made.words
    assert same(opened, made)


@pytest.mark.parametrize("harm", ["words", "cut", "other", "empty"])
def test_files_that_do_not_belong_together_are_told(tmp_path: Path, harm: str) -> None:
    write_postings(postings_of([["a", "b"], ["a"]]), tmp_path, "text")
    if harm == "words":
        (tmp_path / "text.words.txt").write_text("a\nb\nc")
    elif harm == "cut":
        np.save(tmp_path / "text.npy", np.load(tmp_path / "text.npy")[:-1])
    elif harm == "other":
        np.save(tmp_path / "text.npy", np.load(tmp_path / "text.npy").astype(np.float64))
    else:
        (tmp_path / "text.npy").write_bytes(b"")
    with pytest.raises((ValueError, EOFError)):
        open_postings(tmp_path, "text")
