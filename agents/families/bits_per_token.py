"""From nats or perplexity to bits per token, H / ln 2, or per byte, N/B times H / ln 2 (Gao et al. 2020, §3.1)."""

from math import exp, log
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_NATS = range(80, 450)  # hundredths
_PERPLEXITIES = range(41, 1000)  # tenths; of 4 the answer, 2, is the base of the logarithm
_TEXTS = range(100, 601, 20)  # tokens
_PER_TOKEN = (2.5, 3, 3.5, 4, 4.5, 5)  # characters, as common in English and Spanish
_ACCENTED = range(2, 9)  # of a hundred characters
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _drawn(rng, difficulty)
        if abs(100 * _again(**given) % 1 - 0.5) > _EDGE:
            return given


def _drawn(rng: Random, difficulty: int) -> dict[str, Any]:
    nats = difficulty == 1 or (difficulty == 3 and rng.random() < 0.5)
    given = {"loss": rng.choice(_NATS) / 100 if nats else 0, "ppl": 0 if nats else rng.choice(_PERPLEXITIES) / 10}
    given |= {"tokens": 0, "characters": 0, "wide": 0}
    if difficulty > 2:
        given["tokens"] = rng.choice(_TEXTS)
        given["characters"] = int(given["tokens"] * rng.choice(_PER_TOKEN))
    if difficulty == 4:
        given["wide"] = given["characters"] * rng.choice(_ACCENTED) // 100
    return given


def _key(loss: float, ppl: float, tokens: int, characters: int, wide: int, **_: Any) -> float:
    a_token = np.log2(ppl) if ppl else np.log2(np.exp(loss))
    if not tokens:
        return float(a_token)
    sizes = np.ones(characters)
    sizes[:wide] = 2  # bytes
    return float(np.full(tokens, a_token).sum() / sizes.sum())


def _again(loss: float, ppl: float, tokens: int, characters: int, wide: int, **_: Any) -> float:
    nats = log(ppl) if ppl else loss
    return nats * tokens / (characters + wide) / log(2) if tokens else nats / log(2)


def _nats(loss: float, ppl: float) -> float:
    return log(ppl) if ppl else loss


def _rate(tokens: int, characters: int, wide: int) -> float:
    return tokens / (characters + wide) if tokens else 1.0


FAMILY = Family(
    id="bits-per-token",
    concept="perplexity",
    bloom="apply",
    sources=("gao2020 §3.1", "jelinek1977"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "multiplies-by-ln-2": lambda loss, ppl, tokens, characters, wide, **_: (
            _nats(loss, ppl) * log(2) * _rate(tokens, characters, wide)
        ),
        "stays-in-nats": lambda loss, ppl, tokens, characters, wide, **_: (
            _nats(loss, ppl) * _rate(tokens, characters, wide) if ppl or tokens else None
        ),
        "takes-exponential": lambda loss, ppl, tokens, **_: None if ppl or tokens else exp(loss),
        "common-logarithm": lambda loss, ppl, tokens, characters, wide, **_: (
            _nats(loss, ppl) / log(10) * _rate(tokens, characters, wide)
        ),
        "forgets-characters": lambda loss, ppl, tokens, **_: _nats(loss, ppl) / log(2) if tokens else None,
        "upside-down": lambda loss, ppl, tokens, characters, wide, **_: (
            _nats(loss, ppl) / log(2) / _rate(tokens, characters, wide) if tokens else None
        ),
        "one-byte-each": lambda loss, ppl, tokens, characters, wide, **_: (
            _nats(loss, ppl) / log(2) * tokens / characters if wide else None
        ),
    },
    working=lambda loss, ppl, characters, wide, **_: {
        "nats": _nats(loss, ppl), "bits": _nats(loss, ppl) / log(2),
        "bytes": characters + wide, "narrow": characters - wide,
    },
    decimals=2,
    unit="bits",
)  # fmt: skip
