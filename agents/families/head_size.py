"""The size d_k = d_model / h of a head, or how many numbers the queries of all the heads hold: n h d_k (Vaswani et al.
2017, §3.2.2).
"""

from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_HEADS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 24, 25, 32)
_SIZES = tuple(range(8, 136, 8))
_LENGTHS = (5, 8, 10, 12, 16, 20, 25, 32, 40, 50, 64, 100)


def _draw(rng: Random, difficulty: int) -> Given:
    heads, share, length = rng.choice(_HEADS), rng.choice(_SIZES), rng.choice(_LENGTHS)
    size = rng.choice([size for size in _SIZES if size != share]) if difficulty == 3 else share
    return {"d_model": heads * share, "h": heads, "d_k": size, "tokens": length, "asked": difficulty}


def _key(d_model: int, h: int, d_k: int, tokens: int, asked: int, **_: Any) -> int:
    text = np.empty((tokens, d_model), dtype=np.int8)
    if asked == 1:
        return text.reshape(tokens, h, -1).shape[2]
    if asked == 2:
        return sum(head.size for head in np.split(text, h, axis=1))
    projection = np.empty((d_model, d_k), dtype=np.int8)
    return int(np.prod((h, text.shape[0], projection.shape[1])))


def _again(d_model: int, h: int, d_k: int, tokens: int, asked: int, **_: Any) -> int:
    return {1: d_model // h, 2: tokens * d_model, 3: tokens * h * d_k}[asked]


def _full_size(d_model: int, h: int, tokens: int, asked: int, **_: Any) -> int:
    return d_model if asked == 1 else tokens * h * d_model


def _three_vectors(d_model: int, h: int, d_k: int, tokens: int, asked: int, **_: Any) -> int | None:
    if asked > 1:
        return 3 * tokens * h * d_k
    return None if d_model % (3 * h) else d_model // (3 * h)


FAMILY = Family(
    id="head-size",
    concept="multi-head-attention",
    bloom="apply",
    sources=("vaswani2017 §3.2.2",),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "full-size-heads": _full_size,
        "queries-keys-and-values": _three_vectors,
        "multiplies-by-heads": lambda d_model, h, asked, **_: d_model * h if asked == 1 else None,
        "one-head-only": lambda tokens, d_k, asked, **_: tokens * d_k if asked > 1 else None,
        "assumes-an-even-share": lambda d_model, tokens, asked, **_: tokens * d_model if asked == 3 else None,
        "counts-scores": lambda h, tokens, asked, **_: h * tokens**2 if asked > 1 else None,
    },
    working=lambda d_model, h, d_k, tokens, **_: {"share": d_model // h, "one": tokens * d_k},
)
