"""The rates of knowledge tracing fitted to logs: maximum likelihood of every answer given those before it.

The filter of `tutor.learner.mastery` again, in PyTorch and over many learners at once, so that gradients can be had;
the tests hold the two to the same numbers. `own_spread` is left as it is, and the guess at one of n options at 1/n; a
weak normal prior around the rates to begin with keeps what a small log says nothing about.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from knowledge.course import Course
from knowledge.course_learning import CHOICES, LEAST, MOST, RANGES, Learning
from tutor.learner.mastery import SURE, MasteryModel
from tutor.learner.memory import Memory
from tutor.learner.needs import NONE
from tutor.learner.tracer import MIDDLE, MOST_CHANCE, Answered
from tutor.learner_eval.predictors import Log

if TYPE_CHECKING:
    from torch import Tensor

PLAIN = ("start", "start_difficulty", "start_spread", "learn", "learn_difficulty", "learn_spread", "slip_difficulty")
PRIOR = 1.0  # standard deviation of the prior on each rate's scale
ROUNDS = 30
MOST_LEARNERS = 120  # more make the fit longer and no better
LEAST_FORGET = 0.01


@dataclass(frozen=True)
class _Batch:
    """Logs as arrays: (learners, answers) of place, kind, score, worth, level; (learners, answers, M) of recall
    kept."""

    place: "Tensor"
    kind: "Tensor"
    options: "Tensor"
    level: "Tensor"
    score: "Tensor"
    worth: "Tensor"
    kept: "Tensor"
    real: "Tensor"
    kinds: tuple[str, ...]


def fitted(course: Course, logs: Sequence[Log], rates: Learning) -> Learning:
    """The rates that the logs make likeliest, from `rates` on."""
    import torch  # noqa: PLC0415  seconds that only a fit pays

    torch.set_num_threads(1)  # the arrays are small: on shared cores more threads wait for one another
    model = MasteryModel(course, rates)
    batch = _batched(model, logs[:MOST_LEARNERS])
    start = torch.tensor(_packed(rates, batch.kinds), dtype=torch.float64)
    vector = start.clone().requires_grad_(True)
    optimiser = torch.optim.LBFGS([vector], max_iter=ROUNDS, line_search_fn="strong_wolfe", tolerance_change=1e-4)

    def loss() -> "Tensor":
        optimiser.zero_grad()
        prior = (((vector - start) / PRIOR) ** 2).sum() / 2
        total: Tensor = prior - _log_likelihood(batch, model, vector).sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    return _unpacked(vector.detach().numpy(), rates, batch.kinds)


def log_likelihood(course: Course, log: Log, rates: Learning) -> Any:
    """(answers,): the log-likelihood of each answer of a log, by this second writing of the filter."""
    import torch  # noqa: PLC0415  as above

    model = MasteryModel(course, rates)
    batch = _batched(model, [log])
    vector = torch.tensor(_packed(rates, batch.kinds), dtype=torch.float64)
    return _log_likelihood(batch, model, vector).numpy()[0]


def _packed(rates: Learning, kinds: Sequence[str]) -> list[float]:
    """The rates on unbounded scales, and the shares of slip and guess of each kind."""
    shares = [_logit(rates.need), np.log(max(LEAST_FORGET, rates.forget))]
    return [*(getattr(rates, name) for name in PLAIN), *shares, *(_logit(rates.slipped(kind)) for kind in kinds),
            *(_logit(rates.guessed(kind, 2)) for kind in kinds)]  # fmt: skip


def _unpacked(vector: Any, rates: Learning, kinds: Sequence[str]) -> Learning:
    plain = {name: float(value) for name, value in zip(PLAIN, vector, strict=False)}
    for name in ("start_spread", "learn_spread"):
        plain[name] = abs(plain[name])
    plain = {name: float(np.clip(value, *RANGES[name])) for name, value in plain.items()}
    rest = vector[len(PLAIN) :]
    shares = 1 / (1 + np.exp(-rest[2:]))
    count = len(kinds)
    slip = {kind: float(np.clip(share, LEAST, MOST)) for kind, share in zip(kinds, shares[:count], strict=True)}
    guess = {
        kind: float(np.clip(share, LEAST, MOST))
        for kind, share in zip(kinds, shares[count:], strict=True) if not _by_options(rates, kind)
    }  # fmt: skip
    need = min(0.99, float(1 / (1 + np.exp(-rest[0]))))
    return replace(
        rates, **plain, need=need, forget=min(3.0, float(np.exp(rest[1]))), slip={**rates.slip, **slip},
        guess={**rates.guess, **guess},
    )  # fmt: skip


def _by_options(rates: Learning, kind: str) -> bool:
    """Whether a guess at this kind is one in the number of options, and not a rate."""
    return kind in CHOICES and kind not in rates.guess


def _logit(share: float) -> float:
    inside = min(1 - SURE, max(SURE, share))
    return float(np.log(inside / (1 - inside)))


def _batched(model: MasteryModel, logs: Sequence[Log]) -> _Batch:
    """The logs side by side; FSRS, which no rate changes, has gone over them already."""
    import torch  # noqa: PLC0415  as above

    kinds = tuple(sorted({one.kind for log in logs for one in log}))
    shape = (len(logs), max(map(len, logs)))
    names = ("place", "kind", "options", "level", "score", "worth", "real")
    numbers = {name: np.zeros(shape) for name in names}
    kept = np.ones((*shape, model.needs.padded_rows.shape[1]))
    for row, log in enumerate(logs):
        memory = Memory()
        for at, one in enumerate(log):
            given = Answered(one.concept, one.kind, one.options, one.difficulty, one.score, one.at, one.help)
            place = model.place(one.concept)
            values = (
                place,
                kinds.index(one.kind),
                one.options or CHOICES.get(one.kind, 2),
                one.difficulty,
                one.score,
                given.worth,
                1,
            )
            for name, value in zip(names, values, strict=True):
                numbers[name][row, at] = value
            needed = [model.needs.concepts[other] for other in model.needs.rows[place]]
            kept[row, at, : len(needed)] = [memory.kept(name, one.at) for name in needed]
            memory.look(needed, one.at)
            memory.review(one.concept, one.at, one.score, bool(one.help))
    whole = {"place", "kind"}
    tensors = {
        name: torch.tensor(values, dtype=torch.long if name in whole else torch.float64)
        for name, values in numbers.items()
    }
    return _Batch(kinds=kinds, kept=torch.tensor(kept), **tensors)


def _log_likelihood(batch: _Batch, model: MasteryModel, vector: "Tensor") -> "Tensor":
    """(learners, answers): the log-likelihood of each answer given those before it, 0 past the end of a log."""
    import torch  # noqa: PLC0415  as above

    plain = dict(zip(PLAIN, vector, strict=False))
    rest = vector[len(PLAIN) :]
    need, forget = torch.sigmoid(rest[0]), torch.exp(rest[1])
    count = len(batch.kinds)
    levels = torch.tensor(model.levels) - 1
    nodes, base = torch.tensor(model.nodes), torch.tensor(model.base)
    prior = torch.sigmoid(
        (plain["start"] + plain["start_difficulty"] * levels)[:, None, None]
        + plain["start_spread"] * nodes[:, None]
        + model.rates.own_spread * torch.tensor(model.own_nodes)
    )
    apart = torch.tensor(model.own_base)
    learns = torch.sigmoid(
        (plain["learn"] + plain["learn_difficulty"] * levels)[:, None] + plain["learn_spread"] * nodes
    )
    slips = torch.sigmoid(rest[2 : 2 + count][batch.kind] + plain["slip_difficulty"] * (batch.level - MIDDLE))
    open_ = torch.tensor([not _by_options(model.rates, kind) for kind in batch.kinds])
    drawn = torch.clamp(1 / batch.options.clamp(min=2), max=MOST)
    guesses = torch.where(open_[batch.kind], torch.sigmoid(rest[2 + count :])[batch.kind], drawn)
    slips = torch.minimum(slips, MOST_CHANCE - guesses)
    rows, steps = torch.tensor(model.needs.padded_rows), torch.tensor(model.needs.steps)
    weights = torch.where(steps == NONE, 0.0, need ** steps.clamp(min=0))
    size, length = batch.place.shape
    concepts = len(levels)
    known = torch.cat([prior, prior[:1] * 0 + 0.5])[None].expand(size, -1, -1, -1)  # the last row takes what is padding
    shares = torch.log(base)[None].expand(size, -1)
    learner = torch.arange(size)[:, None]
    found = []
    for at in range(length):
        place = batch.place[:, at]
        row = torch.where(steps[place] == NONE, concepts, rows[place])  # (L, M)
        weight, real = weights[place], batch.real[:, at]
        slip, guess = slips[:, at, None], guesses[:, at, None]
        score, worth = batch.score[:, at, None], batch.worth[:, at, None]
        own = known[learner, row] * (batch.kept[:, at] ** forget)[:, :, None, None]  # (L, M, K, J)
        middle = own @ apart  # (L, M, K)
        right = guess + (1 - slip - guess) * torch.prod(1 - weight[:, :, None] * (1 - middle), dim=1)
        now = torch.softmax(shares, dim=1)
        chance = (now * right).sum(1).clamp(SURE, 1 - SURE)
        found.append(real * (score[:, 0] * torch.log(chance) + (1 - score[:, 0]) * torch.log1p(-chance)))
        shares = shares + (real[:, None] * worth) * (score * torch.log(right) + (1 - score) * torch.log1p(-right))
        there = (1 - weight * (1 - middle @ base)).clamp(min=SURE)
        others = torch.prod(there, dim=1, keepdim=True) / there
        yes, no = guess + (1 - slip - guess) * others, guess + (1 - slip - guess) * others * (1 - weight)
        odds = torch.exp(worth * (
            score * (torch.log(yes) - torch.log(no)) + (1 - score) * (torch.log1p(-yes) - torch.log1p(-no))
        ))[:, :, None, None]  # fmt: skip
        moved = (own * odds / (own * odds + 1 - own)).clamp(SURE, 1 - SURE)
        taught = learns[place] * torch.prod(1 - weight[:, 1:] * (1 - moved[:, 1:] @ apart @ base), dim=1)[:, None]
        first = (moved[:, 0] + (1 - moved[:, 0]) * taught[:, :, None]).clamp(max=1 - SURE)
        after = torch.cat([first[:, None], moved[:, 1:]], dim=1)
        known = known.clone().index_put((learner.expand_as(row), row), after)
    return torch.stack(found, dim=1)
