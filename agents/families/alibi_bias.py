"""What ALiBi adds to a score, -m_h (i - j) with m_h = 2^(-8h/H), or the biased score, or the weight that comes of it
(Press et al. 2022, §3)."""

from collections.abc import Sequence
from math import exp, isqrt, log
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_HEADS = {1: (4, 8, 16), 2: (16, 32, 64), 3: (8, 16, 32), 4: (4, 8, 16)}  # powers of two, as the formula asks
_SIZES = (4, 16, 64)  # of a head: squares, so that the root is whole
_SEEN = 3  # tokens that the query of difficulty 4 sees
_LEAST, _MOST = 0.1, 20.0  # of a penalty
_LAST, _LONG = 60, 200  # distance, position
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _drawn(rng, difficulty)
        answer, penalty = _again(**given), _slope(given["head"], given["heads"]) * (given["i"] - given["j"])
        fit = 0.02 < answer < 0.98 if given["scores"] else _LEAST < penalty < _MOST and abs(answer) > _LEAST
        if fit and abs(1000 * answer % 1 - 0.5) > _EDGE:
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    heads = rng.choice(_HEADS[difficulty])
    head = rng.choice([head for head in range(1, heads + 1) if (8 * head % heads == 0) == (difficulty != 2)])
    d_k = rng.choice(_SIZES) if difficulty == 3 else 0
    given = {"heads": heads, "head": head, "d_k": d_k, "dot": rng.randint(-40, 80) if d_k else 0}
    if difficulty == 4:
        scores = tuple(rng.randint(-1, 4) for _ in range(_SEEN))
        return given | {"scores": scores, "i": _SEEN, "j": rng.randint(1, _SEEN)}
    i = rng.randint(5, _LAST if difficulty == 1 else _LONG)
    return given | {"scores": (), "i": i, "j": rng.randint(max(1, i - _LAST), i - 1)}


def _key(heads: int, head: int, i: int, j: int, d_k: int, dot: int, scores: Sequence[int], **_: Any) -> float:
    slopes = np.cumprod(np.full(heads, 2.0 ** (-8 / heads)))  # a geometric sequence that starts at its ratio
    row = slopes[head - 1] * np.arange(1 - i, 1)
    if not scores:
        return float(row[j - 1] + (dot / np.sqrt(d_k) if d_k else 0))
    weights = np.exp(row + np.array(scores))
    return float(weights[j - 1] / weights.sum())


def _again(heads: int, head: int, i: int, j: int, d_k: int, dot: int, scores: Sequence[int], **_: Any) -> float:
    slope = exp(-8 * head / heads * log(2))
    if scores:
        return 1 / sum(exp(score - scores[j - 1] + slope * (at - j)) for at, score in enumerate(scores, 1))
    return (dot / isqrt(d_k) if d_k else 0) - slope * (i - j)


def _slope(head: float, heads: int) -> float:
    return float(2 ** (-8 * head / heads))


def _with(slope: float, i: int, j: int, d_k: int, dot: int, scores: Sequence[int], **_: Any) -> float:
    """The answer with another slope."""
    if scores:
        parts = [exp(score - slope * (i - at)) for at, score in enumerate(scores, 1)]
        return parts[j - 1] / sum(parts)
    return (dot / d_k**0.5 if d_k else 0) - slope * (i - j)


def _working(heads: int, head: int, i: int, j: int, d_k: int, dot: int, scores: Sequence[int]) -> Given:
    slope = _slope(head, heads)
    biased = tuple(score - slope * (i - at) for at, score in enumerate(scores, 1))
    return {
        "apart": i - j, "slope": slope, "shown": None if 8 * head % heads == 0 else 6, "penalty": slope * (i - j),
        "scaled": dot / isqrt(d_k) if d_k else 0, "biased": biased,
        "penalties": tuple(slope * (i - at) for at in range(1, i + 1)) if scores else (),
        "parts": [exp(score) for score in biased], "total": sum(map(exp, biased)),
    }  # fmt: skip


FAMILY = Family(
    id="alibi-bias",
    concept="alibi",
    bloom="apply",
    sources=("press2022 §3",),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "adds-the-penalty": lambda heads, head, **given: _with(-_slope(head, heads), **given),
        "numbers-the-heads-from-0": lambda heads, head, **given: _with(_slope(head - 1, heads), **given),
        "same-slope-for-all-heads": lambda heads, **given: _with(_slope(1, heads), **given),
        "forgets-the-number-of-heads": lambda head, **given: None if head > 13 else _with(2.0**-head, **given),
        "scales-the-penalty": lambda heads, head, d_k, **given: (
            _with(_slope(head, heads) / d_k**0.5, d_k=d_k, **given) if d_k else None
        ),
        "forgets-the-penalty": lambda d_k, scores, **given: (
            _with(0.0, d_k=d_k, scores=scores, **given) if d_k or scores else None
        ),
    },
    working=_working,
    decimals=3,
)
