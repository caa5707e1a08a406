"""How the attention scores, n^2 or n w with a window, and a whole layer change with the length of the context
(Tay et al. 2022, §2; Kaplan et al. 2020, §2.1; Jiang et al. 2023, §2)."""

from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_LENGTHS = (500, 600, 800, 1000, 1200, 1600, 2000, 2400, 3000, 4000, 6000, 8000, 10_000, 12_000, 16_000, 20_000)
_GROWTH = (1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 20)
_WINDOWS = range(10, 66, 2)  # thousands of tokens
_LAYERS = (  # width; length / width; percentage of the scores and the weighted sum in 12 n d^2 + 2 n^2 d operations
    *((d, Fraction(2, 3), 10) for d in (768, 1536, 3072, 6144)),
    *((d, ratio, share) for d in (512, 1024, 2048, 4096)
      for ratio, share in ((Fraction(3, 2), 20), (Fraction(2), 25), (Fraction(4), 40), (Fraction(6), 50))),
)  # fmt: skip
_MIXED = ((24, 2), (24, 4), (24, 6), (32, 2), (32, 4), (32, 8), (36, 3), (36, 6), (40, 4), (40, 5), (48, 6), (60, 6))
_REACH = (512, 1024, 2048, 4096)
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = {"d": 0, "share": 0, "layers": 0, "full": 0, "window": 0, **_drawn(rng, difficulty)}
        if abs(float(100 * _exact(**given)) % 1 - 0.5) > _EDGE:
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    if difficulty == 2:
        before, after = sorted(rng.sample(_WINDOWS, 2), reverse=True)
        return {"before": 1000 * before, "after": 500 * after}
    if difficulty == 4:
        layers, every = rng.choice(_MIXED)
        window = rng.choice(_REACH)
        n = window * rng.choice((4, 8, 16, 32, 64))
        return {"before": n, "after": n, "layers": layers, "full": layers // every, "window": window}
    if difficulty == 3:
        d, ratio, share = rng.choice(_LAYERS)
        given = {"before": int(d * ratio), "d": d, "share": share}
    else:
        given = {"before": rng.choice(_LENGTHS)}
    return {**given, "after": int(given["before"] * rng.choice(_GROWTH))}


def _key(before: int, after: int, d: int, layers: int, full: int, window: int, **_: Any) -> float:
    if layers:
        columns = np.full(layers, window)
        columns[:full] = before
        return float(layers * before * before / (before * columns).sum())
    scores = [np.broadcast_to(np.zeros(1, dtype=np.int8), (n, n)).size for n in (before, after)]
    if d:
        costs = [2 * size * d + 12 * n * d * d for n, size in zip((before, after), scores, strict=True)]
        return float(costs[1] / costs[0])
    return float(scores[1] / scores[0] * (100 if after < before else 1))


def _exact(before: int, after: int, share: int, layers: int, full: int, window: int, **_: Any) -> Fraction:
    times = Fraction(after, before)
    if layers:
        return 1 / (Fraction(full, layers) + Fraction(layers - full, layers) * Fraction(window, before))
    if share:
        return times * (1 + (times - 1) * Fraction(share, 100))
    return times**2 * (100 if times < 1 else 1)


def _scaled(power: int, before: int, after: int, share: int, layers: int, factor: float = 1) -> float | None:
    """The answer if the scores grew by the factor and with this power of the length; the rest of a layer is linear."""
    times = after / before
    if layers:
        return None
    if share:
        return float(factor * times**power) * share / 100 + times * (1 - share / 100)
    return float(factor * times**power) * (100 if times < 1 else 1)


FAMILY = Family(
    id="context-attention-share",
    concept="long-context",
    bloom="apply",
    sources=("tay2022 §2", "kaplan2020 §2.1", "jiang2023 §2"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=lambda **given: float(_exact(**given)),
    mistakes={
        "parallelism-and-scaling.linear-attention-cost": lambda before, after, share, layers, **_: (
            _scaled(1, before, after, share, layers)
        ),
        "doubles-instead-of-squaring": lambda before, after, share, layers, **_: (
            _scaled(1, before, after, share, layers, 0.5 if after < before else 2)
        ),
        "cubes": lambda before, after, share, layers, **_: _scaled(3, before, after, share, layers),
        "attention-complexity.whole-model-quadratic": lambda before, after, share, **_: (
            (after / before) ** 2 if share else None
        ),
        "rest-stays": lambda before, after, share, **_: (
            (after / before) ** 2 * share / 100 + 1 - share / 100 if share else None
        ),
        "all-in-windows": lambda before, window, layers, **_: before / window if layers else None,
        "window-squared": lambda before, window, layers, full, **_: (
            layers * before**2 / (full * before**2 + (layers - full) * window**2) if layers else None
        ),
        "upside-down": lambda layers, **given: float(1 / _exact(layers=layers, **given)) if layers else None,
    },
    working=lambda before, after, share, layers, full, window, **_: {
        "times": after / before, "square": (after / before) ** 2, "rest": 100 - share, "ratio": before // (window or 1),
        "first": share / 100 * (after / before) ** 2, "second": (1 - share / 100) * after / before,
        "windowed": layers - full,
        "exact": (100 * _exact(before, after, share, layers, full, window)).denominator == 1,
    },
    decimals=2,
    unit=lambda before, after, **_: "percent" if after < before else "",
)  # fmt: skip
