"""The relative distances of some keys to a query, clipped to a maximum k, max(-k, min(k, j - i)), or the rows of the
learned table that they look up (Shaw et al. 2018, §3.2)."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_CLIPS = {1: (2, 3, 4), 2: (8, 10, 12, 16), 3: (4, 8, 10, 16)}
_KEYS = {1: 3, 2: 5, 3: 5}
_REACH = 3  # distances go up to so many times k
_LAST = 200  # position of a query


def _draw(rng: Random, difficulty: int) -> Given:
    clip = rng.choice(_CLIPS[difficulty])
    reach = _REACH * clip
    while True:
        apart = sorted(rng.sample(range(-reach, reach + 1), _KEYS[difficulty]))
        far = [distance for distance in apart if abs(distance) > clip]
        if apart[0] < 0 < apart[-1] and far and any(0 < abs(distance) < clip for distance in apart):
            break
    i = rng.randint(reach + 1, 2 * reach if difficulty == 1 else _LAST)
    return {"i": i, "keys": tuple(i + distance for distance in apart), "clip": clip, "table": difficulty == 3}


def _key(i: int, keys: Sequence[int], clip: int, table: bool, **_: Any) -> tuple[int, ...]:
    distances = np.clip(np.array(keys) - i, -clip, clip)
    if table:
        rows = np.arange(-clip, clip + 1)  # the distance of each vector of the table
        distances = np.argmax(rows == distances[:, None], axis=1)
    return tuple(distances.tolist())


def _again(i: int, keys: Sequence[int], clip: int, table: bool, **_: Any) -> tuple[int, ...]:
    shift = clip if table else 0
    return tuple(sorted((-clip, j - i, clip))[1] + shift for j in keys)


def _each(distance: Callable[[int, int], int]) -> Callable[..., tuple[int, ...]]:
    """The answer of who takes another value for the signed distance and the maximum."""

    def row(i: int, keys: Sequence[int], clip: int, table: bool) -> tuple[int, ...]:
        return tuple(distance(j - i, clip) + (clip if table else 0) for j in keys)

    return row


def _clipped(distance: int, clip: int) -> int:
    return max(-clip, min(clip, distance))


def _between(distance: int, clip: int) -> int:
    return _clipped(distance - (distance > 0) + (distance < 0), clip)


FAMILY = Family(
    id="relative-distance",
    concept="relative-positions",
    bloom="apply",
    sources=("shaw2018 §3.2",),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "reverses-the-direction": _each(lambda distance, clip: _clipped(-distance, clip)),
        "forgets-the-clipping": _each(lambda distance, _: distance),
        "relative-positions.symmetric": _each(lambda distance, clip: min(abs(distance), clip)),
        "zero-when-far": _each(lambda distance, clip: distance if abs(distance) <= clip else 0),
        "counts-the-tokens-between": _each(_between),
        "forgets-the-shift": lambda i, keys, clip, table: _again(i, keys, clip, False) if table else None,
    },
    answer="matrix",
    working=lambda i, keys, clip, **_: {
        "apart": tuple(j - i for j in keys), "rows": 2 * clip + 1,
        "clipped": tuple(_clipped(j - i, clip) for j in keys),
    },
)  # fmt: skip
