"""The error |w - s round(w / s)| of a weight, or the largest one of a group, with the scale s = max |w| / (2^(b-1) - 1)
of symmetric quantization to b bits (Dettmers et al. 2022, §2).
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import trunc
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_BITS = {1: (3, 4), 2: (4, 5, 6), 3: (3, 4, 5), 4: (3, 4)}
_SCALES = {1: (10, 20, 50), 2: (2, 3, 4, 5, 6, 8)}  # hundredths; the highest weight follows from it
_MOST = {3: (60, 400), 4: (100, 900)}  # hundredths of the largest weight, where the scale is not round
_OUTLIER = 3  # times what the others reach at the most, at the last difficulty
_COUNT = 4
_HALF = 0.06  # of a step: as near as a weight may come to the middle between two integers
_TIDY = 1e-9  # more than the rounding errors of doubles
_LEAST = 0.01  # of an error: it shows with three decimals
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _drawn(rng, difficulty)
        answer = _error(**given)
        if answer < _LEAST or abs(1000 * answer % 1 - 0.5) < _EDGE:
            continue
        if all(abs(abs(step) % 1 - 0.5) > _HALF for step in _steps(**given)):
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    bits = rng.choice(_BITS[difficulty])
    levels = 2 ** (bits - 1) - 1
    most = levels * rng.choice(_SCALES[difficulty]) if difficulty < 3 else rng.randint(*_MOST[difficulty])
    reach = most // _OUTLIER if difficulty == 4 else most - 1
    others = [rng.choice((-1, 1)) * rng.randint(2, reach) / 100 for _ in range(_COUNT - 1)]
    place, top = rng.randrange(_COUNT), rng.choice((-1, 1)) * most / 100
    weights = (*others[:place], top, *others[place:])
    asked = -1 if difficulty == 4 else rng.choice([other for other in range(_COUNT) if other != place])
    return {"weights": weights, "bits": bits, "asked": asked}


def _key(weights: Sequence[float], bits: int, asked: int) -> float:
    group = np.array(weights)
    scale = np.abs(group).max() / (2 ** (bits - 1) - 1)
    errors = np.abs(group - scale * np.rint(group / scale))
    return float(errors.max() if asked < 0 else errors[asked])


def _again(weights: Sequence[float], bits: int, asked: int) -> float:
    """The distance to the nearest of the values that the integers stand for, tried one by one, in exact fractions."""
    hundredths = [round(100 * weight) for weight in weights]
    levels = 2 ** (bits - 1) - 1
    top = max(map(abs, hundredths))
    chosen = hundredths if asked < 0 else [hundredths[asked]]
    nearest = [min(abs(weight * levels - top * integer) for integer in range(-levels, levels + 1)) for weight in chosen]
    return float(Fraction(max(nearest), 100 * levels))


def _scale(weights: Sequence[float], bits: int, **_: Any) -> float:
    return float(max(map(abs, weights)) / (2 ** (bits - 1) - 1))


def _steps(weights: Sequence[float], bits: int, asked: int) -> list[float]:
    scale = _scale(weights, bits)
    return [weight / scale for weight in (weights if asked < 0 else [weights[asked]])]


def _error(
    weights: Sequence[float], bits: int, asked: int, levels: float = 0, rounding: Callable[[float], int] = round
) -> float:
    """The answer of who divides by another number of levels or rounds in another way."""
    scale = max(map(abs, weights)) / (levels or 2 ** (bits - 1) - 1)
    chosen = weights if asked < 0 else [weights[asked]]
    return max(abs(weight - scale * rounding(weight / scale)) for weight in chosen)


def _rebuilt(asked: int, **given: Any) -> float | None:
    (step, *_), scale = _steps(asked=asked, **given), _scale(**given)
    return None if asked < 0 else scale * round(step)


def _working(weights: Sequence[float], bits: int, asked: int) -> Given:
    scale, steps = _scale(weights, bits), _steps(weights, bits, asked)
    chosen = list(weights) if asked < 0 else [weights[asked]]
    rebuilt = [scale * round(step) for step in steps]
    tidy = abs(100 * scale - round(100 * scale)) < _TIDY
    return {
        "digits": None if tidy else 5, "fewer": None if tidy else 4, "equals": "=" if tidy else r"\approx",
        "levels": 2 ** (bits - 1) - 1, "most": max(map(abs, weights)), "scale": scale, "steps": steps, "chosen": chosen,
        "integers": [round(step) for step in steps], "rebuilt": rebuilt, "nth": asked + 1,
        "errors": [abs(weight - value) for weight, value in zip(chosen, rebuilt, strict=True)],
    }  # fmt: skip


FAMILY = Family(
    id="quantization-error",
    concept="quantization",
    bloom="apply",
    sources=("dettmers2022 §2",),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "all-levels": lambda bits, **given: _error(bits=bits, levels=2**bits - 1, **given),
        "levels-without-minus-one": lambda bits, **given: _error(bits=bits, levels=2 ** (bits - 1), **given),
        "truncates": lambda **given: _error(rounding=trunc, **given),
        "error-in-steps": lambda **given: _error(**given) / _scale(**given),
        "gives-rebuilt-weight": _rebuilt,
        "gives-bound": lambda **given: _scale(**given) / 2,
    },
    working=_working,
    decimals=3,
)  # fmt: skip
