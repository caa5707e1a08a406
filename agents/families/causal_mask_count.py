"""How many scores a causal mask sets to minus infinity, or leaves: n(n-1)/2 of n² (Vaswani et al. 2017, §3.2.3)."""

from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_LENGTHS = {1: range(4, 105), 2: range(8, 65), 3: range(10, 101), 4: range(10, 65)}
_WINDOWS = range(2, 33)
_HEADS = (8, 12, 16, 20, 32)
_LAYERS = (6, 12, 24, 32)


def _draw(rng: Random, difficulty: int) -> Given:
    n = rng.choice(_LENGTHS[difficulty])
    many = difficulty in (2, 4)
    return {
        "n": n, "forbidden": difficulty > 1 or rng.random() < 0.5,
        "window": rng.choice([width for width in _WINDOWS if width <= n // 2]) if difficulty > 2 else 0,
        "heads": rng.choice(_HEADS) if many else 1, "layers": rng.choice(_LAYERS) if many else 1,
    }  # fmt: skip


def _key(n: int, forbidden: bool, window: int, heads: int, layers: int) -> int:
    query, key = np.indices((n, n))
    allowed = (key <= query) & ((query - key < window) if window else True)
    mask = np.where(allowed, 0.0, -np.inf)
    return int(np.isneginf(mask).sum() if forbidden else (mask == 0).sum()) * heads * layers


def _again(n: int, forbidden: bool, window: int, heads: int, layers: int) -> int:
    hidden = n * (n - 1) // 2
    if window:
        hidden += (n - window) * (n - window + 1) // 2
    return (hidden if forbidden else n * n - hidden) * heads * layers


def _count(allowed: int, n: int, forbidden: bool, heads: int = 1, layers: int = 1) -> int:
    """The answer of who thinks that so many pairs are allowed."""
    return (n * n - allowed if forbidden else allowed) * heads * layers


def _seen(n: int, window: int) -> int:
    return sum(min(place, window or n) for place in range(1, n + 1))


def _working(n: int, window: int, heads: int, layers: int, **_: Any) -> Given:
    return {
        "pairs": n * n, "seen": _seen(n, window), "hidden": n * n - _seen(n, window), "copies": heads * layers,
        "start": window * (window - 1) // 2, "rest": n - window + 1,
    }  # fmt: skip


FAMILY = Family(
    id="causal-mask-count",
    concept="attention-masks",
    bloom="apply",
    sources=("vaswani2017 §3.2.3", "beltagy2020 §3.1", "jiang2023 §2"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "hides-diagonal": lambda n, window, **given: _count(_seen(n, window) - n, n, **given),
        "counts-all-pairs": lambda n, heads, layers, **_: n * n * heads * layers,
        "halves-the-square": lambda n, window, **given: None if window else _count(n * n // 2, n, **given),
        "forgets-layers": lambda n, window, forbidden, heads, layers: (
            None if layers == 1 else _count(_seen(n, window), n, forbidden, heads)
        ),
        "forgets-window": lambda n, window, **given: _count(_seen(n, 0), n, **given) if window else None,
        "window-and-itself": lambda n, window, **given: _count(_seen(n, window + 1), n, **given) if window else None,
    },
    working=_working,
    unit="entries",
)  # fmt: skip
