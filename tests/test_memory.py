"""Forgetting: the numbers of FSRS-6, a clock that is wrong, and mastery that fades and comes back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from concept_graph import course_of
from fsrs import Card, Rating, Scheduler
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.course_learning import Learning
from tutor.learner.mastery import MasteryModel
from tutor.learner.memory import Memory, rating
from tutor.learner.tracer import Answered, Tracer

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
DECAY = 0.1542  # w20 of FSRS-6
FACTOR = 0.9 ** (-1 / DECAY) - 1


def after(days: float) -> datetime:
    return START + timedelta(days=days)


def power_law(days: int, stability: float) -> float:
    return float((1 + FACTOR * days / stability) ** -DECAY)


def reviewed(*answers: tuple[float, float, bool]) -> Memory:
    """After answers on `a`: days, score, whether helped."""
    memory = Memory()
    for days, score, helped in answers:
        memory.look(["a"], after(days))
        memory.review("a", after(days), score, helped)
    return memory


@pytest.mark.parametrize(
    ("score", "helped", "stability", "days"),
    [(1.0, False, 2.3065, 2), (1.0, True, 1.2931, 1), (0.5, False, 1.2931, 1), (0.0, False, 0.212, 1)],
)
def test_the_first_answer_gives_the_stability_of_its_rating(
    score: float, helped: bool, stability: float, days: int
) -> None:
    """w0 to w2 of FSRS-6, and whole days to the review, never less than one."""
    memory = reviewed((0, score, helped))
    assert memory.cards["a"].stability == stability
    assert memory.due("a") == after(days)


@pytest.mark.parametrize(
    ("score", "helped", "told"),
    [
        (1.0, False, Rating.Good), (1.0, True, Rating.Hard), (0.7, False, Rating.Hard), (0.5, True, Rating.Hard),
        (0.49, False, Rating.Again), (0.0, True, Rating.Again),
    ],
)  # fmt: skip
def test_what_fsrs_is_told_of_an_answer(score: float, helped: bool, told: Rating) -> None:
    assert rating(score, helped) == told


def test_the_same_answers_give_what_the_library_gives() -> None:
    scheduler = Scheduler(desired_retention=0.9, learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    card = Card(card_id=0)
    answers = ((0, Rating.Good), (3, Rating.Good), (3.1, Rating.Hard), (12, Rating.Again), (13, Rating.Good))
    for days, told in answers:
        card = scheduler.review_card(card, told, after(days))[0]
    memory = reviewed((0, 1, False), (3, 1, False), (3.1, 0.5, False), (12, 0, False), (13, 1, False))
    assert memory.cards["a"].stability == card.stability
    assert memory.cards["a"].difficulty == card.difficulty
    assert memory.due("a") == card.due
    assert memory.recall("a", after(30)) == scheduler.get_card_retrievability(card, after(30))


@pytest.mark.parametrize("days", [0, 1, 2, 10, 100, 1000])
def test_recall_falls_by_the_power_law_of_fsrs(days: int) -> None:
    assert reviewed((0, 1, False)).recall("a", after(days)) == pytest.approx(power_law(days, 2.3065), abs=1e-12)


def test_recall_has_fallen_to_nine_tenths_after_as_many_days_as_the_stability() -> None:
    memory = reviewed((0, 1, False))
    memory.cards["a"].stability = 7.0
    assert memory.recall("a", after(7)) == pytest.approx(0.9, abs=1e-12)


def test_a_concept_that_was_never_answered_is_not_forgotten_and_never_due() -> None:
    memory = Memory()
    memory.look(["a"], START)
    assert memory.recall("a", after(500)) == memory.kept("a", after(500)) == 1
    assert memory.due("a") is None


def test_an_answer_that_a_wrong_clock_puts_before_the_last_counts_as_given_at_that_one() -> None:
    late, same = reviewed((5, 1, False), (2, 0, False)), reviewed((5, 1, False), (5, 0, False))
    assert late == same
    assert late.cards["a"].last_review == late.looked["a"] == after(5)


def test_the_order_of_answers_on_one_concept_matters_and_between_concepts_does_not() -> None:
    first, second = Memory(), Memory()
    for memory, concepts in ((first, "ab"), (second, "ba")):
        for concept in concepts:
            memory.look([concept], START)
            memory.review(concept, START, 1, False)
    assert first == second
    assert reviewed((0, 1, False), (3, 0, False)).cards != reviewed((0, 0, False), (3, 1, False)).cards


def test_what_is_kept_is_counted_from_the_last_look() -> None:
    memory = reviewed((0, 1, False))
    assert memory.kept("a", after(10)) == pytest.approx(power_law(10, 2.3065), abs=1e-12)
    memory.look(["a"], after(4))
    assert memory.kept("a", after(10)) == pytest.approx(power_law(10, 2.3065) / power_law(4, 2.3065), abs=1e-12)
    assert memory.kept("a", after(4)) == memory.kept("a", after(1)) == 1


days = st.floats(-400, 4000, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(days, st.floats(0, 1), st.booleans()), min_size=1, max_size=8), days, days)
def test_what_is_kept_is_a_share_that_falls_with_time(
    answers: list[tuple[float, float, bool]], one: float, other: float
) -> None:
    memory = reviewed(*answers)
    early, late = sorted((one, other))
    assert 0 <= memory.kept("a", after(late)) <= memory.kept("a", after(early)) <= 1


def answered(tracer: Tracer, score: float, days: float) -> float:
    """The mastery of `a` after one more answer."""
    tracer.answer(Answered("a", "numeric", 0, 3, score, after(days)))
    return float(tracer.mastery(after(days))[0])


def test_mastery_fades_with_time_and_a_review_resets_it() -> None:
    tracer = Tracer.new(MasteryModel(course_of(), Learning()))
    fresh = answered(tracer, 1, 0)
    known = tracer.mastery(START)
    faded = [tracer.mastery(after(days)) for days in (1, 10, 100)]
    assert fresh > faded[0][0] > faded[1][0] > faded[2][0]
    assert faded[2][0] == pytest.approx(fresh * power_law(100, 2.3065), abs=1e-12)
    stands_on_it, apart = tracer.model.place("b"), tracer.model.place("e")
    assert faded[2][stands_on_it] < known[stands_on_it]
    assert faded[2][apart] == known[apart]
    again = answered(tracer, 1, 100)
    assert again > faded[2][0]
    assert tracer.memory.kept("a", after(100)) == 1
    assert tracer.mastery(after(200))[0] > faded[2][0]


def test_mastery_does_not_fade_where_the_course_forgets_nothing() -> None:
    tracer = Tracer.new(MasteryModel(course_of(), Learning(forget=0)))
    assert answered(tracer, 1, 0) == tracer.mastery(after(1000))[0]


def test_a_moment_without_a_time_zone_is_refused() -> None:
    memory = Memory()
    with pytest.raises(ValueError, match="time zone"):
        memory.review("a", START.replace(tzinfo=None), 1, False)
    assert memory.cards == {}
    with pytest.raises(ValueError, match="time zone"):
        reviewed((0, 1, False)).kept("a", START.replace(tzinfo=None))


def test_any_time_zone_will_do_and_the_same_moment_counts_the_same() -> None:
    madrid, utc = Memory(), Memory()
    utc.review("a", START, 1, False)
    madrid.review("a", START.astimezone(ZoneInfo("Europe/Madrid")), 1, False)
    assert madrid.due("a") == utc.due("a")
