"""The numbers of the worked example of attention-head-roles."""

from typing import Any

# Weights of the toy head, percentages of Clark et al. 2019 (table 1), and counts of Voita and Michel 2019.
given: list[float] = [0.05, 0.10, 86.8, 40.0, 94.3, 51.7, 34.5, 26.3, 38, 48, 0.15, 8, 96]

weights = [0.05, 0.10, 0.60, 0.10, 0.10, 0.05]
words = ["the", "cat", "chased", "a", "small", "mouse"]
assert abs(sum(weights) - 1) < 1e-9
assert words[weights.index(max(weights))] == "chased"
assert words[words.index("mouse") - 2] == "a"
computed: dict[str, Any] = {
    "0.60": max(weights),
    "46.8": 86.8 - 40.0,
    "42.6": 94.3 - 51.7,
    "8.2": 34.5 - 26.3,
    "10": 48 - 38,
    "21": 100 * (48 - 38) / 48,
    "8.3": 100 * 8 / 96,
}
