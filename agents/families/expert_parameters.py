"""The parameters of a mixture of experts: those of all N experts, or those of the K that a token uses, and what all the
tokens share, which is the router and the attention (Jiang et al. 2024, §2 and §2.1).
"""

from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_WIDTHS = {
    1: (8, 10, 16, 20, 25, 32, 40, 50, 64, 80, 100),
    2: (64, 100, 128, 200, 256, 512, 768, 1024),
    3: (512, 768, 1024, 1280, 1600, 2048, 4096),
    4: (512, 768, 1024, 1280, 1600, 2048, 4096),
}
_WIDER = (2, 3, 4)  # times the width: the hidden layer of an expert
_GATED = (3, 5, 7)  # halves of the width: 7 in Mixtral
_EXPERTS = (4, 8, 16, 32, 64)  # 8 in Mixtral
_USED = {  # more than one at the first difficulty, fewer than there are; 2 in Mixtral, 1 in Switch Transformer
    (False, False): (2,), (False, True): (2, 4), (True, False): (1, 2), (True, True): (1, 2, 4),
}  # fmt: skip
_LAYERS = (4, 6, 8, 12, 16, 24, 32)


def _draw(rng: Random, difficulty: int) -> Given:
    width, experts = rng.choice(_WIDTHS[difficulty]), rng.choice(_EXPERTS)
    gated = difficulty > 2 and rng.random() < 0.5
    return {
        "d": width, "d_ff": width * rng.choice(_GATED) // 2 if gated else width * rng.choice(_WIDER), "gated": gated,
        "experts": experts, "used": rng.choice(_USED[difficulty > 1, experts > 4]), "active": rng.random() < 0.5,
        "layers": rng.choice(_LAYERS) if difficulty > 2 else 1, "router": difficulty > 1, "attention": difficulty > 3,
    }  # fmt: skip


def _key(
    d: int, d_ff: int, gated: bool, experts: int, used: int, active: bool, layers: int, router: bool, attention: bool
) -> int:
    expert = [(d, d_ff), (d_ff, d)] + [(d, d_ff)] * gated
    runs = np.arange(experts) < (used if active else experts)  # whichever they are, as many as the router keeps
    sizes = np.full(experts, np.prod(np.array(expert), axis=1).sum())[runs].tolist()
    sizes += [d * experts] * router + [np.prod((d, d))] * (4 * attention)
    return int(np.tile(np.array(sizes, dtype=np.int64), layers).sum())


def _again(
    d: int, d_ff: int, gated: bool, experts: int, used: int, active: bool, layers: int, router: bool, attention: bool
) -> int:
    shared = d * (experts * router + 4 * d * attention)
    return layers * ((used if active else experts) * (2 + gated) * d * d_ff + shared)


def _expert(d: int, d_ff: int, gated: bool, **_: Any) -> int:
    return (3 if gated else 2) * d * d_ff


def _misses_matrix(d: int, d_ff: int, layers: int, **given: Any) -> int:
    counted: int = given["used"] if given["active"] else given["experts"]
    return _again(d=d, d_ff=d_ff, layers=layers, **given) - layers * counted * d * d_ff


def _attention_for_each(d: int, layers: int, attention: bool, **given: Any) -> int | None:
    counted: int = given["used"] if given["active"] else given["experts"]
    extra = layers * (counted - 1) * 4 * d * d
    return _again(d=d, layers=layers, attention=attention, **given) + extra if attention else None


def _working(**given: Any) -> Given:
    counted, expert = given["used"] if given["active"] else given["experts"], _expert(**given)
    return {
        "expert": expert, "counted": counted, "network": counted * expert, "matrix": given["d"] * given["d_ff"],
        "gate": given["d"] * given["experts"], "four": 4 * given["d"] ** 2, "a_layer": _again(**{**given, "layers": 1}),
    }  # fmt: skip


FAMILY = Family(
    id="expert-parameters",
    concept="mixture-of-experts",
    bloom="apply",
    sources=("jiang2024 §2", "jiang2024 §2.1"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "mixture-of-experts.less-memory": lambda active, **given: None if active else _again(active=True, **given),
        "counts-all-experts": lambda active, **given: _again(active=False, **given) if active else None,
        "mixture-of-experts.eight-times-seven": _attention_for_each,
        "forgets-router": lambda **given: _again(**{**given, "router": False}),
        "misses-a-matrix": _misses_matrix,
        "one-layer": lambda **given: _again(**{**given, "layers": 1}),
    },
    working=_working,
    unit="parameters",
)  # fmt: skip
