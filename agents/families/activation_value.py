"""The output of a small feed-forward network with ReLU, max(0, xW_1 + b_1) W_2 + b_2 (Vaswani et al. 2017, §3.3)."""

from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.families.family import Family, Given

_UNITS = {1: 2, 2: 3, 3: 3}  # hidden
_POSITIONS = {1: 1, 2: 1, 3: 2}
_MOST = 3  # of the weights, the inputs and the biases

Table = tuple[tuple[int, ...], ...]
Array = NDArray[np.int64]


def _draw(rng: Random, difficulty: int) -> Given:
    units, positions = _UNITS[difficulty], _POSITIONS[difficulty]
    while True:
        x, w1, w2 = _table(rng, positions, 2), _table(rng, 2, units), _table(rng, units, 2)
        b1, b2 = (_table(rng, 1, size)[0] if difficulty > 1 else (0,) * size for size in (units, 2))
        given: dict[str, Any] = {"x": x, "w1": w1, "b1": b1, "w2": w2, "b2": b2, "biased": difficulty > 1}
        before = _before(x, w1, b1)
        matters = all(min(row) < 0 < max(row) for row in before.tolist())  # ReLU, in every position
        if matters and _key(**given) not in (_shaped(before), _shaped(np.maximum(0, before))):
            return given


def _table(rng: Random, rows: int, columns: int) -> Table:
    entries = [entry for entry in range(-_MOST, _MOST + 1) if entry]
    return tuple(tuple(rng.choice(entries) for _ in range(columns)) for _ in range(rows))


def _before(x: Table, w1: Table, b1: tuple[int, ...]) -> Array:
    array: Array = np.array(x) @ np.array(w1) + np.array(b1)
    return array


def _shaped(output: Array) -> Any:
    """A row for one position, a matrix for several."""
    rows = tuple(map(tuple, output.tolist()))
    return rows[0] if len(rows) == 1 else rows


def _key(x: Table, w1: Table, b1: tuple[int, ...], w2: Table, b2: tuple[int, ...], **_: Any) -> Any:
    return _shaped(np.maximum(0, _before(x, w1, b1)) @ np.array(w2) + np.array(b2))


def _again(x: Table, w1: Table, b1: tuple[int, ...], w2: Table, b2: tuple[int, ...], **_: Any) -> Any:
    outputs = []
    for row in x:  # the units that are on make one affine map of the input
        on = [unit for unit in range(len(b1)) if sum(a * w[unit] for a, w in zip(row, w1, strict=True)) > -b1[unit]]
        slopes = [[sum(weights[unit] * w2[unit][out] for unit in on) for weights in w1] for out in range(len(b2))]
        outputs.append(tuple(
            sum(a * slope for a, slope in zip(row, slopes[out], strict=True))
            + sum(b1[unit] * w2[unit][out] for unit in on) + b2[out]
            for out in range(len(b2))
        ))  # fmt: skip
    return outputs[0] if len(outputs) == 1 else tuple(outputs)


def _relu_last(x: Table, w1: Table, b1: tuple[int, ...], w2: Table, b2: tuple[int, ...], **_: Any) -> Any:
    return _shaped(np.maximum(0, _before(x, w1, b1) @ np.array(w2) + np.array(b2)))


def _bias_late(x: Table, w1: Table, b1: tuple[int, ...], w2: Table, b2: tuple[int, ...], **_: Any) -> Any:
    return _shaped((np.maximum(0, np.array(x) @ np.array(w1)) + np.array(b1)) @ np.array(w2) + np.array(b2))


FAMILY = Family(
    id="activation-value",
    concept="activation-functions",
    bloom="apply",
    sources=("vaswani2017 §3.3",),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "forgets-relu": lambda x, w1, b1, w2, b2, **_: _shaped(_before(x, w1, b1) @ np.array(w2) + np.array(b2)),
        "relu-at-the-end": _relu_last,
        "absolute-value": lambda x, w1, b1, w2, b2, **_: _shaped(
            np.abs(_before(x, w1, b1)) @ np.array(w2) + np.array(b2)
        ),
        "forgets-bias": lambda x, w1, b1, w2, b2, biased, **_: (
            _key(x, w1, (0,) * len(b1), w2, (0,) * len(b2)) if biased else None
        ),
        "bias-after-relu": _bias_late,
        "stops-at-the-hidden-layer": lambda x, w1, b1, **_: _shaped(np.maximum(0, _before(x, w1, b1))),
        "transposes": lambda x, w1, b1, w2, b2, **_: (
            _key(x, tuple(zip(*w1, strict=True)), b1, tuple(zip(*w2, strict=True)), b2) if len(b1) == 2 else None
        ),
    },
    answer="matrix",
    working=lambda x, w1, b1, **_: {
        "before": _shaped(_before(x, w1, b1)), "hidden": _shaped(np.maximum(0, _before(x, w1, b1))),
        "several": len(x) > 1, "input": _shaped(np.array(x)),
    },
)  # fmt: skip
