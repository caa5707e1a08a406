"""How many tokens top-p keeps: the fewest of the most probable ones whose probabilities add up to at least p
(Holtzman et al. 2020, §3), also with a temperature before the cut (Hinton et al. 2015, §2).
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, combinations
from math import floor, isqrt
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_COUNTS = {1: (5, 6), 2: (6, 7), 3: (5, 6), 4: (5, 6)}
_PERCENTS = (50, 60, 70, 75, 80, 85, 90, 95)
_WEIGHTS = range(1, 21)
_ROOTS = range(1, 9)
_SHARPER, _FLATTER = 0.5, 2.0  # the temperatures whose powers are whole: squares and roots of squares
_MOST = 60  # hundredths of one token, so that there is something to add up
_EDGE = 0.01  # as near as a cumulated probability may come to p


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _drawn(rng, difficulty)
        weights = sorted(_weights(given["shares"], given["temperature"]), reverse=True)
        sums, count = list(accumulate(weights)), _again(**given)
        clear = all(abs(part / sums[-1] - given["percent"] / 100) > _EDGE for part in sums)
        if clear and count > 1 and count not in sums:  # the sums stand in a hint
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    count = rng.choice(_COUNTS[difficulty])
    temperature = rng.choice((_SHARPER, _FLATTER)) if difficulty == 4 else 1.0
    if difficulty > 2:
        shares = rng.sample(_WEIGHTS if difficulty == 3 else _ROOTS, count)
        shares = [share * share for share in shares] if temperature == _FLATTER else shares
    else:
        shares = []
        while len(set(shares)) < count or max(shares) > _MOST:
            marks = sorted(rng.sample(range(2, 100), count - 1))
            shares = [high - low for low, high in zip([0, *marks], [*marks, 100], strict=True)]
    listed = sorted(shares, reverse=True) if difficulty == 1 else shares
    return {"shares": tuple(listed), "percent": rng.choice(_PERCENTS), "temperature": temperature,
            "logits": difficulty > 2}  # fmt: skip


def _key(shares: Sequence[int], percent: int, temperature: float, logits: bool) -> int:
    scores = np.log(np.array(shares)) / temperature if logits else np.log(np.array(shares) / 100)
    probabilities = np.exp(scores - scores.max())
    cumulated = np.cumsum(np.sort(probabilities / probabilities.sum())[::-1])
    return int(np.searchsorted(cumulated, percent / 100)) + 1


def _again(shares: Sequence[int], percent: int, temperature: float, **_: Any) -> int:
    weights = _weights(shares, temperature)
    return next(
        size for size in range(1, len(weights) + 1)
        if any(100 * sum(group) >= percent * sum(weights) for group in combinations(weights, size))
    )  # fmt: skip


def _weights(shares: Sequence[int], temperature: float) -> list[int]:
    if temperature == _SHARPER:
        return [share * share for share in shares]
    return [isqrt(share) for share in shares] if temperature == _FLATTER else list(shares)


def _several(count: int) -> int | None:
    """None for a lone token, or none: an option in the plural would look odd."""
    return count if count > 1 else None


def _reached(weights: Sequence[int], percent: int) -> int | None:
    return _several(bisect_left(list(accumulate(weights)), percent * sum(weights) / 100) + 1)


def _working(shares: Sequence[int], percent: int, temperature: float, logits: bool) -> Given:
    whole = 1 if logits else 100
    weights = _weights(shares, temperature)
    order, names = sorted(range(len(shares)), key=lambda at: -weights[at]), "ABCDEFG"[: len(shares)]
    return {
        "p": percent / 100, "names": names, "ordered": [names[at] for at in order], "total": sum(weights),
        "weights": [weight / whole for weight in weights], "sorted": [weights[at] / whole for at in order],
        "cumulated": [part / whole for part in accumulate(weights[at] for at in order)],
        "wanted": percent * sum(weights) / 100 / whole,
    }  # fmt: skip


FAMILY = Family(
    id="top-p-count",
    concept="sampling",
    bloom="apply",
    sources=("holtzman2020 §3", "hinton2015 §2"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "sampling.top-p-fixed-count": lambda shares, percent, **_: floor(len(shares) * percent / 100 + 0.5),
        "stops-below-p": lambda **given: _several(_again(**given) - 1),
        "adds-in-the-order-listed": lambda shares, percent, temperature, **_: (
            _reached(_weights(shares, temperature), percent)
        ),
        "starts-from-the-smallest": lambda shares, percent, temperature, **_: (
            _reached(sorted(_weights(shares, temperature)), percent)
        ),
        "ignores-temperature": lambda temperature, **given: (
            None if temperature == 1 else _several(_again(temperature=1.0, **given))
        ),
    },
    working=_working,
    unit="tokens",
)  # fmt: skip
