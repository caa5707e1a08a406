"""The numbers of the worked example of perplexity."""

import math

given: list[float] = [4, 0.2, 0.5, 0.1, 0.4, 6, 16]
probability = math.prod([0.2, 0.5, 0.1, 0.4])
surprise = -math.log(probability)  # nats, the whole text
computed: dict[str, float] = {
    "0.004": probability,
    "5.521": surprise,
    "1.380": surprise / 4,
    "3.976": math.exp(surprise / 4),
    "2.510": math.exp(surprise / 6),
    "0.693": math.log(2),
    "0.498": surprise / (16 * math.log(2)),
}
