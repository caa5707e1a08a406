"""The trainable parameters of LoRA, r (d + k) for each adapted matrix of shape d x k, in every layer (Hu et al. 2022,
§4.1 and §4.2).
"""

from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

Matrix = tuple[str, int, int]  # its name, and its shape

_RANKS = (2, 4, 8, 16, 32, 64)
_SIZES = (20, 24, 30, 32, 40, 50, 60, 64, 80, 100, 120, 128, 150, 200, 256)
_WIDTHS = (512, 768, 1024, 1280, 1600, 2048, 2560, 4096, 5120)
_LAYERS = (4, 6, 8, 10, 12, 16, 20, 24, 32, 36, 40, 48)
_ADAPTED = {2: ("QV", "QK", "QKV", "QKVO"), 3: ("QV", "QKV", "QKVO"), 4: ("QV", "QKV", "QKVO")}
_HEADS, _HEAD = (8, 12, 16, 20, 24, 32, 40), (64, 128)
_SHARING = (2, 4, 5, 8)  # query heads to a key-value head
_WIDER = (2, 3, 4)  # times the width of the model: the hidden layer of the feed-forward network


def _draw(rng: Random, difficulty: int) -> Given:
    if difficulty == 1:
        rank, (rows, columns) = rng.choice((2, 3, 4, 5, 6, 8)), rng.sample(_SIZES, 2)
        return {"matrices": (("W", rows, columns),), "rank": rank, "layers": 1, "d": rows}
    if difficulty == 2:
        width = kept = rng.choice(_WIDTHS)
    else:
        heads, size = rng.choice(_HEADS), rng.choice(_HEAD)
        width, kept = heads * size, heads // rng.choice([by for by in _SHARING if heads % by == 0]) * size
    shapes = {"Q": (width, width), "K": (width, kept), "V": (width, kept), "O": (width, width)}
    matrices: list[Matrix] = [(f"W^{name}", *shapes[name]) for name in rng.choice(_ADAPTED[difficulty])]
    if difficulty == 4:
        hidden = width * rng.choice(_WIDER)
        matrices += [("W_1", width, hidden), ("W_2", hidden, width)]
    return {"matrices": tuple(matrices), "rank": rng.choice(_RANKS), "layers": rng.choice(_LAYERS), "d": width}


def _key(matrices: Sequence[Matrix], rank: int, layers: int, **_: Any) -> int:
    pairs = [((rows, rank), (rank, columns)) for _, rows, columns in matrices]  # B and A
    return int(np.array(pairs * layers, dtype=np.int64).prod(axis=-1).sum())


def _again(matrices: Sequence[Matrix], rank: int, layers: int, **_: Any) -> int:
    return layers * rank * sum(rows + columns for _, rows, columns in matrices)


FAMILY = Family(
    id="lora-parameters",
    concept="lora",
    bloom="apply",
    sources=("hu2022 §4.1", "hu2022 §4.2"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "lora.trains-all": lambda matrices, layers, **_: layers * sum(rows * columns for _, rows, columns in matrices),
        "rank-times-matrix": lambda matrices, rank, layers, **_: (
            layers * rank * sum(rows * columns for _, rows, columns in matrices)
        ),
        "one-small-matrix": lambda matrices, rank, layers, **_: layers * rank * sum(rows for _, rows, _ in matrices),
        "one-layer": lambda matrices, rank, **_: _again(matrices, rank, 1),
        "one-matrix-a-layer": lambda matrices, **given: _again(matrices[:1], **given),
        "all-square": lambda matrices, d, **given: (
            _again([(name, d, d) for name, *_ in matrices], **given) if len(matrices) > 1 else None
        ),
    },
    working=lambda matrices, rank, **_: {
        "sums": [rows + columns for _, rows, columns in matrices],
        "pairs": [rank * (rows + columns) for _, rows, columns in matrices],
        "a_layer": _again(matrices, rank, 1),
        "alike": len({(rows, columns) for _, rows, columns in matrices}) == 1,
    },
    unit="parameters",
)  # fmt: skip
