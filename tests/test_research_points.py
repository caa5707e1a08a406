"""The points of a summary: what is chosen, who else says it, and what no choice may break."""

from collections import Counter
from itertools import combinations
from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from research_papers import passage, stretch

from agents.research.points import FEWEST_EACH, MOST, SHARE, Matrix, Point, points_of
from agents.research.stretches import Stretch
from agents.research.weighing import LEAST, Weighed


def weighed(document: str, relevance: float, place: int = 0, last: int | None = None) -> Weighed:
    own = passage(document, *(f"Sentence number {number} of a document." for number in range(8)))
    return Weighed(Stretch(own, place, place if last is None else last), relevance)


def alike(size: int, *pairs: tuple[int, int, float]) -> Matrix:
    made = np.eye(size, dtype=np.float32)
    for one, other, value in pairs:
        made[one, other] = made[other, one] = value
    return made


def never(_: Weighed, __: Weighed) -> bool:
    return False


def test_the_most_relevant_comes_first_and_what_says_nothing_is_left_out() -> None:
    given_ = [weighed("a", LEAST - 0.05), weighed("b", LEAST + 0.05), weighed("c", LEAST + 0.25)]
    assert [point.lead.relevance for point in points_of(given_, alike(3), never)] == [LEAST + 0.25, LEAST + 0.05]
    assert points_of([], alike(0), never) == []
    assert points_of(given_[:1], alike(1), never) == []


def test_what_is_like_a_chosen_point_comes_after_what_is_not() -> None:
    first, like, other = weighed("a", 0.9), weighed("b", 0.85), weighed("c", 0.8)
    chosen = points_of([first, like, other], alike(3, (0, 1, 0.7)), never)
    assert [point.lead for point in chosen] == [first, other, like]


def test_who_says_the_same_joins_the_point_once_a_document() -> None:
    first, same, again, own = weighed("a", 0.9), weighed("b", 0.8), weighed("b", 0.7, 3), weighed("a", 0.6, 5)
    near = alike(4, (0, 1, 0.96), (0, 2, 0.96), (0, 3, 0.96))
    assert points_of([first, same, again, own], near, lambda *_: True) == [Point(first, (same,))]


def test_what_is_alike_but_says_something_else_is_a_point_of_its_own() -> None:
    first, other = weighed("a", 0.9), weighed("b", 0.8)
    assert points_of([first, other], alike(2, (0, 1, 0.9)), never) == [Point(first), Point(other)]


def test_two_stretches_that_share_a_sentence_are_one_point() -> None:
    both, second = weighed("a", 0.9, 0, 1), weighed("a", 0.8, 1)
    assert points_of([both, second], alike(2), never) == [Point(both)]


def test_no_document_says_more_than_its_share() -> None:
    loud = [weighed("loud", 0.9 - place / 100, place) for place in range(8)]
    quiet = [weighed(f"quiet{number}", 0.6) for number in range(24)]
    chosen = points_of([*loud, *quiet], alike(32), never, most=24)
    counts = Counter(point.lead.stretch.passage.document for point in chosen)
    assert counts["loud"] == FEWEST_EACH
    assert len(chosen) == 24


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Weighed], Matrix, frozenset[tuple[int, int]], int]:
    """Stretches of a few documents, how alike they are, which say the same, and how many points are wanted."""
    size = draw(st.integers(0, 14))
    given_ = [
        weighed(
            draw(st.sampled_from("abcd")), draw(st.floats(0, 1)), place := draw(st.integers(0, 6)),
            place + draw(st.integers(0, 1)),
        ) for _ in range(size)
    ]  # fmt: skip
    near = alike(size, *((one, other, draw(st.floats(0, 1, width=32))) for one, other in combinations(range(size), 2)))
    pairs = [pair for pair in combinations(range(size), 2) if draw(st.booleans())]
    return given_, near, frozenset(pairs), draw(st.integers(1, MOST))


@settings(max_examples=40, deadline=None)
@given(cases())
def test_the_laws_of_points(case: tuple[list[Weighed], Matrix, frozenset[tuple[int, int]], int]) -> None:
    given_, near, pairs, most = case
    said = {(id(given_[one]), id(given_[other])) for one, other in pairs}
    chosen = points_of(given_, near, lambda one, other: (id(one), id(other)) in said, most)
    assert len(chosen) <= most
    least = max(LEAST, SHARE * max((one.relevance for one in given_), default=0.0))
    assert all(point.lead.relevance >= least for point in chosen)
    speaking = {one.stretch.passage.document for one in given_ if one.relevance >= least}
    counts = Counter(point.lead.stretch.passage.document for point in chosen)
    assert all(count <= max(FEWEST_EACH, ceil(2 * most / len(speaking))) for count in counts.values())
    for one, other in combinations(chosen, 2):
        mine, theirs = one.lead.stretch, other.lead.stretch
        apart = mine.passage.id != theirs.passage.id or mine.last < theirs.first or theirs.last < mine.first
        assert apart
    for point in chosen:
        voices = [voice.stretch.passage.document for voice in (point.lead, *point.also)]
        assert len(set(voices)) == len(voices)


def test_a_stretch_of_another_passage_shares_no_sentence() -> None:
    one, other = Weighed(stretch("a", "One sentence of it."), 0.9), Weighed(stretch("b", "One sentence of it."), 0.8)
    assert points_of([one, other], alike(2), never) == [Point(one), Point(other)]


@pytest.mark.parametrize("most", [1, 2])
def test_no_more_than_wanted(most: int) -> None:
    many = [weighed(name, 0.9) for name in "abcd"]
    assert len(points_of(many, alike(4), never, most)) == most
