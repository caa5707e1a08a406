"""The key among options: the right one or the right ones (mcq, multi)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from agents.item import Item
from agents.keys.claims import Wording, is_solution, wordings
from agents.keys.forms import NumberKey, number_key, number_of
from agents.keys.options import LETTERS, options_named
from agents.keys.parts import Told, is_in, squeezed, union
from agents.keys.words import table
from agents.short_reading import ShortReader

FEWEST_LETTERS = 4  # of an option's text that is looked for letter by letter
LONG = 25  # letters from which an option's text stands nowhere by accident
MOST_OF_A_VIEW = (
    200  # characters of a carried text: in a longer one, read backwards, letters and small words are chance
)
MOST_AROUND = 3  # how many times a text may be longer than a short option that it holds


@dataclass(frozen=True)
class OptionsKey:
    """One right option or several."""

    item: Item
    reader: ShortReader

    @cached_property
    def right(self) -> frozenset[int]:
        """The places of the right options."""
        key = self.item.key
        return frozenset(key if isinstance(key, list | tuple) else [key])

    @cached_property
    def wrong(self) -> frozenset[int]:
        """The places of the others."""
        return frozenset(range(len(self.item.options))) - self.right

    @cached_property
    def wordings(self) -> tuple[Wording, ...]:
        """The options as texts, with what each of them claims."""
        claims = self.item.claims if len(self.item.claims) == len(self.item.options) else self.item.options
        return wordings(self.item.options, claims, self.item.stem, self.item.language, self.reader)

    @cached_property
    def numbers(self) -> dict[int, NumberKey]:
        """The right options that are numbers."""
        found = {place: number_of(self.item.options[place], self.item.language) for place in self.right}
        return {place: number_key(value, self.item) for place, value in found.items() if value is not None}

    def is_given(self, text: str) -> bool:
        """Half of the right options named, all the wrong ones ruled out, or the text of a right one said."""
        if self._is_named(text) or (len(self.right) == 1 and is_solution(text, self.item)):
            return True
        return any(self._states(text, place) for place in self.right - self.numbers.keys())

    def is_spelled(self, view: str) -> bool:
        """The same, but for what an option says in other words."""
        named = len(view) <= MOST_OF_A_VIEW and self._is_named(view)
        return named or any(self._holds(view, place) for place in self.right - self.numbers.keys())

    def is_in_letters(self, letters: str, fewest: int) -> bool:
        """A word that asks for an option and its letter, or an option's text."""
        if any(number.is_in_letters(letters) for number in self.numbers.values()):
            return True
        named = "".join(LETTERS[place] for place in sorted(self.right))
        texts = [squeezed(self.item.options[place]) for place in self.right - self.numbers.keys()]
        return is_in(letters, [*(word + named for word in table()["markers"]), *texts], max(fewest, FEWEST_LETTERS))

    def told(self, text: str) -> Told:
        """The options that a text rules out, and the right ones that it names."""
        named = options_named(text, len(self.item.options))
        out = frozenset(place for place in self.wrong if self._rules_out(text, place))
        return Told(text, right=named.named & self.right - named.denied, out=out | named.denied & self.wrong)

    def adds_up(self, told: Sequence[Told]) -> bool:
        """All the wrong options ruled out, half of the right ones named, or the digits of one."""
        spelled = any(number.is_pieced([one.text for one in told]) for number in self.numbers.values())
        return spelled or self._is_enough(union([one.right for one in told]), union([one.out for one in told]))

    def _is_enough(self, right: frozenset[int], out: frozenset[int]) -> bool:
        return (bool(out) and out >= self.wrong) or len(right) * 2 >= len(self.right)

    def _is_named(self, text: str) -> bool:
        """By letter, number or place, or by the value of an option that is a number."""
        named = options_named(text, len(self.item.options))
        if len(named.named) < len(self.item.options) and self._is_enough(named.named & self.right, named.denied):
            return True
        return any(number.is_said(text, self.item.language, as_option=True) for number in self.numbers.values())

    def _states(self, text: str, place: int) -> bool:
        others = [self.wordings[other] for other in self.wrong]
        return self._holds(text, place) or self.wordings[place].is_stated(text, others)

    def _holds(self, text: str, place: int) -> bool:
        """Whether a text has the option letter by letter, and not as one of a list of all of them."""
        option, told = squeezed(self.item.options[place]), squeezed(text)
        if len(option) < FEWEST_LETTERS or option not in told:
            return False
        others = [squeezed(self.item.options[other]) for other in self.wrong]
        if sum(other in told and other not in option for other in others) > 1:
            return False
        return len(option) >= LONG or len(told) <= MOST_AROUND * len(option)

    def _rules_out(self, text: str, place: int) -> bool:
        """Whether a text says that a wrong option is not the right one: that its claim is false, or where the false one
        is asked for, that it is true."""
        wording = self.wordings[place]
        if self.item.asks == "true":
            return wording.is_denied(text)
        return wording.is_stated(text) and not wording.is_denied(text)
