"""The numbers of the worked example of hallucination."""

import math

given: list[float] = [0.3, 0, 0.75, 0.25, 0.7, 0.9, 0.1, 10, 6, 3, 1]


def expected_score(confidence: float, threshold: float) -> float:
    return confidence - (1 - confidence) * threshold / (1 - threshold)


shares = [count / 10 for count in (6, 3, 1)]
computed: dict[str, float] = {
    "3": 0.75 / (1 - 0.75),
    "1.8": -expected_score(0.3, 0.75),
    "0.6": expected_score(0.9, 0.75),
    "0.898": -sum(share * math.log(share) for share in shares),
}
