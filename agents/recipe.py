"""A recipe: what items of one kind on one concept are made of, and what they will be, before any is made."""

from collections.abc import Callable
from dataclasses import dataclass

from agents.item import Bloom, Item, Kind


@dataclass(frozen=True, slots=True)
class Recipe:
    """`id`: also of its items, with the kind, the language, the difficulty and the seed behind it. `levels`: the
    difficulties that it can make. `make(seed, difficulty, language)`: the item, with the checks of its key and without
    those of its wording; the same arguments give the same item."""

    id: str
    concept: str
    kind: Kind
    bloom: Bloom
    levels: tuple[int, ...]
    make: Callable[[int, int, str], Item]
