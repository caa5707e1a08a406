"""The probability that most of m independent chains of thought are right, sum over j > m/2 of C(m, j) p^j (1-p)^(m-j),
and what voting gains over one chain (Wang et al. 2023, §2: self-consistency takes the most frequent answer).
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from math import comb, prod
from random import Random

import numpy as np

from agents.families.family import Family, Given

_ASKED = {1: ("right", "wrong"), 2: ("right", "wrong"), 3: ("right", "wrong"), 4: ("gain",)}
_PERCENTS = {1: range(10, 96), 2: range(10, 96), 3: range(40, 100, 5), 4: range(15, 96)}
_LEAST = 0.02
_EDGE = 0.1  # of a unit of the last decimal: as near as the answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        if difficulty == 3:
            percents = tuple(rng.sample(_PERCENTS[difficulty], 3))
        else:
            percents = (rng.choice(_PERCENTS[difficulty]),) * {1: 3, 2: 5, 4: rng.choice((3, 5))}[difficulty]
        asked = rng.choice(_ASKED[difficulty])
        answer = _again(percents, asked)
        if _LEAST < abs(answer) < 1 - _LEAST and abs(1000 * answer % 1 - 0.5) > _EDGE:
            return {"percents": percents, "asked": asked}


def _key(percents: Sequence[int], asked: str) -> float:
    right = np.array([1.0])
    for percent in percents:
        right = np.convolve(right, [1 - percent / 100, percent / 100])
    most = len(percents) // 2 + 1
    if asked == "wrong":
        return float(right[:most].sum())
    return float(right[most:].sum()) - (percents[0] / 100 if asked == "gain" else 0.0)


def _again(percents: Sequence[int], asked: str) -> float:
    favoured = [100 - percent for percent in percents] if asked == "wrong" else list(percents)
    total = sum(
        prod(part if hit else 100 - part for part, hit in zip(favoured, outcome, strict=True))
        for outcome in product((0, 1), repeat=len(percents)) if 2 * sum(outcome) > len(percents)
    )  # fmt: skip
    return float(Fraction(total, 100 ** len(percents)) - (Fraction(percents[0], 100) if asked == "gain" else 0))


def _exactly(percents: Sequence[int], asked: str) -> list[float]:
    """The probabilities that exactly 0, 1, ... of the chains come out as asked."""
    chances = [1.0]
    for percent in percents:
        hit = (100 - percent if asked == "wrong" else percent) / 100
        chances = [stay * (1 - hit) + step * hit for stay, step in zip([*chances, 0.0], [0.0, *chances], strict=True)]
    return chances


def _over_one(value: float, percents: Sequence[int], asked: str) -> float:
    return value - percents[0] / 100 if asked == "gain" else value


def _one_order(percents: Sequence[int], asked: str) -> float | None:
    many, chances = len(percents), _exactly(percents, asked)
    ordered = sum(chances[count] / comb(many, count) for count in range(many // 2 + 1, many + 1))
    return _over_one(ordered, percents, asked) if len(set(percents)) == 1 else None


def _working(percents: Sequence[int], asked: str) -> Given:
    many, chances = len(percents), _exactly(percents, asked)
    cases = [(count, comb(many, count), chances[count]) for count in range(many // 2 + 1, many + 1)]
    hits = [(100 - percent if asked == "wrong" else percent) / 100 for percent in percents]
    pairs = [(hits[0], hits[1], 1 - hits[2]), (hits[0], 1 - hits[1], hits[2]), (1 - hits[0], hits[1], hits[2])]
    return {
        "many": many, "most": many // 2 + 1, "p": percents[0] / 100, "chances": [percent / 100 for percent in percents],
        "hit": hits[0], "miss": round(1 - hits[0], 2), "hits": hits, "cases": cases, "equal": len(set(percents)) == 1,
        "pairs": [tuple(round(part, 2) for part in pair) for pair in pairs], "vote": sum(case[2] for case in cases),
    }  # fmt: skip


FAMILY = Family(
    id="majority-vote",
    concept="chain-of-thought",
    bloom="apply",
    sources=("wang2023sc §2",),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "exactly-the-smallest-majority": lambda percents, asked: _over_one(
            _exactly(percents, asked)[len(percents) // 2 + 1], percents, asked
        ),
        "all-of-them": lambda percents, asked: _over_one(_exactly(percents, asked)[-1], percents, asked),
        "at-least-one": lambda percents, asked: _over_one(1 - _exactly(percents, asked)[0], percents, asked),
        "forgets-the-orders": _one_order,
        "answers-the-opposite": lambda asked, **given: -_again(asked=asked, **given) if asked == "gain"
        else 1 - _again(asked=asked, **given),
        "forgets-the-single-chain": lambda percents, asked: _again(percents, "right") if asked == "gain" else None,
    },
    working=_working,
    decimals=3,
)  # fmt: skip
