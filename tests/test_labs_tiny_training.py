"""Lab 9: a tiny Transformer trained live. The trainings are short; what each missing part breaks is bounded."""

from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import BadLab
from knowledge.labs.small_transformer import Build, initial_weights, one_thread, run_transformer
from knowledge.labs.tiny_tasks import EQUALS, PLUS, TASKS, draw_problems, is_held_out, write_problems
from knowledge.labs.tiny_training import PARTS, WHOLE, Snapshot, set_up, train, train_variants
from tutor.labs.registry import run_lab, watch_lab


def last(task: str, without: str, **inputs: float) -> Snapshot:
    *_, snapshot = train(set_up(task, **inputs), without)  # type: ignore[arg-type]
    return snapshot


def test_problems_are_written_with_their_answers() -> None:
    problem = np.array([47 + 85 * 100])
    assert write_problems(TASKS["addition"], 2, problem)[0].tolist() == [7, 4, PLUS, 5, 8, EQUALS, 2, 3, 1]
    assert write_problems(TASKS["reverse"], 3, np.array([321]))[0].tolist() == [1, 2, 3, EQUALS, 3, 2, 1]
    assert write_problems(TASKS["copy"], 3, np.array([321]))[0].tolist() == [1, 2, 3, EQUALS, 1, 2, 3]


@given(st.integers(0, 999), st.integers(0, 999))
def test_the_digits_of_a_sum_add_up(first: int, second: int) -> None:
    row = write_problems(TASKS["addition"], 3, np.array([first + 1000 * second]))[0].tolist()
    assert sum(digit * 10**place for place, digit in enumerate(row[-4:])) == first + second


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_no_problem_is_both_trained_on_and_tested(task: object) -> None:
    random = np.random.default_rng(0)
    plan = TASKS[getattr(task, "name")]  # noqa: B009
    trained, tested = (draw_problems(plan, 2, 500, random, held_out) for held_out in (False, True))
    assert trained.shape == tested.shape == (500, plan.tokens(2))
    assert not {tuple(row) for row in trained} & {tuple(row) for row in tested}
    assert 0.08 < is_held_out(np.arange(10_000)).mean() < 0.12


def test_a_causal_model_sees_nothing_that_comes_later_and_one_without_a_mask_does() -> None:
    import torch

    tokens = torch.tensor([[1, 2, 3, 4, 5]])
    changed = torch.tensor([[1, 2, 3, 9, 9]])
    for causal in (True, False):
        build = Build(vocabulary=12, length=5, width=16, heads=2, layers=2, causal=causal)
        weights = initial_weights(build, 0)
        with torch.no_grad():
            first, _, attention = run_transformer(weights, build, tokens)
            second, _, _ = run_transformer(weights, build, changed)
        assert torch.allclose(first[:, :3], second[:, :3], atol=1e-6) is causal
        assert torch.allclose(attention[0].sum(dim=3), torch.ones(1, 2, 5))
        assert bool((attention[0].triu(1) == 0).all()) is causal


def test_without_positions_and_mask_the_order_of_the_tokens_is_invisible() -> None:
    import torch

    build = Build(vocabulary=12, length=5, width=16, heads=2, layers=2, causal=False, positions=False)
    weights, order = initial_weights(build, 0), [3, 1, 4, 0, 2]
    tokens = torch.tensor([[1, 2, 3, 4, 5]])
    with torch.no_grad():
        plain, moved = (run_transformer(weights, build, given)[0] for given in (tokens, tokens[:, order]))
    assert torch.allclose(plain[:, order], moved, atol=1e-5)


def test_the_number_of_threads_is_put_back() -> None:
    import torch

    before = torch.get_num_threads()
    with one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before


def test_the_whole_model_learns_to_reverse_and_the_same_seed_learns_the_same() -> None:
    snapshots = list(train(set_up("reverse", length=4, steps=60)))
    assert [snapshot.step for snapshot in snapshots] == list(range(0, 61, 5))
    assert snapshots[0].loss > 2.0
    assert snapshots[0].solved < 0.05
    assert snapshots[-1].loss < 0.1
    assert snapshots[-1].solved > 0.9
    assert snapshots[0].attention.shape == (4, 4, 8, 8)
    again = list(islice(train(set_up("reverse", length=4, steps=60)), 3))
    assert [snapshot.loss for snapshot in again] == pytest.approx([snapshot.loss for snapshot in snapshots[:3]])


@pytest.mark.parametrize("without", ["positions", "residuals", "normalization"])
def test_without_a_part_the_same_training_fails(without: str) -> None:
    end = last("reverse", without, length=6, steps=60)
    assert not end.loss < 0.8  # it may also have diverged
    assert end.solved < 0.1


def test_without_the_mask_it_peeps_and_cannot_write_alone() -> None:
    end = last("addition", "mask", steps=60)
    assert end.loss < 0.2
    assert end.taught > 0.95
    assert end.written < 0.5
    assert end.solved < 0.1


def test_variants_come_snapshot_by_snapshot_and_share_their_problems() -> None:
    setup = set_up("copy", length=2, layers=1, steps=4)
    seen = list(train_variants(setup, (WHOLE, *PARTS, WHOLE)))
    assert [training.without for training in seen[-1].trainings] == [WHOLE, *PARTS]
    assert len(seen) == 5 * 5
    assert [len(result.trainings) for result in seen] == [number for number in range(1, 6) for _ in range(5)]
    weights = {training.without: training.weights for training in seen[-1].trainings}
    assert weights["positions"] == weights[WHOLE] - 5 * 32
    assert weights["normalization"] == weights[WHOLE] - (2 * 1 + 1) * 2 * 32
    assert weights["mask"] == weights["residuals"] == weights[WHOLE]


@pytest.mark.parametrize(
    "inputs",
    [{"task": "division"}, {"length": 0}, {"length": 99}, {"layers": 0}, {"steps": 0}, {"learning_rate": 1.0},
     {"seed": -1}, {"variants": ("everything",)}, {"variants": ()}],
)  # fmt: skip
def test_bad_inputs_are_named(inputs: dict[str, object]) -> None:
    with pytest.raises(BadLab):
        run_lab("tiny_training", "es", **{"steps": 1, **inputs})


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_run_can_be_watched_and_ends_as_the_lab_does(language: str) -> None:
    variants = (WHOLE, "normalization", "mask")
    inputs: dict[str, Any] = {"task": "copy", "length": 2, "layers": 1, "steps": 1, "variants": variants}
    *_, watched = watch_lab("tiny_training", language, **inputs)
    run = run_lab("tiny_training", language, **inputs)
    assert len(run.figures) == 5
    assert all(figure.to_dict() for figure in run.figures)
    assert run.findings == watched.findings
    names = [run.lab.text(name, language) for name in variants]
    assert all(finding.startswith(name[:3].capitalize()) for finding, name in zip(run.findings, names, strict=False))
