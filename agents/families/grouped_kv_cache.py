"""KV cache with g key-value heads, 2 L g d_head n s bytes, and what it saves (Ainslie et al. 2023, §2.2)."""

from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_SHAPES = ((12, 12), (16, 16), (24, 16), (32, 32), (36, 24), (40, 40), (48, 48), (64, 64), (80, 64), (96, 96))  # L, h
_TOKENS = tuple(1000 * thousands for thousands in (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 30, 32))
_KINDS = {1: np.int8, 2: np.float16, 4: np.float32}


def _draw(rng: Random, difficulty: int) -> Given:
    layers, heads = rng.choice(_SHAPES)
    size = rng.choice((64, 128))
    groups = rng.choice([g for g in range(1, heads // 2 + 1) if heads % g == 0])
    given = {
        "layers": layers,
        "h": heads,
        "g": groups,
        "d_head": size,
        "d_model": heads * size,
        "s": rng.choice((2, 4)),
    }
    asked, tokens, then = ("bytes", "factor", "saved")[difficulty - 1], 1, given["s"]
    if difficulty == 2:
        then = rng.choice((1, 2))  # the new cache in 8 or 16 bits
        given["s"] = 2
    if difficulty == 3:
        tokens = rng.choice(_TOKENS)
    return given | {"asked": asked, "n": tokens, "then": then}


def _bytes(layers: int, kv_heads: int, d_head: int, n: int, s: int) -> int:
    return np.broadcast_to(np.zeros(1, dtype=_KINDS[s]), (2, layers, kv_heads, n, d_head)).nbytes


def _key(asked: str, layers: int, h: int, g: int, d_head: int, n: int, s: int, then: int, **_: Any) -> float | int:
    grouped, full = _bytes(layers, g, d_head, n, then), _bytes(layers, h, d_head, n, s)
    return {"bytes": grouped, "factor": full / grouped, "saved": full - grouped}[asked]


def _again(asked: str, layers: int, h: int, g: int, d_head: int, n: int, s: int, then: int, **_: Any) -> float | int:
    if asked == "factor":
        return float(Fraction(h, g) * Fraction(s, then))
    users: dict[int, int] = {}  # key-value head of the group -> query heads that share it
    for head in range(1, h + 1):
        group = -(-head * g // h)
        users[group] = users.get(group, 0) + 1
    stored = len(users) if asked == "bytes" else sum(sharing - 1 for sharing in users.values())
    return stored * d_head * s * n * layers * 2


FAMILY = Family(
    id="grouped-kv-cache",
    concept="grouped-query-attention",
    bloom="apply",
    sources=("ainslie2023 §2.2", "shazeer2019"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "counts-query-heads": lambda asked, layers, h, d_head, n, s, **_: (
            None if asked == "factor" else 2 * layers * h * d_head * n * s
        ),
        "kv-cache.stores-queries": lambda asked, layers, h, g, d_head, s, **_: (
            layers * (h + 2 * g) * d_head * s if asked == "bytes" else None
        ),
        "size-of-group": lambda asked, layers, h, g, d_head, n, s, then, **_: _key(
            asked, layers, h, h // g, d_head, n, s, then
        ),
        "only-keys": lambda asked, layers, h, g, d_head, n, s, **_: (
            None if asked == "factor" else layers * (g if asked == "bytes" else h - g) * d_head * n * s
        ),
        "one-layer": lambda asked, h, g, d_head, n, s, **_: (
            None if asked == "factor" else 2 * (g if asked == "bytes" else h - g) * d_head * n * s
        ),
        "gives-what-remains": lambda asked, layers, g, d_head, n, s, **_: (
            2 * layers * g * d_head * n * s if asked == "saved" else None
        ),
        "counts-twice": lambda asked, h, g, s, then, **_: 2 * h * s / (g * then) if asked == "factor" else None,
        "forgets-bytes": lambda asked, h, g, s, then, **_: h / g if asked == "factor" and s != then else None,
        "upside-down": lambda asked, h, g, s, then, **_: round(g * then / (h * s), 3) if asked == "factor" else None,
    },
    working=lambda layers, h, g, d_head, s, **_: {
        "sharing": h // g,
        "fewer": h - g,
        "numbers": 2 * layers * g * d_head,
        "each_full": 2 * layers * h * d_head * s,
        "each": 2 * layers * g * d_head * s,
    },
    unit=lambda asked, **_: "" if asked == "factor" else "bytes",
)
