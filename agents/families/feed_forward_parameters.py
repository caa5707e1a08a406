"""The parameters of feed-forward networks: 2 d d_ff, plus d_ff + d with biases (Vaswani et al. 2017, §3.3), or 3 d d_ff
with SwiGLU (Shazeer 2020, §2).
"""

from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_WIDTHS = {
    1: (8, 10, 12, 16, 20, 24, 25, 32, 40, 50, 64, 80, 100),
    2: (16, 20, 32, 50, 64, 100, 128, 200, 256, 300, 512, 768, 1024),
    3: (32, 64, 96, 100, 128, 200, 256, 300, 512, 768, 1024, 2048, 4096),
    4: (32, 64, 96, 100, 128, 200, 256, 300, 512, 768, 1024, 2048, 4096),
}
_FACTORS = (2, 3, 4, 5, 6)  # of the hidden width; 4 in the original
_GATED = (5, 6, 7, 8, 10, 14)  # halves: a gated network is narrower, so that it does not grow
_LAYERS = (2, 4, 6, 8, 12, 16, 24, 32)
_LENGTHS = (6, 10, 15, 20, 40, 50, 100)


def _draw(rng: Random, difficulty: int) -> Given:
    width = rng.choice(_WIDTHS[difficulty])
    hidden = width * rng.choice(_FACTORS) if difficulty < 3 else width * rng.choice(_GATED) // 2
    return {
        "d": width, "d_ff": hidden, "n": rng.choice(_LENGTHS), "gated": difficulty > 2, "biased": difficulty == 2,
        "layers": rng.choice(_LAYERS) if difficulty == 4 else 1,
    }  # fmt: skip


def _key(d: int, d_ff: int, gated: bool, biased: bool, layers: int, **_: Any) -> int:
    shapes = {"W_1": (d, d_ff), "W_2": (d_ff, d)}
    shapes |= {"V": (d, d_ff)} if gated else {}
    shapes |= {f"b_{name}": (1, shapes[f"W_{name}"][1]) for name in "12" if biased}
    sizes = np.prod(np.array(list(shapes.values()), dtype=np.int64), axis=1)
    return int(np.tile(sizes, layers).sum())


def _again(d: int, d_ff: int, gated: bool, biased: bool, layers: int, **_: Any) -> int:
    return layers * ((3 if gated else 2) * d * d_ff + (d + d_ff if biased else 0))


FAMILY = Family(
    id="feed-forward-parameters",
    concept="feed-forward",
    bloom="apply",
    sources=("vaswani2017 §3.3", "shazeer2020 §2"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "feed-forward.own-weights-per-position": lambda n, **given: n * _again(**given),
        "feed-forward.shared-across-layers": lambda **given: _again(**{**given, "layers": 1}),
        "activation-functions.swiglu-two-matrices": lambda **given: _again(**{**given, "gated": False}),
        "forgets-biases": lambda **given: _again(**{**given, "biased": False}),
        "one-matrix-only": lambda d, d_ff, layers, **given: _again(d=d, d_ff=d_ff, layers=layers, **given)
        - layers * d * d_ff * (2 if given["gated"] else 1),
        "hidden-layer-as-narrow": lambda **given: _again(**{**given, "d_ff": given["d"]}),
    },
    working=lambda d, d_ff, gated, **_: {
        "matrix": d * d_ff, "count": 3 if gated else 2, "matrices": (3 if gated else 2) * d * d_ff, "small": d + d_ff,
    },
    unit="parameters",
)  # fmt: skip
