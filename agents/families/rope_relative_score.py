"""The dot product of a query rotated by RoPE at position m and a key at position n, q^T R_(n-m) k, which depends on the
positions through n - m alone (Su et al. 2021, §3.2)."""

from cmath import rect
from collections.abc import Callable, Sequence
from math import cos, radians, sin
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_TURNS = (30, 45, 60, 90)  # degrees a position, whose sines are known
_LAST = {1: 9, 2: 4000, 3: 4000}  # position
_APART = {1: 4, 2: 12, 3: 8}  # the positions, at most
_MOST = 5  # in a vector
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _drawn(rng, difficulty)
        angles = [(given["n"] - given["m"]) * theta for theta in given["thetas"]]
        if difficulty == 1 and angles[0] % 90:
            continue
        if all(angle % 360 for angle in angles) and abs(100 * _again(**given) % 1 - 0.5) > _EDGE:
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    entries = [value for value in range(-_MOST, _MOST + 1) if value]
    thetas = tuple(sorted(rng.sample(_TURNS, 2 if difficulty == 3 else 1))[::-1])
    query, key = (tuple(rng.choice(entries) for _ in range(2 * len(thetas))) for _ in range(2))
    reach = rng.randint(1, _APART[difficulty])
    m = rng.randint(reach + 1, _LAST[difficulty] - reach)
    return {"q": query, "k": key, "thetas": thetas, "m": m, "n": m + rng.choice((reach, -reach, -reach))}


def _key(q: Sequence[int], k: Sequence[int], thetas: Sequence[int], m: int, n: int, **_: Any) -> float:
    rotated = []
    for vector, position in ((q, m), (k, n)):
        angles = np.deg2rad(position * np.array(thetas))
        turn, tilt = np.cos(angles), np.sin(angles)
        first, second = np.array(vector).reshape(-1, 2).T
        rotated.append(np.stack((first * turn - second * tilt, first * tilt + second * turn)))
    return float(np.sum(rotated[0] * rotated[1]))


def _again(q: Sequence[int], k: Sequence[int], thetas: Sequence[int], m: int, n: int, **_: Any) -> float:
    score = 0j
    for pair, theta in enumerate(thetas):
        query, key = complex(*q[2 * pair : 2 * pair + 2]), complex(*k[2 * pair : 2 * pair + 2])
        score += query.conjugate() * key * rect(1.0, radians((n - m) * theta % 360))
    return score.real


def _turned(k: Sequence[int], thetas: Sequence[int], places: int) -> tuple[float, ...]:
    """The key as many positions further on."""
    entries: list[float] = []
    for theta, left, right in zip(thetas, k[::2], k[1::2], strict=True):
        turn, tilt = cos(radians(places * theta)), sin(radians(places * theta))
        entries += [left * turn - right * tilt, left * tilt + right * turn]
    return tuple(entries)


def _at(places: Callable[[int, int], int]) -> Callable[..., float]:
    """The score of who turns the key by another number of positions."""

    def score(q: Sequence[int], k: Sequence[int], thetas: Sequence[int], m: int, n: int) -> float:
        return sum(left * right for left, right in zip(q, _turned(k, thetas, places(m, n)), strict=True))

    return score


def _one_speed(q: Sequence[int], k: Sequence[int], thetas: Sequence[int], m: int, n: int) -> float | None:
    return None if len(thetas) == 1 else _at(lambda m, n: n - m)(q, k, (thetas[0], thetas[0]), m, n)


def _working(q: Sequence[int], k: Sequence[int], thetas: Sequence[int], m: int, n: int) -> Given:
    moved = _turned(k, thetas, n - m)
    exact = [abs(2 * entry - round(2 * entry)) < 1e-9 for entry in moved]
    moved = tuple(round(2 * entry) / 2 if end else entry for entry, end in zip(moved, exact, strict=True))
    angles = [((n - m) * theta, (n - m) * theta % 360) for theta in thetas]
    return {"apart": n - m, "angles": angles, "moved": moved, "exact": all(exact),
            "terms": list(zip(q, moved, [None if end else 4 for end in exact], strict=True))}  # fmt: skip


FAMILY = Family(
    id="rope-relative-score",
    concept="rope",
    bloom="apply",
    sources=("su2021 §3.2",),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "forgets-the-rotation": _at(lambda *_: 0),
        "reverses-the-distance": _at(lambda m, n: m - n),
        "adds-the-positions": _at(lambda m, n: m + n),
        "rotates-only-the-key": _at(lambda _, n: n),
        "rotates-only-the-query": _at(lambda m, _: -m),
        "one-speed-for-all": _one_speed,
    },
    working=_working,
    decimals=2,
)
