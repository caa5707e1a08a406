"""Mean cross-entropy, -1/n sum of log p of the right tokens (Bengio et al. 2003, §2; Radford et al. 2018, eq. 1)."""

from collections.abc import Sequence
from math import log, prod
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_POWERS = range(1, 7)  # probabilities 1/2 to 1/64: whole logarithms
_SHARES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_TOKENS = "ABCD"  # the vocabulary of the table
_PARTS = 20  # a row of the table shares out as many twentieths
_POSITIONS = 3
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _drawn(rng, difficulty)
        if abs(1000 * _mean(given["p"], given["base"]) % 1 - 0.5) > _EDGE:
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    count = rng.choice((3, 4))
    if difficulty == 1:
        powers = tuple(rng.choice(_POWERS) for _ in range(count))
        return {"p": tuple(0.5**power for power in powers), "base": 2, "rows": (), "right": ()}
    if difficulty == 2:
        return {"p": tuple(rng.choices(_SHARES, k=count)), "base": 0, "rows": (), "right": ()}
    cuts = [sorted(rng.sample(range(1, _PARTS), len(_TOKENS) - 1)) for _ in range(_POSITIONS)]
    rows = tuple(
        tuple((end - start) / _PARTS for start, end in zip([0, *cut], [*cut, _PARTS], strict=True)) for cut in cuts
    )
    right = tuple(rng.randrange(len(_TOKENS)) for _ in rows)
    return {"p": tuple(row[place] for row, place in zip(rows, right, strict=True)), "base": 0, "rows": rows,
            "right": right}  # fmt: skip


def _key(p: Sequence[float], rows: Sequence[Sequence[float]], right: Sequence[int], base: int, **_: Any) -> float:
    seen = np.array(rows)[np.arange(len(right)), np.array(right)] if rows else np.array(p)
    logs = np.log2(seen) if base else np.log(seen)
    return float(-logs.mean())


def _again(p: Sequence[float], base: int, **_: Any) -> float:
    above, below = zip(*(share.as_integer_ratio() for share in p), strict=True)
    return (log(prod(below)) - log(prod(above))) / len(p) / (log(base) if base else 1)


def _mean(p: Sequence[float], base: int) -> float:
    return sum(_surprises(p, base)) / len(p)


def _surprises(p: Sequence[float], base: int) -> list[float]:
    return [-log(share, base) if base else -log(share) for share in p]


FAMILY = Family(
    id="cross-entropy",
    concept="language-modeling",
    bloom="apply",
    sources=("bengio2003 §2", "radford2018 eq. 1"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "adds-without-mean": lambda p, base, **_: sum(_surprises(p, base)),
        "keeps-minus": lambda p, base, **_: -_mean(p, base),
        "wrong-base": lambda p, base, **_: _mean(p, 0 if base else 2),
        "log-of-mean": lambda p, base, **_: _surprises([sum(p) / len(p)], base)[0],
        "no-logarithm": lambda p, **_: 1 - sum(p) / len(p),
        "takes-likeliest": lambda rows, base, **_: _mean([max(row) for row in rows], base) if rows else None,
    },
    working=lambda p, base, right, **_: {
        "count": len(p), "surprises": _surprises(p, base), "total": sum(_surprises(p, base)),
        "text": tuple(_TOKENS[place] for place in right), "vocabulary": tuple(_TOKENS),
        "parts": tuple(round(1 / share) for share in p), "exact": base and round(_mean(p, base), 3) == _mean(p, base),
    },
    decimals=3,
)  # fmt: skip
