"""The suite `learner`: predictions on logs, and simulated students who study under each policy."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.course import Course
from knowledge.course_learning import Learning
from tutor.errors import BadData
from tutor.evaluation_learner import evaluate_logs, show_learner_result
from tutor.learner.mastery import MasteryModel
from tutor.learner_eval.scores import Predicted, auc, calibration, log_loss, mean_items, prediction_scores, saved
from tutor.learner_eval.simulated import Cohort, Question
from tutor.learner_eval.study_runs import MOST_ITEMS, POLICIES, answer_log, begun, items_needed, placement

ANSWERS = 25


@pytest.fixture(scope="module")
def model(course: Course) -> MasteryModel:
    return MasteryModel(course, Learning())


def rows(course: Course, model: MasteryModel, learners: int) -> list[dict[str, Any]]:
    return [
        {"learner": one.learner, "concept": one.concept, "kind": one.kind, "options": one.options,
         "difficulty": one.difficulty, "score": one.score, "at": one.at.isoformat(), "hints": one.help}
        for number in range(learners) for one in answer_log(course, model, 3, number, ANSWERS)
    ]  # fmt: skip


def written(path: Path, found: list[dict[str, Any]]) -> Path:
    path.write_text("\n".join(map(json.dumps, found)), encoding="utf-8")
    return path


def test_a_log_is_scored_on_learners_whose_answers_were_not_fitted(
    course: Course, model: MasteryModel, tmp_path: Path
) -> None:
    result = evaluate_logs(course, written(tmp_path / "log.jsonl", rows(course, model, 24)))
    assert result["n"] == 24
    assert set(result["predictors"]) >= {"learner model", "last five", "running mean", "PFA"}
    for row in result["predictors"].values():
        assert 0.4 < row["auc"]["value"] < 1
        assert row["log_loss"]["lo"] <= row["log_loss"]["value"] <= row["log_loss"]["hi"]
    assert result["metrics"]["log_loss"]["value"] < result["predictors"]["PFA"]["log_loss"]["value"]
    assert "start = " in show_learner_result(result)


@pytest.mark.parametrize(
    ("change", "says"),
    [({"concept": "nothing"}, "concept"), ({"kind": "essay"}, "kind"), ({"score": 2}, "score"),
     ({"at": "yesterday"}, "at"), ({"at": "2027-01-01T10:00:00"}, "zone"), ({"learner": 3}, "learner"),
     ({"hints": -1}, "hints")],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_named(
    course: Course, model: MasteryModel, tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    found = rows(course, model, 1)
    found[2] |= change
    with pytest.raises(BadData, match=says) as told:
        evaluate_logs(course, written(tmp_path / "log.jsonl", found))
    assert "line 3" in str(told.value)


def test_a_class_too_small_to_tell_is_refused(course: Course, model: MasteryModel, tmp_path: Path) -> None:
    with pytest.raises(BadData, match="20 are the fewest"):
        evaluate_logs(course, written(tmp_path / "log.jsonl", rows(course, model, 3)))


@pytest.mark.parametrize("name", list(POLICIES))
def test_every_policy_brings_a_student_to_the_goal(course: Course, model: MasteryModel, name: str) -> None:
    run = next(one for number in range(9) if not (one := begun(course, model, 5, number)).reached)
    items = items_needed(run, POLICIES[name])
    assert 5 < items <= MOST_ITEMS
    assert run.reached == (items < MOST_ITEMS)
    assert run.reached or name == "weakest"
    assert set(run.order) <= set(run.way)


def test_the_same_student_meets_every_policy(course: Course, model: MasteryModel) -> None:
    one, other = begun(course, model, 5, 2), begun(course, model, 5, 2)
    assert one.way == other.way
    assert (one.student.skill == other.student.skill).all()
    assert (begun(course, model, 5, 3).student.skill != one.student.skill).any()


def test_students_learn_by_answering_and_forget_by_waiting(course: Course) -> None:
    student = Cohort(course, 1).student(1)
    place = list(course.concepts).index("softmax")
    before = student.able()[place]
    for _ in range(10):
        student.answer(Question(place, "numeric", 0, 1))
    learned = student.able()[place]
    assert learned > before
    student.day += 200
    assert student.able()[place] < learned


def test_a_placement_brings_belief_nearer_to_the_truth(course: Course, model: MasteryModel) -> None:
    found = [placement(begun(course, model, 9, number)) for number in range(12)]
    assert all(4 <= asked <= 15 for asked, _, _ in found)
    assert np.mean([after for _, _, after in found]) < np.mean([before for _, before, _ in found])


def test_measures_by_hand() -> None:
    chance, right = np.array([0.9, 0.8, 0.3, 0.3]), np.array([1.0, 0.0, 1.0, 0.0])
    assert auc(chance, right) == (1 + 1 + 0 + 0.5) / 4
    assert log_loss(chance, right) == pytest.approx(-np.log([0.9, 0.2, 0.3, 0.7]).mean())
    sure = calibration(np.repeat([0.0, 1.0], 50), np.repeat([0.0, 1.0, 0.0, 1.0], 25))
    assert sure == pytest.approx(0.5)
    assert mean_items([10, 20]).value == 15
    assert saved([30, 30], [40, 40]).value == 0.25
    one = Predicted(np.tile([0.5, 0.6], 10), np.tile([0.0, 1.0], 10), np.repeat([0, 1, 2, 3], 5))
    scores, differences = prediction_scores({"a": one, "b": one}, "a")
    assert scores["a"]["auc"].value == 1
    assert differences["b"]["log_loss"].value == 0
