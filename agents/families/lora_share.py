"""The trainable parameters of LoRA in percent of the full matrices, 100 r (d + k) / (d k), of one matrix or of several
(Hu et al. 2022, §4.1 and §4.2).
"""

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

Shape = tuple[int, int]

_RANKS = {1: (1, 2, 3, 4, 5, 8), 2: (2, 4, 8, 16, 32, 64), 3: (2, 4, 8, 16, 32, 64)}
_SIZES = (40, 50, 60, 64, 80, 100, 120, 128, 150, 160, 200, 240, 250, 256, 300, 400, 500, 512)
_WIDTHS = (256, 512, 640, 768, 1024, 1280, 1600, 2048, 2560, 4096, 5120)
_SHARES = (0.25, 0.5, 1, 2, 3, 4)  # of the width, for the other side of a matrix
_LEAST, _MOST = 0.2, 40.0  # percent: small, and yet well told apart with two decimals
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        rank = rng.choice(_RANKS[difficulty])
        if difficulty == 1:
            shapes = [(rng.choice(_SIZES), rng.choice(_SIZES))]
        else:
            width = rng.choice(_WIDTHS)
            sides = rng.sample(_SHARES, 1 if difficulty == 2 else 2)
            shapes = [(width, int(width * side)) for side in sides]
        percent = _again(shapes, rank)
        if _LEAST < percent < _MOST and abs(100 * percent % 1 - 0.5) > _EDGE:
            return {"shapes": tuple(shapes), "rank": rank, "layers": rng.choice((4, 6, 8, 12, 16, 24, 32))}


def _key(shapes: Sequence[Shape], rank: int, layers: int, **_: Any) -> float:
    rows, columns = np.array(list(shapes) * layers, dtype=np.int64).T
    trained = (rows * rank).sum() + (rank * columns).sum()  # all the B, all the A
    return float(trained / (rows * columns).sum() * 100)


def _again(shapes: Sequence[Shape], rank: int, **_: Any) -> float:
    full = sum(rows * columns for rows, columns in shapes)
    return float(Fraction(100 * rank * sum(map(sum, shapes)), full))


def _mean_of_shares(shapes: Sequence[Shape], rank: int, **_: Any) -> float | None:
    return sum(_again([shape], rank) for shape in shapes) / len(shapes) if len(shapes) > 1 else None


FAMILY = Family(
    id="lora-share",
    concept="lora",
    bloom="apply",
    sources=("hu2022 §4.1", "hu2022 §4.2"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "fraction-not-percent": lambda **given: _again(**given) / 100,
        "one-small-matrix": lambda shapes, rank, **_: (
            100 * rank * sum(rows for rows, _ in shapes) / sum(rows * columns for rows, columns in shapes)
        ),
        "rank-over-size": lambda shapes, rank, **_: 100 * rank / min(shapes[0]),
        "averages-shares": _mean_of_shares,
        "trained-in-all": lambda **given: 100 * _again(**given) / (100 + _again(**given)),
        "one-matrix-trained": lambda shapes, rank, **_: (
            100 * rank * sum(shapes[0]) / sum(rows * columns for rows, columns in shapes) if len(shapes) > 1 else None
        ),
    },
    working=lambda shapes, rank, **_: {
        "pairs": [rank * (rows + columns) for rows, columns in shapes],
        "fulls": [rows * columns for rows, columns in shapes],
        "trained": rank * sum(map(sum, shapes)),
        "full": sum(rows * columns for rows, columns in shapes),
    },
    decimals=2,
    unit="percent",
)  # fmt: skip
