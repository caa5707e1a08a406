"""One component of the sinusoidal encoding of a position: sin or cos of pos / 10000^(2i/d_model) (Vaswani et al. 2017,
§3.5)."""

from cmath import rect
from math import cos, radians, sin
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_BASE = 10_000
_TENTHS = {4: (0, 2), 8: (0, 1, 2, 3), 512: (1, 2, 3)}  # k where the pair i = k d_model / 8 has the frequency 10^-k
_SIZES = {1: (4, 8), 2: (4, 8, 512), 3: (6, 10, 12, 16, 20, 512, 768)}
_LEAST, _WIDEST = 0.3, 9.0  # of an angle: below, the sine hardly differs from it
_LAST = 999  # position
_SLOWEST = 0.04  # frequency that is not a power of ten: positions then stay small
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _drawn(rng, difficulty)
        if abs(10_000 * _again(**given) % 1 - 0.5) > _EDGE and 0.02 < abs(_again(**given)) < 0.9995:
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    size = rng.choice(_SIZES[difficulty])
    if difficulty == 3:
        pair = rng.choice([pair for pair in range(1, size // 2) if _frequency(2 * pair, size) > _SLOWEST])
    else:
        pair = rng.choice([tenth for tenth in _TENTHS[size] if tenth or difficulty == 1]) * size // 8
    speed = _frequency(2 * pair, size)
    pos = rng.randint(int(_LEAST / speed) + 1, min(int(_WIDEST / speed), _LAST))
    return {"pos": pos, "d_model": size, "component": 2 * pair + rng.randrange(2), "stated": difficulty == 1}


def _frequency(exponent: int, size: int) -> float:
    return float(_BASE ** -(exponent / size))


def _key(pos: int, d_model: int, component: int, **_: Any) -> float:
    angles = pos / _BASE ** (np.arange(0, d_model, 2) / d_model)
    encoding = np.empty(d_model)
    encoding[0::2], encoding[1::2] = np.sin(angles), np.cos(angles)
    return float(encoding[component])


def _again(pos: int, d_model: int, component: int, **_: Any) -> float:
    turn = rect(1.0, 10.0 ** (-8 * (component // 2) / d_model)) ** pos  # the turn of one position, pos times
    return turn.real if component % 2 else turn.imag


def _wave(component: int, angle: float) -> float:
    return cos(angle) if component % 2 else sin(angle)


def _pair(component: int, d_model: int) -> float:
    return _frequency(component - component % 2, d_model)


def _working(pos: int, d_model: int, component: int, **_: Any) -> Given:
    speed = _pair(component, d_model)
    return {"odd": component % 2 == 1, "pair": component // 2, "speed": speed, "angle": pos * speed,
            "exact": 8 * (component // 2) % d_model == 0}  # fmt: skip


FAMILY = Family(
    id="sinusoidal-value",
    concept="sinusoidal-encoding",
    bloom="apply",
    sources=("vaswani2017 §3.5",),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "swaps-sine-and-cosine": lambda pos, d_model, component, **_: _wave(
            component + 1, pos * _pair(component, d_model)
        ),
        "takes-degrees": lambda pos, d_model, component, **_: _wave(
            component, radians(pos * _pair(component, d_model))
        ),
        "forgets-the-frequency": lambda pos, component, **_: _wave(component, pos),
        "divides-by-the-frequency": lambda pos, d_model, component, **_: _wave(
            component, pos / _pair(component, d_model)
        ),
        "takes-the-component-as-the-pair": lambda pos, d_model, component, stated, **_: (
            None if stated else _wave(component, pos * _frequency(2 * component, d_model))
        ),
        "odd-exponent": lambda pos, d_model, component, stated, **_: (
            None if stated else _wave(component, pos * _frequency(component, d_model))
        ),
    },
    working=_working,
    decimals=4,
)
