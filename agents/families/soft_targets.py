"""The soft target of a class, exp(z_i / tau) / sum_j exp(z_j / tau), from the logits of a teacher or from its
probabilities without temperature (Hinton et al. 2015, §2).
"""

from collections.abc import Sequence
from math import exp
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_TEMPERATURES = {1: (2,), 2: (3, 4, 5, 8, 10), 3: (2, 4)}  # above 1: they soften; square roots at the last difficulty
_LOGITS = {1: range(-4, 13, 2), 2: range(-4, 16)}
_SOFTENED = 0.03  # least change from the probability at temperature 1
_LEAST = 0.03  # of a target: two decimals still tell it from 0
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given: dict[str, Any] = {"logits": (), "probs": (), "tau": rng.choice(_TEMPERATURES[difficulty])}
        given["place"] = rng.randrange(3)
        if difficulty < 3:
            given["logits"] = tuple(rng.sample(_LOGITS[difficulty], 3))
        else:
            first, second = sorted(rng.sample(range(1, 100), 2))
            given["probs"] = (first / 100, (second - first) / 100, (100 - second) / 100)
        target = _again(**given)
        softened = abs(target - _again(**{**given, "tau": 1})) > _SOFTENED
        if softened and target > _LEAST and abs(100 * target % 1 - 0.5) > _EDGE:
            return given


def _key(logits: Sequence[int], probs: Sequence[float], tau: float, place: int) -> float:
    scaled = (np.array(logits) if logits else np.log(np.array(probs))) / tau
    exponentials = np.exp(scaled - scaled.max())
    return float(exponentials[place] / exponentials.sum())


def _again(logits: Sequence[int], probs: Sequence[float], tau: float, place: int) -> float:
    if logits:
        return 1 / sum(exp((other - logits[place]) / tau) for other in logits)
    return 1 / float(sum((other / probs[place]) ** (1 / tau) for other in probs))


def _hard(logits: Sequence[int], probs: Sequence[float], place: int, **_: Any) -> float:
    values = logits or probs
    return 1.0 if values[place] == max(values) else 0.0


def _by_sum(logits: Sequence[int], place: int, **_: Any) -> float | None:
    return logits[place] / sum(logits) if logits and min(logits) >= 0 else None


def _working(logits: Sequence[int], probs: Sequence[float], tau: float, place: int) -> Given:
    scaled = [logit / tau for logit in logits]
    parts = [exp(one) for one in scaled] or [prob ** (1 / tau) for prob in probs]
    return {
        "name": "ABC"[place], "scaled": scaled, "parts": parts, "mine": parts[place], "total": sum(parts),
        "root": 1 / tau, "ends": tau != 3,
    }  # fmt: skip


FAMILY = Family(
    id="soft-targets",
    concept="distillation",
    bloom="apply",
    sources=("hinton2015 §2",),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "distillation.only-labels": _hard,
        "ignores-temperature": lambda **given: _again(**{**given, "tau": 1}),
        "multiplies-by-temperature": lambda tau, **given: _again(tau=1 / tau, **given),
        "divides-the-probability": lambda tau, **given: _again(tau=1, **given) / tau,
        "softmax.divide-by-sum": _by_sum,
        "forgets-renormalising": lambda probs, tau, place, **_: probs[place] ** (1 / tau) if probs else None,
    },
    working=_working,
    decimals=2,
)  # fmt: skip
