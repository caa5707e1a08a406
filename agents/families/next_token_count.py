"""Predictions of a batch: n - 1 a sequence in causal training (Radford et al. 2018, §3.1), a share in masked training
(Devlin et al. 2019, §3.1; 40 %: Wettig et al. 2023)."""

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_BATCHES = {1: range(2, 33), 3: (8, 10, 16, 20, 24, 32, 40, 48, 50, 64)}
_LENGTHS = {1: range(8, 65), 3: range(100, 1001, 20)}  # by twenties: 15 % of them is whole
_SHORT = range(4, 41)  # of the sequences that are padded
_RATES = (15, 30, 40)
_MASKED = Fraction(8, 10)  # of the chosen tokens, in BERT


def _draw(rng: Random, difficulty: int) -> Given:
    rate = rng.choice(_RATES) if difficulty == 3 else 0
    if difficulty == 2:
        lengths = tuple(rng.sample(_SHORT, rng.choice((3, 4))))
    else:
        lengths = (rng.choice(_LENGTHS[difficulty]),) * rng.choice(_BATCHES[difficulty])
    return {"lengths": lengths, "batch": len(lengths), "n": max(lengths), "rate": rate}


def _key(lengths: Sequence[int], n: int, rate: int, **_: Any) -> int:
    real = np.arange(n) < np.array(lengths)[:, None]  # (batch, positions): no padding
    causal = int(np.count_nonzero(real[:, 1:]))  # what comes first has nothing before it
    chosen = np.zeros_like(real)
    chosen[:, : n * rate // 100] = True
    return causal - int(np.count_nonzero(chosen & real))


def _again(lengths: Sequence[int], rate: int, **_: Any) -> int:
    causal = sum(len(range(1, length)) for length in lengths)
    return causal - int(Fraction(rate * sum(lengths), 100))


def _whole(value: Fraction) -> int | None:
    return int(value) if value.denominator == 1 else None


FAMILY = Family(
    id="next-token-count",
    concept="language-modeling",
    bloom="apply",
    sources=("radford2018 §3.1", "devlin2019 §3.1", "wettig2023"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "counts-every-token": lambda lengths, rate, **_: _whole(sum(lengths) * Fraction(100 - rate, 100)),
        "subtracts-once": lambda lengths, rate, **_: _whole(sum(lengths) * Fraction(100 - rate, 100) - 1),
        "one-per-sequence": lambda batch, rate, **_: None if rate else batch,
        "counts-padding": lambda batch, n, lengths, **_: batch * (n - 1) if min(lengths) < n else None,
        "one-sequence": lambda n, rate, **_: _whole(n - 1 - Fraction(rate * n, 100)),
        "masked-training-alone": lambda lengths, rate, **_: _whole(Fraction(rate * sum(lengths), 100)) or None,
        "counts-masks-only": lambda lengths, batch, rate, **_: (
            _whole(sum(lengths) - batch - Fraction(rate * sum(lengths), 100) * _MASKED) if rate else None
        ),
    },
    working=lambda lengths, n, batch, rate, **_: {
        "each": tuple(length - 1 for length in lengths), "causal": sum(lengths) - batch,
        "chosen": n * rate // 100, "padded": min(lengths) < n, "masked": batch * n * rate // 100,
    },
    unit="predictions",
)  # fmt: skip
