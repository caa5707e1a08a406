"""The compute of a training run, C = 6ND, or the size or the tokens that C pays for (Kaplan et al. 2020, §2.1)."""

import math
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_BILLION = 10**9
_TENTH = 10**8  # sizes have one decimal in billions
_ASKED = {1: ("compute",), 2: ("tokens", "params"), 3: ("compute",)}
_ACTIVE = (2, 3, 4, 5, 8)  # how many times larger the whole mixture of experts is than its active part


def _draw(rng: Random, difficulty: int) -> Given:
    params, tokens = rng.randint(11, 99) * _TENTH, rng.randint(1, 30) * 50 * _BILLION
    if difficulty == 1:
        params, tokens = rng.randint(1, 30) * _BILLION, rng.randint(2, 30) * 10 * _BILLION
    more = difficulty == 3
    epochs = rng.randint(2, 4) if more else 1  # up to about four, repeated text is almost as good as new text
    return {
        "asked": rng.choice(_ASKED[difficulty]),
        "params": params,
        "tokens": tokens,
        "epochs": epochs,
        "budget": 6 * params * tokens * epochs,
        "whole": params * rng.choice(_ACTIVE) if more else 0,
    }


def _key(asked: str, params: int, tokens: int, epochs: int, budget: int, **_: Any) -> int:
    each = int(np.array([2, 4]).sum())  # FLOP for each parameter and token: forward and backward
    if asked == "compute":
        return each * params * tokens * epochs
    return budget // (each * (params if asked == "tokens" else tokens))


def _again(asked: str, params: int, tokens: int, epochs: int, budget: int, **_: Any) -> float:
    if asked == "compute":
        return math.exp(math.log(6) + math.log(params) + math.log(tokens) + math.log(epochs))
    return math.exp(math.log(budget) - math.log(6) - math.log(params if asked == "tokens" else tokens))


def _scaled(asked: str, params: int, tokens: int, epochs: int, factor: int) -> int | None:
    """The answer of who writes another factor than 6."""
    if asked == "compute":
        return factor * params * tokens * epochs
    whole, rest = divmod(6 * (tokens if asked == "tokens" else params), factor)
    return None if rest else whole


FAMILY = Family(
    id="training-flops",
    concept="flop-counting",
    bloom="apply",
    sources=("kaplan2020 §2.1", "jiang2024 §2"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "flop-counting.same-cost": lambda asked, params, tokens, epochs, **_: _scaled(asked, params, tokens, epochs, 2),
        "only-backward": lambda asked, params, tokens, epochs, **_: _scaled(asked, params, tokens, epochs, 4),
        "forgets-factor": lambda asked, params, tokens, epochs, **_: _scaled(asked, params, tokens, epochs, 1),
        "all-experts": lambda whole, tokens, epochs, **_: 6 * whole * tokens * epochs or None,
        "one-epoch": lambda params, tokens, epochs, **_: 6 * params * tokens if epochs > 1 else None,
    },
    working=lambda params, tokens, epochs, whole, **_: {
        "size": params / _BILLION,
        "all_size": whole / _BILLION,
        "amount": tokens / _BILLION,
        "seen": tokens * epochs / _BILLION,
        "six_n": 6 * params / _BILLION,
        "six_d": 6 * tokens / _BILLION,
    },
    unit=lambda asked, **_: {"compute": "FLOP", "params": "parameters"}.get(asked, "tokens"),
)
