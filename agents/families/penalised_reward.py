"""The reward of an answer minus beta times its KL estimate, the sum of the log-ratios of its tokens (Ouyang et al.
2022, §3.5; Stiennon et al. 2020, §3.4).
"""

from collections.abc import Sequence
from math import log, prod
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_REWARDS = tuple(tenths / 10 for tenths in range(-20, 41) if tenths)
_BETAS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)  # from 0.01 on: InstructGPT used about 0.02
_TOKENS = {2: 2, 3: 3}
_LOGS = range(1, 40)  # tenths of a negative log-probability
_MOVES = range(-12, 19)  # tenths of a log-ratio; a policy tends to like its own tokens more than the reference does
_PROBS = tuple(part / 100 for part in (5, 10, 20, 25, 30, 40, 50, 60, 80, 90))
_LEAST = 0.05  # of a penalty: two decimals show it
_MOST = 1.5  # of a penalty and of a reward: it corrects and does not rule
_EXACT = 1e-6  # more than the rounding errors of doubles
_APART = 0.02  # of an answer from what a hint shows
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _drawn(rng, difficulty)
        ratios = _ratios(**given)
        penalty = given["beta"] * sum(ratios)
        if not _LEAST <= abs(penalty) <= _MOST or (difficulty > 2 and not min(ratios) < 0 < max(ratios)):
            continue
        answer = given["reward"] - penalty
        telling = all(abs(abs(answer) - abs(one)) > _APART for one in (penalty, sum(ratios)))
        if telling and abs(100 * answer % 1 - 0.5) > _EDGE:
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    reward, beta = rng.choice(_REWARDS), rng.choice(_BETAS)
    if difficulty == 1:  # the logarithms of a whole answer
        whole = -float(rng.randrange(10, 41))
        moved = whole + rng.randrange(1, 11)
        return {"reward": reward, "beta": beta, "policy": (moved,), "reference": (whole,), "logs": True}
    if difficulty == 4:
        ours, theirs = (tuple(rng.choice(_PROBS) for _ in range(3)) for _ in range(2))
        return {"reward": reward, "beta": beta, "policy": ours, "reference": theirs, "logs": False}
    theirs = tuple(-rng.choice(_LOGS) / 10 for _ in range(_TOKENS[difficulty]))
    ours = tuple(min(-0.1, round(log_prob + rng.choice(_MOVES) / 10, 1)) for log_prob in theirs)
    return {"reward": reward, "beta": beta, "policy": ours, "reference": theirs, "logs": True}


def _key(reward: float, beta: float, policy: Sequence[float], reference: Sequence[float], logs: bool) -> float:
    table = np.array([policy, reference])
    ours, theirs = table if logs else np.log(table)
    rewards = -beta * (ours - theirs)  # the penalty is taken token by token
    rewards[-1] += reward  # the reward comes with the last token
    return float(rewards.sum())


def _again(reward: float, beta: float, policy: Sequence[float], reference: Sequence[float], logs: bool) -> float:
    return reward - beta * (sum(policy) - sum(reference) if logs else log(prod(policy) / prod(reference)))


def _ratios(policy: Sequence[float], reference: Sequence[float], logs: bool, **_: Any) -> list[float]:
    return [ours - theirs if logs else log(ours / theirs) for ours, theirs in zip(policy, reference, strict=True)]


def _working(beta: float, logs: bool, **given: Any) -> Given:
    ratios = [round(ratio, 10) for ratio in _ratios(logs=logs, **given)]
    return {
        "ratios": ratios, "estimate": sum(ratios), "penalty": beta * sum(ratios), "shown": None if logs else 4,
        "exact": logs and abs(100 * beta * sum(ratios) - round(100 * beta * sum(ratios))) < _EXACT,
    }  # fmt: skip


FAMILY = Family(
    id="penalised-reward",
    concept="rlhf",
    bloom="apply",
    sources=("ouyang2022 §3.5", "stiennon2020 §3.4"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "adds-penalty": lambda reward, beta, **given: reward + beta * sum(_ratios(**given)),
        "forgets-beta": lambda reward, **given: reward - sum(_ratios(**given)),
        "forgets-reference": lambda reward, beta, policy, logs, **_: (
            reward - beta * sum(_ratios(policy, [0.0 if logs else 1.0] * len(policy), logs))
        ),
        "averages-tokens": lambda reward, beta, policy, **given: (
            reward - beta * sum(_ratios(policy=policy, **given)) / len(policy)
        ),
        "drops-signs": lambda reward, beta, **given: reward - beta * sum(map(abs, _ratios(**given))),
        "ratio-without-log": lambda reward, beta, policy, reference, logs, **_: (
            None if logs else reward - beta * prod(policy) / prod(reference)
        ),
        "penalty-alone": lambda beta, **given: beta * sum(_ratios(**given)),
    },
    working=_working,
    decimals=2,
)  # fmt: skip
