"""The numbers of the worked example of mixture-of-experts."""

import math

# Scores, outputs and counts; Mixtral 8x7B: layers, width, experts, expert width, key-value width, vocabulary,
# and the digits of its name (8 and 7).
given: list[float] = [2, 1, 0, 32, 4096, 8, 14336, 1024, 32000, 3, 7]

first = math.exp(2) / (math.exp(2) + math.exp(1))
expert = 3 * 4096 * 14_336
experts = 8 * 32 * expert
attention = 32 * (2 * 4096**2 + 2 * 4096 * 1024)
embeddings = 2 * 32_000 * 4096
router = 32 * 4096 * 8
norms = (2 * 32 + 1) * 4096
rest = attention + embeddings + router + norms
computed: dict[str, float] = {
    "0.731": first,
    "0.269": 1 - first,
    "0.538": 2 * (1 - first),
    "176,160,768": expert,
    "45.10": experts / 1e9,
    "1.34": attention / 1e9,
    "0.26": embeddings / 1e9,
    "46.7": (experts + rest) / 1e9,
    "4": 8 / 2,
    "12.9": (experts / 4 + rest) / 1e9,
    "56": 8 * 7,
}
