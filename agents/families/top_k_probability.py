"""The probability of a token after top-k: p_i divided by the sum of the k largest, 0 for the rest (Fan et al. 2018;
Holtzman et al. 2020, §3), also with a temperature before the cut (Hinton et al. 2015, §2).
"""

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_COUNTS = {1: (4,), 2: (5, 6), 3: (4, 5)}
_UNITS = {1: 5, 2: 1}  # hundredths that every probability is a multiple of
_ROOTS = range(1, 8)
_SHARPER, _FLATTER = 0.5, 2.0  # the temperatures whose powers are whole: squares and roots of squares
_EDGE = 0.1  # of a unit of the last decimal: as near as a probability may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _drawn(rng, difficulty)
        share = 100 * _again(**given)
        if abs(share % 1 - 0.5) > _EDGE and share != _working(**given)["kept_sum"] * 100:  # which a hint names
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    count = rng.choice(_COUNTS[difficulty])
    temperature = rng.choice((_SHARPER, _FLATTER)) if difficulty == 3 else 1.0
    if difficulty == 3:
        shares = [root * root if temperature == _FLATTER else root for root in rng.sample(_ROOTS, count)]
    else:
        unit = _UNITS[difficulty]
        marks = sorted(rng.sample(range(2 if unit == 1 else 1, 100 // unit), count - 1))
        shares = [unit * (high - low) for low, high in zip([0, *marks], [*marks, 100 // unit], strict=True)]
        if len(set(shares)) < count or max(shares) > 70:
            return _drawn(rng, difficulty)
    k = rng.randint(2, count - 1 if difficulty == 1 else count - 2)
    place = shares.index(rng.choice(sorted(shares)[-k:]))
    return {"shares": tuple(shares), "k": k, "place": place, "temperature": temperature, "logits": difficulty == 3}


def _key(shares: Sequence[int], k: int, place: int, temperature: float, logits: bool) -> float:
    scores = np.log(np.array(shares)) / temperature if logits else np.log(np.array(shares) / 100)
    probabilities = np.exp(scores - scores.max())
    probabilities /= probabilities.sum()
    kept = np.zeros_like(probabilities)
    best = np.argsort(-probabilities)[:k]
    kept[best] = probabilities[best]
    return float((kept / kept.sum())[place])


def _again(shares: Sequence[int], k: int, place: int, temperature: float, **_: Any) -> float:
    weights = _weights(shares, temperature)
    return float(Fraction(weights[place], sum(sorted(weights)[-k:])))


def _weights(shares: Sequence[int], temperature: float) -> list[int]:
    if temperature == _SHARPER:
        return [share * share for share in shares]
    return [isqrt(share) for share in shares] if temperature == _FLATTER else list(shares)


def _first_listed(shares: Sequence[int], k: int, place: int, temperature: float, **_: Any) -> float | None:
    return None if place >= k else _again(shares[:k], k, place, temperature)


def _spread(shares: Sequence[int], k: int, place: int, temperature: float, **_: Any) -> float:
    weights = _weights(shares, temperature)
    lost = sum(sorted(weights)[:-k]) / k
    return (weights[place] + lost) / sum(weights)


def _working(shares: Sequence[int], k: int, place: int, temperature: float, logits: bool) -> Given:
    weights = _weights(shares, temperature)
    whole = 1 if logits else 100
    names = "ABCDEF"[: len(shares)]
    kept = sorted(range(len(shares)), key=lambda at: -weights[at])[:k]
    return {
        "names": names, "name": names[place], "weights": [weight / whole for weight in weights],
        "kept": [names[at] for at in kept], "kept_weights": [weights[at] / whole for at in kept],
        "kept_sum": sum(weights[at] for at in kept) / whole, "mine": weights[place] / whole,
    }  # fmt: skip


FAMILY = Family(
    id="top-k-probability",
    concept="sampling",
    bloom="apply",
    sources=("fan2018", "holtzman2020 §3", "hinton2015 §2"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "forgets-to-renormalise": lambda shares, **given: _again(shares, **{**given, "k": len(shares)}),
        "keeps-one-too-many": lambda k, **given: _again(k=k + 1, **given),
        "takes-the-first-listed": _first_listed,
        "spreads-the-rest-equally": _spread,
        "ignores-temperature": lambda temperature, **given: None if temperature == 1 else _again(
            temperature=1.0, **given
        ),
        "draws-equally": lambda k, **_: 1 / k,
    },
    working=_working,
    decimals=2,
)  # fmt: skip
