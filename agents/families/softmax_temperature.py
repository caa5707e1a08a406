"""The ratio of two tokens, or the probability of one, at temperature T: softmax(z/T) (Holtzman et al. 2020, §3)."""

from collections.abc import Sequence
from math import exp
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_LOGITS = range(-8, 13)  # of two tokens, where only the difference counts
_NEAR = range(-1, 6)  # of three tokens
_TEMPERATURES = (0.5, 0.8, 1.25, 2.0)  # their inverses end
_HALVES = (0.5, 2.0)  # squares and square roots
_ODDS = range(2, 10)
_HUNDREDTHS = range(1, 30)
_LEAST, _MOST = {True: 1.05, False: 0.02}, {True: 60.0, False: 0.98}  # of a ratio, of a probability
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _drawn(rng, difficulty)
        answer = _again(**given)
        if _LEAST[given["ratio"]] < answer < _MOST[given["ratio"]] and abs(1000 * answer % 1 - 0.5) > _EDGE:
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    if difficulty == 1:
        pair = tuple(sorted(rng.sample(_LOGITS, 2), reverse=True))
        return {"logits": pair, "probs": (), "temperature": rng.choice(_TEMPERATURES), "ratio": True, "place": 0}
    if difficulty == 2:
        odd = rng.choice(_ODDS)
        least = rng.choice([part for part in _HUNDREDTHS if part * (odd + 1) < 100])
        two = (odd * least / 100, least / 100)
        return {"logits": (), "probs": two, "temperature": rng.choice((0.25, *_HALVES)), "ratio": True, "place": 0}
    place = rng.randrange(3)
    if difficulty == 3:
        logits = tuple(rng.sample(_NEAR, 3))
        return {"logits": logits, "probs": (), "temperature": rng.choice(_TEMPERATURES), "ratio": False, "place": place}
    first, second = sorted(rng.sample(range(5, 100, 5), 2))
    probs = (first / 100, (second - first) / 100, (100 - second) / 100)
    return {"logits": (), "probs": probs, "temperature": rng.choice(_HALVES), "ratio": False, "place": place}


def _key(logits: Sequence[int], probs: Sequence[float], temperature: float, ratio: bool, place: int) -> float:
    scaled = (np.array(logits) if logits else np.log(np.array(probs))) / temperature
    exponentials = np.exp(scaled - scaled.max())
    tempered = exponentials / exponentials.sum()
    return float(tempered[0] / tempered[1] if ratio else tempered[place])


def _again(logits: Sequence[int], probs: Sequence[float], temperature: float, ratio: bool, place: int) -> float:
    if ratio:
        return exp((logits[0] - logits[1]) / temperature) if logits else (probs[0] / probs[1]) ** (1 / temperature)
    if logits:
        return 1 / sum(exp((other - logits[place]) / temperature) for other in logits)
    return float(probs[place] ** (1 / temperature) / sum(prob ** (1 / temperature) for prob in probs))


def _given(logits: Sequence[int], probs: Sequence[float], ratio: bool, place: int, **_: Any) -> float:
    """The answer at temperature 1."""
    return _again(logits, probs, 1.0, ratio, place)


def _divided(temperature: float, ratio: bool, **given: Any) -> float | None:
    value = _given(ratio=ratio, **given) / temperature
    return value if ratio or value < 1 else None


def _by_sum(logits: Sequence[int], ratio: bool, place: int, **_: Any) -> float | None:
    whole = 0 if not logits else logits[1] if ratio else sum(logits)
    return logits[place] / whole if whole else None


def _working(logits: Sequence[int], probs: Sequence[float], temperature: float, place: int, **_: Any) -> Given:
    parts = [exp(logit / temperature) for logit in logits] or [prob ** (1 / temperature) for prob in probs]
    return {
        "token": "ABC"[place], "parts": parts, "mine": parts[place], "total": sum(parts), "power": 1 / temperature,
        "scaled": [logit / temperature for logit in logits], "apart": logits[0] - logits[1] if logits else 0,
        "exponent": (logits[0] - logits[1]) / temperature if logits else 0,
        "first": probs[0] / probs[1] if probs else 0,
    }  # fmt: skip


FAMILY = Family(
    id="softmax-temperature",
    concept="sampling",
    bloom="apply",
    sources=("holtzman2020 §3", "hinton2015 §2"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "ignores-temperature": _given,
        "multiplies-by-temperature": lambda temperature, **given: _again(temperature=1 / temperature, **given),
        "divides-the-probability": _divided,
        "inverts-ratio": lambda ratio, **given: 1 / _again(ratio=True, **given) if ratio else None,
        "softmax.divide-by-sum": _by_sum,
        "forgets-renormalising": lambda probs, temperature, ratio, place, **_: (
            None if ratio or not probs else probs[place] ** (1 / temperature)
        ),
    },
    working=_working,
    decimals=3,
)  # fmt: skip
