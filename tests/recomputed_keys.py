"""What the key of a computed item must be, from its English text alone: family -> how. Shares no code with agents."""

from collections.abc import Callable
from typing import Any

import recomputed_attention
import recomputed_chances
import recomputed_costs
import recomputed_layers
import recomputed_parameters
import recomputed_text
from recomputed_reading import plain

_TOPICS = (
    recomputed_attention, recomputed_chances, recomputed_costs, recomputed_layers, recomputed_parameters,
    recomputed_text,
)  # fmt: skip
RECOMPUTED: dict[str, Callable[[str], Any]] = {name: key for topic in _TOPICS for name, key in topic.KEYS.items()}


def recomputed(family: str, stem: str) -> Any:
    """The answer to a question: a number, a row or rows of them, or tokens."""
    return RECOMPUTED[family](plain(stem))
