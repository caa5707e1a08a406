"""The bytes of quantized weights, n b / 8 at b bits, plus a scale (and a zero point) for each group of weights
(Dettmers et al. 2023, §2; Jacob et al. 2018, eq. 1).
"""

from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_BITS = {1: (2, 3, 4, 5, 6), 2: (2, 3, 4, 8), 3: (2, 3, 4, 8)}
_SIZES = (16, 24, 32, 40, 48, 64, 80, 96, 100, 120, 128, 160, 200, 256)  # of a small matrix
_WIDTHS = (512, 768, 1024, 1280, 1536, 2048, 2560, 3072, 4096, 5120)
_BLOCKS = (16, 32, 64, 128)  # weights that share a scale
_BY_ROW = 0.3  # of the items with one layer
_LAYERS = (4, 6, 8, 12, 16, 24, 32, 40)
_SCALES = {16: np.float16, 32: np.float32}


def _draw(rng: Random, difficulty: int) -> Given:
    sizes = _SIZES if difficulty == 1 else _WIDTHS
    rows, columns = rng.choice(sizes), rng.choice([size for size in sizes if size % 8 == 0])
    bits, layers, block, scale, zero = rng.choice(_BITS[difficulty]), 1, 0, 0, 0
    if difficulty > 1:
        block, scale = rng.choice([block for block in _BLOCKS if columns % block == 0]), rng.choice((16, 32))
    if difficulty == 2 and rng.random() < _BY_ROW:
        block = columns
    if difficulty == 3:
        zero, layers = bits, rng.choice(_LAYERS)
    return {
        "rows": rows, "columns": columns, "layers": layers, "bits": bits, "block": block, "scale": scale, "zero": zero,
    }  # fmt: skip


def _key(rows: int, columns: int, layers: int, bits: int, block: int, scale: int, zero: int) -> int:
    one = np.zeros(1, dtype=np.bool_)
    total: int = np.broadcast_to(one, (layers, rows, columns, bits)).size // 8
    if block:
        groups = (layers, rows, columns // block)
        total += np.broadcast_to(np.zeros(1, dtype=_SCALES[scale]), groups).nbytes
        total += np.broadcast_to(one, (*groups, zero)).size // 8
    return total


def _again(rows: int, columns: int, layers: int, bits: int, block: int, scale: int, zero: int) -> int:
    a_weight = bits + (Fraction(scale + zero, block) if block else Fraction(0))
    return int(a_weight * rows * columns * layers / 8)


def _bytes(rows: int, columns: int, layers: int, bits: float, scales: float = 0) -> float:
    """Of who counts so many bits for a weight and so many in all for what is shared."""
    return (rows * columns * layers * bits + scales) / 8


def _shared(rows: int, columns: int, layers: int, block: int, scale: int, zero: int, **_: Any) -> int:
    return rows * columns * layers // block * (scale + zero) if block else 0


def _with_weights_at(each: float, rows: int, columns: int, layers: int, **given: Any) -> float:
    return _bytes(rows, columns, layers, each, _shared(rows, columns, layers, **given))


FAMILY = Family(
    id="quantized-size",
    concept="quantization",
    bloom="apply",
    sources=("dettmers2023 §2", "jacob2018 eq. 1"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "bits-as-bytes": lambda **given: 8 * _again(**given),
        "one-byte-each": lambda **given: _with_weights_at(8, **given),
        "two-bytes-each": lambda **given: _with_weights_at(16, **given),
        "forgets-scales": lambda **given: _again(**{**given, "block": 0}),
        "forgets-zero-points": lambda **given: _again(**{**given, "zero": 0}),
        "one-scale-in-all": lambda rows, columns, layers, bits, block, scale, zero: (
            _bytes(rows, columns, layers, bits, layers * (scale + zero)) if block else None
        ),
        "scale-for-each-weight": lambda rows, columns, layers, bits, block, scale, zero: (
            _bytes(rows, columns, layers, bits + scale + zero) if block else None
        ),
    },
    working=lambda rows, columns, layers, bits, block, scale, zero: {
        "weights": rows * columns * layers,
        "codes": rows * columns * layers * bits // 8,
        "groups": rows * columns * layers // block if block else 0,
        "extra": _shared(rows, columns, layers, block, scale, zero) // 8,
        "by_row": block == columns,
    },
    unit="bytes",
)  # fmt: skip
