"""A tiny decoder-only Transformer trained live, whole or with one part removed.

It learns on the answer's tokens with teacher forcing, then is tested twice on problems that it never saw: with the
right answer so far before it ("taught"), and writing alone, each token after its own ("written").
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import BadLab
from knowledge.labs.inputs import choice, real, whole
from knowledge.labs.small_transformer import Build, count_weights, initial_weights, one_thread, run_transformer
from knowledge.labs.tiny_tasks import SYMBOLS, TASKS, Task, Tokens, draw_problems

if TYPE_CHECKING:
    from torch import Tensor

WHOLE = "whole"
PARTS = ("positions", "residuals", "normalization", "mask")
WIDTH, HEADS, BATCH, TESTED = 32, 4, 64, 128
SNAPSHOTS = 12


@dataclass(frozen=True)
class Snapshot:
    """The model at one step, on held-out problems. Loss in nats a token of the answer; the rest are shares, 0 to 1."""

    step: int
    loss: float
    taught: float  # tokens right, given the right ones before them
    written: float  # tokens right when the model writes the whole answer alone
    solved: float  # answers wholly right when it writes alone
    attention: NDArray[np.float32]  # (layers, heads, n - 1, n - 1), of the first held-out problem


@dataclass(frozen=True)
class Training:
    """One training: of the whole model, or without a part."""

    without: str  # "whole" or one of PARTS
    weights: int  # how many numbers it learns
    snapshots: tuple[Snapshot, ...]

    @property
    def last(self) -> Snapshot:
        """The trained model."""
        return self.snapshots[-1]


@dataclass(frozen=True)
class TinyTraining:
    """The trainings of one lab, on the same problems in the same order."""

    task: str
    length: int
    answer: int  # tokens of the answer
    learning_rate: float
    example: tuple[str, ...]  # the problem whose attention the snapshots show, with its answer: n tokens
    trainings: tuple[Training, ...]


@dataclass(frozen=True)
class Setup:
    """What a training needs. Left out, `length`, `layers`, `steps` and `learning_rate` are the task's own."""

    task: Task
    length: int
    layers: int
    steps: int
    learning_rate: float
    seed: int
    held_out: Tokens = field(repr=False)

    def build(self, without: str) -> Build:
        """The model without a part."""
        return Build(
            vocabulary=len(SYMBOLS),
            length=self.task.tokens(self.length),
            width=WIDTH,
            heads=HEADS,
            layers=self.layers,
            norm="none" if without == "normalization" else "pre",
            residual=without != "residuals",
            causal=without != "mask",
            positions=without != "positions",
        )


def set_up(
    task: str = "addition",
    *,
    length: int | None = None,
    layers: int | None = None,
    steps: int | None = None,
    learning_rate: float | None = None,
    seed: int = 0,
) -> Setup:
    """Checked inputs of a training; raises `BadLab`."""
    plan = TASKS[choice("task", task, tuple(TASKS))]
    length = whole("length", plan.length if length is None else length, 1, plan.longest)
    seed = whole("seed", seed, 0, 2**31 - 1)
    held_out = draw_problems(plan, length, TESTED, np.random.default_rng((seed, 1)), held_out=True)
    return Setup(
        task=plan,
        length=length,
        layers=whole("layers", plan.layers if layers is None else layers, 1, 8),
        steps=whole("steps", plan.steps if steps is None else steps, 1, 5000),
        learning_rate=real("learning_rate", plan.learning_rate if learning_rate is None else learning_rate, 1e-5, 0.1),
        seed=seed,
        held_out=held_out,
    )


def train(setup: Setup, without: str = WHOLE) -> Iterator[Snapshot]:
    """Train with Adam, and give a snapshot before the first step, at regular steps, and after the last."""
    import torch  # noqa: PLC0415

    build = setup.build(choice("without", without, (WHOLE, *PARTS)))
    random = np.random.default_rng((setup.seed, 2))
    weights = initial_weights(build, setup.seed)
    adam = torch.optim.Adam(weights.values(), lr=setup.learning_rate, fused=True)
    stops = sorted({round(setup.steps * part / SNAPSHOTS) for part in range(SNAPSHOTS + 1)})
    yield _snapshot(weights, build, setup, 0)
    for start, stop in pairwise(stops):
        with one_thread():
            for _ in range(start, stop):
                drawn = draw_problems(setup.task, setup.length, BATCH, random, held_out=False)
                adam.zero_grad()
                _answer_loss(weights, build, setup, torch.from_numpy(drawn))[0].backward()  # type: ignore[no-untyped-call]
                adam.step()
        yield _snapshot(weights, build, setup, stop)


def train_variants(setup: Setup, variants: Sequence[str] = (WHOLE, *PARTS)) -> Iterator[TinyTraining]:
    """The trainings of all variants, one after the other: what there is after each snapshot. The last one is whole."""
    variants = tuple(dict.fromkeys(choice("variants", without, (WHOLE, *PARTS)) for without in variants))
    if not variants:
        raise BadLab("lab-choice", name="variants", value="()", choices=", ".join((WHOLE, *PARTS)))
    example = tuple(SYMBOLS[token] for token in setup.held_out[0])
    done: list[Training] = []
    for without in variants:
        weights = count_weights(initial_weights(setup.build(without), setup.seed))
        snapshots: list[Snapshot] = []
        for snapshot in train(setup, without):
            snapshots.append(snapshot)
            now = Training(without, weights, tuple(snapshots))
            yield TinyTraining(
                setup.task.name, setup.length, setup.task.answer(setup.length), setup.learning_rate, example,
                (*done, now),
            )  # fmt: skip
        done.append(now)


def _answer_loss(
    weights: dict[str, "Tensor"], build: Build, setup: Setup, problems: "Tensor"
) -> tuple["Tensor", "Tensor", list["Tensor"]]:
    """(cross-entropy of the answer's tokens, logits of the answer's places, attention), with teacher forcing."""
    from torch.nn.functional import cross_entropy  # noqa: PLC0415

    answer = setup.task.answer(setup.length)
    logits, _, attention = run_transformer(weights, build, problems[:, :-1])
    logits = logits[:, -answer:]
    return cross_entropy(logits.flatten(0, 1), problems[:, -answer:].flatten()), logits, attention


def _snapshot(weights: dict[str, "Tensor"], build: Build, setup: Setup, step: int) -> Snapshot:
    import torch  # noqa: PLC0415

    problems, answer = torch.from_numpy(setup.held_out), setup.task.answer(setup.length)
    with torch.no_grad(), one_thread():
        loss, logits, attention = _answer_loss(weights, build, setup, problems)
        written = problems[:, :-answer]
        for _ in range(answer):
            following = run_transformer(weights, build, written)[0][:, -1:].argmax(dim=2)
            written = torch.cat([written, following], dim=1)
        right = written[:, -answer:] == problems[:, -answer:]
        return Snapshot(
            step=step,
            loss=float(loss),
            taught=float((logits.argmax(dim=2) == problems[:, -answer:]).float().mean()),
            written=float(right.float().mean()),
            solved=float(right.all(dim=1).float().mean()),
            attention=torch.stack([layer[0] for layer in attention]).numpy(),
        )
