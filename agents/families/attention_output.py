"""The output of attention for one query, the sum of the values by their weights (Vaswani et al. 2017, §3.2, §3.2.1)."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import log
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_WHOLES = {1: (10,), 2: (20,), 3: (5, 10, 20), 4: (5, 10, 20)}  # the weights end within two decimals
_SHAPES = {1: (2, 2), 2: (3, 3), 3: (3, 2), 4: (3, 2)}  # values that may be seen, and their size
_ROOTS = (2, 3, 4, 8)  # of d_k
_MOST = 9
_APART = 0.1  # between the output and the plain mean of the values


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _drawn(rng, difficulty)
        plain, weighted = _mix([1.0] * len(given["odds"]), given["values"]), _again(**given)
        if plain and abs(plain[0] - weighted[0]) > _APART:
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    (count, size), whole, masked = _SHAPES[difficulty], rng.choice(_WHOLES[difficulty]), difficulty == 4
    odds: tuple[int, ...] = (1, 1)
    while odds.count(max(odds)) > 1 or odds == odds[::-1]:
        cuts = [0, *sorted(rng.sample(range(1, whole), count - 1)), whole]
        odds = tuple(after - before for before, after in pairwise(cuts))
    rows = count + masked
    entries = rng.sample(range(-_MOST, _MOST + 1), rows * size)
    return {
        "odds": odds, "values": tuple(tuple(entries[row::rows]) for row in range(rows)), "scored": difficulty > 2,
        "root": rng.choice(_ROOTS) if masked else 1, "hidden": rng.randint(2, _MOST) if masked else 0,
    }  # fmt: skip


def _key(odds: Sequence[int], values: Any, scored: bool, root: int, hidden: int, **_: Any) -> tuple[float, ...]:
    if not scored:
        return tuple((np.array(odds) / sum(odds) @ np.array(values)).tolist())
    dots = root * np.log(np.array([*odds, hidden] if hidden else odds))
    scores = dots / np.sqrt(root**2) + np.array([0.0 if place < len(odds) else -np.inf for place in range(len(values))])
    weights = np.exp(scores - scores.max())
    return tuple((weights / weights.sum() @ np.array(values)).tolist())


def _again(odds: Sequence[int], values: Any, **_: Any) -> tuple[float, ...]:
    columns = zip(*values[: len(odds)], strict=True)
    return tuple(
        float(Fraction(sum(odd * entry for odd, entry in zip(odds, column, strict=True)), sum(odds)))
        for column in columns
    )


def _mix(parts: Sequence[float], values: Any) -> tuple[float, ...] | None:
    """The values by weights in proportion to these parts."""
    if abs(sum(parts)) < 1:
        return None
    return tuple(
        sum(part * entry for part, entry in zip(parts, column, strict=False)) / sum(parts)
        for column in zip(*values, strict=True)
    )


def _working(odds: Sequence[int], values: Any, root: int, hidden: int, **_: Any) -> Given:
    weights = [odd / sum(odds) for odd in odds]
    return {
        "weights": weights, "total": sum(odds), "d_k": root**2, "logs": [*odds, hidden] if hidden else odds,
        "weighted": [tuple(weight * entry for entry in value) for weight, value in zip(weights, values, strict=False)],
    }  # fmt: skip


FAMILY = Family(
    id="attention-output",
    concept="attention",
    bloom="apply",
    sources=("vaswani2017 §3.2", "vaswani2017 §3.2.1"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "averages": lambda odds, values, **_: _mix([1.0] * len(odds), values),
        "softmax.picks-one": lambda odds, values, **_: tuple(map(float, values[odds.index(max(odds))])),
        "crosses-weights": lambda odds, values, **_: _mix(odds[::-1], values),
        "softmax.divide-by-sum": lambda odds, values, scored, **_: (
            _mix([log(odd) for odd in odds], values) if scored else None
        ),
        "no-scaling": lambda odds, values, root, **_: None if root == 1 else _mix([odd**root for odd in odds], values),
        "sees-the-future": lambda odds, values, hidden, **_: _mix([*odds, hidden], values) if hidden else None,
    },
    answer="matrix",
    working=_working,
    decimals=2,
)  # fmt: skip
