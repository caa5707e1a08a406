"""Size of the KV cache of multi-head attention: 2 L h d_head n b s bytes, in MB of 10^6 (Kwon et al. 2023, §3)."""

from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_MB = 10**6
_KINDS = {1: np.int8, 2: np.float16, 4: np.float32}
_MODELS = (  # layers, heads, size of a head
    ("GPT-2", 12, 12, 64), ("GPT-2 medium", 24, 16, 64), ("GPT-2 large", 36, 20, 64), ("GPT-2 XL", 48, 25, 64),
    ("LLaMA 7B", 32, 32, 128), ("LLaMA 13B", 40, 40, 128), ("LLaMA 65B", 80, 64, 128), ("OPT-13B", 40, 40, 128),
)  # fmt: skip
_LONGEST = {64: 1000, 128: 2000}  # within the contexts of 1024 and 2048 tokens of these models
_EDGE = 0.1  # of the last decimal asked for


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        name, layers, heads, size = rng.choice(_MODELS)
        prompt = rng.randrange(100, _LONGEST[size] - 300, 50)
        given: dict[str, Any] = {
            "name": name, "layers": layers, "heads": heads, "d_head": size, "d_model": heads * size, "prompt": prompt,
            "answer": rng.randrange(50, 350, 50) if difficulty == 3 else 0,
            "b": 1 if difficulty == 1 else rng.choice((2, 4, 5, 8, 10, 16, 20, 32)),
            "s": rng.choice((1, 2, 4)) if difficulty == 3 else rng.choice((2, 4)),
        }  # fmt: skip
        if abs(_stored(2, **given) * 100 % 1 - 0.5) > _EDGE:
            return given


def _key(layers: int, heads: int, d_head: int, prompt: int, answer: int, b: int, s: int, **_: Any) -> float:
    keys = np.broadcast_to(np.zeros(1, dtype=_KINDS[s]), (layers, b, heads, prompt + answer, d_head))
    values = np.broadcast_to(np.zeros(1, dtype=_KINDS[s]), (layers, b, heads, prompt + answer, d_head))
    return (keys.nbytes + values.nbytes) / 1e6


def _again(layers: int, d_model: int, prompt: int, answer: int, b: int, s: int, **_: Any) -> float:
    layer = sum(Fraction(vectors * d_model * s, _MB) for vectors in (1, 1))  # its keys, its values, for one token
    return float(layer * layers * (prompt + answer) * b)


def _stored(vectors: int, layers: int, d_model: int, prompt: int, answer: int, b: int, s: int, **_: Any) -> float:
    return vectors * layers * d_model * (prompt + answer) * b * s / _MB


FAMILY = Family(
    id="kv-cache-size",
    concept="kv-cache",
    bloom="apply",
    sources=("kwon2023 §3", "pope2022 §2", "touvron2023a tab. 2", "radford2019 tab. 2"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "kv-cache.stores-queries": lambda **given: _stored(3, **given),
        "only-keys": lambda **given: _stored(1, **given),
        "one-layer": lambda **given: _stored(2, **(given | {"layers": 1})),
        "one-head": lambda **given: _stored(2, **(given | {"d_model": given["d_head"]})),
        "model-size-in-each-head": lambda heads, **given: _stored(2 * heads, **given),
        "one-sequence": lambda b, **given: _stored(2, b=1, **given) if b > 1 else None,
        "only-prompt": lambda answer, **given: _stored(2, answer=0, **given) if answer else None,
    },
    working=lambda layers, d_model, prompt, answer, b, s, **_: {
        "n": prompt + answer,
        "numbers": 2 * layers * d_model,
        "each": 2 * layers * d_model * s,
        "sequence": 2 * layers * d_model * s * (prompt + answer),
        "total": 2 * layers * d_model * s * (prompt + answer) * b,
    },
    decimals=2,
    unit="MB",
)
