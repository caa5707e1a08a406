"""The DPO loss of one pair, -ln sigma(beta (log-ratio of the preferred - log-ratio of the rejected answer)), from the
log-probabilities or the probabilities of both models (Rafailov et al. 2023, eq. 7).
"""

from collections.abc import Sequence
from math import exp, log, log1p, tanh
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_BETAS = {1: (0.1, 0.2, 0.5), 2: (0.1, 0.2, 0.25, 0.3, 0.4, 0.5), 3: (0.1, 0.2, 0.3, 0.5)}  # 0.1 in the paper
_MOVES = range(-8, 9)  # of a log-probability, in training
_LEAST_LOGIT, _MOST_LOGIT = 0.1, 2.5  # of the argument of sigma: neither ln 2 nor nearly 0 or a straight line
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _drawn(rng, difficulty)
        size = abs(given["beta"] * _margin(**given))
        if _LEAST_LOGIT <= size <= _MOST_LOGIT and abs(1000 * _again(**given) % 1 - 0.5) > _EDGE:
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    beta = rng.choice(_BETAS[difficulty])
    if difficulty == 3:
        policy, reference = (tuple(rng.randrange(5, 85, 5) / 100 for _ in range(2)) for _ in range(2))
        fits = sum(policy) <= 1 and sum(reference) <= 1  # two answers to one prompt
        return {"policy": policy, "reference": reference, "beta": beta, "logs": False} if fits else _drawn(rng, 3)
    finest = 1 if difficulty == 1 else 2
    reference = tuple(-rng.randrange(8 * finest, 31 * finest) / finest for _ in range(2))
    policy = tuple(value + rng.choice(_MOVES) / finest for value in reference)
    return {"policy": policy, "reference": reference, "beta": beta, "logs": True}


def _key(policy: Sequence[float], reference: Sequence[float], beta: float, logs: bool) -> float:
    table = np.array([policy, reference])  # rows: the models; columns: preferred, rejected
    ratios = np.diff(table if logs else np.log(table), axis=0)[0]  # reference minus policy
    return float(np.logaddexp(0.0, beta * (ratios[0] - ratios[1])))


def _again(policy: Sequence[float], reference: Sequence[float], beta: float, logs: bool) -> float:
    if logs:
        margin = (policy[0] - policy[1]) - (reference[0] - reference[1])
        return -log((1 + tanh(beta * margin / 2)) / 2)
    odds = (policy[0] * reference[1] / (policy[1] * reference[0])) ** beta
    return -log(odds / (1 + odds))


def _ratios(policy: Sequence[float], reference: Sequence[float], logs: bool, **_: Any) -> tuple[float, float]:
    mine, theirs = (tuple(row) if logs else tuple(map(log, row)) for row in (policy, reference))
    return mine[0] - theirs[0], mine[1] - theirs[1]


def _margin(**given: Any) -> float:
    preferred, rejected = _ratios(**given)
    return preferred - rejected


def _loss(logit: float) -> float:
    return log1p(exp(-logit))


def _working(policy: Sequence[float], reference: Sequence[float], beta: float, logs: bool) -> Given:
    preferred, rejected = _ratios(policy, reference, logs)
    logit = beta * (preferred - rejected)
    return {
        "preferred": preferred, "rejected": rejected, "margin": preferred - rejected, "logit": logit,
        "power": exp(-logit), "shown": None if logs else 4,
    }  # fmt: skip


FAMILY = Family(
    id="dpo-loss",
    concept="dpo",
    bloom="apply",
    sources=("rafailov2023 §4, eq. 7",),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "dpo.no-reference": lambda policy, beta, logs, **_: _loss(
            beta * _margin(policy=policy, reference=(1.0, 1.0), logs=logs)
        ),
        "swaps-answers": lambda beta, **given: _loss(-beta * _margin(**given)),
        "forgets-beta": lambda **given: _loss(_margin(**given)),
        "forgets-rejected": lambda beta, **given: _loss(beta * _ratios(**given)[0]),
        "stops-at-probability": lambda beta, **given: 1 / (1 + exp(-beta * _margin(**given))),
        "adds-log-ratios": lambda beta, **given: _loss(beta * sum(_ratios(**given))),
    },
    working=_working,
    decimals=3,
)  # fmt: skip
