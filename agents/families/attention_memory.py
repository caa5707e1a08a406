"""Bytes of the attention scores that plain attention stores, L h n^2 s, and their growth (Dao et al. 2022, §2)."""

from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_KINDS = {1: np.int8, 2: np.float16, 4: np.float32}
_MODELS = ((6, 8), (12, 12), (24, 16), (36, 20), (48, 25), (32, 32), (40, 40))  # layers and heads, from BERT to LLaMA
_GROWTH = (2, 3, 4, 5, 6, 8, 10, 12, 16, 20)


def _draw(rng: Random, difficulty: int) -> Given:
    layers, heads = (1, rng.choice((1, 2, 4, 8, 12, 16))) if difficulty == 1 else rng.choice(_MODELS)
    tokens = rng.choice(range(10, 210, 10)) if difficulty == 1 else rng.choice(range(100, 2100, 50))
    number = rng.choice((2, 4))
    given = {"layers": layers, "heads": heads, "n": tokens, "s": number, "grown": tokens, "then": number}
    if difficulty == 3:
        given["grown"] = tokens * rng.choice(_GROWTH)
        given["then"] = rng.choice((1, 2, 4))  # 8, 16 or 32 bits
    return given


def _bytes(layers: int, heads: int, n: int, s: int) -> int:
    scores = np.broadcast_to(np.zeros(1, dtype=_KINDS[s]), (layers, heads, n, n))
    return scores.nbytes


def _key(layers: int, heads: int, n: int, s: int, grown: int, then: int, **_: Any) -> float | int:
    before = _bytes(layers, heads, n, s)
    return before if grown == n else _bytes(layers, heads, grown, then) / before


def _again(layers: int, heads: int, n: int, s: int, grown: int, then: int, **_: Any) -> float | int:
    if grown == n:
        a_query = layers * heads * s * n
        return sum(a_query for _query in range(n))
    return float(Fraction(grown, n) ** 2 * Fraction(then, s))


FAMILY = Family(
    id="attention-memory",
    concept="attention-complexity",
    bloom="apply",
    sources=("vaswani2017 §3.2.1", "dao2022 §2"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "parallelism-and-scaling.linear-attention-cost": lambda n, s, grown, then, **_: (
            grown * then / (n * s) if grown > n else None
        ),
        "doubles-instead-of-squaring": lambda layers, heads, n, s, grown, then, **_: (
            2 * grown * then / (n * s) if grown > n else layers * heads * 2 * n * s
        ),
        "forgets-bytes": lambda layers, heads, n, grown, **_: (grown / n) ** 2 if grown > n else layers * heads * n * n,
        "cubes": lambda n, s, grown, then, **_: (grown / n) ** 3 * then / s if grown > n else None,
        "one-head": lambda layers, n, s, grown, **_: None if grown > n else layers * n * n * s,
        "one-layer": lambda heads, n, s, grown, **_: None if grown > n else heads * n * n * s,
        "one-row": lambda layers, heads, n, s, grown, **_: None if grown > n else layers * heads * n * s,
    },
    working=lambda layers, heads, n, s, grown, then, **_: {
        "square": n * n,
        "matrices": layers * heads,
        "entries": layers * heads * n * n,
        "times": grown // n,
        "squared": (grown // n) ** 2,
        "thinner": s // then if s > then else then // s,
    },
    unit=lambda n, grown, **_: "bytes" if grown == n else "",
)
