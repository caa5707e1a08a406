"""The shape of the scores of cross-attention: queries of the decoder by keys of the encoder (Vaswani 2017, §3.2.3)."""

from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

Shape = tuple[int, ...]

_LENGTHS = range(5, 41)
_HEADS = {512: 8, 768: 12, 1024: 16}  # by d_model: the base Transformer and T5-Base or T5-Large
_BATCHES = (2, 3, 4, 6, 24, 32, 48)


def _draw(rng: Random, difficulty: int) -> Given:
    """`heads` and `batch` are 0 where the question leaves them out."""
    d_model = rng.choice(tuple(_HEADS))
    batch = rng.choice(_BATCHES) if difficulty > 2 else 0
    source, target = rng.sample([length for length in _LENGTHS if length not in (batch, _HEADS[d_model])], 2)
    heads = _HEADS[d_model] if difficulty > 1 else 0
    return {
        "source": source, "target": target, "d_model": d_model, "d_k": d_model // _HEADS[d_model],
        "heads": heads, "batch": batch, "step": difficulty == 4,
    }  # fmt: skip


def _key(source: int, target: int, d_k: int, heads: int, batch: int, step: bool, **_: Any) -> Shape:
    lead = tuple(axis for axis in (batch, heads) if axis)
    queries = np.broadcast_to(0.0, (*lead, target, d_k))  # no memory behind it
    keys = np.broadcast_to(0.0, (*lead, source, d_k))
    if step:
        queries = queries[..., -1:, :]
    products = np.broadcast(queries[..., :, None, :], keys[..., None, :, :])  # to be summed over the last axis
    return tuple(products.shape[:-1])


def _again(source: int, target: int, heads: int, batch: int, step: bool, **_: Any) -> Shape:
    sizes = {"b": batch, "h": heads, "q": 1 if step else target, "k": source}  # the axes of einsum bhqd,bhkd->bhqk
    return tuple(sizes[axis] for axis in "bhqk" if sizes[axis])


def _with(rows: int, columns: int, heads: int, batch: int, **_: Any) -> Shape:
    return (*(axis for axis in (batch, heads) if axis), rows, columns)


def _asked(target: int, step: bool, **_: Any) -> int:
    return 1 if step else target


FAMILY = Family(
    id="cross-attention-shape",
    concept="cross-attention",
    bloom="apply",
    sources=("vaswani2017 §3.2.3", "vaswani2017 §3.2.1"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "swaps-sequences": lambda **given: _with(given["source"], _asked(**given), **given),
        "decoder-alone": lambda **given: _with(_asked(**given), given["target"], **given),
        "encoder-alone": lambda **given: _with(given["source"], given["source"], **given),
        "joins-sequences": lambda source, target, step, **given: _with(
            1 if step else target + source, target + source, **given
        ),
        "keeps-head-size": lambda **given: _with(_asked(**given), given["d_k"], **given),
        "all-tokens-again": lambda source, target, step, **given: _with(target, source, **given) if step else None,
    },
    answer="choice",
    working=lambda **given: {"asked": _asked(**given)},
)  # fmt: skip
