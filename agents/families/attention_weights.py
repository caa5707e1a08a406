"""The attention weights of one query, softmax(q·k / sqrt(d_k)) over its keys (Vaswani et al. 2017, §3.2)."""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_ODDS = range(1, 10)  # scores are logarithms of these
_SCORES = range(-1, 5)  # after scaling; the stem gives their exponentials
_SIZES = (4, 9, 16, 25, 36, 64)  # squares, so that the roots are whole
_EDGE = 0.1  # of a unit of the last decimal: as near as a weight may come to where rounding turns
_LEAST = 0.02  # a weight that two decimals still show


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _drawn(rng, difficulty)
        seen = sorted(weight for weight in _again(**given) if weight)
        clear = all(abs(100 * weight % 1 - 0.5) > _EDGE for weight in seen)
        if clear and seen[0] > _LEAST and seen[-1] > seen[-2] + _LEAST:
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    if difficulty == 1:
        return {"odds": tuple(rng.sample(_ODDS, rng.choice((2, 3)))), "dots": (), "d_k": 1, "d_v": 1, "masked": False}
    scores = [rng.choice(_SCORES) for _ in range(4 if difficulty == 4 else rng.choice((3, 4)))]
    if difficulty == 2:
        return {"odds": (), "dots": tuple(scores), "d_k": 1, "d_v": 1, "masked": False}
    d_k, d_v = rng.sample(_SIZES, 2)
    dots = tuple(score * math.isqrt(d_k) for score in scores)
    return {"odds": (), "dots": dots, "d_k": d_k, "d_v": d_v, "masked": difficulty == 4}


def _key(odds: Sequence[int], dots: Sequence[int], d_k: int, masked: bool, **_: Any) -> tuple[float, ...]:
    scores = np.log(np.array(odds)) if odds else np.array(dots) / np.sqrt(d_k)
    if masked:
        scores[-1] = -np.inf
    exponentials = np.exp(scores - scores.max())
    return tuple((exponentials / exponentials.sum()).tolist())


def _again(odds: Sequence[int], dots: Sequence[int], d_k: int, masked: bool, **_: Any) -> tuple[float, ...]:
    if odds:
        return tuple(float(Fraction(odd, sum(odds))) for odd in odds)
    seen, root = dots[: len(dots) - masked], math.isqrt(d_k)
    shares = tuple(1 / sum(math.exp((other - mine) / root) for other in seen) for mine in seen)
    return (*shares, 0.0) if masked else shares


def _scores(odds: Sequence[int], dots: Sequence[int], d_k: int, masked: bool) -> list[float]:
    """Of the keys that may be seen."""
    scores = [math.log(odd) for odd in odds] or [dot / math.sqrt(d_k) for dot in dots]
    return scores[:-1] if masked else scores


def _softmax(scores: Sequence[float]) -> list[float]:
    parts = [math.exp(score) for score in scores]
    return [part / sum(parts) for part in parts]


def _by_sum(scores: Sequence[float]) -> list[float] | None:
    return None if abs(sum(scores)) < _EDGE else [score / sum(scores) for score in scores]


def _wrongly(rule: Callable[[list[float]], list[float] | None]) -> Callable[..., tuple[float, ...] | None]:
    """A mistake that turns the scores that may be seen into weights by a wrong rule."""

    def mistake(odds: Sequence[int], dots: Sequence[int], d_k: int, masked: bool, **_: Any) -> tuple[float, ...] | None:
        weights = rule(_scores(odds, dots, d_k, masked))
        return None if weights is None else (*weights, *([0.0] if masked else []))

    return mistake


def _working(odds: Sequence[int], dots: Sequence[int], d_k: int, masked: bool, **_: Any) -> Given:
    scores = _scores(odds, dots, d_k, masked)
    parts = [math.exp(score) for score in scores]
    return {
        "scaled": tuple(dot // math.isqrt(d_k) for dot in dots), "root": math.isqrt(d_k), "parts": parts,
        "total": sum(parts), "count": len(scores) + masked, "table": [(score, math.exp(score)) for score in _SCORES],
    }  # fmt: skip


FAMILY = Family(
    id="attention-weights",
    concept="attention",
    bloom="apply",
    sources=("vaswani2017 §3.2.1", "vaswani2017 §3.2.3"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "softmax.divide-by-sum": _wrongly(_by_sum),
        "softmax.picks-one": _wrongly(lambda scores: [float(score == max(scores)) for score in scores]),
        "divides-by-largest": _wrongly(lambda scores: [math.exp(score - max(scores)) for score in scores]),
        "no-scaling": lambda d_k, **given: None if d_k == 1 else _wrongly(_softmax)(d_k=1, **given),
        "attention.sqrt-dv": lambda d_k, d_v, **given: None if d_k == 1 else _wrongly(_softmax)(d_k=d_v, **given),
        "attention-masks.zero-forbids": lambda dots, d_k, masked, **_: (
            tuple(_softmax([*_scores((), dots, d_k, True), 0.0])) if masked else None
        ),
    },
    answer="matrix",
    working=_working,
    decimals=2,
)  # fmt: skip
