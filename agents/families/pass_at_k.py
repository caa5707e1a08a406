"""The unbiased estimate of pass@k from n sampled programs of which c pass, 1 - C(n-c, k) / C(n, k), for one problem or
as the mean over several (Chen et al. 2021, §2.1).
"""

from collections.abc import Sequence
from fractions import Fraction
from math import comb
from random import Random

import numpy as np

from agents.families.family import Family, Given

_SAMPLES = {1: range(5, 31), 2: range(6, 31), 3: (5, 6, 8, 10, 12)}
_TRIES = {1: (2,), 2: (3, 4), 3: (2, 3)}
_PROBLEMS = 3
_LEAST, _MOST = 0.02, 0.98
_EDGE = 0.1  # of a unit of the last decimal: as near as the estimate may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        n, k = rng.choice(_SAMPLES[difficulty]), rng.choice(_TRIES[difficulty])
        if difficulty == 3:  # in one problem so few fail that every group of k has one that passes
            passing = [rng.randint(n - k + 1, n), rng.randint(0, n - k), rng.randint(1, n - k)]
            rng.shuffle(passing)
        else:
            passing = [rng.randint(1, n - k)]
        estimate = _again(n, k, passing)
        if _LEAST < estimate < _MOST and abs(1000 * estimate % 1 - 0.5) > _EDGE:
            return {"n": n, "k": k, "passing": tuple(passing)}


def _key(n: int, k: int, passing: Sequence[int]) -> float:
    estimates = [
        1 - float(np.prod(1 - k / np.arange(n - right + 1, n + 1))) if n - right >= k else 1.0 for right in passing
    ]
    return float(np.mean(estimates))


def _again(n: int, k: int, passing: Sequence[int]) -> float:
    groups = comb(n, k)
    return float(Fraction(sum(groups - comb(n - right, k) for right in passing), groups * len(passing)))


def _replaced(n: int, k: int, passing: Sequence[int]) -> float:
    return sum(1 - (1 - right / n) ** k for right in passing) / len(passing)


def _exactly_one(n: int, k: int, passing: Sequence[int]) -> float:
    return sum(right * comb(n - right, k - 1) for right in passing) / comb(n, k) / len(passing)


def _pooled(n: int, k: int, passing: Sequence[int]) -> float | None:
    many = len(passing)
    return _again(n * many, k, (sum(passing),)) if many > 1 else None


def _working(n: int, k: int, passing: Sequence[int]) -> Given:
    failing = [comb(n - right, k) for right in passing]
    return {
        "count": len(passing), "groups": comb(n, k), "failing": failing, "wrong": [n - right for right in passing],
        "estimates": [1 - groups / comb(n, k) for groups in failing],
    }  # fmt: skip


FAMILY = Family(
    id="pass-at-k",
    concept="model-evaluation",
    bloom="apply",
    sources=("chen2021 §2.1",),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "draws-with-replacement": _replaced,
        "gives-pass-at-1": lambda n, passing, **_: sum(passing) / n / len(passing),
        "all-must-pass": lambda n, k, passing: sum(comb(right, k) for right in passing) / comb(n, k) / len(passing),
        "forgets-the-complement": lambda **given: 1 - _again(**given),
        "counts-exactly-one": _exactly_one,
        "pools-the-problems": _pooled,
    },
    working=_working,
    decimals=3,
)  # fmt: skip
