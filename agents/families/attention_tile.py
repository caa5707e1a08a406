"""The blocks of scores that FlashAttention computes, ceil(n / B_r) ceil(n / B_c), with a causal mask those that it does
not hide, or the numbers that it reads for them (Dao et al. 2022, §3.1; Dao 2023, §3.1).
"""

from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_BLOCKS = (16, 32, 64, 128, 256)  # rows of queries, or of keys and values
_COUNTS = (4, 8, 12, 16, 20, 24, 32, 40, 48, 64)  # of blocks
_SMALL, _SMALL_COUNTS = (2, 3, 4, 5, 6, 8), range(3, 8)  # with a mask: few enough to draw
_HEADS = (32, 64, 128)


def _draw(rng: Random, difficulty: int) -> Given:
    rows, columns = rng.choice(_BLOCKS), rng.choice(_BLOCKS)
    n = max(rows, columns) * rng.choice(_COUNTS)
    if difficulty == 2:
        n += rng.randrange(1, max(rows, columns))
    if difficulty == 4:
        rows, columns = rng.choice(_SMALL), rng.choice(_SMALL)
        n = max(rows, columns) * rng.choice(_SMALL_COUNTS) - rng.randrange(max(rows, columns))
    return {
        "n": n, "rows": rows, "columns": columns, "d": rng.choice(_HEADS), "reads": difficulty == 3,
        "causal": difficulty == 4,
    }  # fmt: skip


def _key(n: int, rows: int, columns: int, d: int, reads: bool, causal: bool) -> int:
    starts, key_starts = np.arange(0, n, rows), np.arange(0, n, columns)
    if causal:
        seen = np.tri(n, dtype=np.bool_)
        return int(np.logical_or.reduceat(np.logical_or.reduceat(seen, starts, 0), key_starts, 1).sum())
    if not reads:
        return starts.size * key_starts.size
    queries = np.minimum(starts + rows, n) - starts
    keys = np.minimum(key_starts + columns, n) - key_starts
    return int(queries.sum() * d + np.tile(2 * keys * d, starts.size).sum())


def _again(n: int, rows: int, columns: int, d: int, reads: bool, causal: bool) -> int:
    blocks, key_blocks = -(-n // rows), -(-n // columns)
    if reads:
        return n * d * (1 + 2 * blocks)
    return sum(_row(n, rows, columns)) if causal else blocks * key_blocks


def _row(n: int, rows: int, columns: int) -> list[int]:
    """For each block of queries with a causal mask, the blocks up to the one that holds its last token."""
    return [(min(start + rows, n) - 1) // columns + 1 for start in range(0, n, rows)]


def _all(n: int, rows: int, columns: int, **_: Any) -> int:
    return -(-n // rows) * -(-n // columns)


def _whole(n: int, rows: int, columns: int, reads: bool, causal: bool, **_: Any) -> int | None:
    """Who leaves out the last blocks, or, with a mask, the blocks that the diagonal crosses."""
    if causal:
        return sum((start + 1) // columns for start in range(0, n, rows))
    return None if reads else (n // rows) * (n // columns)


def _working(n: int, rows: int, columns: int, d: int, causal: bool, **_: Any) -> Given:
    return {
        "blocks": -(-n // rows), "key_blocks": -(-n // columns), "counts": _row(n, rows, columns) if causal else [],
        "even": n % rows == 0, "key_even": n % columns == 0, "one": n * d, "both": 2 * n * d,
    }  # fmt: skip


FAMILY = Family(
    id="attention-tile",
    concept="flash-attention",
    bloom="apply",
    sources=("dao2022 §3.1", "dao2023 §3.1"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "adds-blocks": lambda n, rows, columns, reads, **_: None if reads else -(-n // rows) - (-n // columns),
        "ignores-mask": lambda causal, **given: _all(**given) if causal else None,
        "leaves-out-parts": _whole,
        "only-query-blocks": lambda n, rows, reads, causal, **_: None if reads or causal else -(-n // rows),
        "counts-scores": lambda n, causal, **_: n * (n + 1) // 2 if causal else n * n,
        "reads-once": lambda n, d, reads, **_: 3 * n * d if reads else None,
        "forgets-values": lambda n, rows, d, reads, **_: n * d * (1 + -(-n // rows)) if reads else None,
        "forgets-queries": lambda n, rows, d, reads, **_: 2 * n * d * -(-n // rows) if reads else None,
    },
    working=_working,
)  # fmt: skip
