"""Why attention scores are divided by sqrt(d_k) (Vaswani et al. 2017, §3.2.1 and its footnote 4), measured.

Queries and keys with independent components of mean 0 and variance 1 have dot products of variance d_k. Large scores
saturate the softmax: nearly all weight on one key, and a Jacobian near zero.
"""

from dataclasses import dataclass

import numpy as np

from knowledge.labs.inputs import whole
from knowledge.labs.softmax import Array, entropy, jacobian_norm, softmax

LARGEST_POWER = 11  # d_k up to 2,048
_NUMBERS_AT_ONCE = 4_000_000  # normal numbers drawn together: 32 MB


@dataclass(frozen=True)
class Scaling:
    """Means over `samples` queries, each against `keys` keys. The first row: plain scores; the second: scaled ones."""

    d_k: tuple[int, ...]  # m sizes: powers of two
    keys: int
    samples: int
    variance: Array  # (2, m): of the scores
    largest_weight: Array  # (2, m): mean of the largest of the softmax's weights
    entropy: Array  # (2, m): of the weights, in nats
    gradient: Array  # (2, m): mean Frobenius norm of the softmax's Jacobian with respect to its scores

    @property
    def greatest_entropy(self) -> float:
        """Of equal weights: ln(keys)."""
        return float(np.log(self.keys))

    @property
    def even_gradient(self) -> float:
        """The Jacobian's norm at equal weights: sqrt(keys - 1) / keys."""
        return float(np.sqrt(self.keys - 1) / self.keys)


def measure_scaling(*, largest: int = 1024, keys: int = 16, samples: int = 400, seed: int = 0) -> Scaling:
    """Scores, weights and gradients for d_k = 1, 2, 4, ... up to `largest`, with and without division by sqrt(d_k)."""
    largest = whole("largest", largest, 1, 2**LARGEST_POWER)
    keys = whole("keys", keys, 2, 256)
    samples = whole("samples", samples, 10, 5000)
    rng = np.random.default_rng(whole("seed", seed, 0, 2**31 - 1))
    sizes = tuple(2**power for power in range(LARGEST_POWER + 1) if 2**power <= largest)
    measured = []
    for d_k in sizes:
        plain = _scores(rng, d_k, keys, samples)
        both = np.stack([plain, plain / np.sqrt(d_k)])  # (2, samples, keys)
        weights = softmax(both)
        measured.append(
            [
                both.reshape(2, -1).var(axis=1),
                weights.max(axis=2).mean(axis=1),
                entropy(weights).mean(axis=1),
                jacobian_norm(weights).mean(axis=1),
            ]
        )
    variance, largest_weight, spread, gradient = np.array(measured).transpose(1, 2, 0)
    return Scaling(sizes, keys, samples, variance, largest_weight, spread, gradient)


def _scores(rng: np.random.Generator, d_k: int, keys: int, samples: int) -> Array:
    """Dot products of `samples` queries with `keys` keys of their own: shape (samples, keys)."""
    scores = np.empty((samples, keys))
    block = max(1, _NUMBERS_AT_ONCE // (d_k * keys))
    for start in range(0, samples, block):
        count = min(block, samples - start)
        queries, others = rng.standard_normal((count, d_k)), rng.standard_normal((count, keys, d_k))
        scores[start : start + count] = np.einsum("sd,skd->sk", queries, others)
    return scores
