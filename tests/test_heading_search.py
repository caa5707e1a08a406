"""Headings have a voice of their own in search: what it finds, what it is worth, and nothing without it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from small_index import WordEncoder, passage

from knowledge.documents import Passage, Sentence
from knowledge.glossary import Glossary
from knowledge.index import open_or_build
from knowledge.retrieval import RANK_CONSTANT, Hit, Retriever, Weights

# id -> (headings, text): "b" is about the softmax; "a" mentions it three times.
ROWS = {
    "a": (("Scaling",), "softmax softmax softmax"),
    "b": (("Softmax",), "It divides exponentials by their total so that all of them together are one."),
    "c": (("Attention", "Scaling of training"), "training"),
    "d": ((), "Nothing of it."),
}


def made() -> list[Passage]:
    return [
        replace(passage(0, "en", text, headings), id=name, sentences=(Sentence(text),))
        for name, (headings, text) in ROWS.items()
    ]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    encoder = WordEncoder()
    return Retriever(open_or_build(tmp_path_factory.mktemp("index"), "headings", encoder, made), encoder, Glossary(()))


def share(rank: int) -> float:
    """What a passage at this rank of a method gets, where the first gets 1."""
    return (RANK_CONSTANT + 1) / (RANK_CONSTANT + rank)


def ranked(tiny: Retriever, query: str, weights: Weights) -> list[Hit]:
    return tiny.rank(query, "en", tiny.index.partitions["en"], weights)


def ids(hits: list[Hit]) -> list[str]:
    return [hit.passage.id for hit in hits]


# What the headings' index finds


def test_a_passage_is_found_by_any_heading_of_its_path_and_not_by_its_text(tiny: Retriever) -> None:
    english = tiny.index.partitions["en"]
    assert [row for row, _ in english.by_heading(["softmax"], 5)] == [1]
    assert [row for row, _ in english.by_heading(["attent"], 5)] == [2]
    assert [row for row, _ in english.by_heading(["scale"], 5)] == [0, 2]  # the shorter path first
    assert [row for row, _ in english.by_heading(["scale", "train"], 5)] == [2, 0]
    assert len(english.by_heading(["scale"], 1)) == 1
    assert all(score > 0 for _, score in english.by_heading(["scale", "softmax"], 5))
    assert english.by_heading(["nowhere"], 5) == english.by_heading([], 5) == english.by_heading(["exponenti"], 5) == []


def test_a_partition_without_headings_finds_none(tiny: Retriever) -> None:
    assert replace(tiny.index.partitions["en"], headings=None).by_heading(["softmax"], 5) == []


# What they are worth


def test_the_passage_that_is_about_it_comes_before_one_that_mentions_it(tiny: Retriever) -> None:
    assert ids(ranked(tiny, "softmax", Weights(1.0, 0.0))) == ["a", "b"]
    assert ids(ranked(tiny, "softmax", Weights(1.0, 0.0, heading=0.3))) == ["b", "a"]


def test_scores_to_the_last_digit(tiny: Retriever) -> None:
    hits = ranked(tiny, "softmax", Weights(1.0, 0.0, heading=0.25))
    expected = {"a": 1.0 / 1.25, "b": (share(2) + 0.25) / 1.25}
    assert {hit.passage.id: hit.score for hit in hits} == pytest.approx(expected, rel=1e-12)
    alone = ranked(tiny, "softmax", Weights(0.0, 0.0, heading=2.0))
    assert [(hit.passage.id, hit.score) for hit in alone] == [("b", pytest.approx(1.0, rel=1e-12))]


@pytest.mark.parametrize("query", ["softmax", "attention scaling", "training of the softmax", "zzz", ""])
def test_weight_0_changes_nothing(tiny: Retriever, query: str) -> None:
    english = tiny.index.partitions["en"]
    without = replace(english, headings=None)
    for lexical, dense in ((0.6, 0.4), (1.0, 0.0), (0.0, 1.0)):
        hits = tiny.rank(query, "en", english, Weights(lexical, dense, heading=0.0))
        assert hits == tiny.rank(query, "en", english, Weights(lexical, dense))
        assert hits == tiny.rank(query, "en", without, Weights(lexical, dense))


def test_without_headings_the_score_is_of_the_other_two(tiny: Retriever) -> None:
    english = tiny.index.partitions["en"]
    found = {hit.passage.id: hit.score for hit in tiny.rank("softmax", "en", english, Weights(0.6, 0.4))}
    expected = dict.fromkeys(ROWS, 0.0)
    dense = english.dense(WordEncoder().encode(["softmax"]), 50)
    for weight, found_rows in ((0.6, english.lexical(["softmax"], 50)), (0.4, dense)):
        for rank, (row, _) in enumerate(found_rows, start=1):
            expected["abcd"[row]] += weight * share(rank)
    assert found == pytest.approx(expected, rel=1e-12)


@limits(deadline=None, max_examples=40)
@given(
    st.floats(0.1, 2), st.floats(0, 2), st.floats(0, 2), st.sampled_from(["softmax", "scaling", "attention training"])
)
def test_no_score_is_above_1(tiny: Retriever, lexical: float, dense: float, heading: float, query: str) -> None:
    hits = ranked(tiny, query, Weights(lexical, dense, heading=heading))
    assert hits
    assert all(0 <= hit.score <= 1 + 1e-9 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
