"""The output of a gated linear unit, g(xW) ⊗ xV, where g is ReLU (ReGLU), the sigmoid (GLU) or Swish (SwiGLU), and of a
feed-forward network with one, which multiplies by W_2 (Shazeer 2020, §2; Dauphin et al. 2017, §2).
"""

from collections.abc import Callable
from itertools import product
from math import tanh
from operator import mul
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.families.family import Family, Given

_NAMES = {"relu": "ReGLU", "sigmoid": "GLU", "swish": "SwiGLU"}
_STEEP = 4  # beyond it a sigmoid is 0 or 1 to almost two decimals
_LARGE = 15  # beyond it the products are no longer done in the head
_EDGE = 0.05  # of the last decimal asked for

Table = tuple[tuple[int, ...], ...]
Array = NDArray[Any]


def _draw(rng: Random, difficulty: int) -> Given:
    x: tuple[int, ...]
    columns: list[Any]
    gate = rng.choice(("sigmoid", "swish")) if difficulty == 3 else "relu"
    if difficulty == 1:  # the branches themselves: what a single input of 1 makes of them
        x, size, columns = (1,), 4, list(product(_entries(6)))
    else:
        x, size, columns = tuple(rng.choices(_entries(3), k=2)), 2, list(product(_entries(3), repeat=2))
    sums = {column: sum(map(mul, x, column)) for column in columns}
    steep = [column for column in columns if 0 < abs(sums[column]) <= (_LARGE if gate == "relu" else _STEEP)]
    large = [column for column in columns if abs(sums[column]) > 1]
    while True:
        first = rng.choice(steep)
        turned = rng.choice([column for column in steep if (sums[column] < 0) != (sums[first] < 0)])
        into_gate = [first, turned, *(rng.choice(steep) for _ in range(size - 2))]
        rng.shuffle(into_gate)
        w, v = (tuple(zip(*chosen, strict=True)) for chosen in (into_gate, [rng.choice(large) for _ in range(size)]))
        out = tuple(tuple(rng.choice(_entries(3)) for _ in range(2)) for _ in range(2)) if difficulty == 4 else ()
        given: dict[str, Any] = {"x": x, "w": w, "v": v, "w2": out, "gate": gate}
        if gate == "relu" or not _near_edge(_key(**given)):
            return given


def _entries(most: int) -> list[int]:
    return [entry for entry in range(-most, most + 1) if entry]


def _near_edge(values: tuple[float, ...]) -> bool:
    return any(abs(abs(value) * 100 % 1 - 0.5) < _EDGE for value in values)


def _branches(x: tuple[int, ...], w: Table, v: Table) -> tuple[Array, Array]:
    return np.array(x) @ np.array(w), np.array(x) @ np.array(v)


def _act(values: Array, gate: str) -> Array:
    if gate == "relu":
        return np.maximum(0, values)
    squashed = 1 / (1 + np.exp(-values))
    return squashed if gate == "sigmoid" else values * squashed


def _out(hidden: Array, w2: Table) -> tuple[float, ...]:
    return tuple((hidden @ np.array(w2) if w2 else hidden).tolist())


def _key(x: tuple[int, ...], w: Table, v: Table, w2: Table, gate: str) -> tuple[float, ...]:
    gated, other = _branches(x, w, v)
    return _out(_act(gated, gate) * other, w2)


def _again(x: tuple[int, ...], w: Table, v: Table, w2: Table, gate: str) -> tuple[float, ...]:
    hidden: list[float] = []
    for into_gate, into_other in zip(zip(*w, strict=True), zip(*v, strict=True), strict=True):
        score = sum(one * weight for one, weight in zip(x, into_gate, strict=True))
        value = sum(one * weight for one, weight in zip(x, into_other, strict=True))
        if gate == "relu":
            hidden.append(score * value if score > 0 else 0)
        else:  # the sigmoid by its hyperbolic tangent
            hidden.append((1 + tanh(score / 2)) / 2 * value * (score if gate == "swish" else 1))
    columns = zip(*w2, strict=True) if w2 else ()
    mixed = [sum(one * weight for one, weight in zip(hidden, column, strict=True)) for column in columns]
    return tuple(mixed or hidden)


def _wrong(hidden: Callable[[Array, Array, str], Array], gates: str = "relu sigmoid swish") -> Callable[..., Any]:
    """A mistake with the two branches, for these gates."""

    def made(x: tuple[int, ...], w: Table, v: Table, w2: Table, gate: str) -> tuple[float, ...] | None:
        return _out(hidden(*_branches(x, w, v), gate), w2) if gate in gates.split() else None

    return made


def _working(x: tuple[int, ...], w: Table, v: Table, gate: str, **_: Any) -> Given:
    gated, other = _branches(x, w, v)
    opened = _act(gated, gate)
    return {
        "gated": gated.tolist(), "other": other.tolist(), "opened": opened.tolist(),
        "product": (opened * other).tolist(), "unit": _NAMES[gate], "smooth": gate != "relu", "direct": len(x) == 1,
    }  # fmt: skip


FAMILY = Family(
    id="gated-unit",
    concept="activation-functions",
    bloom="apply",
    sources=("shazeer2020 §2", "dauphin2017 §2"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "forgets-activation": _wrong(lambda gated, other, _gate: gated * other),
        "gates-the-other-branch": _wrong(lambda gated, other, gate: gated * _act(other, gate)),
        "activates-the-product": _wrong(lambda gated, other, gate: _act(gated * other, gate)),
        "adds-the-branches": _wrong(lambda gated, other, gate: _act(gated, gate) + other),
        "activation-functions.swiglu-two-matrices": _wrong(lambda gated, _other, gate: _act(gated, gate), "swish"),
        "ignores-the-other-branch": _wrong(lambda gated, _other, gate: _act(gated, gate), "relu sigmoid"),
        "sigmoid-for-swish": _wrong(lambda gated, other, _gate: _act(gated, "sigmoid") * other, "swish"),
        "swish-for-sigmoid": _wrong(lambda gated, other, _gate: _act(gated, "swish") * other, "sigmoid"),
    },
    answer="matrix",
    working=_working,
    decimals=2,
)
