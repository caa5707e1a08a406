"""Four ways of telling attention where words stand, and what is lost with none.

Sinusoidal encodings are added to the embeddings (Vaswani et al. 2017, §3.5), RoPE rotates queries and keys (Su et al.
2021, §3.2), ALiBi subtracts a slope times the distance from the scores (Press et al. 2022, §3).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from knowledge.labs.attention_steps import embed_words
from knowledge.labs.inputs import whole, words
from knowledge.labs.softmax import Array, softmax

SCHEMES = ("none", "sinusoidal", "rope", "alibi")
BASE = 10_000.0
SIZE = 64  # of embeddings, queries and keys
HEADS = 8
PLACES = 16  # drawn in the maps of weights
STARTS = (0, 1, 7, 50, 1000)  # where the identities are tried
MOST_TOKENS = 12


@dataclass(frozen=True)
class Positions:
    """Similarities by distance 0..m-1, weights of equal words, and what a shuffle of n words changes.

    A spread is the largest difference between scores at one distance but at other places: 0 but for rounding.
    `moved` and `moved_backwards`: scheme -> for each word |output before - output after| / |output before|.
    """

    tokens: tuple[str, ...]
    order: tuple[int, ...]  # the shuffled sentence takes the words in this order
    distances: tuple[int, ...]
    sinusoidal: Array  # (m,): dot product of two encodings / (SIZE / 2); 1 at distance 0
    sinusoidal_spread: float
    rope_same: Array  # (m,): a query against the same vector as key / its squared length
    rope_other: Array  # (m,): a query against another key / the product of their lengths
    rope_spread: float
    slopes: Array  # (HEADS,): of ALiBi
    weights: Mapping[str, Array]  # scheme -> (PLACES, PLACES): attention among equal words, without projections
    moved: Mapping[str, Array]  # scheme -> (n,)
    moved_backwards: Mapping[str, Array]  # scheme -> (n,): the same with the sentence read backwards


def compare_positions(text: str, *, farthest: int = 100, head: int = 3, seed: int = 0) -> Positions:
    """All schemes side by side, for a sentence of 3 to 12 words. `head`: whose ALiBi slope is used, 1 to 8.

    The sentence's words attend to one another without a mask, through random projections; so ALiBi is taken with
    -slope * |i - j| in both directions. Raises `BadLab` for bad inputs.
    """
    tokens = words(text, 3, MOST_TOKENS)
    farthest, seed = whole("farthest", farthest, 8, 1000), whole("seed", seed, 0, 2**31 - 1)
    slope = float(alibi_slopes(HEADS)[whole("head", head, 1, HEADS) - 1])
    rng = np.random.default_rng(seed)
    query, key = rng.standard_normal((2, SIZE))
    order = _shuffle(rng, len(tokens))
    distances = np.arange(farthest + 1, dtype=np.float64)
    encodings = [_sinusoidal_by_distance(start, distances) for start in STARTS]
    same = [_rope_by_distance(query, query, start, distances) for start in STARTS]
    other = [_rope_by_distance(query, key, start, distances) for start in STARTS]
    equal = np.tile(rng.standard_normal(SIZE), (PLACES, 1))
    return Positions(
        tokens=tokens, order=order, distances=tuple(range(farthest + 1)),
        sinusoidal=encodings[0], sinusoidal_spread=_spread(encodings),
        rope_same=same[0], rope_other=other[0], rope_spread=max(_spread(same), _spread(other)),
        slopes=alibi_slopes(HEADS),
        weights={scheme: attend(equal, scheme, np.eye(SIZE)[None].repeat(3, axis=0), slope)[0] for scheme in SCHEMES},
        moved=_changes(tokens, order, slope, seed),
        moved_backwards=_changes(tokens, tuple(reversed(range(len(tokens)))), slope, seed),
    )  # fmt: skip


def sinusoidal(places: Array, size: int) -> Array:
    """The encodings of places: sines in the even columns, cosines in the odd ones; shape (len(places), size)."""
    angles = places[:, None] * _frequencies(size)
    return np.stack([np.sin(angles), np.cos(angles)], axis=2).reshape(len(places), size)


def rotate(vectors: Array, places: Array) -> Array:
    """RoPE: each pair of columns of row i turned by places[i] times its frequency; the shape stays (n, size)."""
    angles = places[:, None] * _frequencies(vectors.shape[1])
    pairs = vectors.reshape(len(vectors), -1, 2)
    first, second = pairs[:, :, 0], pairs[:, :, 1]
    turned = [first * np.cos(angles) - second * np.sin(angles), first * np.sin(angles) + second * np.cos(angles)]
    return np.stack(turned, axis=2).reshape(vectors.shape)


def alibi_slopes(heads: int) -> Array:
    """ALiBi's slopes for a power of two of heads: 2^(-8h/heads) for h = 1..heads; for 8 heads 1/2, 1/4, ... 1/256."""
    return np.asarray(2.0 ** (-8.0 * np.arange(1, heads + 1) / heads), dtype=np.float64)


def attend(embeddings: Array, scheme: str, projections: Array, slope: float) -> tuple[Array, Array]:
    """Weights (n, n) and outputs (n, size) of one head without a mask; `projections`: W_Q, W_K, W_V."""
    places = np.arange(len(embeddings), dtype=np.float64)
    if scheme == "sinusoidal":
        embeddings = embeddings + sinusoidal(places, embeddings.shape[1])
    queries, keys, values = (embeddings @ matrix for matrix in projections)
    if scheme == "rope":
        queries, keys = rotate(queries, places), rotate(keys, places)
    scores = queries @ keys.T / np.sqrt(keys.shape[1])
    if scheme == "alibi":
        scores = scores - slope * np.abs(places[:, None] - places[None, :])
    weights = softmax(scores)
    return weights, weights @ values


def _frequencies(size: int) -> Array:
    return np.asarray(BASE ** (-np.arange(0, size, 2) / size), dtype=np.float64)


def _sinusoidal_by_distance(start: int, distances: Array) -> Array:
    encodings = sinusoidal(start + distances, SIZE)
    return np.asarray(encodings @ encodings[0] / (SIZE / 2), dtype=np.float64)


def _rope_by_distance(query: Array, key: Array, start: int, distances: Array) -> Array:
    turned = rotate(np.tile(key, (len(distances), 1)), start + distances)
    fixed = rotate(query[None], np.array([float(start)]))[0]
    return np.asarray(turned @ fixed / (np.linalg.norm(query) * np.linalg.norm(key)), dtype=np.float64)


def _spread(curves: list[Array]) -> float:
    return float(np.ptp(np.stack(curves), axis=0).max())


def _shuffle(rng: np.random.Generator, n: int) -> tuple[int, ...]:
    """An order that is neither the given one nor its reverse, which symmetric distances cannot tell apart."""
    given = tuple(range(n))
    order = given
    while order in {given, given[::-1]}:
        order = tuple(rng.permutation(n).tolist())
    return order


def _changes(tokens: tuple[str, ...], order: tuple[int, ...], slope: float, seed: int) -> dict[str, Array]:
    """By scheme: how far the output of each word moves when the words are put in another order; shape (n,)."""
    embeddings = embed_words(tokens, SIZE, seed)
    projections = np.random.default_rng([seed, 1]).standard_normal((3, SIZE, SIZE)) / np.sqrt(SIZE)
    moved = {}
    for scheme in SCHEMES:
        before = attend(embeddings, scheme, projections, slope)[1]
        shuffled = attend(embeddings[list(order)], scheme, projections, slope)[1]
        after = shuffled[np.argsort(order)]  # back beside the same words
        moved[scheme] = np.linalg.norm(before - after, axis=1) / np.linalg.norm(before, axis=1)
    return moved
