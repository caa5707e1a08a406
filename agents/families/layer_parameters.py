"""The parameters of one layer: attention 4 d^2, feed-forward network 2 d d_ff, their biases, 2 d for each layer
normalization and a second attention in a decoder that reads an encoder (Vaswani et al. 2017, §3.1 to §3.3; Ba et al.
2016, §3); or grouped-query attention, SwiGLU and RMSNorm, as in Llama 3 (Dubey et al. 2024, §3.2).
"""

from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_KINDS = {1: "matrices", 2: "encoder", 3: "decoder", 4: "llama"}
_HEADS = {1: (2, 3, 4, 5, 6, 8, 10), 2: (2, 4, 5, 8, 10, 12, 16), 3: (2, 4, 5, 8, 10, 12, 16), 4: (4, 8, 12, 16, 24)}
_SIZES = {1: (4, 5, 8, 10, 12, 16, 20, 25), 2: (8, 10, 16, 20, 25, 32, 50, 64), 3: (8, 10, 16, 20, 25, 32, 50, 64)}
_LARGE = (16, 20, 25, 32, 50, 64, 128)
_FACTORS = (2, 3, 4, 5, 6)  # of the hidden width; 4 in the original
_GATED = (5, 6, 7, 8)  # halves


def _draw(rng: Random, difficulty: int) -> Given:
    heads, size = rng.choice(_HEADS[difficulty]), rng.choice(_SIZES.get(difficulty, _LARGE))
    width = heads * size
    groups = rng.choice([part for part in range(2, heads) if heads % part == 0]) if difficulty == 4 else heads
    hidden = width * rng.choice(_GATED) // 2 if difficulty == 4 else width * rng.choice(_FACTORS)
    return {"kind": _KINDS[difficulty], "d": width, "d_ff": hidden, "h": heads, "g": groups, "size": size}


def _key(kind: str, d: int, d_ff: int, h: int, g: int, size: int, **_: Any) -> int:
    shapes = {"Q": (d, h * size), "K": (d, g * size), "V": (d, g * size), "O": (h * size, d)}
    shapes |= {f"cross {name}": shape for name, shape in shapes.items() if kind == "decoder"}
    shapes |= {"W_1": (d, d_ff), "W_2": (d_ff, d)} | ({"gate": (d, d_ff)} if kind == "llama" else {})
    if kind in ("encoder", "decoder"):
        shapes |= {f"bias of {name}": (1, columns) for name, (_rows, columns) in shapes.items()}
    vectors = {"matrices": 0, "encoder": 2 * 2, "decoder": 3 * 2, "llama": 2}[kind]
    shapes["normalizations"] = (vectors, d)
    return int(np.prod(np.array(list(shapes.values()), dtype=np.int64), axis=1).sum())


def _again(**given: Any) -> int:
    return sum(_parts(**given))


def _parts(kind: str, d: int, d_ff: int, h: int, g: int, **_: Any) -> tuple[int, int, int]:
    """Attention, feed-forward network and normalizations by their formulas."""
    if kind == "llama":
        return 2 * d * d * (h + g) // h, 3 * d * d_ff, 2 * d
    if kind == "matrices":
        return 4 * d * d, 2 * d * d_ff, 0
    times, norms = (2, 3) if kind == "decoder" else (1, 2)
    return times * 4 * d * (d + 1), 2 * d * d_ff + d + d_ff, norms * 2 * d


def _biases(kind: str, d: int, d_ff: int) -> int:
    return {"encoder": 5 * d + d_ff, "decoder": 9 * d + d_ff}.get(kind, 0)


def _no_output(kind: str, d: int, **given: Any) -> int:
    one = d * d + (d if kind in ("encoder", "decoder") else 0)
    return _again(kind=kind, d=d, **given) - one * (2 if kind == "decoder" else 1)


def _full_heads(kind: str, d: int, h: int, **given: Any) -> int:
    """Queries, keys, values and output as if every head were as wide as the model."""
    attention, feed, norms = _parts(kind=kind, d=d, h=h, **given)
    return h * attention + feed + norms


FAMILY = Family(
    id="layer-parameters",
    concept="parameter-counting",
    bloom="apply",
    sources=("vaswani2017 §3", "ba2016 §3", "touvron2023a §2.2", "dubey2024 §3.2"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "layer-normalization.no-parameters": lambda **given: sum(_parts(**given)[:2]),
        "forgets-output-projection": _no_output,
        "feed-forward-matrix-missing": lambda d, d_ff, **given: _again(d=d, d_ff=d_ff, **given) - d * d_ff,
        "parameter-counting.more-heads": _full_heads,
        "forgets-biases": lambda kind, d, d_ff, **given: _again(kind=kind, d=d, d_ff=d_ff, **given)
        - _biases(kind, d, d_ff),
        "cross-attention-without-keys-and-values": lambda kind, d, **given: _again(kind=kind, d=d, **given)
        - 2 * d * (d + 1) if kind == "decoder" else None,
    },
    working=lambda **given: dict(zip(("attention", "feed", "norms"), _parts(**given), strict=True)) | {
        "square": given["d"] ** 2, "narrow": given["d"] * given["g"] * given["size"],
        "columns": given["g"] * given["size"], "matrix": given["d"] * given["d_ff"], "one": 4 * given["d"] *
        (given["d"] + 1),
    },
    unit="parameters",
)  # fmt: skip
