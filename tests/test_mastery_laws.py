"""Mastery: the laws that hold whatever is answered, and what help, a slip and a wrong answer count for."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pytest
from concept_graph import BEFORE, course_of
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.course import BUNDLED_COURSE, Course
from knowledge.course_learning import Learning
from knowledge.course_loader import load_course
from tutor.learner.mastery import MasteryModel
from tutor.learner.tracer import Answered, Tracer

START = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = {"mcq": 4, "true_false": 2, "multi": 5, "numeric": 0, "formula": 0}
quick = settings(max_examples=60, deadline=None)
Step = tuple[str, str, int, float, int, int, bool]


def right(concept: str, at: datetime = START, **changed: Any) -> Answered:
    return Answered(
        **({"kind": "numeric", "options": 0, "difficulty": 3, "score": 1.0} | changed), concept=concept, at=at
    )


def wrong(concept: str, at: datetime = START, **changed: Any) -> Answered:
    return right(concept, at, **({"score": 0.0} | changed))


def learner(course: Course | None = None, rates: Learning | None = None) -> Tracer:
    return Tracer.new(MasteryModel(course or course_of(), rates or Learning()))


def of(tracer: Tracer, concept: str, at: datetime = START) -> float:
    return float(tracer.mastery(at)[tracer.model.place(concept)])


@cache
def models() -> tuple[MasteryModel, ...]:
    """Of the graph three times, so that it is drawn more often than the bundled course."""
    graph = MasteryModel(course_of(), Learning())
    return graph, graph, graph, MasteryModel(load_course(BUNDLED_COURSE), Learning())


def steps(concepts: str) -> st.SearchStrategy[Step]:
    """Concept (a number into the course where it is bundled), kind, difficulty, score, help, days before it, told."""
    return st.tuples(
        st.sampled_from(concepts), st.sampled_from(sorted(KINDS)), st.integers(1, 5),
        st.sampled_from([0.0, 0.0, 0.3, 0.5, 1.0, 1.0, 1.0]), st.integers(0, 3), st.sampled_from([0, 0, 0, 1, 5, 60]),
        st.booleans(),
    )  # fmt: skip


histories = st.lists(steps("abcdefgh"), max_size=14)
tracers = st.builds(lambda number: Tracer.new(models()[number]), st.integers(0, 3))


def concept_of(tracer: Tracer, letter: str) -> str:
    concepts = tracer.model.needs.concepts
    return concepts["abcdefgh".index(letter) * (len(concepts) // 8)]


def walked(tracer: Tracer, history: list[Step], at: datetime = START) -> datetime:
    """Give the answers; the moment of the last."""
    for letter, kind, level, score, helped, days, told in history:
        at += timedelta(days=days)
        tracer.answer(Answered(concept_of(tracer, letter), kind, KINDS[kind], level, score, at, helped, told))
    return at


@quick
@given(tracers, histories, st.integers(0, 1000))
def test_mastery_and_its_interval_are_probabilities_in_order(tracer: Tracer, history: list[Step], days: int) -> None:
    at = walked(tracer, history) + timedelta(days=days)
    found, (low, high) = tracer.mastery(at), tracer.model.interval(tracer.belief, tracer.kept(at))
    assert (found >= 0).all()
    assert (found <= 1).all()
    assert (low >= 0).all()
    assert (low <= high).all()
    assert (high <= 1).all()


@quick
@given(tracers, histories, steps("abcdefgh"))
def test_a_right_answer_lowers_no_mastery(tracer: Tracer, history: list[Step], last: Step) -> None:
    at = walked(tracer, history) + timedelta(days=last[5])
    before = tracer.mastery(at)
    walked(tracer, [(*last[:3], 1.0, last[4], 0, last[6])], at)
    assert (tracer.mastery(at) >= before - 1e-12).all()


@quick
@given(tracers, histories, steps("abcdefgh"))
def test_a_wrong_answer_that_teaches_nothing_raises_no_mastery(tracer: Tracer, history: list[Step], last: Step) -> None:
    letter, kind, level, _, _, days, _ = last
    at = walked(tracer, history) + timedelta(days=days)
    before = tracer.mastery(at)
    rates = tracer.rates(kind, KINDS[kind], level)
    tracer.observe(concept_of(tracer, letter), rates, 0.0, 1.0, at, teaches=False)
    assert (tracer.mastery(at) <= before + 1e-12).all()


@quick
@given(histories, steps("abcd"), steps("ef"))
def test_answers_on_concepts_that_share_no_need_may_come_in_any_order(
    history: list[Step], one: Step, other: Step
) -> None:
    first, second = learner(), learner()
    at = walked(first, history)
    walked(second, history)
    for tracer, order in ((first, (one, other)), (second, (other, one))):
        walked(tracer, [(*step[:5], 0, step[6]) for step in order], at + timedelta(days=2))
    assert first.belief.known == pytest.approx(second.belief.known, abs=1e-12)
    assert first.belief.weights == pytest.approx(second.belief.weights, abs=1e-12)
    assert first.memory == second.memory


def test_a_slip_does_not_undo_mastery() -> None:
    tracer = learner(course_of({"a": ""}))
    tracer.belief.known[:] = 0.95
    tracer.answer(wrong("a"))
    assert of(tracer, "a") >= 0.5
    tracer.answer(right("a"))
    tracer.answer(right("a"))
    assert of(tracer, "a") >= 0.9


def test_the_more_help_the_less_a_right_answer_raises() -> None:
    found = []
    for helped in range(5):
        tracer = learner()
        tracer.answer(right("d", help=helped))
        found.append([of(tracer, concept) for concept in "abcdefgh"])
    assert (np.diff(found, axis=0) < 0).all()


@quick
@given(histories, st.sampled_from("abcdefgh"), st.integers(1, 5))
def test_help_changes_nothing_of_a_wrong_answer(history: list[Step], concept: str, helped: int) -> None:
    alone, aided = learner(), learner()
    at = walked(alone, history)
    walked(aided, history)
    alone.answer(wrong(concept, at))
    aided.answer(wrong(concept, at, help=helped))
    assert (alone.belief.known == aided.belief.known).all()
    assert (alone.belief.weights == aided.belief.weights).all()
    assert alone.memory == aided.memory


def test_a_right_answer_after_the_solution_changes_only_what_is_learned() -> None:
    tracer = learner()
    before = tracer.belief.copy()
    tracer.answer(right("d", told=True))
    place = tracer.model.place("d")
    assert (tracer.belief.weights == before.weights).all()
    assert (tracer.belief.known[place] > before.known[place]).all()
    assert np.delete(tracer.belief.known, place, 0) == pytest.approx(np.delete(before.known, place, 0), abs=1e-15)


def test_blame_for_a_wrong_answer_falls_on_the_less_surely_known_prerequisite() -> None:
    tracer = learner(course_of({"a": "", "b": "", "c": "ab"}, {"a": 1, "b": 3}))
    before = tracer.belief.known[:2].copy()
    assert before[1].mean() < before[0].mean()
    tracer.answer(wrong("c"))
    fallen = np.log(before / (1 - before)) - np.log(tracer.belief.known[:2] / (1 - tracer.belief.known[:2]))
    assert (fallen[0] > 0.01).all()
    assert (fallen[1] > fallen[0] + 0.01).all()


def test_five_right_answers_raise_what_was_never_asked_unless_learners_are_all_alike() -> None:
    known, alike = learner(), learner(rates=Learning(start_spread=0, learn_spread=0))
    start, same = of(known, "e"), of(alike, "e")
    for tracer in (known, alike):
        for _ in range(5):
            tracer.answer(right("a"))
    assert of(known, "e") > start + 0.02
    assert of(alike, "e") == pytest.approx(same, abs=1e-12)


@pytest.mark.parametrize("concept", BEFORE)
def test_intervals_narrow_with_evidence(concept: str) -> None:
    tracer = learner()
    place, widths = tracer.model.place(concept), []
    for answers in (0, 6):
        for _ in range(answers):
            tracer.answer(right(concept))
        low, high = tracer.model.interval(tracer.belief, tracer.kept(START))
        widths.append(high[place] - low[place])
    assert widths[1] < widths[0] / 2
