"""The numbers of the worked example of reward-model."""

import math

given: list[float] = [1.5, 0.2, 0.8, 5, 1.7, 16]


def sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value))


rewards = [1.5, 0.2, -0.8]
differences = [rewards[0] - rewards[1], rewards[0] - rewards[2], rewards[1] - rewards[2]]
losses = [-math.log(sigmoid(difference)) for difference in differences]
shifted = [(r + 5) - (s + 5) for r, s in [(1.5, 0.2), (1.5, -0.8), (0.2, -0.8)]]
assert all(math.isclose(a, b) for a, b in zip(differences, shifted, strict=True))
swapped = 1.5 - 1.7
computed: dict[str, float] = {
    "3": math.comb(3, 2),
    "1.3": differences[0],
    "2.3": differences[1],
    "1.0": differences[2],
    "0.786": sigmoid(differences[0]),
    "0.909": sigmoid(differences[1]),
    "0.731": sigmoid(differences[2]),
    "0.241": losses[0],
    "0.096": losses[1],
    "0.313": losses[2],
    "0.217": sum(losses) / 3,
    "0.450": sigmoid(swapped),
    "0.798": -math.log(sigmoid(swapped)),
    "15": 16 - 1,
    "1.835": math.log(16) - 15 / 16,
}
