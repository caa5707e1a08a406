"""The numbers of the worked example of residual-connections."""

import math

given: list[float] = [1, 2, 0.1, 0.3, 10]  # the vector, the output of the sub-layer, the layers

assert math.isclose(0.1**10, 10**-10)
computed: dict[str, float] = {
    "1.1": 1 + 0.1,  # and the factor of each layer
    "1.7": 2 - 0.3,
    "2.594": (1 + 0.1) ** 10,
}
