"""Mastery: the textbook's filter, and what is added to it worked out by hand."""

import json
from math import log, sqrt
from typing import Any

import numpy as np
import pytest
from concept_graph import BEFORE, course_of
from conftest import DATA

from knowledge.course_learning import Learning
from tutor.learner import mastery
from tutor.learner.mastery import Evidence, MasteryModel

ONE = {"a": ""}
CASES = json.loads((DATA / "bkt_oracle.json").read_text(encoding="utf-8"))["cases"]


def odds(share: float) -> float:
    return log(share / (1 - share))


# The textbook's filter


def apart_from_pybkt(case: dict[str, Any], least: float, until: float = 1.0) -> float:
    """How far the filter strays from pyBKT, up to the answer before which the mastery exceeds `until`."""
    rates = Learning(odds(max(least, case["prior"])), 0, 0, 0, odds(max(least, case["learn"])), 0, 0)
    model = MasteryModel(course_of(ONE), rates, learners=1, own=1)
    belief, kept = model.prior(), np.ones(1)
    known = [*case["mastery"], case["mastery_after"]]
    chance = [*case["predicted_right"], case["predicted_next"]]
    furthest = 0.0
    for answer, one, other in zip([*case["answers"], 0], known, chance, strict=True):
        if one > until:
            break
        furthest = max(furthest, abs(model.mastery(belief, kept)[0] - one))
        furthest = max(furthest, abs(model.right_at(belief, 0, kept, case["slip"], case["guess"]) - other))
        model.observed(belief, Evidence(0, case["slip"], case["guess"], float(answer), 1.0, kept))
    return furthest


def ordinary(case: dict[str, Any]) -> bool:
    return bool(case["learn"] > 0 and case["slip"] > 0.001)


def test_the_filter_equals_pybkt() -> None:
    far = [apart_from_pybkt(case, mastery.SURE) for case in CASES if ordinary(case)]
    assert len(far) == 50
    assert max(far) < 1e-7


def test_where_nothing_is_learned_or_answers_say_nearly_all_it_equals_pybkt_but_for_the_bound_on_certainty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Until double precision itself cannot tell the mastery from 1."""
    monkeypatch.setattr(mastery, "SURE", 1e-16)
    far = [apart_from_pybkt(case, 1e-15, 1 - 1e-12) for case in CASES if not ordinary(case)]
    assert len(far) == 10
    assert max(far) < 1e-9


# The noisy AND by hand: `b` is known with 0.4 and needs with 0.5 its prerequisite `a`, known with 0.6
# slip 0.1, guess 0.2

PAIR = {"a": "", "b": "a"}
PAIR_RATES = Learning(odds(0.6), odds(0.4) - odds(0.6), 0, 0, odds(0.25), 0, 0, need=0.5)


@pytest.mark.parametrize(
    ("score", "prerequisite", "before_learning", "concept"),
    [
        (1.0, 36 / 53, 38 / 53, 38 / 53 + 15 / 53 * 0.25 * (1 - 0.5 * 17 / 53)),
        (0.0, 13 / 24, 1 / 6, 1 / 6 + 5 / 6 * 0.25 * (1 - 0.5 * 11 / 24)),
    ],
)
def test_an_answer_moves_a_concept_and_its_prerequisite_as_worked_out_by_hand(
    score: float, prerequisite: float, before_learning: float, concept: float
) -> None:
    """P(right) = 0.2 + 0.7 (0.4) (1 - 0.5 (0.4)) = 0.424; it is 0.76 with b and 0.2 without, 0.48 with a and 0.34
    without."""
    model = MasteryModel(course_of(PAIR, {"a": 1, "b": 2}), PAIR_RATES, learners=1, own=1)
    place, kept = model.place("b"), np.ones(2)
    for teaches, expected in ((False, before_learning), (True, concept)):
        belief = model.prior()
        assert model.mastery(belief, kept) == pytest.approx([0.6, 0.32], abs=1e-12)
        assert model.right_at(belief, place, kept, 0.1, 0.2) == pytest.approx(0.424, abs=1e-12)
        model.observed(belief, Evidence(place, 0.1, 0.2, score, 1.0, kept, teaches))
        assert belief.known.ravel() == pytest.approx([prerequisite, expected], abs=1e-12)


def test_two_kinds_of_learners_are_told_apart_by_an_answer_as_worked_out_by_hand() -> None:
    """Half of the learners know each concept with 0.8, half with 0.2: a right answer is then 0.76 or 0.34 likely."""
    model = MasteryModel(course_of({"a": "", "b": ""}, {}), Learning(0, 0, odds(0.8), 0), learners=2, own=1)
    belief, kept = model.prior(), np.ones(2)
    assert np.array(model.interval(belief, kept)) == pytest.approx(np.array([[0.2, 0.2], [0.8, 0.8]]), abs=1e-12)
    model.observed(belief, Evidence(0, 0.1, 0.2, 1.0, 1.0, np.ones(1), teaches=False))
    assert model.shares(belief) == pytest.approx([17 / 55, 38 / 55], abs=1e-12)
    assert model.mastery(belief, kept) == pytest.approx([9 / 11, 0.8 * 38 / 55 + 0.2 * 17 / 55], abs=1e-12)


@pytest.mark.parametrize(
    ("score", "worth", "ratio"), [(1.0, 0.5, sqrt(4.5)), (0.5, 1.0, sqrt(4.5 / 8)), (1.0, 0.0, 1.0)]
)
def test_a_power_of_the_likelihood_moves_the_odds(score: float, worth: float, ratio: float) -> None:
    model = MasteryModel(course_of(ONE), Learning(odds(0.5), 0, 0, 0), learners=1, own=1)
    belief = model.prior()
    model.observed(belief, Evidence(0, 0.1, 0.2, score, worth, np.ones(1), teaches=False))
    assert belief.known.item() == pytest.approx(ratio / (1 + ratio), abs=1e-12)


def test_what_a_concept_stands_on_is_needed_less_with_each_step_and_not_at_all_beyond_three() -> None:
    needs = MasteryModel(course_of(), Learning(need=0.5)).needs
    assert [needs.concepts[row] for row in needs.rows[needs.place("g")]] == ["g", "d", "e", "b", "c", "a"]
    assert needs.weights[needs.place("g")].tolist() == [1, 0.5, 0.5, 0.25, 0.25, 0.125]
    assert dict(zip(needs.concepts, needs.whole[needs.place("h")], strict=True)) == {
        "a": 0, "b": 0.125, "c": 0.125, "d": 0.25, "e": 0.25, "f": 0, "g": 0.5, "h": 1,
    }  # fmt: skip
    with pytest.raises(KeyError):
        needs.place("z")


def test_the_gain_of_an_item_is_what_it_adds_to_the_goal_when_the_answer_says_nothing() -> None:
    """The mastery is linear in what is known of one concept, so the slope that is used is the whole step."""
    model = MasteryModel(course_of(), Learning(), learners=1, own=1)
    belief, kept = model.prior(), np.linspace(0.5, 1, len(BEFORE))
    belief.known *= kept[:, None, None]
    goal, every = np.arange(8.0), np.ones(len(BEFORE))
    gained = []
    for place in range(len(BEFORE)):
        after = belief.copy()
        model.observed(after, Evidence(place, 0.1, 0.2, 1.0, 0.0, np.ones(len(model.needs.rows[place]))))
        gained.append(goal @ (model.mastery(after, every) - model.mastery(belief, every)))
    assert model.gains(belief, every, goal) == pytest.approx(gained, abs=1e-12)
    assert min(gained[:6]) > 0
