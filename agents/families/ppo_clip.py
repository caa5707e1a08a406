"""The clipped term of PPO for one token, min(rho A, clip(rho, 1 - eps, 1 + eps) A), or its mean over some tokens
(Schulman et al. 2017, eq. 7).
"""

from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

Row = tuple[float, float, float]  # of a token: its ratio, its clipped ratio and its advantage

_EPSILONS = (0.1, 0.2, 0.3)  # those of the paper's table 1
_RATIOS = tuple(part / 20 for part in range(6, 38) if part != 20)
_OLD = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8)
_ADVANTAGES = tuple(half / 2 for half in range(-10, 11) if half not in (-2, 0, 2))  # 1 hides the product
_GOOD, _BAD = ([one for one in _ADVANTAGES if (one > 0) is good] for good in (True, False))
_APART = 0.001  # of an answer from what a hint shows
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _drawn(rng, difficulty)
        answer = _again(**given)
        rows = _rows(**given)
        terms = [min(ratio * advantage, clipped * advantage) for ratio, clipped, advantage in rows]
        shown = (1.0, *(terms if difficulty == 3 else rows[0][:2]))  # in a hint
        if all(abs(abs(answer) - abs(one)) > _APART for one in shown) and abs(1000 * answer % 1 - 0.5) > _EDGE:
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    epsilon = rng.choice(_EPSILONS)
    if difficulty < 3:
        ratio, advantage = rng.choice(_RATIOS), rng.choice(_ADVANTAGES)
        old = rng.choice([prob for prob in _OLD if prob * ratio < 1])
        probs = (round(old * ratio, 3), old) if difficulty == 2 else ()
        return {"ratios": (ratio,), "probs": probs, "advantages": (advantage,), "epsilon": epsilon}
    good, bad = rng.choice(_GOOD), rng.choice(_BAD)
    advantages = [good, bad, *(rng.choice(_ADVANTAGES) for _ in range(rng.randrange(2)))]
    rng.shuffle(advantages)
    ratios = tuple(rng.choice(_RATIOS) for _ in advantages)
    return {"ratios": ratios, "probs": (), "advantages": tuple(advantages), "epsilon": epsilon}


def _key(ratios: Sequence[float], probs: Sequence[float], advantages: Sequence[float], epsilon: float) -> float:
    ratio = np.array([probs[0] / probs[1]] if probs else ratios)
    advantage = np.array(advantages)
    return float(np.minimum(ratio * advantage, ratio.clip(1 - epsilon, 1 + epsilon) * advantage).mean())


def _again(ratios: Sequence[float], probs: Sequence[float], advantages: Sequence[float], epsilon: float) -> float:
    """A good token gains nothing above 1 + eps, a bad one nothing below 1 - eps; nothing else is limited."""
    percents = [100 * round(1000 * probs[0]) / round(1000 * probs[1])] if probs else [100 * ratio for ratio in ratios]
    allowed, total = round(100 * epsilon), 0.0
    for percent, advantage in zip(percents, advantages, strict=True):
        total += advantage * (min(percent, 100 + allowed) if advantage > 0 else max(percent, 100 - allowed))
    return total / 100 / len(advantages)


def _rows(ratios: Sequence[float], advantages: Sequence[float], epsilon: float, **_: Any) -> list[Row]:
    return [
        (ratio, min(max(ratio, 1 - epsilon), 1 + epsilon), advantage)
        for ratio, advantage in zip(ratios, advantages, strict=True)
    ]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _inverted(probs: Sequence[float], **given: Any) -> float | None:
    return _again(probs=probs[::-1], **given) if probs else None


def _working(**given: Any) -> Given:
    rows = [
        {
            "ratio": ratio, "clipped": clipped, "advantage": advantage, "inside": abs(ratio - clipped) < 1e-9,
            "free": ratio * advantage, "held": clipped * advantage,
            "least": min(ratio * advantage, clipped * advantage),
        }
        for ratio, clipped, advantage in _rows(**given)
    ]  # fmt: skip
    least = [row["least"] for row in rows]
    return {"rows": rows, "lowest": 1 - given["epsilon"], "highest": 1 + given["epsilon"], "total": sum(least)}


FAMILY = Family(
    id="ppo-clip",
    concept="ppo",
    bloom="apply",
    sources=("schulman2017 §3, eq. 7",),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "never-clips": lambda **given: _mean([ratio * advantage for ratio, _, advantage in _rows(**given)]),
        "always-clips": lambda **given: _mean([clipped * advantage for _, clipped, advantage in _rows(**given)]),
        "takes-maximum": lambda **given: _mean(
            [max(ratio * advantage, clipped * advantage) for ratio, clipped, advantage in _rows(**given)]
        ),
        "clips-the-product": lambda epsilon, **given: _mean(
            [
                min(max(ratio * advantage, 1 - epsilon), 1 + epsilon)
                for ratio, _, advantage in _rows(epsilon=epsilon, **given)
            ]
        ),
        "forgets-advantage": lambda **given: _mean([min(ratio, clipped) for ratio, clipped, _ in _rows(**given)]),
        "inverts-ratio": _inverted,
        "sums-tokens": lambda advantages, **given: _again(advantages=advantages, **given) * len(advantages),
    },
    working=_working,
    decimals=3,
)  # fmt: skip
