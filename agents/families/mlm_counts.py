"""How many tokens BERT chooses (15 %), masks (80 % of those), swaps or leaves (10 % each) (Devlin et al. 2019 §3.1)."""

from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_PERIOD = 200  # tokens: 30 chosen, of which 24 become [MASK], 3 random, 3 the same
_PLACES = np.arange(_PERIOD)
_RANKS = np.cumsum(_PLACES % 20 < 3) % 10
_KINDS = np.where(_PLACES % 20 >= 3, "context", np.where(_RANKS < 8, "mask", np.where(_RANKS < 9, "random", "same")))
_ASKED = {  # the kinds that count
    "chosen": ("mask", "random", "same"), "context": ("context",), "mask": ("mask",), "random": ("random",),
    "same": ("same",), "replaced": ("mask", "random"), "intact": ("context", "same"),
}  # fmt: skip
_LEVELS = {1: ("chosen", "context"), 2: ("mask", "random", "same"), 3: ("mask", "replaced", "intact"), 4: ("size",)}
_SPECIAL = 2  # [CLS] and [SEP]
_PERCENT, _MASKED = 15, 12  # of all the tokens: what is chosen, what becomes [MASK]
_TENTHS = {"mask": 8, "random": 1, "same": 1}
_BATCHES = (8, 10, 16, 20, 24, 30, 32, 40, 48, 50, 60, 64)
_LENGTHS = range(80, 510, 20)


def _draw(rng: Random, difficulty: int) -> Given:
    given = {"asked": rng.choice(_LEVELS[difficulty]), "batch": 1, "known": "", "count": 0}
    if difficulty == 3:
        batch = rng.choice(_BATCHES)
        return given | {"batch": batch, "n": rng.choice([n for n in _LENGTHS if batch * n % _PERIOD == 0])}
    if difficulty == 4:
        known = rng.choice(_LEVELS[2])
        return given | {"known": known, "count": rng.randint(3, 100) * (24 if known == "mask" else 3), "n": 0}
    return given | {"n": 20 * rng.randint(6, 200) if difficulty == 1 else _PERIOD * rng.randint(6, 110)}


def _key(asked: str, batch: int, n: int, known: str, count: int, **_: Any) -> int:
    if known:
        return _PERIOD * count // int(np.count_nonzero(known == _KINDS))
    tokens = np.resize(np.isin(_KINDS, _ASKED[asked]), batch * n)
    return int(np.count_nonzero(tokens))


def _again(asked: str, batch: int, n: int, known: str, count: int, **_: Any) -> int:
    if known:
        return int(count / Fraction(_TENTHS[known], 10) / Fraction(15, 100))
    whole = batch * n
    chosen = whole * 15 // 100
    random = same = chosen // 10
    mask = chosen - random - same
    return {
        "chosen": chosen, "context": whole - chosen, "mask": mask, "random": random, "same": same,
        "replaced": mask + random, "intact": whole - mask - random,
    }[asked]  # fmt: skip


def _with(asked: str, whole: int, known: str, count: int, chosen: int, shares: tuple[int, int]) -> int | None:
    """The answer with other shares: the percentage that is chosen, the tenths of it that become [MASK] or random."""
    mask, random = (share * chosen for share in shares)
    thousandths = {"context": 1000 - 10 * chosen, "mask": mask, "random": random, "same": 10 * chosen - mask - random}
    if known:
        return round(1000 * count / thousandths[known]) if thousandths[known] else None
    return round(whole * sum(thousandths[kind] for kind in _ASKED[asked]) / 1000)


FAMILY = Family(
    id="mlm-counts",
    concept="masked-language-modeling",
    bloom="apply",
    sources=("devlin2019 §3.1",),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "encoder-only.all-mask": lambda asked, batch, n, known, count, **_: (
            _with(asked, batch * n, known, count, _PERCENT, (10, 0)) if known != "random" else None
        ),
        "masked-language-modeling.loss-everywhere": lambda asked, batch, n, known, count, **_: (
            _with(asked, batch * n, known, count, 100, (8, 1))
        ),
        "only-masks-chosen": lambda asked, batch, n, **_: (
            _with(asked, batch * n, "", 0, _MASKED, (8, 1)) if asked in _LEVELS[1] else None
        ),
        "swaps-shares": lambda asked, batch, n, known, count, **_: (
            _with(asked, batch * n, known, count, _PERCENT, (1, 1 if "same" in (asked, known) else 8))
        ),
        "the-others": lambda asked, batch, n, known, **_: (
            None if known else batch * n - _with(asked, batch * n, "", 0, _PERCENT, (8, 1))
        ),
        "counts-special-tokens": lambda asked, batch, n, **_: (
            _with(asked, batch * (n + _SPECIAL), "", 0, _PERCENT, (8, 1)) if batch > 1 else None
        ),
        "one-sequence": lambda asked, batch, n, **_: _with(asked, n, "", 0, _PERCENT, (8, 1)) if batch > 1 else None,
    },
    working=lambda batch, n, known, count, **_: {
        "whole": batch * n, "length": n + _SPECIAL, "chosen": batch * n * 15 // 100,
        "tenth": batch * n * 15 // 1000,
        "tenths": _TENTHS.get(known, 0), "found": 10 * count // _TENTHS.get(known, 1),
    },
    unit="tokens",
)  # fmt: skip
