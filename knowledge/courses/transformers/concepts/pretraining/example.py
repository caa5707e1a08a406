"""The numbers of the worked example of pretraining."""

import math

given: list[float] = [0.5, 0.25, 0.8, 50, 50000]
losses = [-math.log(probability) for probability in (0.5, 0.25, 0.8)]
mean = sum(losses) / 3
computed: dict[str, float] = {
    "0.693": losses[0],
    "1.386": losses[1],
    "0.223": losses[2],
    "0.7675": mean,
    "2.15": math.exp(mean),
    "10.82": math.log(50000),
}
