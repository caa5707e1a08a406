"""The numbers of the worked example of encoder-only."""

import math

given: list[float] = [200, 15, 80, 10, 0.5, 0.8, 0.25]
chosen = 0.15 * 200
losses = [-math.log(probability) for probability in (0.5, 0.8, 0.25)]
computed: dict[str, float] = {
    "30": chosen,
    "24": 0.8 * chosen,
    "3": 0.1 * chosen,
    "0.693": losses[0],
    "0.223": losses[1],
    "1.386": losses[2],
    "0.768": sum(losses) / 3,
}
