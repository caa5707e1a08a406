"""Which keys each query may see: the masks of encoders, decoders, padded batches, prefixes and cross-attention."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.labs.inputs import whole
from knowledge.labs.softmax import Array, entropy, softmax

KINDS = ("bidirectional", "causal", "padding", "prefix", "cross")
MOST_TOKENS = 12


@dataclass(frozen=True)
class Masks:
    """For each kind: what may be seen, the weights that follow, and how many pairs are seen.

    n tokens look; in cross-attention they look at the m tokens of another sequence, otherwise at one another. The
    scores before masking are the same for all kinds but cross-attention, so that the weights can be compared.
    """

    n: int
    m: int
    padded: int  # the last tokens, which are only padding
    prefix: int  # the first tokens, seen by all
    allowed: Mapping[str, NDArray[np.bool_]]  # kind -> (n, n), for "cross" (n, m): True where the key is seen
    weights: Mapping[str, Array]  # kind -> the same shape: softmax of the scores that are left
    pairs: Mapping[str, int]  # kind -> how many pairs are seen
    entropy: Mapping[str, Array]  # kind -> (n,): of each query's weights, in nats
    kept_if_zeroed: Array  # (n,): what each row sums to when causal weights are set to 0 after the softmax


def build_masks(*, n: int = 6, m: int = 4, padded: int = 2, prefix: int = 3, seed: int = 0) -> Masks:
    """All kinds of masks over n tokens. Raises `BadLab` for numbers out of range."""
    n, m = whole("n", n, 2, MOST_TOKENS), whole("m", m, 1, MOST_TOKENS)
    padded, prefix = whole("padded", padded, 0, n - 1), whole("prefix", prefix, 0, n)
    rng = np.random.default_rng(whole("seed", seed, 0, 2**31 - 1))
    scores, crossing = rng.standard_normal((n, n)), rng.standard_normal((n, m))
    places = np.arange(n)
    causal = places[None, :] <= places[:, None]
    allowed = {
        "bidirectional": np.ones((n, n), dtype=bool),
        "causal": causal,
        "padding": np.broadcast_to(places < n - padded, (n, n)).copy(),
        "prefix": causal | (places < prefix)[None, :],
        "cross": np.ones((n, m), dtype=bool),
    }
    weights = {
        kind: softmax(np.where(seen, crossing if kind == "cross" else scores, -np.inf))
        for kind, seen in allowed.items()
    }
    return Masks(
        n=n, m=m, padded=padded, prefix=prefix, allowed=allowed, weights=weights,
        pairs={kind: int(seen.sum()) for kind, seen in allowed.items()},
        entropy={kind: entropy(rows) for kind, rows in weights.items()},
        kept_if_zeroed=(weights["bidirectional"] * causal).sum(axis=1),
    )  # fmt: skip


def count_pairs(kind: str, n: int, *, m: int = 0, padded: int = 0, prefix: int = 0) -> int:
    """How many pairs (query, key) a mask lets be seen, by formula: no matrix is built."""
    formulas = {
        "bidirectional": n * n,
        "causal": n * (n + 1) // 2,
        "padding": n * (n - padded),
        "prefix": n * (n + 1) // 2 + prefix * (prefix - 1) // 2,
        "cross": n * m,
    }
    return formulas[kind]
