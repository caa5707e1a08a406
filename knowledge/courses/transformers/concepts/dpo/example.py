"""The numbers of the worked example of dpo."""

import math

given: list[float] = [0.2, 0.1, 0, 2, 0.3, 0.5, 0.15, 0.02]


def loss(margin: float, beta: float = 0.1) -> float:
    return math.log(1 + math.exp(-beta * margin))


win, lose = math.log(0.3 / 0.2), math.log(0.1 / 0.2)
win_down, lose_down = math.log(0.15 / 0.2), math.log(0.02 / 0.2)
computed: dict[str, float] = {
    "0.693": loss(0),
    "0.405": win,
    "1.099": win - lose,
    "0.110": 0.1 * (win - lose),
    "0.640": loss(win - lose),
    "0.456": loss(win - lose, beta=0.5),
    "0.288": -win_down,
    "2.303": -lose_down,
    "2.015": win_down - lose_down,
    "0.597": loss(win_down - lose_down),
}
