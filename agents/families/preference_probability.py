"""The Bradley-Terry probability sigma(r_A - r_B) of preferring A to B, or the reward or the probability that shares of
preferences imply (Bradley and Terry 1952; Rafailov et al. 2023, §3).
"""

from collections.abc import Sequence
from fractions import Fraction
from math import atanh, exp, log
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

Duel = tuple[int, int]  # comparisons that the first answer won and lost

_HALVES = range(-12, 17)  # rewards, in halves
_TENTHS = range(-20, 31)
_LEAST, _MOST = 0.03, 0.97  # of a probability: two decimals still tell it from 0 and 1
_FURTHEST = 2.0  # of a reward from the other
_SHARES = range(1, 10)
_TIMES = (1, 2, 3, 4, 5, 10)
_APART = 0.01  # of an answer from the difference, which a hint shows
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _drawn(rng, difficulty)
        answer = _again(**given)
        sound = abs(answer - given["known"]) < _FURTHEST if difficulty == 3 else _LEAST < answer < _MOST
        if difficulty < 3:
            one, other = (given["rewards"][place] for place in given["pair"])
            sound = sound and abs(abs(one - other) - answer) > _APART
        if sound and abs(100 * answer % 1 - 0.5) > _EDGE:
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    if difficulty == 1:
        first, second = rng.sample(_HALVES, 2)
        return {"rewards": (first / 2, second / 2), "pair": (0, 1), "duels": (), "known": 0.0}
    if difficulty == 2:
        rewards = tuple(tenths / 10 for tenths in rng.sample(_TENTHS, 3))
        return {"rewards": rewards, "pair": tuple(rng.sample(range(3), 2)), "duels": (), "known": 0.0}
    duels = tuple(_duel(rng) for _ in range(difficulty - 2))
    known = rng.choice([tenths for tenths in _TENTHS if tenths]) / 10 if difficulty == 3 else 0.0
    return {"rewards": (), "pair": (0, 1) if difficulty == 3 else (0, 2), "duels": duels, "known": known}


def _duel(rng: Random) -> Duel:
    wins, losses = rng.sample(_SHARES, 2)
    times = rng.choice(_TIMES)
    return wins * times, losses * times


def _key(rewards: Sequence[float], pair: Duel, duels: Sequence[Duel], known: float) -> float:
    if rewards:
        difference = np.diff(np.array(rewards)[[pair[1], pair[0]]])[0]
        return float(1 / (1 + np.exp(-difference)))
    won, lost = np.array(duels, dtype=np.float64).T
    share = won / (won + lost)
    difference = (np.log(share) - np.log1p(-share)).sum()
    return float(known + difference if len(duels) == 1 else 1 / (1 + np.exp(-difference)))


def _again(rewards: Sequence[float], pair: Duel, duels: Sequence[Duel], known: float) -> float:
    if rewards:
        one, other = (exp(rewards[place]) for place in pair)
        return one / (one + other)
    shares = [Fraction(won, won + lost) for won, lost in duels]
    if len(shares) == 1:
        return known + 2 * atanh(2 * shares[0] - 1)
    both, neither = shares[0] * shares[1], (1 - shares[0]) * (1 - shares[1])
    return float(both / (both + neither))


def _shares(duels: Sequence[Duel]) -> list[float]:
    return [won / (won + lost) for won, lost in duels]


def _odds(rewards: Sequence[float], pair: Duel, duels: Sequence[Duel], known: float) -> float:
    if rewards:
        return exp(rewards[pair[0]] - rewards[pair[1]])
    odds = [won / lost for won, lost in duels]
    return known + odds[0] if len(odds) == 1 else odds[0] * odds[1]


def _swapped(known: float, duels: Sequence[Duel], **given: Any) -> float:
    right = _again(known=known, duels=duels, **given)
    return 2 * known - right if len(duels) == 1 else 1 - right


def _absolute(rewards: Sequence[float], pair: Duel, duels: Sequence[Duel], **_: Any) -> float | None:
    if rewards:
        return 1 / (1 + exp(-rewards[pair[0]]))
    return log(duels[0][0] / duels[0][1]) if len(duels) == 1 else None


def _by_sum(rewards: Sequence[float], pair: Duel, **_: Any) -> float | None:
    if not rewards or min(rewards[place] for place in pair) <= 0:
        return None
    return rewards[pair[0]] / (rewards[pair[0]] + rewards[pair[1]])


def _working(rewards: Sequence[float], pair: Duel, duels: Sequence[Duel], **_: Any) -> Given:
    mine, theirs = (rewards[place] for place in pair) if rewards else (0.0, 0.0)
    odds = [won / lost for won, lost in duels]
    return {
        "one": "ABC"[pair[0]], "other": "ABC"[pair[1]], "mine": mine, "theirs": theirs, "apart": mine - theirs,
        "power": exp(theirs - mine), "totals": [sum(duel) for duel in duels],
        "logs": [log(odd) for odd in odds], "product": float(np.prod(odds)),
    }  # fmt: skip


FAMILY = Family(
    id="preference-probability",
    concept="reward-model",
    bloom="apply",
    sources=("bradley1952", "rafailov2023 §3"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "reward-model.absolute": _absolute,
        "swaps-answers": _swapped,
        "stops-at-odds": _odds,
        "divides-by-sum": _by_sum,
        "softmax-of-all-answers": lambda rewards, pair, **_: (
            exp(rewards[pair[0]]) / sum(map(exp, rewards)) if len(rewards) == 3 else None
        ),
        "log-of-probability": lambda duels, known, **_: known + log(_shares(duels)[0]) if len(duels) == 1 else None,
        "multiplies-probabilities": lambda duels, **_: float(np.prod(_shares(duels))) if len(duels) == 2 else None,
    },
    working=_working,
    decimals=2,
)  # fmt: skip
