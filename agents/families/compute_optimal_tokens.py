"""Training tokens by the rule of about 20 a parameter, and how far a run is from it (Hoffmann et al. 2022, §4)."""

import math
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_BILLION = 10**9
_RULE = 20  # tokens for each parameter, as Chinchilla: 1.4 trillion for 70 billion
_RATIOS = (2, 4, 5, 8, 10, 16, 20, 25, 40, 50, 80, 100)


def _draw(rng: Random, difficulty: int) -> Given:
    if difficulty == 1:
        params = rng.choice((rng.randint(11, 99) * 10**8, rng.randint(10, 400) * _BILLION))
        return {"asked": "tokens", "params": params, "seen": 0, "compute": 0}
    if difficulty == 2:
        params, ratio = rng.randint(1, 70) * _BILLION, rng.choice(_RATIOS)
        few = rng.random() < 0.5
        seen = Fraction(_RULE * params) * (Fraction(1, ratio) if few else ratio)
        return {"asked": "few" if few else "many", "params": params, "seen": int(seen), "compute": 0}
    params = rng.randint(11, 91) * 10 ** rng.choice((8, 9, 10))  # the budget then has at most five digits
    return {"asked": "budget", "params": 0, "seen": 0, "compute": 6 * _RULE * params**2}


def _key(asked: str, params: int, seen: int, compute: int, **_: Any) -> float | int:
    if asked == "budget":
        return _RULE * round(float(np.sqrt(compute / (6 * _RULE))))
    optimum = int(np.full(_RULE, params, dtype=np.int64).sum())
    return {"tokens": optimum, "few": optimum / max(seen, 1), "many": seen / optimum}[asked]


def _again(asked: str, params: int, seen: int, compute: int, **_: Any) -> float | int:
    if asked == "tokens":
        return 2 * params * 10
    if asked == "budget":
        return math.isqrt(compute * 10 // 3)  # D = 20N turns C = 6ND into D^2 = 20C / 6
    per_parameter = Fraction(seen, params)
    return float(_RULE / per_parameter if asked == "few" else per_parameter / _RULE)


FAMILY = Family(
    id="compute-optimal-tokens",
    concept="compute-optimal-training",
    bloom="apply",
    sources=("hoffmann2022 §1, §4, tab. 3", "kaplan2020 §2.1"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "rule-upside-down": lambda asked, params, **_: params // _RULE if asked == "tokens" else None,
        "one-for-each": lambda asked, params, **_: params if asked == "tokens" else None,
        "takes-six": lambda asked, params, **_: 6 * params if asked == "tokens" else None,
        "divides-the-other-way": lambda asked, params, seen, **_: (
            1 / _key(asked, params, seen, 0) if asked in ("few", "many") else None
        ),
        "tokens-per-parameter": lambda asked, params, seen, **_: seen / params if asked in ("few", "many") else None,
        "gives-excess": lambda asked, params, seen, **_: (
            _key(asked, params, seen, 0) - 1 if asked in ("few", "many") else None
        ),
        "gives-parameters": lambda asked, compute, **_: math.isqrt(compute // 120) if asked == "budget" else None,
        "forgets-root": lambda asked, compute, **_: compute // 6 if asked == "budget" else None,
        "forgets-six": lambda asked, compute, **_: (
            round(_RULE * math.isqrt(compute // _RULE), -9) if asked == "budget" else None
        ),
    },
    working=lambda params, seen, compute, **_: {
        "size": params / _BILLION,
        "amount": seen / _BILLION,
        "best": _RULE * params / _BILLION,
        "square": compute // 120,
        "root": math.isqrt(compute // 120) / _BILLION,
    },
    unit=lambda asked, **_: "" if asked in ("few", "many") else "tokens",
)
