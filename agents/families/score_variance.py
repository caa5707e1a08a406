"""The variance or standard deviation of q·k or q·k / sqrt(d_k) of independent components (Vaswani 2017, §3.2.1)."""

from math import sqrt
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_SIZES = {1: range(4, 301, 2), 2: (16, 32, 40, 48, 64, 80, 96, 128, 256), 3: (16, 32, 36, 48, 64, 100, 128, 256)}
_HEADS = (4, 6, 8, 10, 12, 16, 20, 24, 32)
_DEVIATIONS = (0.5, 1.0, 1.5, 2.0, 3.0)
_SCALED = 0.4  # of the items beyond the first difficulty
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _drawn(rng, difficulty)
        if abs(100 * _again(**given) % 1 - 0.5) > _EDGE:
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    d_k = rng.choice(_SIZES[difficulty])
    of_q, of_k = (1.0, 1.0) if difficulty < 3 else rng.sample(_DEVIATIONS, 2)
    return {
        "d_k": d_k, "heads": 1 if difficulty == 1 else rng.choice(_HEADS), "of_q": of_q, "of_k": of_k,
        "scaled": difficulty > 1 and rng.random() < _SCALED, "variance": rng.random() < 0.5,
    }  # fmt: skip


def _key(d_k: int, of_q: float, of_k: float, scaled: bool, variance: bool, **_: Any) -> float:
    """Every component is -s or +s with the same chance, which has mean 0 and standard deviation s."""
    terms = np.outer([-of_q, of_q], [-of_k, of_k]).ravel()  # a product of components: four equally likely cases
    total = np.full(d_k, np.mean(terms**2) - np.mean(terms) ** 2).sum()  # variances of independent terms add up
    if scaled:
        total /= np.sqrt(d_k) ** 2
    return float(total if variance else np.sqrt(total))


def _again(d_k: int, of_q: float, of_k: float, scaled: bool, variance: bool, **_: Any) -> float:
    spread = of_q * of_k * (1.0 if scaled else sqrt(d_k))
    return spread**2 if variance else spread


def _wrong(
    d_k: int, of_q: float, of_k: float, scaled: bool, variance: bool, by: float | None = None, **_: Any
) -> float:
    """The answer of who divides the variance by `by`."""
    square = d_k * (of_q * of_k) ** 2 / (by or (d_k if scaled else 1))
    return square if variance else sqrt(square)


def _sum_of_both(of_q: float, of_k: float, **given: Any) -> float:
    return _wrong(of_q=sqrt(of_q**2 + of_k**2), of_k=1.0, **given)


def _with_model_size(d_k: int, heads: int, scaled: bool, **given: Any) -> float | None:
    if heads == 1:
        return None
    size = d_k * heads
    return _wrong(d_k if scaled else size, scaled=scaled, by=size if scaled else 1, **given)


def _working(d_k: int, heads: int, of_q: float, of_k: float, scaled: bool, **_: Any) -> Given:
    term = (of_q * of_k) ** 2
    return {"d_model": d_k * heads, "term": term, "plain": d_k * term, "square": term if scaled else d_k * term}


FAMILY = Family(
    id="score-variance",
    concept="scaling-factor",
    bloom="apply",
    sources=("vaswani2017 §3.2.1", "vaswani2017 §3.2.2"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "confuses-spread": lambda variance, **given: _wrong(variance=not variance, **given),
        "adds-both": _sum_of_both,
        "wrong-side-of-scaling": lambda scaled, **given: _wrong(scaled=not scaled, **given),
        "scaling-factor.divides-by-dk": lambda scaled, **given: (
            _wrong(scaled=scaled, by=given["d_k"] ** 2, **given) if scaled else None
        ),
        "scaling-factor.model-size": _with_model_size,
        "divides-variance-by-root": lambda scaled, variance, **given: (
            _wrong(scaled=scaled, variance=variance, by=sqrt(given["d_k"]), **given) if scaled and variance else None
        ),
    },
    working=_working,
    decimals=2,
)  # fmt: skip
