"""The shape of the data after a stage of a Transformer layer: queries (h, n, d_k), outputs of the heads (h, n, d_v),
their concatenation (n, h d_v), hidden layer of the feed-forward network (n, d_ff) (Vaswani et al. 2017, §3.2.2, §3.3).
"""

from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_STAGES = ("queries", "heads", "joined", "hidden")
_HEADS = (2, 3, 4, 6, 8, 12)
_SIZES = (8, 16, 24, 32, 48, 64)
_LENGTHS = (5, 6, 7, 9, 10, 12, 15, 18, 20, 24)
_BATCHES = (2, 3, 4, 5, 8)


def _draw(rng: Random, difficulty: int) -> Given:
    heads, share = rng.choice(_HEADS), rng.choice(_SIZES)
    other = [size for size in _SIZES if size != share]
    d_k, d_v = rng.sample(other, 2) if difficulty == 3 else (share, share)
    return {
        "stage": rng.choice(_STAGES[:3] if difficulty == 3 else _STAGES), "batch": 0 if difficulty == 1 else
        rng.choice(_BATCHES), "n": rng.choice(_LENGTHS), "h": heads, "d_model": heads * share, "d_k": d_k, "d_v": d_v,
        "d_ff": 4 * heads * share, "stated": difficulty == 3,
    }  # fmt: skip


def _key(
    stage: str, batch: int, n: int, h: int, d_model: int, d_k: int, d_v: int, d_ff: int, **_: Any
) -> tuple[int, ...]:
    number, sequences = np.zeros((), dtype=np.int8), batch or 1
    shape: tuple[int, ...]
    if stage == "queries":
        projected = np.broadcast_to(number, (sequences, n, h * d_k))
        shape = projected.reshape(sequences, n, h, d_k).swapaxes(1, 2).shape
    elif stage == "hidden":
        text, matrix = np.broadcast_to(number, (sequences, n, d_model, 1)), np.broadcast_to(number, (d_model, d_ff))
        shape = tuple(np.delete(np.broadcast(text, matrix).shape, 2).tolist())
    else:
        weights, values = (sequences, h, n, n, 1), (sequences, h, 1, n, d_v)
        heads = np.broadcast(np.broadcast_to(number, weights), np.broadcast_to(number, values)).shape
        summed = np.empty((*heads[:3], heads[4]), dtype=np.int8)
        shape = summed.shape if stage == "heads" else summed.swapaxes(1, 2).reshape(sequences, n, -1).shape
    return shape if batch else shape[1:]


def _again(stage: str, batch: int, n: int, h: int, d_k: int, d_v: int, d_ff: int, **_: Any) -> tuple[int, ...]:
    one = {"queries": (h, n, d_k), "heads": (h, n, d_v), "joined": (n, h * d_v), "hidden": (n, d_ff)}[stage]
    return _batched(batch, one)


def _batched(batch: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return (batch, *shape) if batch else shape


def _full(stage: str, batch: int, n: int, h: int, d_model: int, **_: Any) -> tuple[int, ...] | None:
    if stage == "hidden":
        return None
    return _batched(batch, (n, h * d_model) if stage == "joined" else (h, n, d_model))


def _axis(stage: str, batch: int, n: int, h: int, d_model: int, d_v: int, d_ff: int, **_: Any) -> Any:
    if stage == "joined":
        return _batched(batch, (h * n, d_v))
    if stage == "hidden":
        return _batched(batch, (h, n, d_ff // h))
    return None if n % h else _batched(batch, (h, n // h, d_model))


def _early(stage: str, batch: int, n: int, h: int, d_model: int, d_k: int, d_v: int, **_: Any) -> tuple[int, ...]:
    before = {"queries": (n, h * d_k), "heads": (h, n, n), "joined": (h, n, d_v), "hidden": (n, d_model)}
    return _batched(batch, before[stage])


def _late(stage: str, batch: int, n: int, h: int, d_model: int, d_v: int, **_: Any) -> tuple[int, ...]:
    after = {"queries": (h, n, n), "heads": (n, h * d_v), "joined": (n, d_model), "hidden": (n, d_model)}
    return _batched(batch, after[stage])


def _even(stage: str, stated: bool, h: int, d_model: int, **given: Any) -> tuple[int, ...] | None:
    size = d_model // h
    return _again(**{**given, "stage": stage, "h": h, "d_k": size, "d_v": size}) if stated else None


FAMILY = Family(
    id="block-shapes",
    concept="transformer",
    bloom="apply",
    sources=("vaswani2017 §3.2.2", "vaswani2017 §3.3"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "full-size-heads": _full,
        "heads-on-the-wrong-axis": _axis,
        "stops-a-stage-early": _early,
        "goes-a-stage-too-far": _late,
        "assumes-an-even-share": _even,
        "feed-forward.mixes-positions": lambda stage, batch, d_ff, **_: _batched(batch or 1, (d_ff,))
        if stage == "hidden" else None,
    },
    working=lambda h, d_v, **_: {"joined_values": h * d_v},
    answer="choice",
)  # fmt: skip
