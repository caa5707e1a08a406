"""Lab 7: byte-pair encoding."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import BadLab
from knowledge.labs.bpe_training import SPACE, UNITS, UNKNOWN, join, pair_counts, replay, train_bpe
from tutor.labs.registry import run_lab

TEXT = "low low low low low lower lower newest newest newest newest newest newest widest widest widest"


def test_the_example_of_the_paper_is_learned_in_its_order() -> None:
    # Sennrich et al. 2016, §3.2, with a sign for the space before a word in place of one for its end
    training = train_bpe(TEXT, "lowest", merges=4)
    assert training.merges[:2] == (("e", "s"), ("es", "t"))
    assert training.counts.tolist()[:2] == [9, 9]
    assert training.word_cuts[-1][-1] == "est"
    assert "".join(training.word_cuts[-1]) == SPACE + "lowest"
    assert not training.word_seen


@pytest.mark.parametrize("unit", UNITS)
def test_each_merge_adds_one_token_and_shortens_the_text_by_what_it_joins(unit: str) -> None:
    training = train_bpe(TEXT, "low", merges=12, unit=unit)
    steps = len(training.merges)
    assert training.vocabulary.tolist() == list(
        range(int(training.vocabulary[0]), int(training.vocabulary[0]) + steps + 1)
    )
    assert (training.tokens[:-1] - training.tokens[1:] <= training.counts).all()
    assert (training.tokens[1:] < training.tokens[:-1]).all()
    assert (training.counts[:-1] >= training.counts[1:]).all()
    assert len(training.sample_cuts) == len(training.word_cuts) == steps + 1
    assert training.word_seen
    first = training.characters_per_token if unit == "characters" else training.bytes_per_token
    assert first[0] == 1.0


@given(st.lists(st.text("abcd", min_size=1, max_size=6), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_every_merge_that_the_library_learned_was_a_most_frequent_pair(words: list[str]) -> None:
    words = [word for word in words if not any(char * 2 in word for char in "abcd")] or ["ab"]
    training = train_bpe(" ".join(words), "abc", merges=10)
    times = Counter(SPACE + word for word in words)
    steps = replay(times, training.merges)
    for place, pair in enumerate(training.merges):
        counts = pair_counts(times, steps[place][1])
        assert counts[pair] == training.counts[place] == max(counts.values())


def test_the_word_is_cut_as_the_library_cuts_it() -> None:
    from knowledge.labs.bpe_training import _trained

    for unit in UNITS:
        tokenizer, _ = _trained(TEXT, 12, unit)
        training = train_bpe(TEXT, "slowest", merges=12, unit=unit)
        ours = [token for token in training.word_cuts[-1] if token != UNKNOWN]
        theirs = [token.replace("Ġ", SPACE) for token in tokenizer.encode("slowest").tokens if token != UNKNOWN]
        assert ours == theirs


def test_a_letter_that_the_text_lacks_is_unknown_as_a_character_and_two_bytes_as_bytes() -> None:
    assert train_bpe(TEXT, "ñ").word_cuts[-1] == (SPACE, UNKNOWN)
    assert train_bpe(TEXT, "ñ", unit="bytes").word_cuts[-1] == (SPACE, "<C3>", "<B1>")
    assert train_bpe(TEXT, "ñ", unit="bytes").vocabulary[0] == 256
    learned = train_bpe("año año año", "año", unit="bytes")
    assert learned.word_cuts[-1] == (SPACE + "año",)


def test_pairs_are_joined_from_left_to_right() -> None:
    assert join(("a", "a", "a"), ("a", "a")) == ("aa", "a")
    assert join(("a", "b", "a", "b", "c"), ("a", "b")) == ("ab", "ab", "c")


def test_merges_end_when_no_pair_stands_twice() -> None:
    training = train_bpe("abc", "abc", merges=5)
    assert training.merges == ()
    assert training.tokens.tolist() == [4]


@pytest.mark.parametrize(
    "inputs",
    [{"text": "  "}, {"word": ""}, {"merges": 0}, {"merges": 10**6}, {"unit": "words"}, {"text": "a " * 40_000}],
)
def test_bad_inputs_are_named(inputs: dict[str, object]) -> None:
    with pytest.raises(BadLab):
        run_lab("bpe_training", "es", **inputs)


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_run_draws_the_cuts_and_tells_the_first_merge(language: str) -> None:
    run = run_lab("bpe_training", language)
    assert len(run.figures) == 4
    assert all(figure.to_dict() for figure in run.figures)
    first, second = run.result.merges[0]  # type: ignore[attr-defined]
    assert first in run.findings[0]
    assert second in run.findings[0]
    short = run_lab("bpe_training", language, text="abc", word="xyz")
    assert UNKNOWN in " ".join(short.findings)
    assert all(figure.to_dict() for figure in short.figures)
