"""The attention score of one query and one key: q·k / sqrt(d_k) (Vaswani et al. 2017, §3.2.1)."""

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_SIZES = {1: (4,), 2: (4, 9), 3: (4, 9, 16)}  # squares, so that the root is whole
_MOST = {1: 3, 2: 4, 3: 5}


def _draw(rng: Random, difficulty: int) -> Given:
    size = rng.choice(_SIZES[difficulty])
    shown = 4 if size > 4 else size  # the other components are zero and not shown
    entries = [value for value in range(-_MOST[difficulty], _MOST[difficulty] + 1) if value]
    query, key = (tuple(rng.choice(entries) for _ in range(shown)) for _ in range(2))
    return {"q": query, "k": key, "d_k": size, "shown": shown, "d_model": size * rng.choice((4, 8))}


def _key(q: Sequence[int], k: Sequence[int], d_k: int, **_: Any) -> float:
    return float(np.dot(np.array(q, dtype=np.float64), np.array(k, dtype=np.float64)) / np.sqrt(d_k))


def _again(q: Sequence[int], k: Sequence[int], d_k: int, **_: Any) -> float:
    root = next(number for number in range(1, d_k + 1) if number * number == d_k)
    return float(sum((Fraction(left * right, root) for left, right in zip(q, k, strict=True)), Fraction(0)))


def _dot(q: Sequence[int], k: Sequence[int]) -> int:
    return sum(left * right for left, right in zip(q, k, strict=True))


FAMILY = Family(
    id="scaled-score",
    concept="scaling-factor",
    bloom="apply",
    sources=("vaswani2017 §3.2.1",),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "scaling-factor.divides-by-dk": lambda q, k, d_k, **_: _dot(q, k) / d_k,
        "scaling-factor.model-size": lambda q, k, d_model, **_: _dot(q, k) / d_model**0.5,
        "no-scaling": lambda q, k, **_: float(_dot(q, k)),
        "adds-instead": lambda q, k, d_k, **_: (sum(q) + sum(k)) / d_k**0.5,
        "multiplies-by-root": lambda q, k, d_k, **_: _dot(q, k) * d_k**0.5,
    },
    working=lambda q, k, d_k, **_: {"dot": _dot(q, k), "root": int(d_k**0.5), "products": tuple(
        left * right for left, right in zip(q, k, strict=True)
    )},
    decimals=2,
)  # fmt: skip
