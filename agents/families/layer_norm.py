"""Layer normalization of a vector, gain * (x - mean) / sqrt(variance) + bias with epsilon 0, also of a residual sum
x + Sublayer(x) (Ba et al. 2016, §3; Vaswani et al. 2017, §3.1)."""

from collections.abc import Sequence
from itertools import combinations_with_replacement
from math import sqrt
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_DEVIATIONS = tuple(  # of four components, whose standard deviation is whole
    four
    for four in combinations_with_replacement(range(-7, 8), 4)
    if not sum(four) and sum(part * part for part in four) in (4, 16, 36, 64, 100)
)
_GAINS = (0.5, 1.0, 1.5, 2.0, 3.0)
_MOST = 9  # in a vector
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _drawn(rng, difficulty)
        whole = _sum(given["x"], given["out"])
        spread = len(set(whole)) > 1 and sum(whole) != 0 and not 2 * sum(whole) % len(whole)
        if spread and all(abs(100 * entry % 1 - 0.5) > _EDGE for entry in _again(**given)):
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    size = rng.choice((3, 4)) if difficulty > 1 else 4
    if difficulty == 1:
        mean = rng.randint(-5, 6)
        vector = tuple(mean + part for part in rng.sample(rng.choice(_DEVIATIONS), size))
    else:
        vector = _entries(rng, size, _MOST)
    affine = difficulty > 2
    return {
        "x": vector, "out": _entries(rng, size, 5) if difficulty == 4 else (),
        "gain": tuple(rng.choice(_GAINS) for _ in vector) if affine else (),
        "bias": _entries(rng, size, 2) if affine else (),
    }  # fmt: skip


def _entries(rng: Random, size: int, most: int) -> tuple[int, ...]:
    return tuple(rng.randint(-most, most) for _ in range(size))


def _key(
    x: Sequence[int], out: Sequence[int], gain: Sequence[float], bias: Sequence[int], **_: Any
) -> tuple[float, ...]:
    vector = np.array(x, dtype=np.float64) + (np.array(out) if out else 0)
    normal = (vector - vector.mean()) / vector.std()
    return tuple((normal * np.array(gain) + np.array(bias) if gain else normal).tolist())


def _again(
    x: Sequence[int], out: Sequence[int], gain: Sequence[float], bias: Sequence[int], **_: Any
) -> tuple[float, ...]:
    summed = [sum(both) for both in zip(x, out, strict=True)] if out else list(x)
    count, total = len(summed), sum(summed)
    root = sqrt(count * sum(entry * entry for entry in summed) - total * total)  # count times the deviation
    normal = [(count * entry - total) / root for entry in summed]
    return tuple(g * n + b for g, n, b in zip(gain, normal, bias, strict=True)) if gain else tuple(normal)


def _sum(x: Sequence[int], out: Sequence[int]) -> tuple[int, ...]:
    return tuple(left + right for left, right in zip(x, out, strict=True)) if out else tuple(x)


def _with(power: float = 0.5, centred: bool = True, lost: int = 0, skipped: bool = False, rms: bool = False) -> Any:
    """Who divides by another power of the variance, does not centre, divides by d - lost, skips the residual sum or
    takes the mean of the squares for the variance."""

    def normal(x: Sequence[int], out: Sequence[int], gain: Sequence[float], bias: Sequence[int]) -> Any:
        vector = tuple(out) if skipped else _sum(x, out)
        if len(set(vector)) < 2:
            return None
        mean = sum(vector) / len(vector)
        divisor = (sum((entry - (not rms) * mean) ** 2 for entry in vector) / (len(vector) - lost)) ** power
        parts = [(entry - (mean if centred else 0)) / divisor for entry in vector]
        return tuple(g * part + b for g, part, b in zip(gain, parts, bias, strict=True)) if gain else tuple(parts)

    return normal


def _working(x: Sequence[int], out: Sequence[int], **_: Any) -> Given:
    vector = _sum(x, out)
    mean = sum(vector) / len(vector)
    apart = tuple(entry - mean for entry in vector)
    variance = sum(part * part for part in apart) / len(vector)
    normal = tuple(part / sqrt(variance) for part in apart)
    return {
        "summed": vector, "total": sum(vector), "size": len(vector), "mean": mean, "apart": apart,
        "squares": tuple(part * part for part in apart), "variance": variance, "deviation": sqrt(variance),
        "ends": None if 16 * variance % 1 == 0 else 4, "whole": None if sqrt(variance).is_integer() else 4,
        "normal": normal, "exact": all(abs(100 * part - round(100 * part)) < 1e-9 for part in normal),
    }  # fmt: skip


FAMILY = Family(
    id="layer-norm",
    concept="layer-normalization",
    bloom="apply",
    sources=("ba2016 §3", "vaswani2017 §3.1"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "sample-variance": _with(lost=1),
        "divides-by-the-variance": _with(power=1),
        "forgets-to-centre": _with(centred=False),
        "uses-rmsnorm": _with(centred=False, rms=True),
        "layer-normalization.no-parameters": lambda x, out, gain, **_: _again(x, out, (), ()) if gain else None,
        "skips-the-residual": _with(skipped=True),
    },
    answer="matrix",
    working=_working,
    decimals=2,
)
