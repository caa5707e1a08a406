"""The numbers of the worked example of softmax."""

import math
from typing import Any

given: list[float] = [2, 1, 0, 100, 0.5]  # the scores, the shift and the temperature


def softmax(scores: list[float]) -> list[float]:
    """The probabilities of the scores."""
    exponentials = [math.exp(score) for score in scores]
    return [value / sum(exponentials) for value in exponentials]


scores: list[float] = [2, 1, 0]
plain = softmax(scores)
assert all(math.isclose(a, b) for a, b in zip(plain, softmax([s + 100 for s in scores]), strict=True))
cold = softmax([score / 0.5 for score in scores])
computed: dict[str, Any] = {
    "7.389": math.exp(2),
    "2.718": math.exp(1),
    "11.107": sum(math.exp(score) for score in scores),
    "0.665": plain[0],
    "0.245": plain[1],
    "0.090": plain[2],
    "4": scores[0] / 0.5,
    "0.867": cold[0],
    "0.117": cold[1],
    "0.016": cold[2],
    "0.731": softmax([1, 0])[0],
    "1": sum(plain),
}
