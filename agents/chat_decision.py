"""One choice out of a few, by a chat model: each option is a letter, and the answer is how likely each is.

A model that runs in this process is asked by one forward pass: how likely each letter is as the first token of the
answer, bare or behind a space. Any other model is asked for one letter, which stands for fixed probabilities. Both are
uncalibrated until someone fits the temperature on decisions whose answer is known (agents/local/calibration.py).
"""

import math
import re
from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.runnables import RunnableConfig

from agents.local.calibration import probabilities
from agents.local.chat_local import LocalChat
from agents.prompting import spoken

SURE = 0.9  # uncalibrated: what a letter alone is taken for; the others share the rest
MOST_TOKENS = 4_096  # of a whole prompt in this process; evidence in it is cut to fit
FEW_TOKENS = 8  # of an answer that is to be one letter


class Decider:
    """Decides between options written as `letters`. `way` says how: "t" with the temperature, or "letter".

    A model of this process is loaded at once: raises `BadModel`. Raises `ValueError` on a temperature not above 0.
    """

    def __init__(self, model: BaseChatModel, letters: str, temperature: float = 1.0) -> None:
        if not temperature > 0:
            raise ValueError(f"the temperature must be above 0; it is {temperature}")
        self.letters = letters
        self.temperature = temperature
        self._model = model
        self._by_logits = isinstance(model, LocalChat) and model.engine.turns.labels(letters) is not None
        self.way = f"t{temperature:g}" if self._by_logits else "letter"

    def decide(self, messages: Sequence[BaseMessage], config: RunnableConfig | None = None) -> tuple[float, ...] | None:
        """The probability of each letter; None when no letter is said, or the question is too long. Raises what the
        model raises."""
        asked = list(messages)
        if self._by_logits:
            said = self._model.invoke(asked, config, letters=self.letters, most_tokens=MOST_TOKENS)
            weights = said.response_metadata.get("weights")
            if not weights or not all(map(math.isfinite, weights)):
                return None
            return probabilities(weights, self.temperature)
        short: dict[str, Any] = {"max_tokens": FEW_TOKENS} if isinstance(self._model, LocalChat) else {}
        letter = read_letter(str(self._model.invoke(asked, config, temperature=0, **short).content), self.letters)
        if letter is None:
            return None
        rest = (1 - SURE) / (len(self.letters) - 1)
        return tuple(SURE if one == letter else rest for one in self.letters)


def read_letter(answer: str, letters: str) -> str | None:
    """The letter that an answer in words is: alone or before a mark; None of anything else.

    "A", "**B**" and "Answer: C." are letters; "A transformer is" is not.
    """
    found = re.match(
        rf"[\W_]*(?:(?i:answer|respuesta)\W+)?([{letters}])(?:\s*$|[.):;*\]\"'`_]+(?=\s|$)|\s+(?=[(–—:-]))",
        spoken(answer).strip(),
    )
    return found[1] if found else None
