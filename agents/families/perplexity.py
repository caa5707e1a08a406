"""Perplexity, exp of the mean -log p (Jelinek et al. 1977), also across tokenizers (Gao et al. 2020, §3.1)."""

from collections.abc import Sequence
from math import exp, isqrt, log, prod
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_PARTS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 18, 20, 24, 25, 30, 32, 36, 40, 50)  # of probabilities like 1/2
_SHARES = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8)
_LENGTHS = range(2, 10)  # of a text, in hundreds of tokens
_LOSSES = range(12, 31)  # tenths of a nat
_PERPLEXITIES = range(4, 31)
_CUTS = (10, 12, 15, 16, 18, 20, 24, 25, 30)  # tokens
_LEAST, _MOST = 1.2, 40
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given: dict[str, Any] = {"p": (), "sizes": (), "losses": (), "first": 0, **_drawn(rng, difficulty)}
        answer = _again(**given)
        if _LEAST < answer < _MOST and abs(100 * answer % 1 - 0.5) > _EDGE:
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    if difficulty == 1:
        return {"p": tuple(1 / rng.choice(_PARTS) for _ in range(2))}
    if difficulty == 2:
        return {"p": tuple(rng.choices(_SHARES, k=rng.choice((3, 4))))}
    if difficulty == 3:
        return {
            "sizes": tuple(100 * size for size in rng.sample(_LENGTHS, 2)),
            "losses": tuple(loss / 10 for loss in rng.sample(_LOSSES, 2)),
        }
    return {"sizes": tuple(rng.sample(_CUTS, 2)), "first": rng.choice(_PERPLEXITIES)}


def _key(p: Sequence[float], sizes: Sequence[int], losses: Sequence[float], first: int, **_: Any) -> float:
    if p:
        surprises = -np.log(np.array(p))
    elif losses:
        surprises = np.repeat(losses, sizes)
    else:
        before, after = sizes
        surprises = np.full(after, np.full(before, np.log(first)).sum() / after)
    return float(np.exp(surprises.mean()))


def _again(p: Sequence[float], sizes: Sequence[int], losses: Sequence[float], first: int, **_: Any) -> float:
    if p:
        return float(1 / prod(p) ** (1 / len(p)))  # the inverse of the geometric mean
    if losses:
        return float(prod(exp(loss) ** (size / sum(sizes)) for size, loss in zip(sizes, losses, strict=True)))
    return float(first ** (sizes[0] / sizes[1]))


def _loss(**given: Any) -> float:
    return log(_again(**given))


def _mean_first(p: Sequence[float], losses: Sequence[float], **_: Any) -> float | None:
    if p:
        return len(p) / sum(p)
    return sum(map(exp, losses)) / 2 if losses else None


FAMILY = Family(
    id="perplexity",
    concept="perplexity",
    bloom="apply",
    sources=("jelinek1977", "gao2020 §3.1"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "keeps-minus": lambda **given: exp(-_loss(**given)),
        "gives-the-loss": _loss,
        "averages-first": _mean_first,
        "no-root": lambda p, **_: 1 / prod(p) if p else None,
        "forgets-lengths": lambda losses, **_: exp(sum(losses) / 2) if losses else None,
        "perplexity.compare-any": lambda first, **_: float(first) if first else None,
        "in-proportion": lambda first, sizes, **_: first * sizes[0] / sizes[1] if first else None,
        "swaps-lengths": lambda first, sizes, **_: first ** (sizes[1] / sizes[0]) if first else None,
    },
    working=lambda p, sizes, losses, first, **_: {
        "count": len(p), "parts": tuple(round(1 / share) for share in p), "product": prod(p),
        "inverse": round(1 / prod(p)), "whole": len(p) == 2 and isqrt(round(1 / prod(p))) ** 2 == round(1 / prod(p)),
        "loss": _loss(p=p, sizes=sizes, losses=losses, first=first), "all": sum(sizes),
        "total": sum(map(prod, zip(sizes, losses, strict=True))) if losses else 0,
    },
    decimals=2,
)  # fmt: skip
