"""The numbers of the worked example of research-assistance."""

from typing import Any

given: list[float] = [8, 10, 6, 20, 18, 0.18]  # sentences, citations, supported ones, references and the rate

recall, precision = 6 / 8, 8 / 10
computed: dict[str, Any] = {
    "0.75": recall,
    "0.8": precision,
    "0.774": 2 * recall * precision / (recall + precision),
    "3.6": 20 * 0.18,
    "0.82": 1 - 0.18,
    "0.019": (1 - 0.18) ** 20,
}
