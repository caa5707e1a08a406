"""Days of a training run: T = C / (G F u), with C = 6ND (Kaplan et al. 2020, §2.1; Patterson et al. 2021, §2)."""

import math
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_DAY = 86_400
_TERA = 10**12
_CHIPS = (("V100", 125), ("A100", 312), ("H100", 990))  # dense 16-bit peaks in teraFLOP/s, to three digits
_LONGEST, _SHORTEST = 120, 2  # days, as training runs take
_EDGE = 0.1  # of the last decimal asked for


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        chip, peak = rng.choice(_CHIPS)
        chips = rng.choice((8, 16, 32, 64, 100, 128, 200, 256, 400, 500, 512, 800, 1000, 1024, 2000, 2048, 4096))
        percent = 100 if difficulty == 1 else rng.choice((25, 30, 35, 40, 45, 50, 55))
        params, tokens = (rng.randint(1, 70), rng.randint(2, 200) * 10) if difficulty == 3 else (0, 0)
        budget = 6 * params * tokens if params else rng.randint(10, 99) * 10 ** rng.choice((2, 3, 4))
        given: dict[str, Any] = {
            "chip": chip,
            "chips": chips,
            "teras": rng.randint(4, 45) * 10 if difficulty == 1 else peak,
            "percent": percent,
            "params": params,
            "tokens": tokens,
            "compute": budget * 10**18,
        }
        days = _days(**given)
        if _SHORTEST < days < _LONGEST and abs(days * 100 % 1 - 0.5) > _EDGE:
            return given


def _days(compute: int, chips: int, teras: int, percent: int, **_: Any) -> float:
    return compute / (chips * teras * _TERA * percent / 100) / _DAY


def _key(compute: int, params: int, tokens: int, chips: int, teras: int, percent: int, **_: Any) -> float:
    passes = np.array([2.0, 2.0, 2.0])  # forward, gradient of the inputs, gradient of the weights
    work = float((passes * params * 1e9 * tokens * 1e9).sum()) if params else float(compute)
    rates = np.full(chips, teras * 1e12 * percent / 100)
    return float(work / rates.sum() / np.prod([24, 60, 60]))


def _again(compute: int, params: int, tokens: int, chips: int, teras: int, percent: int, **_: Any) -> float:
    per_chip_day = Fraction(percent, 100) * teras * _TERA * 3600 * 24
    total = Fraction(6 * params * tokens * 10**18 if params else compute)
    return float(total / chips / per_chip_day)


FAMILY = Family(
    id="training-days",
    concept="compute-and-energy",
    bloom="apply",
    sources=("kaplan2020 §2.1", "chowdhery2022 §4.1", "patterson2021 §2"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "full-peak": lambda compute, chips, teras, percent, **_: (
            _days(compute, chips, teras, 100) if percent < 100 else None
        ),
        "multiplies-by-utilization": lambda compute, chips, teras, percent, **_: (
            _days(compute, chips, teras, 100) * percent / 100 if percent < 100 else None
        ),
        "flop-counting.same-cost": lambda params, **given: _days(**given) / 3 if params else None,
        "gives-hours": lambda **given: _days(**given) * 24,
        "single-chip": lambda **given: _days(**(given | {"chips": 1})),
        "minutes-for-seconds": lambda **given: _days(**given) * 60,
    },
    working=lambda compute, chips, teras, percent, **_: {
        "rate": chips * teras * _TERA * percent // 100,
        "used": percent / 100,
        "seconds": math.floor(compute / (chips * teras * _TERA * percent / 100) + 0.5),
    },
    decimals=2,
    unit="days",
)
