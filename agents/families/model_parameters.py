"""The parameters of a whole decoder-only model: about 12 L d^2 in the layers and V d in the embeddings (Kaplan et al.
2020, §2.1), or every part of it, as in GPT-2 (Radford et al. 2019, §2.3) or Llama 3 (Dubey et al. 2024, §3.2).
"""

from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_KINDS = {1: "layers", 2: "matrices", 3: "gpt2", 4: "llama"}
_LAYERS = {1: (2, 3, 4, 5, 6, 8, 10, 12), 2: (2, 3, 4, 6, 8, 10, 12), 3: (2, 4, 6, 8, 12, 24), 4: (2, 4, 8, 16, 24, 32)}
_WIDTHS = {
    1: tuple(range(10, 301, 10)),
    2: (16, 20, 32, 50, 64, 80, 100, 128, 200, 256),
    3: (32, 64, 100, 128, 200, 256, 512, 768, 1024),
}
_HEADS = (8, 16, 20, 32)
_SIZES = (16, 20, 32, 50, 64, 128)
_VOCABULARIES = (1000, 2000, 5000, 8000, 10_000, 16_000, 20_000, 32_000, 50_000)
_MOST = (128, 256, 500, 512, 1000, 1024, 2048)
_GATED = (5, 6, 7, 8)  # halves: the hidden width of SwiGLU


def _draw(rng: Random, difficulty: int) -> Given:
    heads, size = rng.choice(_HEADS), rng.choice(_SIZES)
    gated = difficulty == 4
    width = heads * size if gated else rng.choice(_WIDTHS[difficulty])
    return {
        "kind": _KINDS[difficulty], "layers": rng.choice(_LAYERS[difficulty]), "d": width, "h": heads, "size": size,
        "d_ff": width * rng.choice(_GATED) // 2 if gated else 4 * width, "most": rng.choice(_MOST),
        "g": rng.choice((2, 4)) if gated else heads, "vocabulary": rng.choice(_VOCABULARIES),
    }  # fmt: skip


def _key(kind: str, layers: int, d: int, d_ff: int, h: int, g: int, vocabulary: int, most: int, **_: Any) -> int:
    layer = {"Q": (d, d), "K": (d, d * g // h), "V": (d, d * g // h), "O": (d, d), "W_1": (d, d_ff), "W_2": (d_ff, d)}
    layer |= {"gate": (d, d_ff)} if kind == "llama" else {}
    layer |= {f"bias of {name}": (1, columns) for name, (_rows, columns) in layer.items() if kind == "gpt2"}
    norm = {"gpt2": (2, d), "llama": (1, d)}.get(kind, (0, d))
    layer |= {"first normalization": norm, "second normalization": norm}
    outside = {"last normalization": norm, "tokens": (0 if kind == "layers" else vocabulary, d)}
    outside |= {"positions": (most, d)} if kind == "gpt2" else {}
    outside |= {"output": (d, vocabulary)} if kind == "llama" else {}
    arrays = [np.array(list(shapes.values()), dtype=np.int64) for shapes in (layer, outside)]
    return int(np.tile(arrays[0].prod(axis=1), layers).sum() + arrays[1].prod(axis=1).sum())


def _parts(kind: str, d: int, d_ff: int, h: int, g: int, **_: Any) -> tuple[int, int, int]:
    """Attention, feed-forward network and the two normalizations of one layer."""
    if kind == "llama":
        return 2 * d * d * (h + g) // h, 3 * d * d_ff, 2 * d
    return (4 * d * (d + 1), 2 * d * d_ff + d_ff + d, 4 * d) if kind == "gpt2" else (4 * d * d, 2 * d * d_ff, 0)


def _outside(kind: str, d: int, vocabulary: int, most: int, **_: Any) -> tuple[int, int, int, int]:
    """Token embeddings, positions, output layer and the last normalization."""
    table = 0 if kind == "layers" else vocabulary * d
    norm = {"gpt2": 2 * d, "llama": d}.get(kind, 0)
    return table, most * d if kind == "gpt2" else 0, table if kind == "llama" else 0, norm


def _again(layers: int, **given: Any) -> int:
    return layers * sum(_parts(**given)) + sum(_outside(**given))


def _miscounted_output(kind: str, d: int, vocabulary: int, **given: Any) -> int | None:
    if kind == "layers":
        return None
    right = _again(kind=kind, d=d, vocabulary=vocabulary, **given)
    return right - vocabulary * d if kind == "llama" else right + vocabulary * d


FAMILY = Family(
    id="model-parameters",
    concept="parameter-counting",
    bloom="apply",
    sources=("kaplan2020 §2.1", "radford2019 §2.3", "press2017 §1", "touvron2023a §2.2", "dubey2024 §3.2"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "one-layer-only": lambda **given: _again(**{**given, "layers": 1}),
        "forgets-token-embeddings": lambda **given: _again(**given) - _outside(**given)[0],
        "output-layer-miscounted": _miscounted_output,
        "forgets-output-projection": lambda layers, kind, d, **given: _again(layers=layers, kind=kind, d=d, **given)
        - layers * (d * d + (d if kind == "gpt2" else 0)),
        "feed-forward-matrix-missing": lambda layers, d, d_ff, **given: _again(layers=layers, d=d, d_ff=d_ff, **given)
        - layers * d * d_ff,
        "layer-normalization.no-parameters": lambda layers, **given: _again(layers=layers, **given)
        - layers * _parts(**given)[2] - _outside(**given)[3],
    },
    working=lambda layers, **given: dict(zip(("attention", "feed", "norms"), _parts(**given), strict=True))
    | dict(zip(("table", "places", "output", "last"), _outside(**given), strict=True))
    | {"columns": given["g"] * given["size"], "layer": sum(_parts(**given)), "stack": layers * sum(_parts(**given))},
    unit="parameters",
)  # fmt: skip
