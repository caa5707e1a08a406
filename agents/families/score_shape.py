"""The shape of the attention scores: one row for each query and one column for each key, in every query head of every
sequence (Vaswani et al. 2017, §3.2), also with keys from a KV cache (Pope et al. 2022, §2) and with heads that share
their keys (Ainslie et al. 2023, §2.2).
"""

from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_BATCHES = (2, 3, 4, 5, 6, 10, 16, 24, 32)
_HEADS = (4, 6, 8, 12, 16, 20, 32)
_SIZES = (16, 32, 64, 80, 128)
_LENGTHS = (5, 7, 9, 10, 14, 18, 25, 40, 50, 60, 100, 128)
_CACHED = (11, 15, 30, 45, 70, 90, 150, 200, 511)
_CHUNKS = (3, 5, 8, 13, 17)


def _draw(rng: Random, difficulty: int) -> Given:
    heads, size = rng.choice(_HEADS), rng.choice(_SIZES)
    cached = rng.choice(_CACHED) if difficulty > 2 else 0
    new = {3: 1, 4: rng.choice(_CHUNKS)}.get(difficulty) or rng.choice(_LENGTHS)
    shared = rng.choice([part for part in range(2, heads) if heads % part == 0]) if difficulty == 4 else heads
    batch = rng.choice(_BATCHES) if difficulty > 1 else 1
    return {
        "batch": batch, "h": heads, "g": shared, "d_k": size, "d_model": heads * size, "new": new, "cached": cached,
        "batched": difficulty > 1,
    }  # fmt: skip


def _key(batch: int, h: int, g: int, d_k: int, new: int, cached: int, batched: bool, **_: Any) -> tuple[int, ...]:
    number = np.zeros((), dtype=np.int8)
    queries = np.broadcast_to(number, (batch, g, h // g, new, 1, d_k))
    keys = np.broadcast_to(number, (batch, g, 1, 1, cached + new, d_k))
    sequences, groups, members, rows, columns, _size = np.broadcast(queries, keys).shape
    shape = (sequences, groups * members, rows, columns)
    return shape if batched else shape[1:]


def _again(batch: int, h: int, new: int, cached: int, batched: bool, **_: Any) -> tuple[int, ...]:
    positions = range(cached + new)
    return (*([batch] if batched else []), h, len(positions[cached:]), len(positions))


def _altered(given: Given, rows: int, columns: int, heads: int = 0) -> tuple[int, ...]:
    return (*([given["batch"]] if given["batched"] else []), heads or given["h"], rows, columns)


def _without_heads(**given: Any) -> tuple[int, ...]:
    return (*([given["batch"]] if given["batched"] else []), given["new"], given["cached"] + given["new"])


FAMILY = Family(
    id="score-shape",
    concept="self-attention",
    bloom="apply",
    sources=("vaswani2017 §3.2", "pope2022 §2", "ainslie2023 §2.2"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "shape-of-the-queries": lambda **given: _altered(given, given["new"], given["d_k"]),
        "one-matrix-for-all-heads": _without_heads,
        "self-attention.only-itself": lambda **given: _altered(given, given["new"], 1),
        "forgets-the-cache": lambda **given: _altered(given, given["new"], given["new"]) if given["cached"] else None,
        "kv-cache.stores-queries": lambda cached, new, **given: _altered(given, cached + new, cached + new),
        "grouped-query-attention.fewer-queries": lambda **given: _altered(
            given, given["new"], given["cached"] + given["new"], given["g"]
        ),
    },
    working=lambda new, cached, h, g, **_: {"keys": cached + new, "group": h // g},
    answer="choice",
)
