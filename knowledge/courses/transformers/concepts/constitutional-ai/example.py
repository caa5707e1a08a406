"""The numbers of the worked example of constitutional-ai."""

import math

given: list[float] = [0.4, 1.2, 0.5, 0.2, 0.98]
label = math.exp(-0.4) / (math.exp(-0.4) + math.exp(-1.2))
gap = 0.5 - 0.2
chance = 1 / (1 + math.exp(-gap))
computed: dict[str, float] = {
    "0.690": label,
    "0.310": 1 - label,
    "0.3": gap,
    "0.574": chance,
    "0.426": 1 - chance,
    "0.647": -label * math.log(chance) - (1 - label) * math.log(1 - chance),
    "0.6": min(0.98, 0.6),
}
