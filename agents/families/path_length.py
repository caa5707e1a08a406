"""The longest path between two positions at distance n - 1, by kind of layer (Vaswani et al. 2017, §4 and tab. 1)."""

import math
from random import Random
from typing import Any

from agents.families.family import Family, Given

_KINDS = {1: ("recurrent", "attention"), 2: ("causal", "centred"), 3: ("dilated",)}


def _draw(rng: Random, difficulty: int) -> Given:
    kind = rng.choice(_KINDS[difficulty])
    if kind == "dilated":
        return {"kind": kind, "n": rng.randint(150, 1000), "k": rng.choice((2, 3, 4, 5))}
    width = rng.choice((5, 7, 9, 11)) if kind == "centred" else rng.randint(3, 9)
    return {"kind": kind, "n": rng.randint(12, 400), "k": width if difficulty == 2 else 0}


def _key(kind: str, n: int, k: int, **_: Any) -> int:
    """Breadth-first search: positions are bits, and every round follows all the connections of one step at once."""
    whole, last = (1 << n) - 1, 1 << (n - 1)
    reached, steps = 1, 0
    while not reached & last:
        if kind == "attention":
            reached = whole
        elif kind == "recurrent":
            reached |= reached << 1
        else:
            dilation = k**steps if kind == "dilated" else 1
            back = (k - 1) // 2 if kind == "centred" else 0
            before = reached
            for tap in range(-back, k - back):
                reached |= before << tap * dilation if tap > 0 else before >> -tap * dilation
        reached &= whole
        steps += 1
    return steps


def _again(kind: str, n: int, k: int, **_: Any) -> int:
    if kind == "dilated":
        digits, rest = 0, n - 1  # log_k n, rounded up, is how many digits n - 1 has in base k
        while rest:
            digits, rest = digits + 1, rest // k
        return digits
    reach = {"recurrent": 1, "attention": n - 1, "causal": k - 1, "centred": k // 2}[kind]
    return math.ceil((n - 1) / reach)


FAMILY = Family(
    id="path-length",
    concept="attention-complexity",
    bloom="apply",
    sources=("vaswani2017 §4, tab. 1",),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "attention.recurrent": lambda kind, n, **_: n - 1 if kind == "attention" else None,
        "direct-connection": lambda kind, **_: None if kind == "attention" else 1,
        "counts-positions": lambda kind, n, **_: n if kind in ("recurrent", "attention") else None,
        "half-of-positions": lambda kind, n, **_: n // 2 if kind in ("recurrent", "attention") else None,
        "whole-width": lambda kind, n, k, **_: math.ceil((n - 1) / k) if kind in ("causal", "centred") else None,
        "wrong-reach": lambda kind, n, k, **_: (
            math.ceil((n - 1) / (k // 2 if kind == "causal" else k - 1)) if kind in ("causal", "centred") else None
        ),
        "forgets-dilation": lambda kind, n, k, **_: math.ceil((n - 1) / (k - 1)) if kind == "dilated" else None,
        "binary-logarithm": lambda kind, n, k, **_: math.ceil(math.log2(n)) if kind == "dilated" and k > 2 else None,
        "rounds-down": lambda kind, n, k, **_: math.floor(math.log(n) / math.log(k)) if kind == "dilated" else None,
    },
    working=lambda kind, n, k, **_: {
        "distance": n - 1,
        "reach": k // 2 if kind == "centred" else max(k - 1, 1),
        "layers": _again(kind, n, k),
        "before": k ** (_again(kind, n, k) - 1) if kind == "dilated" else 0,
        "after": k ** _again(kind, n, k) if kind == "dilated" else 0,
    },
)
