"""The rules of the fact check: when a compared sentence says a claim, and when it says it but for one thing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_index import passage

from knowledge.candidates import Candidate
from knowledge.comparison import Comparison
from knowledge.rules import Judged, Thresholds, opposing, read_thresholds, supporting

LIMITS = Thresholds(support=0.9, contradict=0.7, reverse=0.5, midpoint=0.6, slope=9.0)
KINDS = ["number", "denial", "opposite", "roles", "order", "formula"]
WORDS = ["12", "bert", "encoder", "order", "formula"]
SHARE = st.sampled_from([0.0, 0.4, 0.5, 0.69, 0.7, 0.71, 0.9, 0.95, 1.0])
COMPARISONS = st.builds(
    Comparison, SHARE, SHARE,
    st.lists(st.sampled_from(WORDS), max_size=2).map(tuple),
    st.lists(st.tuples(*map(st.sampled_from, (KINDS, WORDS, WORDS))), max_size=2).map(tuple), st.booleans(),
)  # fmt: skip
LISTS = st.lists(COMPARISONS, max_size=6).map(lambda found: [judged(one, n) for n, one in enumerate(found)])


def judged(comparison: Comparison, number: int = 1) -> Judged:
    return Judged(Candidate(passage(number, "en", "Text."), 0), comparison)


def compared(missing: tuple[str, ...], *conflicts: tuple[str, str, str]) -> Judged:
    return judged(Comparison(1.0, 1.0, missing, conflicts))


# One sentence


@pytest.mark.parametrize(
    ("one", "clean", "but_for_one", "crossed"),
    [
        (compared(()), True, False, False),
        (compared(("bert",)), False, False, False),
        (compared(("order",)), False, False, True),
        (compared((), ("number", "24", "12")), False, True, False),
        (compared(("24",), ("number", "24", "12")), False, True, False),
        (compared(("24", "bert"), ("number", "24", "12")), False, False, False),
        (compared(("12",), ("number", "24", "12")), False, False, False),
        (compared((), ("number", "24", "12"), ("denial", "layer", "layer")), False, False, False),
        (compared((), ("roles", "key", "value")), False, True, True),
        (compared((), ("roles", "key", "value"), ("opposite", "encoder", "decoder")), False, True, True),
        (compared((), ("roles", "key", "value"), ("denial", "key", "key"), ("number", "1", "2")), False, False, True),
        (compared((), ("order", "gpt-1", "gpt-2")), False, True, True),
        (compared(("formula",), ("formula", "a = b", "a = c")), False, True, False),
    ],
)  # fmt: skip
def test_what_a_comparison_means(one: Judged, clean: bool, but_for_one: bool, crossed: bool) -> None:
    assert (one.clean, one.but_for_one, one.crossed) == (clean, but_for_one, crossed)


@given(COMPARISONS)
def test_nothing_is_both_said_and_denied(comparison: Comparison) -> None:
    one = judged(comparison)
    assert not (one.clean and one.but_for_one)
    assert not (one.clean and one.crossed)


# Several


def test_the_best_comes_first() -> None:
    rows = [judged(Comparison(share, 1.0, (), ()), number) for number, share in enumerate((0.9, 1.0, 0.89, 0.95))]
    assert [one.candidate.passage.id for one in supporting(rows, LIMITS)] == ["doc:1", "doc:3", "doc:0"]
    against = [replace(one, comparison=replace(one.comparison, conflicts=(("number", "1", "2"),))) for one in rows]
    assert [one.candidate.passage.id for one in opposing(against, LIMITS)] == ["doc:1", "doc:3", "doc:0", "doc:2"]
    assert supporting(against, LIMITS) == opposing(rows, LIMITS) == []
    assert supporting([], LIMITS) == opposing([], LIMITS) == []


def test_a_borrowed_word_does_not_count_where_the_own_wording_leaves_the_roles_in_doubt() -> None:
    own = Comparison(0.8, 1.0, ("order",), ())
    borrowed = Comparison(1.0, 1.0, (), (), borrowed=True)
    assert supporting([judged(own, 1), judged(borrowed, 1)], LIMITS) == []
    assert supporting([judged(own, 1), judged(borrowed, 2)], LIMITS) == [judged(borrowed, 2)]
    assert supporting([judged(own, 1), judged(replace(borrowed, borrowed=False), 1)], LIMITS) != []
    assert supporting([judged(replace(own, missing=("bert",)), 1), judged(borrowed, 1)], LIMITS) != []


@given(LISTS, SHARE)
def test_what_supports_is_clean_and_says_enough(rows: list[Judged], support: float) -> None:
    found = supporting(rows, replace(LIMITS, support=support))
    assert all(one.clean and one.comparison.coverage >= support for one in found)
    assert [one.comparison.coverage for one in found] == sorted((o.comparison.coverage for o in found), reverse=True)
    plainly = [one for one in rows if one.clean and not one.comparison.borrowed]
    assert all((one in found) == (one.comparison.coverage >= support) for one in plainly)
    assert supporting(rows, replace(LIMITS, support=1.0)) == [one for one in found if one.comparison.coverage >= 1.0]


@given(LISTS, SHARE, SHARE)
def test_what_opposes_differs_in_one_thing_and_says_enough(rows: list[Judged], least: float, back: float) -> None:
    found = opposing(rows, replace(LIMITS, contradict=least, reverse=back))
    expected = [
        one for one in rows
        if one.but_for_one and one.comparison.coverage >= least and one.comparison.reverse >= back
    ]  # fmt: skip
    assert sorted(found, key=lambda one: one.candidate.passage.id) == expected
    assert [one.comparison.coverage for one in found] == sorted((o.comparison.coverage for o in found), reverse=True)
    assert not any(one in found for one in supporting(rows, LIMITS))


def test_probability_is_logistic_in_the_coverage() -> None:
    assert LIMITS.probability(0.6) == 0.5
    assert LIMITS.probability(1.0) == 0.973  # 1 / (1 + exp(-3.6))
    assert all(one.probability(1.0) > one.probability(0.5) for one in read_thresholds().values())
