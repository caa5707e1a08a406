"""One probability of a softmax, e^z_i / sum of e^z_j (Goodfellow et al. 2016, §6.2.2.3), also of huge scores (§4.1)."""

from collections.abc import Sequence
from fractions import Fraction
from math import exp, log
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_ODDS = range(1, 13)  # scores are logarithms of these
_SCORES = range(-2, 4)
_FAR = (800, 1000, 1200, 2000)  # the exponentials overflow double precision
_STEPS = (0.5, 1.0)
_LEAST, _MOST = 0.02, 0.98
_EDGE = 0.1  # of a unit of the last decimal: as near as a probability may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _drawn(rng, difficulty)
        probability = _again(**given)
        if _LEAST < probability < _MOST and abs(1000 * probability % 1 - 0.5) > _EDGE:
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    count = 3 if difficulty == 1 else rng.choice((3, 4))
    place = rng.randrange(count)
    if difficulty == 1:
        return {"odds": tuple(rng.sample(_ODDS, count)), "scores": (), "place": place}
    scores = [float(score) for score in rng.sample(_SCORES, count)]
    if difficulty == 3:
        far, step = rng.choice(_FAR) + rng.randint(0, 9), rng.choice(_STEPS)
        scores = [far + step * score for score in scores]
    return {"odds": (), "scores": tuple(scores), "place": place}


def _key(odds: Sequence[int], scores: Sequence[float], place: int, **_: Any) -> float:
    logits = np.log(np.array(odds)) if odds else np.array(scores)
    exponentials = np.exp(logits - logits.max())
    return float((exponentials / exponentials.sum())[place])


def _again(odds: Sequence[int], scores: Sequence[float], place: int, **_: Any) -> float:
    if odds:
        return float(Fraction(odds[place], sum(odds)))
    return 1 / sum(exp(other - scores[place]) for other in scores)


def _logits(odds: Sequence[int], scores: Sequence[float]) -> list[float]:
    return [log(odd) for odd in odds] or list(scores)


def _wrong_base(odds: Sequence[int], scores: Sequence[float], place: int, **_: Any) -> float:
    logits = _logits(odds, scores)
    return 1 / sum(2 ** (other - logits[place]) for other in logits)


def _by_sum(odds: Sequence[int], scores: Sequence[float], place: int, **_: Any) -> float | None:
    logits = _logits(odds, scores)
    return None if abs(sum(logits)) < _LEAST else logits[place] / sum(logits)


def _working(odds: Sequence[int], scores: Sequence[float], place: int) -> Given:
    largest = 0.0 if odds or max(scores) < min(_FAR) else max(scores)
    shifted = [score - largest for score in scores]
    parts = [float(odd) for odd in odds] or [exp(score) for score in shifted]
    return {
        "count": len(parts), "nth": place + 1, "largest": largest, "shifted": shifted, "parts": parts,
        "total": sum(parts), "mine": parts[place],
    }  # fmt: skip


FAMILY = Family(
    id="softmax-probability",
    concept="softmax",
    bloom="apply",
    sources=("goodfellow2016 §6.2.2.3", "goodfellow2016 §4.1"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "softmax.divide-by-sum": _by_sum,
        "softmax.picks-one": lambda odds, scores, place, **_: float(max(odds or scores) == (odds or scores)[place]),
        "leaves-itself-out": lambda **given: _again(**given) / (1 - _again(**given)),
        "squeezes-alone": lambda odds, scores, place, **_: 1 / (1 + exp(-_logits(odds, scores)[place])),
        "wrong-base": _wrong_base,
        "shares-equally": lambda odds, scores, **_: 1 / len(odds or scores),
    },
    working=_working,
    decimals=3,
)  # fmt: skip
