"""The output of a sub-layer with its residual connection, x + F(x) (He et al. 2016, §3.1; Vaswani et al. 2017, §3.1),
of two in a row, or with layer normalization before F or after the sum (Xiong et al. 2020, §3).
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import isqrt
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.families.family import Family, Given

_MOST = {1: 9, 2: 4, 3: 5}
_PATTERNS = ((1, 1, -1, -1), (2, 2, -2, -2), (7, 1, -1, -7), (5, -3, -1, -1), (-5, 3, 1, 1))  # standard deviation whole
_PRE = 3  # of these patterns, those that normalize to one decimal

Row = NDArray[np.float64]


def _draw(rng: Random, difficulty: int) -> Given:
    entries = [entry for entry in range(-_MOST[difficulty], _MOST[difficulty] + 1) if entry]
    if difficulty == 1:
        size = rng.choice((3, 4))
        x, out = (rng.choices(entries, k=size) for _ in range(2))
        return {"x": tuple(x), "layers": ((0, tuple(entry / 10 for entry in out)),), "norm": ""}
    if difficulty == 2:
        while True:
            x = rng.choices(entries, k=2)
            layers = tuple((rng.choice((-2, 1, 2)), tuple(rng.choices(entries, k=2))) for _ in range(2))
            added = [layers[0][0] * entry + shift for entry, shift in zip(x, layers[0][1], strict=True)]
            if all(added) and all(entry + more for entry, more in zip(x, added, strict=True)):
                return {"x": tuple(x), "layers": layers, "norm": ""}
    norm, factor, mean = rng.choice(("pre", "post")), rng.choice((2, 3)), rng.choice(entries)
    read = [mean + entry for entry in rng.choice(_PATTERNS[:_PRE] if norm == "pre" else _PATTERNS)]
    rng.shuffle(read)  # what layer normalization will read
    others = rng.sample(entries, 4)
    if norm == "pre":
        return {"x": tuple(read), "layers": ((factor, tuple(others)),), "norm": norm}
    shift = tuple(entry - (1 + factor) * start for entry, start in zip(read, others, strict=True))
    return {"x": tuple(others), "layers": ((factor, shift),), "norm": norm}


def _function(state: Row, layer: Any) -> Row:
    factor, shift = layer
    row: Row = factor * state + np.array(shift, dtype=np.float64)
    return row


def _standard(state: Row) -> Row:
    centred = state - state.sum() / state.size
    row: Row = centred / (float(np.sqrt(centred @ centred / state.size)) or 1.0)
    return row


def _key(x: Sequence[int], layers: Any, norm: str, **_: Any) -> tuple[float, ...]:
    state = np.array(x, dtype=np.float64)
    for layer in layers:
        state = state + _function(_standard(state) if norm == "pre" else state, layer)
    return tuple((_standard(state) if norm == "post" else state).tolist())


def _again(x: Sequence[int], layers: Any, norm: str, **_: Any) -> tuple[float, ...]:
    def normal(values: list[Fraction]) -> list[Fraction]:
        mean = sum(values, Fraction(0)) / len(values)
        variance = sum((value * value for value in values), Fraction(0)) / len(values) - mean * mean
        root = Fraction(isqrt(variance.numerator), isqrt(variance.denominator))
        return [(value - mean) / root for value in values]

    values = [Fraction(entry) for entry in x]
    for factor, shift in layers:
        inner = normal(values) if norm == "pre" else values
        values = [old + factor * new + Fraction(str(add)) for old, new, add in zip(values, inner, shift, strict=True)]
    return tuple(map(float, normal(values) if norm == "post" else values))


def _parts(x: Sequence[int], layers: Any, norm: str) -> tuple[Row, Row, Row]:
    """The input, what the last sub-layer reads, and what its function returns."""
    start = np.array(x, dtype=np.float64)
    read = start + _function(start, layers[0]) if len(layers) == 2 else _standard(start) if norm == "pre" else start
    return start, read, _function(read, layers[-1])


def _working(x: Sequence[int], layers: Any, norm: str) -> Given:
    start, read, out = _parts(x, layers, norm)
    summed = start if norm == "pre" else read + out
    return {
        "first": _function(start, layers[0]).tolist(), "read": read.tolist(), "out": out.tolist(),
        "summed": summed.tolist(), "mean": float(summed.mean()), "spread": float(summed.std()),
    }  # fmt: skip


def _wrong(combine: Callable[[Row, Row, Row, Any], Row], *where: str) -> Callable[..., tuple[float, ...] | None]:
    """A mistake with the parts and the functions, where it can be made: "one" or "two" sub-layers, "pre", "post"."""

    def made(x: Sequence[int], layers: Any, norm: str) -> tuple[float, ...] | None:
        if (norm or ("two" if len(layers) == 2 else "one")) not in where:
            return None
        return tuple(combine(*_parts(x, layers, norm), layers).tolist())

    return made


FAMILY = Family(
    id="residual-sum",
    concept="residual-connections",
    bloom="apply",
    sources=("he2016 §3.1", "vaswani2017 §3.1", "xiong2020 §3"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "forgets-residual": _wrong(lambda _x, _read, out, _all: out, "one", "two", "pre"),
        "residual-connections.concatenate": _wrong(lambda x, _read, out, _all: np.concatenate((x, out)), "one"),
        "multiplies": _wrong(lambda x, _read, out, _all: x * out, "one"),
        "residual-connections.single": _wrong(
            lambda x, _read, _out, layers: x + _function(_function(x, layers[0]), layers[1]), "two"
        ),
        "adds-the-first-input": _wrong(lambda x, _read, out, _all: x + out, "two"),
        "adds-normalized-input": _wrong(lambda _x, read, out, _all: read + out, "pre"),
        "normalizes-the-sum": _wrong(lambda x, _read, out, _all: _standard(x + out), "pre"),
        "layer-normalization.always-before": _wrong(
            lambda x, _read, _out, layers: x + _function(_standard(x), layers[0]), "post"
        ),
        "normalizes-the-branch": _wrong(lambda x, _read, out, _all: x + _standard(out), "post"),
        "forgets-normalization": _wrong(lambda x, _read, _out, layers: x + _function(x, layers[0]), "pre", "post"),
    },
    answer="matrix",
    working=_working,
    decimals=2,
)
