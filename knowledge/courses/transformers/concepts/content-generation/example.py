"""The numbers of the worked example of content-generation."""

from typing import Any

given: list[float] = [40, 4, 28, 27, 0.27, 10, 38, 1, 11]  # learners, options and right answers

group = round(0.27 * 40)
computed: dict[str, Any] = {
    "0.7": 28 / 40,
    "0.25": 1 / 4,
    "10.8": 0.27 * 40,
    "11": group,
    "0.909": 10 / group,
    "0.364": 4 / group,
    "0.545": (10 - 4) / group,
    "0.95": 38 / 40,
    "0.091": (11 - 10) / group,
}
