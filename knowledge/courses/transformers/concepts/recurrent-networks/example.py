"""The numbers of the worked example of recurrent-networks."""

from typing import Any

given: list[float] = [1, 0, 0.5, 50, 0.9, 1.1]  # inputs, weights and the number of steps

states = [0.0]
for value in (1, 0, 1):
    states.append(0.5 * states[-1] + value)
computed: dict[str, Any] = {
    "1": states[1],
    "0.5": states[2],
    "1.25": states[3],
    "0.0052": 0.9**50,
    "117.4": 1.1**50,
}
