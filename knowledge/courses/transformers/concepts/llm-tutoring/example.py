"""The numbers of the worked example of llm-tutoring."""

from typing import Any

given: list[float] = [0.4, 0.1, 0.2, 0.15, 0.95]  # mastery, slip, guess, learning and the threshold


def posterior(mastery: float, right: bool) -> float:
    """The probability of mastery once the answer is known."""
    known = mastery * (0.9 if right else 0.1)
    unknown = (1 - mastery) * (0.2 if right else 0.8)
    return known / (known + unknown)


def learned(probability: float) -> float:
    """The probability of mastery after the chance to learn."""
    return probability + (1 - probability) * 0.15


first = learned(posterior(0.4, right=True))
second = learned(posterior(first, right=True))
assert second >= 0.95
computed: dict[str, Any] = {
    "0.9": 1 - 0.1,
    "0.6": 1 - 0.4,
    "0.36": 0.4 * (1 - 0.1),
    "0.12": (1 - 0.4) * 0.2,
    "0.75": posterior(0.4, right=True),
    "0.25": 1 - posterior(0.4, right=True),
    "0.7875": first,
    "0.943": posterior(first, right=True),
    "0.952": second,
    "0.077": posterior(0.4, right=False),
    "0.215": learned(posterior(0.4, right=False)),
}
