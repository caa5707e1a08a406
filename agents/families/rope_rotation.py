"""A query of two or four components rotated by RoPE at a position m: each pair turns by the angle m theta_i (Su et al.
2021, §3.2)."""

from cmath import rect
from collections.abc import Sequence
from math import cos, pi, radians, sin
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_TURNS = (30, 45, 60, 90)  # degrees a position, whose sines are known
_BASES = (100, 10_000)  # of the speeds b^(-2i/4), which are then 1 and 0.1 or 0.01
_LAST = {1: 4, 2: 12, 3: 8, 4: 9}  # position
_MOST = 5  # in the query
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _drawn(rng, difficulty)
        angles = [given["m"] * theta for theta in given["thetas"]]
        within = max(angles) <= 180 if difficulty == 1 else difficulty != 2 or max(angles) > 180
        if within and all(angle % 360 for angle in angles) and all(
            abs(100 * entry % 1 - 0.5) > _EDGE for entry in _again(**given)
        ):  # fmt: skip
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    entries = [value for value in range(-_MOST, _MOST + 1) if value]
    base = rng.choice(_BASES) if difficulty == 4 else 0
    thetas = (1.0, base**-0.5) if base else tuple(sorted(rng.sample(_TURNS, 2 if difficulty == 3 else 1))[::-1])
    query = tuple(rng.choice(entries) for _ in range(2 * len(thetas)))
    return {"x": query, "thetas": thetas, "m": rng.randint(2, _LAST[difficulty]), "base": base}


def _key(x: Sequence[int], thetas: Sequence[float], m: int, base: int, **_: Any) -> tuple[float, ...]:
    angles = m * (np.array(thetas) if base else np.deg2rad(thetas))
    matrix = np.zeros((len(x), len(x)))
    for pair, (turn, tilt) in enumerate(zip(np.cos(angles), np.sin(angles), strict=True)):
        matrix[2 * pair : 2 * pair + 2, 2 * pair : 2 * pair + 2] = ((turn, -tilt), (tilt, turn))
    return tuple((matrix @ np.array(x)).tolist())


def _again(x: Sequence[int], thetas: Sequence[float], m: int, base: int, **_: Any) -> tuple[float, ...]:
    rotated = []
    for theta, left, right in zip(thetas, x[::2], x[1::2], strict=True):
        point = complex(left, right) * rect(1.0, theta if base else theta * pi / 180) ** m
        rotated += [point.real, point.imag]
    return tuple(rotated)


def _angles(thetas: Sequence[float], m: int, base: int) -> list[float]:
    return [m * theta if base else radians(m * theta) for theta in thetas]


def _by(x: Sequence[int], angles: Sequence[float]) -> tuple[float, ...]:
    """The pairs of a query turned by these angles."""
    rotated: list[float] = []
    for angle, left, right in zip(angles, x[::2], x[1::2], strict=True):
        rotated += [left * cos(angle) - right * sin(angle), left * sin(angle) + right * cos(angle)]
    return tuple(rotated)


def _halves(x: Sequence[int], thetas: Sequence[float], m: int, base: int) -> tuple[float, ...] | None:
    if len(x) == 2:
        return None
    first, third, second, fourth = _by((x[0], x[2], x[1], x[3]), _angles(thetas, m, base))
    return first, second, third, fourth


def _added(x: Sequence[int], angles: Sequence[float]) -> tuple[float, ...]:
    waves = [wave(angle) for angle in angles for wave in (sin, cos)]
    return tuple(entry + wave for entry, wave in zip(x, waves, strict=True))


def _shown(value: float) -> tuple[float, int | None]:
    """A sine as it is written, and with how many decimals: halves and wholes as they are."""
    exact = abs(2 * value - round(2 * value)) < 1e-9
    return (round(2 * value) / 2, None) if exact else (value, 4)


def _working(x: Sequence[int], thetas: Sequence[float], m: int, base: int) -> Given:
    turns = [
        {"theta": theta, "angle": m * theta, "rest": m * theta if base else m * theta % 360,
         "cos": _shown(cos(angle)), "sin": _shown(sin(angle)), "exact": abs(sin(2 * angle)) < 1e-9, "left": left,
         "right": right, "mark": "" if base else "^\\circ", "number": number}
        for number, (theta, angle, left, right) in enumerate(
            zip(thetas, _angles(thetas, m, base), x[::2], x[1::2], strict=True)
        )
    ]  # fmt: skip
    return {"turns": turns}


FAMILY = Family(
    id="rope-rotation",
    concept="rope",
    bloom="apply",
    sources=("su2021 §3.2",),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "turns-the-other-way": lambda x, thetas, m, base: _by(x, _angles(thetas, -m, base)),
        "forgets-the-position": lambda x, thetas, base, **_: _by(x, _angles(thetas, 1, base)),
        "swaps-sine-and-cosine": lambda x, thetas, m, base: _by(x, [pi / 2 - a for a in _angles(thetas, m, base)]),
        "positional-encoding.rope-added": lambda x, thetas, m, base: _added(x, _angles(thetas, m, base)),
        "one-speed-for-all": lambda x, thetas, m, base: _by(x, _angles(thetas[:1] * len(thetas), m, base)),
        "pairs-the-halves": _halves,
    },
    answer="matrix",
    working=_working,
    decimals=2,
)
