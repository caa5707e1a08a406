"""The fit of the rates: its second writing of the filter, what it recovers, and the baselines by hand."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import exp, log
from pathlib import Path

import numpy as np
import pytest
import torch
from concept_graph import course_of

from knowledge.course import Course
from knowledge.course_learning import Learning, learning_faults
from tutor.learner.mastery import MasteryModel
from tutor.learner.tracer import Answered, Tracer
from tutor.learner_eval.fit import fitted, log_likelihood
from tutor.learner_eval.predictors import RIDGE, Logged, Pfa, Recency, RunningMean
from tutor.learner_eval.simulated import Cohort, Question

START = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = (("mcq", 4), ("true_false", 2), ("numeric", 0), ("short", 0))
SMALL = {"a": "", "b": "a", "c": "a", "d": "bc"}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """The arrays are so small that threads only wait for one another, for minutes where cores are shared."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def logged(concept: str, score: float, days: float = 0, kind: str = "numeric", **more: int) -> Logged:
    return Logged("l", concept, kind, more.get("options", 0), more.get("difficulty", 3), score,
                  START + timedelta(days=days), more.get("help", 0))  # fmt: skip


def simulated(course: Course, number: int, answers: int) -> list[Logged]:
    """The log of a simulated student, with days between sittings, hints and answers that are partly right."""
    student, rng, found = Cohort(course, 1).student(number), np.random.default_rng(number), []
    for _ in range(answers):
        place, level, (kind, options) = int(rng.integers(8)), int(rng.integers(1, 6)), KINDS[rng.integers(4)]
        day = student.day
        score = float(student.answer(Question(place, kind, options, level)))
        if rng.random() < 0.2:
            score = float(rng.choice([0.25, 0.5, 0.8]))
        found.append(logged("abcdefgh"[place], score, day, kind, options=options, difficulty=level,
                            help=int(rng.integers(3))))  # fmt: skip
    return found


@pytest.mark.parametrize("rates", [
    Learning(),
    Learning(start=0.5, start_spread=2, learn=-2, learn_spread=0.9, need=0.8, forget=0.3, slip_difficulty=0.6),
    Learning(start_spread=0, learn_spread=0, need=0.1, forget=2.5, guess={"mcq": 0.4, "numeric": 0.2}),
])  # fmt: skip
@pytest.mark.parametrize("number", range(3))
def test_the_fit_and_the_tracer_reckon_the_same_likelihoods(rates: Learning, number: int) -> None:
    course = course_of()
    log_ = simulated(course, number, 50)
    assert any(one.help for one in log_)
    assert log_[-1].at > log_[0].at + timedelta(days=3)
    tracer, expected = Tracer.new(MasteryModel(course, rates)), []
    for one in log_:
        chance = tracer.predicted(one.concept, one.kind, one.options, one.difficulty, one.at)
        expected.append(one.score * log(chance) + (1 - one.score) * log(1 - chance))
        tracer.answer(Answered(one.concept, one.kind, one.options, one.difficulty, one.score, one.at, one.help))
    assert log_likelihood(course, log_, rates) == pytest.approx(expected, abs=1e-10)


def generated(model: MasteryModel, rates: Learning, rng: np.random.Generator, answers: int) -> list[Logged]:
    """The log of a learner who is as the model says: each concept known or not, each need needed or not."""
    talent = rng.normal()
    known = rng.random(4) < expit(
        rates.start + rates.start_difficulty * (model.levels - 1) + rates.start_spread * talent
    )
    learns = expit(rates.learn + rates.learn_difficulty * (model.levels - 1) + rates.learn_spread * talent)
    found = []
    for _ in range(answers):
        place = int(rng.integers(4))
        rows, weights = model.needs.rows[place], model.needs.weights[place]
        ready = (known[rows] | (rng.random(len(rows)) > weights)).all()
        chance = 1 - rates.slip["numeric"] if ready else rates.guess["numeric"]
        found.append(logged(model.needs.concepts[place], float(rng.random() < chance)))
        taught = (known[rows[1:]] | (rng.random(len(rows) - 1) > weights[1:])).all()
        known[place] |= taught and rng.random() < learns[place]
    return found


def expit(odds: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-odds)))


def test_a_fit_recovers_the_rates_that_made_the_logs_and_predicts_other_learners_better() -> None:
    course = course_of(SMALL, {"a": 1, "b": 2, "c": 2, "d": 3})
    true = Learning(start=-0.2, start_spread=0.8, learn=-2.5, need=0.6, slip={"numeric": 0.25}, guess={"numeric": 0.15})
    model, rng = MasteryModel(course, true), np.random.default_rng(3)
    logs = [generated(model, true, rng, 28) for _ in range(120)]
    found = fitted(course, logs, Learning())
    assert found.learn == pytest.approx(true.learn, abs=0.5)
    assert found.slip["numeric"] == pytest.approx(0.25, abs=0.04)
    assert found.guess["numeric"] == pytest.approx(0.15, abs=0.04)
    others = [generated(model, true, rng, 28) for _ in range(40)]
    before, after, best = (
        sum(log_likelihood(course, one, rates).sum() for one in others) for rates in (Learning(), found, true)
    )
    assert before + 40 < after
    assert best - 5 < after


def test_a_log_of_few_answers_hardly_moves_the_rates() -> None:
    rates = Learning()
    found = fitted(course_of(), [[logged("a", 1), logged("a", 0, 1)]], rates)
    assert found != rates
    assert found.slip_difficulty == rates.slip_difficulty
    assert found.learn == pytest.approx(rates.learn, abs=0.3)
    assert found.slip == pytest.approx(rates.slip, abs=0.1)
    assert found.own_spread == rates.own_spread


# Baselines

ANSWERS = [logged("a", score) for score in (1, 0, 1, 0.5, 1, 0.49, 0)]


def test_recency_is_the_share_of_the_last_answers_smoothed_by_two_at_the_base_rate() -> None:
    expected = [0.6, 2.2 / 3, 2.2 / 4, 3.2 / 5, 4.2 / 6, 5.2 / 7, 4.2 / 7]
    assert Recency(0.6).predict(ANSWERS) == pytest.approx(expected, abs=1e-12)
    assert Recency(0.6, last=1).predict(ANSWERS[:3]) == pytest.approx([0.6, 2.2 / 3, 1.2 / 3], abs=1e-12)


def test_the_running_mean_forgets_no_answer() -> None:
    expected = [0.6, 2.2 / 3, 2.2 / 4, 3.2 / 5, 4.2 / 6, 5.2 / 7, 5.2 / 8]
    assert RunningMean(0.6).predict(ANSWERS) == pytest.approx(expected, abs=1e-12)


def test_performance_factors_add_up_the_right_and_wrong_answers_on_the_concept() -> None:
    pfa = Pfa({"a": 0, "b": 1}, np.array([0.5, -1.0, 0.3, 0.2, -0.4, -0.1, 0.25]))
    log_ = [logged(concept, score) for concept, score in (("a", 1), ("b", 0), ("a", 0), ("a", 1), ("b", 1))]
    odds = [0.75, -0.75, 0.75 + 0.3, 0.75 + 0.3 - 0.4, -0.75 - 0.1]
    assert pfa.predict(log_) == pytest.approx([1 / (1 + exp(-one)) for one in odds], abs=1e-12)


def penalised(coefficients: np.ndarray, logs: list[list[Logged]]) -> float:
    """The likelihood that performance factors analysis makes largest, written from its equation."""
    easy, gamma, rho = coefficients[:-1].reshape(3, -1)
    total = -RIDGE / 2 * float(coefficients[:-1] @ coefficients[:-1]) - 1e-6 / 2 * float(coefficients[-1] ** 2)
    for log_ in logs:
        right: Counter[str] = Counter()
        wrong: Counter[str] = Counter()
        for one in log_:
            at = "abcdefgh".index(one.concept)
            odds = coefficients[-1] + easy[at] + gamma[at] * right[one.concept] + rho[at] * wrong[one.concept]
            total -= log(1 + exp(-odds if one.right else odds))
            (right if one.right else wrong)[one.concept] += 1
    return total


def test_performance_factors_are_fitted_where_the_penalised_likelihood_is_largest() -> None:
    logs = [simulated(course_of(), number, 40) for number in range(10)]
    found = Pfa.fitted(logs, "abcdefgh").coefficients
    best, step = penalised(found, logs), 1e-4
    for place in range(len(found)):
        aside = np.eye(len(found))[place] * step
        up, down = penalised(found + aside, logs), penalised(found - aside, logs)
        assert (up - down) / (2 * step) == pytest.approx(0, abs=1e-5)
        assert max(up, down) < best
    assert penalised(np.zeros(len(found)), logs) < best - 10


def test_a_course_takes_what_a_fit_prints_even_where_answers_are_against_all_sense(tmp_path: Path) -> None:
    """What is easy is missed and what is hard is known: the rates go as far as they may."""
    against = [[logged("a", score, difficulty=5 if score else 1) for score in (1, 0, 1, 0)]] * 40
    (tmp_path / "learning.toml").write_text(fitted(course_of(), against, Learning()).to_toml(), encoding="utf-8")
    assert learning_faults(tmp_path) == []
