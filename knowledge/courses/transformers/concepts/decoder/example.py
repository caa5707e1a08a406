"""The numbers of the worked example of decoder."""

import math
from typing import Any

given: list[float] = [0, 1, 2, 3, 4, 512, 2048]

z = [1, 2]
columns = {"el": [2, 0], "gato": [0, 1], "duerme": [1, 1], "end": [0, 0]}
scores = {token: z[0] * column[0] + z[1] * column[1] for token, column in columns.items()}
assert list(scores.values()) == [2, 2, 3, 0]
total = sum(math.exp(score) for score in scores.values())
probabilities = {token: math.exp(score) / total for token, score in scores.items()}
attention, ffn = 4 * 512**2, 2 * 512 * 2048
computed: dict[str, Any] = {
    "0.206": probabilities["el"],
    "0.560": probabilities["duerme"],
    "0.028": probabilities["end"],
    "0.580": -math.log(probabilities["duerme"]),
    "1,048,576": attention,
    "2,097,152": ffn,
    "4,194,304": 2 * attention + ffn,
    "3,145,728": attention + ffn,
}
