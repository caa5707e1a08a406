"""RMSNorm of a vector, gain * x / sqrt(mean of the squares of x) with epsilon 0 (Zhang and Sennrich 2019)."""

from collections.abc import Callable, Sequence
from itertools import combinations_with_replacement
from math import sqrt
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_EXACT = tuple(  # sizes of four components whose root mean square is whole or ends in one half
    four
    for four in combinations_with_replacement(range(10), 4)
    if len(set(four)) > 1 and sqrt(sum(part * part for part in four)).is_integer() and sum(four) > 3
)
_GAINS = (0.5, 1.5, 2.0, 2.5, 3.0)
_MOST = 9  # in a vector
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        size = rng.choice((3, 4))
        if difficulty == 1:
            sizes = rng.choice(_EXACT)
            vector = tuple(rng.choice((part, part, -part)) for part in rng.sample(sizes, 4))
        else:
            vector = tuple(rng.randint(-_MOST, _MOST) for _ in range(size))
        given: dict[str, Any] = {
            "x": vector,
            "gain": tuple(rng.choice(_GAINS) for _ in vector) if difficulty == 3 else (),
        }
        if (
            len(set(vector)) > 1
            and sum(vector) != 0
            and all(abs(100 * part % 1 - 0.5) > _EDGE for part in _again(**given))
        ):
            return given


def _key(x: Sequence[int], gain: Sequence[float], **_: Any) -> tuple[float, ...]:
    vector = np.array(x, dtype=np.float64)
    normal = vector / np.sqrt(np.mean(np.square(vector)))
    return tuple((normal * np.array(gain) if gain else normal).tolist())


def _again(x: Sequence[int], gain: Sequence[float], **_: Any) -> tuple[float, ...]:
    squares = sum(part * part for part in x)
    return tuple(
        (1 if part > 0 else -1) * sqrt(len(x) * part * part / squares) * (gain[place] if gain else 1)
        for place, part in enumerate(x)
    )


def _by(divisor: Callable[[Sequence[int]], float], centred: bool = False) -> Callable[..., tuple[float, ...]]:
    """Who divides by something else, and maybe subtracts the mean before."""

    def normal(x: Sequence[int], gain: Sequence[float]) -> tuple[float, ...]:
        mean = sum(x) / len(x) if centred else 0
        parts = tuple((part - mean) / divisor(x) for part in x)
        return tuple(g * part for g, part in zip(gain, parts, strict=True)) if gain else parts

    return normal


def _mean_square(x: Sequence[float]) -> float:
    return sum(part * part for part in x) / len(x)


def _deviation(x: Sequence[int]) -> float:
    return sqrt(_mean_square(x) - (sum(x) / len(x)) ** 2)


def _working(x: Sequence[int], gain: Sequence[float]) -> Given:
    mean, root = _mean_square(x), sqrt(_mean_square(x))
    normal = tuple(part / root for part in x)
    return {
        "squares": tuple(part * part for part in x), "total": sum(part * part for part in x), "size": len(x),
        "mean": mean, "ends": None if 4 * mean % 1 == 0 else 4, "root": root, "normal": normal,
        "whole": None if (2 * root).is_integer() else 4, "gained": bool(gain),
        "exact": all(abs(100 * part - round(100 * part)) < 1e-9 for part in normal),
    }  # fmt: skip


FAMILY = Family(
    id="rms-norm",
    concept="rmsnorm",
    bloom="apply",
    sources=("zhang2019",),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "layer-normalization.rmsnorm-mean": _by(_deviation, centred=True),
        "divides-by-the-mean-square": _by(_mean_square),
        "forgets-to-average": _by(lambda x: sqrt(len(x) * _mean_square(x))),
        "averages-the-sizes": _by(lambda x: sum(map(abs, x)) / len(x)),
        "forgets-the-gain": lambda x, gain: _again(x, ()) if gain else None,
    },
    answer="matrix",
    working=_working,
    decimals=2,
)
