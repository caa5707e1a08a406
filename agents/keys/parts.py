"""What a text gives of a key in part, and what a key of any kind can be asked."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from knowledge.terms import folded, plain

FEWEST_LETTERS = 3  # that spell something


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

    def is_in_letters(self, letters: str, fewest: int) -> bool:
        """Whether first letters of sentences or words spell it; `fewest`: letters that are no accident."""
        ...

    def told(self, text: str) -> Told:
        """What a text gives in part."""
        ...

    def adds_up(self, told: Sequence[Told]) -> bool:
        """Whether what several texts give in part is most of the key."""
        ...


def is_in(letters: str, spellings: Iterable[str], fewest: int) -> bool:
    """Whether one of the spellings, of `fewest` letters or more, stands among letters."""
    return any(len(one) >= max(fewest, FEWEST_LETTERS) and one in letters for one in spellings)


def union(sets: Sequence[frozenset[int]]) -> frozenset[int]:
    """All that is in one of the sets."""
    return frozenset[int]().union(*sets)


def squeezed(text: str) -> str:
    """Letters and digits alone, in lower case and without accents."""
    return re.sub(r"\W+", "", folded(plain(text)))
