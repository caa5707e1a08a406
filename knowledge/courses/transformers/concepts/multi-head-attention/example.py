"""The numbers of the worked example of multi-head-attention."""

import math
from typing import Any

given: list[float] = [0, 1, 2, 4]

x1: list[float] = [1, 0, 0, 1]
x2: list[float] = [0, 1, 0, 2]


def dot(left: list[float], right: list[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


def softmax(scores: list[float]) -> list[float]:
    return [math.exp(score) / sum(map(math.exp, scores)) for score in scores]


def head(components: slice) -> tuple[list[float], list[float], list[float]]:
    """The scores, the weights and the output of token 1 in a head that keeps some components."""
    first, second = x1[components], x2[components]
    scores = [dot(first, first), dot(first, second)]
    weights = softmax([score / math.sqrt(len(first)) for score in scores])
    return scores, weights, [dot(weights, [a, b]) for a, b in zip(first, second, strict=True)]


scores_1, weights_1, output_1 = head(slice(0, 2))
scores_2, weights_2, output_2 = head(slice(2, 4))
scores_all, weights_all, _ = head(slice(0, 4))
assert (scores_1, scores_2, scores_all) == ([1, 0], [1, 2], [2, 2])
assert (output_1, output_2[0]) == (weights_1, 0)
assert math.isclose(weights_2[0], weights_1[1])
computed: dict[str, Any] = {
    "0.670": weights_1[0],
    "0.330": weights_1[1],
    "1.670": output_2[1],
    "0.5": weights_all[0],
}
