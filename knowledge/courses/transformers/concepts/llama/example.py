"""The numbers of the worked example of llama."""

import math

given: list[float] = [2, 3, 4, 32, 256, 380, 1.4, 4_096, 32_000, 2_048, 21]
width, layers, tokens = 4_096, 32, 32_000
two_thirds = 2 / 3 * 4 * width
hidden = math.ceil(two_thirds / 256) * 256
layer = 4 * width**2 + 3 * width * hidden + 2 * width
total = layers * layer + 2 * tokens * width + width
speed = 2_048 * 380
computed: dict[str, float] = {
    "10,922.7": two_thirds,
    "11,008": hidden,
    "202,383,360": layer,
    "6,738,415,616": total,
    "6.7": total / 1e9,
    "13.5": total * 2 / 1e9,
    "3.4": total / 2 / 1e9,
    "778,240": speed,
    "20.8": 1.4e12 / speed / (24 * 3600),
}
