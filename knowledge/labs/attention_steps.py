"""Scaled dot-product attention, every step kept (Vaswani et al. 2017, eq. 1)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import BadLab
from knowledge.labs.inputs import choice, matrix, whole, words
from knowledge.labs.softmax import Array, softmax

MASKS = ("none", "causal")
D_MODEL = 8
MOST_TOKENS = 12
MOST_D_K = 64


@dataclass(frozen=True)
class AttentionSteps:
    """Attention over n tokens, step by step. Row i belongs to the query of token i."""

    tokens: tuple[str, ...]
    queries: Array  # (n, d_k)
    keys: Array  # (n, d_k)
    values: Array  # (n, d_v)
    products: Array  # (n, n): Q K^T
    scaled: Array  # (n, n): divided by sqrt(d_k), or the products again where scaling was switched off
    allowed: NDArray[np.bool_]  # (n, n): which keys a query may see
    masked: Array  # (n, n): minus infinity where it may not
    weights: Array  # (n, n): softmax of each row
    outputs: Array  # (n, d_v): weights V
    chosen: int  # the token whose output is taken apart
    contributions: Array  # (n, d_v): weight times value, a row for each token seen; they sum to outputs[chosen]

    @property
    def d_k(self) -> int:
        """The length of a query and of a key."""
        return int(self.keys.shape[1])


def attend_in_steps(
    text: str,
    *,
    mask: str = "none",
    chosen: int = -1,
    d_k: int = 4,
    scale: bool = True,
    seed: int = 0,
    queries: object = None,
    keys: object = None,
    values: object = None,
) -> AttentionSteps:
    """Attention of the words of a text to one another.

    Embeddings and projections are random (seeded): equal words get equal embeddings, and nothing is learned. Where
    `queries`, `keys` and `values` are given, those matrices are used: one row a word. `chosen` counts from 0, or from
    the end when negative. Raises `BadLab` for bad inputs.
    """
    tokens = words(text, 1, MOST_TOKENS)
    n = len(tokens)
    choice("mask", mask, MASKS)
    chosen = whole("chosen", chosen, -n, n - 1) % n
    given = [item is not None for item in (queries, keys, values)]
    if all(given):
        q, k, v = _given(n, queries, keys, values)
    elif any(given):
        raise BadLab("lab-shape", name="queries, keys, values", expected=(n, "d"), found=None)
    else:
        q, k, v = _projected(tokens, whole("d_k", d_k, 1, MOST_D_K), whole("seed", seed, 0, 2**31 - 1))
    products = q @ k.T
    scaled = products / np.sqrt(k.shape[1]) if scale else products
    allowed = np.tril(np.ones((n, n), dtype=bool)) if mask == "causal" else np.ones((n, n), dtype=bool)
    masked = np.where(allowed, scaled, -np.inf)
    weights = softmax(masked)
    return AttentionSteps(
        tokens, q, k, v, products, scaled, allowed, masked, weights,
        outputs=weights @ v, chosen=chosen, contributions=weights[chosen][:, None] * v,
    )  # fmt: skip


def embed_words(tokens: tuple[str, ...], size: int, seed: int) -> Array:
    """A random embedding for each word, the same for the same word whatever its case: shape (n, size)."""
    rng = np.random.default_rng(seed)
    table = {name: rng.standard_normal(size) for name in dict.fromkeys(token.casefold() for token in tokens)}
    return np.stack([table[token.casefold()] for token in tokens])


def _projected(tokens: tuple[str, ...], d_k: int, seed: int) -> tuple[Array, Array, Array]:
    embeddings = embed_words(tokens, D_MODEL, seed)
    rng = np.random.default_rng([seed, 1])
    q, k, v = (embeddings @ rng.standard_normal((D_MODEL, d_k)) / np.sqrt(D_MODEL) for _ in range(3))
    return q, k, v


def _given(n: int, queries: object, keys: object, values: object) -> tuple[Array, Array, Array]:
    d_k, d_v = (_columns(name, item) for name, item in (("keys", keys), ("values", values)))
    return matrix("queries", queries, n, d_k), matrix("keys", keys, n, d_k), matrix("values", values, n, d_v)


def _columns(name: str, value: object) -> int:
    try:
        shape = np.asarray(value, dtype=np.float64).shape
    except (TypeError, ValueError):  # no numbers, or rows of different lengths
        shape = ()
    if len(shape) != 2 or not 1 <= shape[1] <= MOST_D_K:
        raise BadLab("lab-shape", name=name, expected=("n", f"1..{MOST_D_K}"), found=shape)
    return int(shape[1])
