"""The wavelength of a pair of the sinusoidal encoding, 2 pi 10000^(2i/d_model), as a multiple of 2 pi, or the ratio of
two wavelengths (Vaswani et al. 2017, §3.5)."""

from decimal import Decimal
from math import tau
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_BASE = 10_000
_SIZES = (8, 16, 24, 32, 40, 48, 64, 80, 96, 128, 192, 256, 320, 384, 512, 640, 768, 1024, 1280, 1536, 2048, 4096)
_REAL = (64, 128, 192, 256, 320, 384, 512, 768, 1024, 1536)
_LEAST, _MOST = 1.5, 5000.0  # of an answer that is no power of ten
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _drawn(rng, difficulty)
        answer = _again(**given)
        if difficulty == 1 or (_LEAST < answer < _MOST and abs(100 * answer % 1 - 0.5) > _EDGE):
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    size = rng.choice(_SIZES if difficulty == 1 else _REAL)
    pair = size // 8 * rng.randint(1, 3) if difficulty == 1 else rng.randrange(size // 32, size // 2)
    first = rng.randrange(1, pair) if difficulty == 3 and pair > 1 else 0
    component = 2 * pair + rng.randrange(2) if difficulty < 3 and rng.randrange(3) else -1
    return {"d_model": size, "pair": pair, "first": first, "component": component, "ratio": difficulty == 3}


def _key(d_model: int, pair: int, first: int, ratio: bool, **_: Any) -> float:
    frequencies = 1 / _BASE ** (np.arange(0, d_model, 2) / d_model)
    wavelengths = tau / frequencies
    return float(wavelengths[pair] / (wavelengths[first] if ratio else tau))


def _again(d_model: int, pair: int, first: int, **_: Any) -> float:
    return float(Decimal(10) ** (Decimal(8 * (pair - first)) / d_model))


def _times(exponent: float) -> float:
    return float(_BASE**exponent)


def _working(d_model: int, pair: int, first: int, **_: Any) -> Given:
    return {"apart": pair - first, "power": 8 * (pair - first) / d_model,
            "exact": 8 * (pair - first) % d_model == 0, "last": d_model // 2 - 1}  # fmt: skip


FAMILY = Family(
    id="sinusoidal-wavelength",
    concept="sinusoidal-encoding",
    bloom="apply",
    sources=("vaswani2017 §3.5",),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "forgets-the-two": lambda d_model, pair, first, **_: _times((pair - first) / d_model),
        "includes-two-pi": lambda d_model, pair, ratio, **_: None if ratio else tau * _times(2 * pair / d_model),
        "gives-the-frequency": lambda d_model, pair, ratio, **_: (
            None if ratio or _times(2 * pair / d_model) > 20 else _times(-2 * pair / d_model)
        ),
        "takes-the-component-as-the-pair": lambda d_model, component, **_: (
            None if component < 0 else _times(2 * component / d_model)
        ),
        "grows-linearly": lambda d_model, pair, first, ratio, **_: (
            pair / first if ratio else _BASE * 2 * pair / d_model
        ),
        "subtracts-the-wavelengths": lambda d_model, pair, first, ratio, **_: (
            _times(2 * pair / d_model) - _times(2 * first / d_model) if ratio else None
        ),
    },
    working=_working,
    decimals=2,
)
