"""The key as an arrangement: an order of steps (order), what goes with what (match)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from agents.item import Item
from agents.keys.claims import Wording, stems_of, wordings
from agents.keys.options import LETTERS, longest_shared, options_named, pairs_named
from agents.keys.parts import Told, is_in, squeezed, union
from agents.keys.words import listed
from agents.short_reading import ShortReader
from knowledge.sentences import split_sentences
from knowledge.terms import folded

MOST, FEWEST = 0.6, 3  # share and number of the steps in order that are most of them
SPOKEN_OF = 0.6  # share of a step's own words by which a sentence speaks of it


@dataclass(frozen=True)
class StepsKey:
    """An order of steps."""

    item: Item
    reader: ShortReader

    @cached_property
    def wordings(self) -> tuple[Wording, ...]:
        """The steps, as the item shows them."""
        return wordings(self.item.options, self.item.options, "", self.item.language, self.reader)

    def is_given(self, text: str) -> bool:
        """Their letters or numbers in most of the right order, or one that is said to be the answer."""
        if listed("markers").search(folded(text)) and self.told(text).steps:
            return True
        return self._is_order(options_named(text, len(self.item.options)).sequence)

    def is_spelled(self, view: str) -> bool:
        """The same, or the steps letter by letter."""
        told = squeezed(view)
        places = [(told.find(squeezed(step)), step) for step in self.item.options]
        order = [self.item.options.index(step) for place, step in sorted(places) if place >= 0]
        return self.is_given(view) or self._is_order(order)

    def is_in_letters(self, letters: str, fewest: int) -> bool:
        """Their letters."""
        return is_in(letters, ["".join(LETTERS[place] for place in self.item.key)], fewest)

    def told(self, text: str) -> Told:
        """The steps that a text speaks of, in its order."""
        steps: list[int] = []
        for sentence in split_sentences(text, self.item.language):
            here = [place for place, one in enumerate(self.wordings) if one.share(sentence) >= SPOKEN_OF]
            steps += sorted(here, key=lambda place: self.wordings[place].place(sentence))
        return Told(text, steps=tuple(steps))

    def adds_up(self, told: Sequence[Told]) -> bool:
        """Most of the steps spoken of in the right order."""
        return self._is_order([step for one in told for step in one.steps])

    def _is_order(self, steps: Sequence[int]) -> bool:
        key = list(self.item.key)
        enough = min(len(key), max(FEWEST, math.ceil(MOST * len(key))))
        return longest_shared(steps, key) >= enough


@dataclass(frozen=True)
class PairsKey:
    """What goes with what."""

    item: Item
    reader: ShortReader

    @cached_property
    def claims(self) -> tuple[Wording, ...]:
        """What the right pairs say, one for each line."""
        language = self.item.language
        return tuple(
            Wording(text, text, language, stems_of(text, language), frozenset(), self.reader)
            for text in self.item.claims
        )

    def is_given(self, text: str) -> bool:
        """Most pairs by number and letter, or the letters in the order of the lines, or what one pair says."""
        if self._is_most(self._paired(text)) or any(claim.is_stated(text) for claim in self.claims):
            return True
        sequence = options_named(text, len(self.item.options)).sequence
        if len(sequence) != len(self.item.key):
            return False
        return self._is_most([line for line, one in enumerate(self.item.key) if sequence[line] == one])

    def is_spelled(self, view: str) -> bool:
        """The same, or what the pairs say letter by letter."""
        told = squeezed(view)
        said = [line for line, claim in enumerate(self.claims) if squeezed(claim.text) in told]
        return self.is_given(view) or self._is_most(said)

    def is_in_letters(self, letters: str, fewest: int) -> bool:
        """The letters of the lines."""
        return is_in(letters, ["".join(LETTERS[place] for place in self.item.key)], fewest)

    def told(self, text: str) -> Told:
        """The pairs that a text gives, by number and letter or by what they say."""
        said = [line for line, claim in enumerate(self.claims) if claim.is_stated(text)]
        return Told(text, right=frozenset([*said, *self._paired(text)]))

    def adds_up(self, told: Sequence[Told]) -> bool:
        """More than half of the pairs."""
        return self._is_most(list(union([one.right for one in told])))

    def _paired(self, text: str) -> list[int]:
        pairs = pairs_named(text)
        return [line for line, one in enumerate(self.item.key) if pairs.get(line) == one]

    def _is_most(self, lines: Sequence[int]) -> bool:
        return len(lines) * 2 > len(self.item.key)
