"""The parameters outside the layers: token embeddings V d, learned positions n_max d, and an output layer of V d unless
it shares their matrix (Vaswani et al. 2017, §3.4, §3.5; Press and Wolf 2017, §1).
"""

from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_VOCABULARIES = {1: (100, 200, 250, 500, 800, 1000, 1500, 2000, 3000, 5000)}
_REAL = (1000, 2000, 5000, 8000, 10_000, 16_000, 20_000, 25_000, 30_000, 32_000, 37_000, 40_000, 50_000)
_WIDTHS = {1: (8, 10, 12, 16, 20, 25, 32, 40, 50, 64, 100, 128)}
_WIDE = (32, 50, 64, 100, 128, 200, 256, 300, 400, 512, 768, 1024)
_MOST = (64, 100, 128, 200, 256, 500, 512, 1000, 1024, 2048)
_LENGTHS = (5, 8, 12, 20, 30, 40)
_ELABORATE = (("sinusoidal", 0), ("rotary", 0), ("learned", 2))  # positions and number of segments (BERT has two)


def _draw(rng: Random, difficulty: int) -> Given:
    positions, segments = {1: ("none", 0), 4: rng.choice(_ELABORATE)}.get(difficulty, ("learned", 0))
    return {
        "vocabulary": rng.choice(_VOCABULARIES.get(difficulty, _REAL)), "d": rng.choice(_WIDTHS.get(difficulty, _WIDE)),
        "most": rng.choice(_MOST), "n": rng.choice(_LENGTHS), "positions": positions, "segments": segments,
        "output": rng.choice(("tied", "own")) if difficulty > 2 else "none",
    }  # fmt: skip


def _key(vocabulary: int, d: int, most: int, positions: str, segments: int, output: str, **_: Any) -> int:
    shapes = {"tokens": (vocabulary, d), "segments": (segments, d)}
    shapes |= {"positions": (most, d)} if positions == "learned" else {}
    shapes |= {"output": (d, vocabulary)} if output == "own" else {}
    return int(np.prod(np.array(list(shapes.values()), dtype=np.int64), axis=1).sum())


def _again(vocabulary: int, d: int, most: int, positions: str, segments: int, output: str, **_: Any) -> int:
    tables = 2 if output == "own" else 1
    return d * (tables * vocabulary + (most if positions == "learned" else 0) + segments)


def _no_positions(**given: Any) -> int:
    return _again(**{**given, "positions": "none", "segments": 0})


def _output_as(wrong: str, right: str, **given: Any) -> int | None:
    return _again(**{**given, "output": wrong}) if given["output"] == right else None


def _each_position(vocabulary: int, d: int, most: int, n: int, positions: str, **_: Any) -> int:
    return vocabulary * d * (n if positions == "none" else most)


FAMILY = Family(
    id="embedding-parameters",
    concept="embeddings",
    bloom="apply",
    sources=("vaswani2017 §3.4", "vaswani2017 §3.5", "press2017 §1", "devlin2019 §3", "su2021 §3.2"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "rows-for-the-text": lambda **given: _again(**{**given, "vocabulary": given["n"]}),
        "a-vector-for-each-position": _each_position,
        "forgets-positions": _no_positions,
        "positional-encoding.sinusoids-learned": lambda **given: _again(**{**given, "positions": "learned"})
        if given["positions"] in ("sinusoidal", "rotary") else None,
        "counts-a-shared-matrix-twice": lambda **given: _output_as("own", "tied", **given),
        "forgets-output-layer": lambda **given: _output_as("tied", "own", **given),
    },
    working=lambda vocabulary, d, most, segments, **_: {
        "table": vocabulary * d, "double": 2 * vocabulary * d, "places": most * d, "kinds": segments * d,
    },
    unit="parameters",
)  # fmt: skip
