"""The softmax of rows of scores, and how sharp its result is."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def softmax(scores: NDArray[np.floating[Any]]) -> Array:
    """Weights along the last axis that sum to one: exp(s_j) / sum_k exp(s_k), shifted by the largest score.

    A score of minus infinity gets the weight 0; each row needs one finite score at least.
    """
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), dtype=np.float64)


def entropy(weights: NDArray[np.floating[Any]]) -> Array:
    """-sum_j w_j ln w_j along the last axis, in nats: 0 for one weight of 1, ln(n) for n equal weights."""
    logs = np.log(np.where(weights > 0, weights, 1.0))
    return np.asarray(-(weights * logs).sum(axis=-1), dtype=np.float64)


def jacobian_norm(weights: NDArray[np.floating[Any]]) -> Array:
    """The Frobenius norm of the softmax's Jacobian diag(w) - w w^T, along the last axis.

    Its square is sum w^2 - 2 sum w^3 + (sum w^2)^2: no matrix need be built. Of n equal weights it is sqrt(n-1)/n.
    """
    squares, cubes = (weights**2).sum(axis=-1), (weights**3).sum(axis=-1)
    return np.asarray(np.sqrt(np.maximum(squares - 2 * cubes + squares**2, 0.0)), dtype=np.float64)
