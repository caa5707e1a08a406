"""The suite `learner`: how well the learner model predicts the next answer, and how many items its planner takes.

With no data, on simulated students (tutor/learner_eval/simulated.py), made by a model that is not the one being judged;
with `--data LOG.jsonl`, on answers of real learners, without the planner. Rates are fitted on some learners and scored
on others. `auc`, `log_loss`, `calibration`: of the prediction of each answer from those before it. `items`: until nine
in ten concepts of a goal are truly mastered; `saved`: share of the items of the fixed order that the planner does
without. `placement_error`: mean distance of believed mastery from the truth after the placement test, `placement_items`
its length. Intervals are over students, all seeds together.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.course import Course
from knowledge.course_learning import Learning, read_learning
from tutor.learner.mastery import MasteryModel
from tutor.learner.tracer import Answered, Tracer
from tutor.learner_eval.fit import fitted
from tutor.learner_eval.logs import read_logs
from tutor.learner_eval.predictors import Log, Pfa, Predictor, Recency, RunningMean
from tutor.learner_eval.scores import Predicted, mean_items, prediction_scores, saved
from tutor.learner_eval.study_runs import POLICIES, answer_log, begun, items_needed, placed_planner, placement
from tutor.measures import Interval

SEEDS, STUDENTS = 5, 300
FIT = 120  # learners whose logs the rates are fitted on, others than those scored
ANSWERS = 80  # of a log
PLACED = 60  # students a seed who take the placement test, each question of which costs a thousand filter steps
OURS, SHIPPED = "learner model", "learner model, shipped rates"
_FITTED_ON = 10**6  # number of the first student of the logs that are fitted on


@dataclass(frozen=True)
class Traced:
    """The learner model as a predictor."""

    model: MasteryModel

    def predict(self, log: Log) -> Any:
        """As `Predictor`."""
        tracer = Tracer.new(self.model)
        found = []
        for one in log:
            found.append(tracer.predicted(one.concept, one.kind, one.options, one.difficulty, one.at))
            tracer.answer(
                Answered(one.concept, one.kind, one.options, one.difficulty, one.score, one.at, one.help)
            )  # fmt: skip
        return np.array(found)


@dataclass(frozen=True)
class SeedResult:
    """What one seed gave: predictions by predictor, items by policy, placements, and the fitted rates."""

    predictions: Mapping[str, Predicted]
    items: Mapping[str, tuple[int, ...]]
    placements: tuple[tuple[int, float, float], ...]
    rates: Learning


def evaluate_simulated(course: Course, seeds: int = SEEDS, students: int = STUDENTS) -> dict[str, Any]:
    """The suite on simulated students, in the form that `atenea eval --json` prints. Takes minutes; every core is
    used."""
    with ProcessPoolExecutor(max_workers=min(seeds, cpu_count() or 1), mp_context=get_context("spawn")) as pool:
        results = list(pool.map(partial(one_seed, course, students), range(1, seeds + 1)))
    names = list(results[0].predictions)
    predictions = {name: _joined([result.predictions[name] for result in results]) for name in names}
    items = {name: [count for result in results for count in result.items[name]] for name in results[0].items}
    placements = np.array([row for result in results for row in result.placements])
    whole = _predictions_json(predictions)
    whole["metrics"] |= {
        "items": mean_items(items["planner"]).to_json(), "saved": saved(items["planner"], items["fixed"]).to_json(),
        "placement_items": _mean(placements[:, 0]), "placement_error_before": _mean(placements[:, 1]),
        "placement_error": _mean(placements[:, 2]),
    }  # fmt: skip
    policies = {}
    for name, counts in items.items():
        ours = [count for result in results for count in result.items["planner"][: len(result.items[name])]]
        row = {"items": mean_items(counts), "saved_by_planner": saved(ours, counts)}
        policies[name] = {key: value.to_json() for key, value in row.items()}
    return {**whole, "n": len(items["planner"]), "policies": policies, "rates": results[0].rates.to_toml(),
            "notes": {"seeds": seeds, "students a seed": students, "answers a log": ANSWERS}}  # fmt: skip


def evaluate_logs(course: Course, path: Path) -> dict[str, Any]:
    """The predictions on a log of real answers: rates fitted on half of the learners, scored on the other half. The
    fitted rates come as `rates`, to be put into the course's learning.toml. Raises `BadData`."""
    logs = read_logs(path, course)
    start = read_learning(course.path)
    rates = fitted(course, logs[::2], start)
    whole = _predictions_json(_predicted(course, logs[::2], logs[1::2], start, rates))
    return {**whole, "n": len(logs), "rates": rates.to_toml(), "notes": {"fitted on": len(logs[::2])}}


def one_seed(course: Course, students: int, seed: int) -> SeedResult:
    """Everything for one seed; rates are fitted on students that are scored nowhere."""
    import torch  # noqa: PLC0415  seconds that only a fit pays

    torch.set_num_threads(1)
    start = read_learning(course.path)
    base = MasteryModel(course, start)
    train = [answer_log(course, base, seed, _FITTED_ON + number, ANSWERS) for number in range(FIT)]
    rates = fitted(course, train, start)
    model = MasteryModel(course, rates)
    test = [answer_log(course, base, seed, number, ANSWERS) for number in range(students)]
    return SeedResult(
        _predicted(course, train, test, start, rates),
        {name: tuple(items_needed(begun(course, model, seed, number), policy)
                     for number in range(min(students, PLACED) if policy is placed_planner else students))
         for name, policy in POLICIES.items()},
        tuple(placement(begun(course, model, seed, number)) for number in range(min(students, PLACED))), rates,
    )  # fmt: skip


def show_learner_result(result: Mapping[str, Any]) -> str:
    """The scores for a person."""
    lines = [f"learner (n={result['n']})", ""]
    for name, row in result["predictors"].items():
        told = "  ".join(f"{measure} {_told(value)}" for measure, value in row.items())
        lines.append(f"{name:<30} {told}")
    for name, row in result.get("policies", {}).items():
        lines.append(f"{name:<30} items {_told(row['items'])}  saved by the planner {_told(row['saved_by_planner'])}")
    if "placement_error" in result["metrics"]:
        lines.append("  ".join(
            f"{name} {_told(result['metrics'][name])}"
            for name in ("placement_items", "placement_error_before", "placement_error")
        ))  # fmt: skip
    return "\n".join([*lines, "", "rates fitted (learning.toml):", result["rates"]])


def _predicted(
    course: Course, train: Sequence[Log], test: Sequence[Log], shipped: Learning, rates: Learning
) -> dict[str, Predicted]:
    base = float(np.mean([one.right for log in train for one in log]))
    concepts = list(course.concepts)
    predictors: dict[str, Predictor] = {
        OURS: Traced(MasteryModel(course, rates)), SHIPPED: Traced(MasteryModel(course, shipped)),
        "last five": Recency(base), "running mean": RunningMean(base), "PFA": Pfa.fitted(train, concepts),
        "PFA with kinds": Pfa.fitted(train, concepts, with_kinds=True),
    }  # fmt: skip
    right = np.array([float(one.right) for log in test for one in log])
    student = np.repeat(np.arange(len(test)), [len(log) for log in test])
    return {
        name: Predicted(np.concatenate([predictor.predict(log) for log in test]), right, student)
        for name, predictor in predictors.items()
    }


def _joined(parts: Sequence[Predicted]) -> Predicted:
    """The predictions of all seeds, every student one of their own."""
    firsts = np.cumsum([0, *(int(part.student.max()) + 1 for part in parts[:-1])])
    return Predicted(
        np.concatenate([part.chance for part in parts]), np.concatenate([part.right for part in parts]),
        np.concatenate([part.student + first for part, first in zip(parts, firsts, strict=True)]),
    )  # fmt: skip


def _predictions_json(predictions: Mapping[str, Predicted]) -> dict[str, Any]:
    scores, differences = (
        {name: {measure: value.to_json() for measure, value in row.items()} for name, row in table.items()}
        for table in prediction_scores(predictions, OURS)
    )
    return {"suite": "learner", "metrics": dict(scores[OURS]), "by": {}, "predictors": scores,
            "baselines": {name: {"all": row} for name, row in scores.items() if name != OURS},
            "differences": {name: {"all": row} for name, row in differences.items()}}  # fmt: skip


def _mean(values: "np.typing.NDArray[np.float64]") -> dict[str, float | None]:
    return mean_items(list(values)).to_json()


def _told(value: Mapping[str, float | None]) -> str:
    return str(Interval(value["value"], value["lo"], value["hi"]))
