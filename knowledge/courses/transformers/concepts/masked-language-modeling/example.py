"""The numbers of the worked example of masked-language-modeling."""

import math

given: list[float] = [2, 1, 0, 512, 15]
scores = [2.0, 1.0, 0.0, -1.0]
total = sum(math.exp(score) for score in scores)
ship, boat, car, idea = (math.exp(score) / total for score in scores)
predicted = 0.15 * 512
computed: dict[str, float] = {
    "0.644": ship,
    "0.237": boat,
    "0.087": car,
    "0.032": idea,
    "0.440": -math.log(ship),
    "1.440": -math.log(boat),
    "76.8": predicted,
    "511": given[3] - 1,
    "6.7": 511 / predicted,
    "12": 0.8 * given[4],
    "1.5": 0.1 * given[4],
}
