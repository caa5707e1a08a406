"""FLOP per token: 2N forward, 6N in training, plus 4Lnd for the scores (Kaplan et al. 2020, §2.1; PaLM, app. B)."""

from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_MILLION = 10**6
_BODIES = (  # layers, width, parameters without embeddings in millions: about 12 L d^2
    (12, 768, 85), (24, 1024, 300), (24, 2048, 1200), (32, 2560, 2500), (32, 4096, 6400), (40, 5120, 12600),
    (60, 6656, 31900), (80, 8192, 64400), (96, 12288, 174000),
)  # fmt: skip
_THOUSANDS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 16, 18, 20, 24, 25, 28, 30, 32, 36, 40, 48, 50, 60, 64, 80, 100)
_WEIGHTS = (3, 4)  # shape of the small matrix on which the operations are counted
_PAIRS = (5, 2)  # keys and their size, likewise


def _draw(rng: Random, difficulty: int) -> Given:
    given = {"experts": 0, "layers": 0, "width": 0, "context": 0, "training": difficulty in (2, 4)}
    if difficulty > 2:
        layers, width, millions = rng.choice(_BODIES)
        context = 1000 * rng.choice(_THOUSANDS)
        return given | {"params": millions * _MILLION, "layers": layers, "width": width, "context": context}
    params = rng.randint(11, 999) * 100 * _MILLION
    if difficulty == 2 and rng.random() < 0.5:
        given["experts"] = params * rng.randint(3, 8)
    return given | {"params": params}


def _key(params: int, layers: int, width: int, context: int, training: bool, **_: Any) -> int:
    weights = np.array([params, params], dtype=np.int64)  # one multiplication and one addition for each
    scores = 2 * np.array([context * width, context * width], dtype=np.int64)  # query by keys, weights by values
    forward = int(weights.sum()) + layers * int(scores.sum())
    return forward + (2 * forward if training else 0)


def _again(params: int, layers: int, width: int, context: int, training: bool, **_: Any) -> int:
    products = 3 if training else 1  # forward; gradient of the inputs; gradient of the weights
    rows, columns = _WEIGHTS
    counted = sum(2 for _product in range(products) for _row in range(rows) for _column in range(columns))
    keys, size = _PAIRS
    both = 2 * sum(2 for _product in range(products) for _key in range(keys) for _component in range(size))
    return counted * params // (rows * columns) + both * layers * context * width // (keys * size)


def _total(factor: int, params: int, layers: int, width: int, context: int) -> int:
    return factor * (params + 2 * layers * context * width)


FAMILY = Family(
    id="flops-per-token",
    concept="flop-counting",
    bloom="apply",
    sources=("kaplan2020 §2.1", "chowdhery2022 app. B"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "one-operation": lambda params, layers, width, context, training, **_: _total(
            3 if training else 1, params, layers, width, context
        ),
        "flop-counting.same-cost": lambda params, layers, width, context, training, **_: (
            _total(2, params, layers, width, context) if training else None
        ),
        "counts-training": lambda params, layers, width, context, training, **_: (
            None if training else _total(6, params, layers, width, context)
        ),
        "only-backward": lambda params, layers, width, context, **_: _total(4, params, layers, width, context),
        "all-experts": lambda experts, training, **_: experts * (6 if training else 2) or None,
        "forgets-scores": lambda params, context, training, **_: (6 if training else 2) * params if context else None,
        "one-layer": lambda params, width, context, training, **_: (
            (6 if training else 2) * (params + 2 * context * width) if context else None
        ),
    },
    working=lambda params, layers, width, context, training, experts, **_: {
        "power": 9 if params >= 10**9 else 6,
        "size": params / (10**9 if params >= 10**9 else 10**6),
        "all_size": experts / 10**9,
        "factor": 6 if training else 2,
        "linear": 2 * params,
        "scores": 4 * layers * context * width,
        "forward": 2 * params + 4 * layers * context * width,
    },
    unit="FLOP",
)
