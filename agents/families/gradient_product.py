"""The factor by which a gradient shrinks or grows on its way back through a recurrent network whose state is a number:
a product of one factor a step, w in a linear network and w (1 - h_t^2) with tanh (Pascanu et al. 2013, §2).
"""

from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_STEPS = {1: (3, 8), 2: (6, 20), 3: (3, 3)}
_LEAST, _LARGEST = 0.004, 200  # factors that four decimals tell well
_EDGE = 0.05  # of the last decimal asked for

States = tuple[float, ...]


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        steps, first = rng.randint(*_STEPS[difficulty]), rng.randint(2, 9) if difficulty > 1 else 0
        states: States = ()
        if difficulty == 1:
            w = rng.randint(5, 60) / 20
        elif difficulty == 2:
            w = rng.choice((-1, 1)) * rng.choice([hundredths / 100 for hundredths in range(65, 130, 5)])
        else:
            w = rng.choice((-1, 1)) * rng.randint(6, 20) / 10
            states = tuple(rng.choice((-1, 1)) * tenths / 10 for tenths in rng.sample(range(1, 9), steps + 1))
        u = rng.choice((0.5, 2, 3, 4)) if difficulty == 2 else 1
        given: dict[str, Any] = {"w": w, "u": u, "first": first, "last": first + steps, "states": states}
        size = abs(_key(**given))
        seen = {abs(factor) for factor in _factors(w, states)} | {1, steps, steps - 1, abs(w)}
        if abs(w) != 1 and _LEAST < size < _LARGEST and size not in seen and abs(size * 1e4 % 1 - 0.5) > _EDGE:
            return given


def _factors(w: float, states: States) -> tuple[float, ...]:
    """Of the steps into these states but the first, from which the gradient is taken."""
    return tuple(round(w * (1 - state * state), 6) for state in states[1:])


def _key(w: float, first: int, last: int, states: States, **_: Any) -> float:
    slopes = 1 - np.array(states[1:]) ** 2 if states else np.ones(last - first)
    return float(np.prod(w * slopes))


def _again(w: float, first: int, last: int, states: States, **_: Any) -> float:
    product = Fraction(str(w)) ** (last - first)
    for state in states[1:]:
        product *= (1 - Fraction(str(state))) * (1 + Fraction(str(state)))
    return float(product)


def _product(w: float, slopes: list[float], states: States) -> float | None:
    return w ** len(slopes) * float(np.prod(slopes)) if states else None


FAMILY = Family(
    id="gradient-product",
    concept="recurrent-networks",
    bloom="apply",
    sources=("pascanu2013 §2", "bengio1994"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "multiplies-by-the-steps": lambda w, first, last, states, **_: None if states else w * (last - first),
        "one-step-too-many": lambda w, first, last, states, **_: None if states else w ** (last - first + 1),
        "one-step-too-few": lambda w, first, last, states, **_: None if states else w ** (last - first - 1),
        "only-one-step": lambda w, states, **_: None if states else w,
        "counts-from-zero": lambda w, first, last, states, **_: w**last if first and not states else None,
        "includes-the-input-weight": lambda w, u, first, last, **_: None if u == 1 else u * w ** (last - first),
        "forgets-tanh": lambda w, first, last, states, **_: w ** (last - first) if states else None,
        "forgets-the-square": lambda w, states, **_: _product(w, [1 - state for state in states[1:]], states),
        "earlier-states": lambda w, states, **_: _product(w, [1 - state * state for state in states[:-1]], states),
        "weight-only-once": lambda w, states, **_: (
            w * float(np.prod([1 - state * state for state in states[1:]])) if states else None
        ),
        "adds-the-factors": lambda w, states, **_: sum(_factors(w, states)) if states else None,
    },
    working=lambda w, first, last, states, **_: {
        "steps": last - first, "factors": _factors(w, states), "slopes": [round(1 - h * h, 6) for h in states[1:]],
        "smaller": abs(w) < 1,
    },
    decimals=4,
)  # fmt: skip
