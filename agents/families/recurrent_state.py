"""The hidden state of a recurrent network after some steps, h_t = f(W_h h_{t-1} + W_x x_t + b), with one number as
state and f the identity or ReLU; with two numbers, what an output layer v · h_t makes of it (Elman 1990; Goodfellow et
al. 2016, §10.2).
"""

from collections.abc import Callable
from fractions import Fraction
from operator import mul
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_STEPS = {1: 3, 2: 4, 3: 3}
_MOST = {1: 8, 2: 4, 3: 3}  # of the inputs
_LARGE = 60  # beyond it the sums are no longer done in the head

State = list[float]


def _draw(rng: Random, difficulty: int) -> Given:
    small, inputs = _entries(2), _entries(_MOST[difficulty])
    w_h: Any
    w_x: tuple[int, ...]
    v: tuple[int, ...]
    while True:
        if difficulty == 3:
            w_h, w_x, v = (_pair(rng, small), _pair(rng, small)), _pair(rng, small), _pair(rng, small)
        else:
            w_h = ((rng.choice((0.5, -0.5) if difficulty == 1 else (-2, -1, 2, 3)),),)
            w_x, v = (rng.choice((2, 3, -2)) if difficulty == 2 else 1,), (1,)
        b = (rng.choice(small),) if difficulty == 2 else (0,) * len(v)
        given: dict[str, Any] = {
            "w_h": w_h, "w_x": w_x, "b": b, "v": v, "relu": difficulty > 1,
            "x": tuple(rng.choices(inputs, k=_STEPS[difficulty])),
        }  # fmt: skip
        before, states = _steps(**given)
        if difficulty > 1 and (before[:-1] == states[:-1] or not any(states[-2])):
            continue  # ReLU is to act on the way, and the past to count in the last step
        shown = [*before, *states] if difficulty == 3 else [*before[:-1], *states[:-1]]
        answer, seen = abs(_dot(v, states[-1])), {abs(value) for state in shown for value in state}
        if 0 < answer < _LARGE and answer not in seen and max(seen) < _LARGE:
            return given


def _pair(rng: Random, entries: tuple[int, ...]) -> tuple[int, ...]:
    return rng.choice(entries), rng.choice(entries)


def _entries(most: int) -> tuple[int, ...]:
    return tuple(entry for entry in range(-most, most + 1) if entry)


def _dot(left: Any, right: Any) -> Any:
    return sum(map(mul, left, right))


def _steps(w_h: Any, w_x: Any, b: Any, relu: bool, x: Any, **_: Any) -> tuple[list[State], list[State]]:
    """What f receives and the states, step by step, from a state of zeros."""
    before, states = [], [[0.0] * len(b)]
    for entry in x:
        old = states[-1]
        before.append([_dot(row, old) + into * entry + bias for row, into, bias in zip(w_h, w_x, b, strict=True)])
        states.append([max(0.0, value) for value in before[-1]] if relu else before[-1])
    return before, states[1:]


def _key(w_h: Any, w_x: Any, b: Any, v: Any, relu: bool, x: Any) -> float:
    square, into, bias = np.array(w_h, dtype=np.float64), np.array(w_x), np.array(b)
    state = np.zeros(len(b))
    for entry in x:
        state = square @ state + into * entry + bias
        state = np.maximum(0, state) if relu else state
    return float(np.array(v) @ state)


def _again(w_h: Any, w_x: Any, b: Any, v: Any, relu: bool, x: Any) -> float:
    if not relu:  # unrolled: each input is weighted by a power
        weight = Fraction(w_h[0][0])
        return float(sum(weight**age * entry for age, entry in enumerate(reversed(x))))

    def unit(place: int, step: int) -> int:  # from the end back; these weights are whole
        if step < 0:
            return 0
        recalled = [weight * unit(other, step - 1) for other, weight in enumerate(w_h[place])]
        return int(max(0, sum(recalled) + w_x[place] * x[step] + b[place]))

    return float(sum(weight * unit(place, len(x) - 1) for place, weight in enumerate(v)))


def _wrong(change: Callable[[Given], Given | None]) -> Callable[..., float | None]:
    """The answer with something changed in what is given."""

    def made(**given: Any) -> float | None:
        changed = change(given)
        return None if changed is None else float(_dot(given["v"], _steps(**{**given, **changed})[1][-1]))

    return made


FAMILY = Family(
    id="recurrent-state",
    concept="recurrent-networks",
    bloom="apply",
    sources=("elman1990", "goodfellow2016 §10.2"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "forgets-the-past": _wrong(lambda given: {"x": given["x"][-1:]}),
        "stops-a-step-early": _wrong(lambda given: {"x": given["x"][:-1]}),
        "forgets-the-weight": _wrong(lambda given: {"w_h": ((1,),)} if len(given["b"]) == 1 else None),
        "reads-backwards": _wrong(lambda given: {"x": given["x"][::-1]}),
        "forgets-relu": _wrong(lambda given: {"relu": False} if given["relu"] else None),
        "forgets-bias": _wrong(lambda given: {"b": (0,)} if given["b"] != (0,) * len(given["b"]) else None),
        "transposes": _wrong(
            lambda given: {"w_h": tuple(zip(*given["w_h"], strict=True))} if len(given["b"]) == 2 else None
        ),
    },
    working=lambda **given: {
        "before": _steps(**given)[0], "states": _steps(**given)[1], "two": len(given["b"]) == 2,
        "last": len(given["x"]),
    },
    decimals=2,
)  # fmt: skip
