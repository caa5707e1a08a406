"""Item analysis: exact on tables small enough to work out by hand, its laws on any, and what it must find again."""

import sys
from math import sqrt
from random import Random
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tutor.item_analysis import (
    Analysis,
    Question,
    analyse,
    concept_means,
    cronbach_alpha,
    feldt,
    fisher,
    item_rest,
    measurement_error,
    upper_lower,
)
from tutor.item_irt import Irt, fit_irt
from tutor.measures import Interval
from tutor.responses import Scores

STAIRS = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=np.float64)
PARTIAL = np.array([[1, 1], [0.5, 0], [1, 0.5], [0, 0]], dtype=np.float64)
quick = settings(max_examples=60, deadline=None)
TABLES = st.tuples(st.integers(2, 9), st.integers(2, 6)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.sampled_from([0.0, 0.5, 1.0]))
)


def analysed(scores: Scores) -> Analysis:
    students, items = scores.shape
    return analyse([Question(f"q{place}") for place in range(items)], [f"s{row}" for row in range(students)], scores)


def same(here: Analysis, there: Analysis) -> None:
    for mine, other in zip(here.items, there.items, strict=False):
        assert (mine.difficulty, mine.upper_lower) == pytest.approx((other.difficulty, other.upper_lower))
        assert mine.discrimination == pytest.approx(other.discrimination)


def rasch(students: int, difficulties: Scores, seed: int) -> Scores:
    draw = np.random.default_rng(seed)
    chance = 1 / (1 + np.exp(difficulties - draw.normal(size=(students, 1))))
    return (draw.random(chance.shape) < chance).astype(np.float64)


def test_stairs() -> None:
    """Item variances 3/16, 1/4, 3/16, of the totals 5/4: alpha = 3/2 (1 - (5/8) / (5/4)) = 3/4."""
    found = analysed(STAIRS)
    assert found.alpha.value == pytest.approx(3 / 4)
    assert found.error == pytest.approx(sqrt(5 / 3 * 1 / 4))
    assert [item.discrimination for item in found.items] == pytest.approx([sqrt(3 / 11), sqrt(1 / 2), sqrt(3 / 11)])
    assert [item.alpha_without for item in found.items] == pytest.approx([8 / 11, 1 / 2, 8 / 11])
    assert [item.upper_lower for item in found.items] == [1, 1, 1]
    assert found.totals == (3.0, 2.0, 1.0, 0.0)
    assert [item.flags for item in found.items] == [(), (), ()]


def test_feldts_interval_is_that_of_the_table_of_f() -> None:
    """F(3, 6) has the quantiles 6.599 at 0.975 and 1 / 14.735 at 0.025."""
    found = feldt(0.75, 4, 3)
    assert (found.lo, found.hi) == pytest.approx((1 - 0.25 * 6.599, 1 - 0.25 / 14.735), abs=2e-4)
    assert feldt(float("nan"), 4, 3) == Interval(None, None, None)


def test_partial_scores() -> None:
    """Item variances 0.171875, 0.171875; of the totals 0.625: alpha = 2 (1 - 0.34375 / 0.625) = 0.9."""
    assert cronbach_alpha(PARTIAL) == pytest.approx(0.9)
    assert item_rest(PARTIAL) == pytest.approx([0.140625 / 0.171875] * 2)


def test_the_groups_are_27_percent_and_ties_count_in_part() -> None:
    """Ten students: three in each group. The totals 1, 1 of places 3 and 4 share the third place of the weakest."""
    first = np.array([0, 0, 1, 0, 1, 1, 1, 1, 1, 1], dtype=np.float64)
    second = np.array([0, 0, 0, 1, 1, 1, 1, 1, 1, 1], dtype=np.float64)
    assert upper_lower(np.stack([first, second], axis=1)) == pytest.approx([1 - 0.5 / 3, 1 - 0.5 / 3])


def test_options_by_thirds_and_what_they_give_away() -> None:
    """Six students, totals 3, 3, 2, 1, 1, 1: two thirds of each of the last three are the weak third. The key of "bad"
    is taken by two of those, its option 1 by all others."""
    scores = np.array([[0, 1, 1, 1], [0, 1, 1, 1], [0, 1, 1, 0], [0, 1, 0, 0], [1, 0, 0, np.nan], [1, 0, 0, 0]])
    choices = np.array([[1, 0, 0, 0]] * 3 + [[1, 0, 1, 1]] + [[0, 1, 1, -1], [0, 1, 1, 1]])
    questions = [Question("bad", "a", 3, 0), Question("good", "a", 2, 0), Question("half", "b", 2, 0), Question("open")]
    found = analyse(questions, list("uvwxyz"), scores, choices)
    bad, good, half, left = found.items
    assert [option.share for option in bad.options] == pytest.approx([2 / 6, 4 / 6, 0])
    assert bad.options[0].thirds == pytest.approx((2 / 3, 1 / 3, 0))
    assert bad.options[1].thirds == pytest.approx((1 / 3, 2 / 3, 1))
    assert bad.flags == ("negative-discrimination", "unused-distractor", "distractor-beats-key")
    assert good.discrimination == pytest.approx(1 / sqrt(34))
    assert (good.flags, half.flags) == (("low-discrimination",), ())
    assert left.options == ()
    assert (left.difficulty, left.omitted, left.flags) == (2 / 6, 1 / 6, ("omitted",))
    assert found.left_out == (0, 0, 0, 0, 1, 0)
    assert set(found.concepts) == {"a", "b", ""}


@pytest.mark.parametrize(("right", "flags"), [(0, ("hard",)), (1, ("hard",)), (2, ()), (9, ()), (10, ("easy",))])
def test_the_bounds_of_difficulty_are_open(right: int, flags: tuple[str, ...]) -> None:
    """Ten students, the strong ones right; p = 0.2 and p = 0.9 are not flagged."""
    column = (np.arange(10) < right).astype(np.float64)
    ladder = (np.arange(10)[:, None] < np.arange(1, 10)).astype(np.float64)
    assert analysed(np.column_stack([column, ladder])).items[0].flags == flags


def test_concept_means() -> None:
    """Wilson: 2 of 4 is 0.5 with (0.1500, 0.8500), as in any table of it; a student's mean counts once."""
    found = concept_means(["x", "y", "x"], STAIRS)
    assert (found["x"].value, found["y"].value) == (0.5, 0.5)
    assert (found["y"].lo, found["y"].hi) == pytest.approx((0.1500, 0.8500), abs=1e-4)
    assert found["x"] == found["y"]


def test_what_does_not_vary_is_undefined() -> None:
    for found in map(analysed, (np.ones((5, 3)), np.full((5, 3), np.nan), np.ones((1, 3)), np.eye(4)[:, :1])):
        assert found.alpha == Interval(None, None, None)
        assert found.error is None
        assert all(item.discrimination is None for item in found.items)


@pytest.mark.parametrize("scores", [np.zeros((2, 3)), np.full((2, 2), 1.5), np.full((2, 2), -0.1), np.zeros((0, 2))])
def test_what_is_not_a_table_of_scores_is_refused(scores: Scores) -> None:
    with pytest.raises(ValueError, match="scores"):
        analyse([Question("a"), Question("b")], list("uv")[: len(scores)], scores)


@quick
@given(st.lists(st.sampled_from([0.0, 0.25, 1.0]), min_size=2, max_size=12).filter(lambda c: len(set(c)) > 1),
       st.integers(2, 6))  # fmt: skip
def test_parallel_identical_items_have_alpha_1(column: list[float], items: int) -> None:
    scores = np.tile(np.array(column), (items, 1)).T
    assert cronbach_alpha(scores) == pytest.approx(1)
    assert item_rest(scores) == pytest.approx(np.ones(items))
    assert measurement_error(scores.sum(axis=1), cronbach_alpha(scores)) == pytest.approx(0, abs=1e-6)


@quick
@given(TABLES, st.randoms(use_true_random=False))
def test_the_order_of_students_does_not_matter(scores: Scores, random: Random) -> None:
    order = random.sample(range(len(scores)), len(scores))
    there, here = analysed(scores), analysed(scores[order])
    assert here.totals == tuple(there.totals[row] for row in order)
    same(here, there)
    assert here.alpha.value == pytest.approx(there.alpha.value)


@quick
@given(TABLES)
def test_an_item_that_all_get_right_changes_no_other(scores: Scores) -> None:
    there, here = analysed(scores), analysed(np.column_stack([scores, np.ones(len(scores))]))
    same(here, there)
    assert here.items[-1].discrimination is None


@quick
@given(TABLES)
def test_a_student_with_all_right_raises_every_mean(scores: Scores) -> None:
    here = analysed(np.vstack([scores, np.ones(scores.shape[1])]))
    assert [item.difficulty for item in here.items] == pytest.approx((scores.sum(axis=0) + 1) / (len(scores) + 1))


@quick
@given(TABLES)
def test_the_same_students_twice_and_right_for_wrong_keep_alpha_and_discrimination(scores: Scores) -> None:
    for other in (np.vstack([scores, scores]), 1 - scores):
        assert cronbach_alpha(other) == pytest.approx(cronbach_alpha(scores), nan_ok=True)
        assert item_rest(other) == pytest.approx(item_rest(scores), nan_ok=True)


def test_the_order_of_rasch_difficulties_is_found_again() -> None:
    found = analysed(rasch(1500, np.linspace(-2, 2, 10), 0))
    assert [item.difficulty for item in found.items] == sorted((i.difficulty for i in found.items), reverse=True)
    assert all(item.discrimination and item.discrimination > 0.1 for item in found.items)


def fitted(b: Scores, a: Scores, converged: bool = True) -> SimpleNamespace:
    parameters = {"difficulty": b, "discrimination": a}
    return SimpleNamespace(
        model=SimpleNamespace(parameters=parameters),
        standard_errors={"difficulty": np.full(len(b), 0.1)},
        converged=converged,
    )


@pytest.mark.parametrize(("students", "model"), [(200, "1PL"), (500, "2PL")])
def test_the_fit_leaves_out_what_does_not_vary(monkeypatch: pytest.MonkeyPatch, students: int, model: str) -> None:
    def fit(data: Scores, model: str, constraints: object, accelerate: str) -> SimpleNamespace:
        assert data.shape == (students, 9)
        assert (constraints is None) == (students == 500)
        return fitted(-data.mean(axis=0), np.full(9, 1.5))

    monkeypatch.setitem(sys.modules, "mirt", SimpleNamespace(fit_mirt=fit))
    scores = np.column_stack([rasch(students, np.linspace(-1, 1, 9), 1), np.ones(students)])
    found = fit_irt(scores)
    assert (found.status, found.model) == ("fitted", model)
    assert found.discrimination == (*[1.5] * 9, None)
    assert found.difficulty == (*(-scores[:, :9].mean(axis=0)).tolist(), None)
    assert found.error == (*[0.1] * 9, None)


def test_why_there_is_no_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mirt", None)
    scores = rasch(200, np.linspace(-2, 2, 10), 2)
    assert fit_irt(scores) == Irt("not-installed")
    assert fit_irt(scores[1:]) == Irt("few-students")
    assert fit_irt(scores[:, 1:]) == Irt("few-items")
    assert fit_irt(scores / 2) == Irt("partial-scores")
    for made in (fitted(np.full(10, np.inf), np.ones(10)), fitted(np.zeros(10), np.ones(10), converged=False)):
        monkeypatch.setitem(sys.modules, "mirt", SimpleNamespace(fit_mirt=lambda *_, made=made, **__: made))
        assert fit_irt(scores) == Irt("failed", "1PL")
    monkeypatch.setitem(sys.modules, "mirt", SimpleNamespace())
    assert fit_irt(scores) == Irt("not-installed")


@pytest.mark.parametrize("students", [400, 1500])
def test_mirt_finds_rasch_difficulties_again(students: int) -> None:
    pytest.importorskip("mirt")
    difficulties = np.linspace(-2, 2, 10)
    found = fit_irt(rasch(students, difficulties, 0))
    assert found.status == "fitted"
    assert np.array(found.difficulty, dtype=np.float64) == pytest.approx(difficulties, abs=0.5)
    assert np.array(found.discrimination, dtype=np.float64) == pytest.approx(np.ones(10), abs=0.35)
    off = np.abs(np.array(found.difficulty) - difficulties) / np.array(found.error)
    assert (off < 3.5).all()


def test_mirt_joins_versions_that_share_items() -> None:
    pytest.importorskip("mirt")
    difficulties = np.linspace(-1.5, 1.5, 12)
    scores = rasch(800, difficulties, 3)
    scores[:400, 9:], scores[400:, :3] = np.nan, np.nan
    assert np.array(fit_irt(scores).difficulty, dtype=np.float64) == pytest.approx(difficulties, abs=0.5)


def test_what_was_not_asked_counts_for_nothing() -> None:
    """Two versions of which the second has no q3; who has all three alone says how it goes with the others."""
    absent = np.zeros(STAIRS.shape, dtype=np.bool_)
    absent[3, 2] = True
    questions = [Question("q1"), Question("q2"), Question("q3")]
    found = analyse(questions, list("uvwx"), STAIRS, absent=absent)
    assert [item.difficulty for item in found.items] == pytest.approx([3 / 4, 2 / 4, 1 / 3])
    assert [item.answers for item in found.items] == [4, 4, 3]
    assert found.totals == pytest.approx((3, 2, 1, 0))
    assert found.left_out == (0, 0, 0, 0)
    half = analyse(questions, list("uvwx"), 1 - STAIRS, absent=absent)
    assert half.totals == pytest.approx((0, 1, 2, 3)), "two of two promise three of three"
    with pytest.raises(ValueError, match="every student"):
        analyse(questions, list("uvwx"), STAIRS, absent=np.ones(STAIRS.shape, dtype=np.bool_))


def test_points_weigh_in_the_total() -> None:
    found = analyse([Question("a", points=3), Question("b"), Question("c")], list("uvwx"), STAIRS)
    assert found.totals == (5.0, 4.0, 3.0, 0.0)
    weighed = STAIRS * np.array([3, 1, 1])
    assert found.alpha.value == pytest.approx(cronbach_alpha(weighed))
    assert found.items[1].discrimination == pytest.approx(np.corrcoef(STAIRS[:, 1], weighed[:, 0] + STAIRS[:, 2])[0, 1])


def test_fishers_interval_and_what_may_be_chance() -> None:
    """artanh 0.5 = 0.5493; 1.96 / 5 = 0.392: tanh(0.1573) and tanh(0.9413)."""
    found = fisher(0.5, 28)
    assert (found.value, found.lo, found.hi) == pytest.approx((0.5, 0.1560, 0.7358), abs=1e-4)
    assert fisher(0.5, 3) == Interval(0.5, -1.0, 1.0)
    rows = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1], [1, 1, 1]], dtype=np.float64)
    few, many = (analysed(np.tile(rows, (times, 1))).items[0] for times in (1, 30))
    assert (few.flags, few.unsure) == (("negative-discrimination",), ("negative-discrimination",))
    assert (many.flags, many.unsure) == (("negative-discrimination",), ())
    assert few.correlation.value == pytest.approx(-0.75 / sqrt(0.75 * 2.75))


@quick
@given(TABLES)
def test_alpha_is_that_of_the_variances(scores: Scores) -> None:
    items, spread = scores.shape[1], scores.sum(axis=1).var()
    wanted = items / (items - 1) * (1 - scores.var(axis=0).sum() / spread) if spread > 1e-9 else float("nan")
    assert cronbach_alpha(scores) == pytest.approx(wanted, nan_ok=True)
