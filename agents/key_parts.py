"""What a text gives of a key in part, and what a key of any kind can be asked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agents.key_words import folded
from knowledge.terms import plain


@dataclass(frozen=True, slots=True)
class Told:
    """What one text says of a key. `right`: right options, points or pairs that it gives; `out`: wrong options that it
    rules out; `steps`: steps in the order in which it speaks of them."""

    text: str
    right: frozenset[int] = frozenset()
    out: frozenset[int] = frozenset()
    steps: tuple[int, ...] = ()


class Key(Protocol):
    """The key of one item, as a guard looks for it."""

    def is_given(self, text: str) -> bool:
        """Whether a text by itself gives the key or most of it."""
        ...

    def is_spelled(self, view: str) -> bool:
        """Whether a text that another one carries gives it, by signs that need no sentence around them."""
        ...

    def told(self, text: str) -> Told:
        """What a text gives in part."""
        ...

    def adds_up(self, told: Sequence[Told]) -> bool:
        """Whether what several texts give in part is most of the key."""
        ...


def union(sets: Sequence[frozenset[int]]) -> frozenset[int]:
    """All that is in one of the sets."""
    return frozenset[int]().union(*sets)


def squeezed(text: str) -> str:
    """Letters and digits alone, in lower case and without accents."""
    return re.sub(r"\W+", "", folded(plain(text)))
