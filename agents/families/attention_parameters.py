"""The parameters of a multi-head attention layer: W^Q, W^K, W^V and W^O, 4 d^2 with d of the model, plus the biases
(Vaswani et al. 2017, §3.2.2); with g key-value heads 2 d^2 + 2 d^2 g / h (Ainslie et al. 2023, §2.2).
"""

from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_HEADS = (2, 4, 6, 8, 10, 12, 14, 16, 20, 24, 32)
_SIZES = (8, 10, 16, 20, 24, 25, 32, 40, 48, 50, 64, 80, 96, 128)
_SMALL = 400  # widths that are easy to square by hand
_LENGTHS = (10, 50, 100, 256, 512, 1024)
_BIASED = {"none": "", "all": "QKVO", "inputs": "QKV"}


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        heads, size = rng.choice(_HEADS[1:] if difficulty > 2 else _HEADS), rng.choice(_SIZES)
        if difficulty > 1 or heads * size <= _SMALL:
            break
    parts = [part for part in range(2, heads) if heads % part == 0]
    return {
        "d": heads * size, "h": heads, "g": rng.choice(parts) if difficulty > 2 else heads, "d_k": size,
        "n": rng.choice(_LENGTHS), "biases": {1: "none", 2: "all", 3: "none"}.get(difficulty, "inputs"),
    }  # fmt: skip


def _key(d: int, h: int, g: int, d_k: int, biases: str, **_: Any) -> int:
    outputs = {"Q": h * d_k, "K": g * d_k, "V": g * d_k}
    shapes = {f"W_{name}": (d, size) for name, size in outputs.items()} | {"W_O": (h * d_k, d)}
    shapes |= {f"b_{name}": (1, shapes[f"W_{name}"][1]) for name in _BIASED[biases]}
    return int(np.prod(np.array(list(shapes.values()), dtype=np.int64), axis=1).sum())


def _again(d: int, h: int, g: int, biases: str, **_: Any) -> int:
    keys = d * g // h
    return 2 * d * (d + keys) + {"none": 0, "all": 2 * d + 2 * keys, "inputs": d + 2 * keys}[biases]


def _heads_of_full_size(d: int, h: int, g: int, biases: str, **_: Any) -> int:
    return 2 * d * d * (h + g) + {"none": 0, "all": h * d + 2 * g * d + d, "inputs": h * d + 2 * g * d}[biases]


def _without_output(d: int, biases: str, **given: Any) -> int:
    return _again(d=d, biases=biases, **given) - d * d - (d if biases == "all" else 0)


FAMILY = Family(
    id="attention-parameters",
    concept="multi-head-attention",
    bloom="apply",
    sources=("vaswani2017 §3.2.2", "ainslie2023 §2.2"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "parameter-counting.more-heads": _heads_of_full_size,
        "parameter-counting.attention-weights": lambda n, h, **given: _again(h=h, **given) + h * n * n,
        "forgets-output-projection": _without_output,
        "forgets-biases": lambda **given: _again(**{**given, "biases": "none"}),
        "ignores-the-groups": lambda **given: _again(**{**given, "g": given["h"]}),
        "grouped-query-attention.fewer-queries": lambda d, h, g, biases, **_: 4 * d * d * g // h
        + {"none": 0, "all": 3 * d * g // h + d, "inputs": 3 * d * g // h}[biases],
    },
    working=lambda d, g, d_k, biases, **_: {
        "square": d * d, "keys": g * d_k, "narrow": d * g * d_k, "matrices": 2 * d * d + 2 * d * g * d_k,
        "small": {"none": 0, "all": 4 * d, "inputs": d + 2 * g * d_k}[biases],
    },
    unit="parameters",
)  # fmt: skip
