"""The key of each kind of exercise, as a guard looks for it in a text."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from agents.item import Item
from agents.key_claims import Wording, is_solution, stems_of, wordings
from agents.key_forms import MatrixKey, NumberKey, flat_entries, gives_formula, number_key, number_of
from agents.key_options import longest_shared, options_named, pairs_named
from agents.key_words import folded, listed, table
from agents.short_reading import ShortReader
from knowledge.sentences import split_sentences
from knowledge.terms import plain

MOST = 0.6  # share of the steps, pairs or points that is most of them
FEWEST_STEPS = 3
POINT = 0.6  # share of a point's words that the question does not have, from which a text says it
VERDICT_WORDS = 7  # of a text in which a verdict is on the statement, whatever else it says
CLAIM = 0.75  # share of the words of a statement by which a text speaks of it


@dataclass(frozen=True, slots=True)
class Told:
    """What one text says of a key in part. `right`: right options, or pairs, that it gives; `out`: wrong options that it
    rules out; `steps`: steps in the order in which it speaks of them; `words`: the stems of it."""

    right: frozenset[int] = frozenset()
    out: frozenset[int] = frozenset()
    steps: tuple[int, ...] = ()
    words: frozenset[str] = frozenset()


class Key(Protocol):
    """`is_given`: whether a text by itself gives the key; `as_view`: only by signs that need no sentence. `told`: what
    it gives in part. `adds_up`: whether parts, with their texts, give most of it together."""

    def is_given(self, text: str, as_view: bool = False) -> bool:
        """Whether a text by itself gives the key."""
        ...

    def told(self, text: str) -> Told:
        """What a text gives in part."""
        ...

    def adds_up(self, told: Sequence[Told], texts: Sequence[str]) -> bool:
        """Whether several parts give most of the key."""
        ...


@dataclass(frozen=True)
class OptionsKey:
    """One right option or several (mcq, multi)."""

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
        """The texts of the options."""
        claims = dict(enumerate(self.item.claims)) if len(self.item.claims) == len(self.item.options) else None
        return wordings(self.item.options, self.item.stem, self.item.language, self.reader, claims)

    @cached_property
    def numbers(self) -> dict[int, NumberKey]:
        """The right options that are numbers."""
        found = {place: number_of(self.item.options[place], self.item.language) for place in self.right}
        return {place: number_key(value, self.item) for place, value in found.items() if value is not None}

    def is_given(self, text: str, as_view: bool = False) -> bool:
        """One right option named by its letter, its number or its text."""
        named = options_named(text, len(self.item.options))
        if named.named & self.right and len(named.named) < len(self.item.options) and not (
            len(self.right) > 1 and len(named.named & self.right) * 2 <= len(self.right)
        ):
            return True
        if named.denied and named.denied >= self.wrong:
            return True
        if any(number.is_said(text, self.item.language, as_option=True) for number in self.numbers.values()):
            return True
        if as_view:
            return any(self._holds(text, place) for place in self.right - set(self.numbers))
        if len(self.right) == 1 and is_solution(text, self.item):
            return True
        return any(self._states(text, place) for place in self.right - set(self.numbers))

    def told(self, text: str) -> Told:
        """The options that a text rules out, and the right ones that it names."""
        named = options_named(text, len(self.item.options))
        out = {place for place in self.wrong if self._rules_out(text, place)}
        return Told(right=named.named & self.right - named.denied, out=frozenset(out) | named.denied & self.wrong)

    def adds_up(self, told: Sequence[Told], texts: Sequence[str]) -> bool:
        """All the wrong options ruled out, or most of the right ones named."""
        out = frozenset().union(*(one.out for one in told))
        right = frozenset().union(*(one.right for one in told))
        spelled = any(number.is_pieced(texts) for number in self.numbers.values() if not number.is_common)
        return spelled or out >= self.wrong or len(right) * 2 > len(self.right)

    def _states(self, text: str, place: int) -> bool:
        others = [self.wordings[other] for other in self.wrong]
        return self._holds(text, place) or self.wordings[place].is_stated(text, others)

    def _holds(self, text: str, place: int) -> bool:
        """Whether a text has the option word for word, where that is long enough to be no accident."""
        option = _squeezed(self.item.options[place])
        if len(option) < 4:
            return False
        others = [_squeezed(self.item.options[other]) for other in self.wrong]
        told = _squeezed(text)
        if option not in told or sum(other in told and other not in option for other in others) > 1:
            return False
        return len(option) >= 25 or len(told) <= 3 * len(option)

    def _rules_out(self, text: str, place: int) -> bool:
        """Whether a text says that a wrong option is not the right one: that its claim is false, or where the false one
        is asked for, that it is true."""
        wording = self.wordings[place]
        if self.item.asks == "true":
            return wording.is_denied(text)
        return wording.is_stated(text) and not wording.is_denied(text)


@dataclass(frozen=True)
class TruthKey:
    """Whether a statement is true (true_false)."""

    item: Item
    reader: ShortReader

    @cached_property
    def statement(self) -> Wording:
        """What is to be judged."""
        text = self.item.claims[0] if self.item.claims else self.item.stem
        return Wording(text, self.item.language, stems_of(text, self.item.language), frozenset(), self.reader)

    @property
    def _verdicts(self) -> tuple[str, ...]:
        return (*table()["verdict"]["true"], *table()["verdict"]["false"])

    def is_given(self, text: str, as_view: bool = False) -> bool:
        """A verdict, or the statement said or denied."""
        flat = folded(plain(text))
        words = re.findall(r"\w+", flat)
        verdict = listed("verdict", "true").search(flat) or listed("verdict", "false").search(flat)
        brief = len(words) <= VERDICT_WORDS
        if as_view:
            spelled = _squeezed(text) in {"v", "f", "t", *map(_squeezed, self._verdicts)}
            return (verdict is not None and brief) or spelled or bool(options_named(text, 2).named and brief)
        if verdict and (brief or listed("verdict", "of").search(flat)):
            return True
        if re.match(r"\W*(?:si|yes|no)\s*[,.;:]", flat) or (options_named(text, 2).named and brief):
            return True
        if is_solution(text, self.item):
            return True
        told = stems_of(text, self.item.language)
        share = len(self.statement.all & told) / max(1, len(self.statement.all))
        return share >= CLAIM or bool(self.statement.stance(text))

    def told(self, text: str) -> Told:
        """Nothing that counts in part."""
        return Told()

    def adds_up(self, told: Sequence[Told], texts: Sequence[str]) -> bool:
        """Never: a verdict has no parts."""
        return False


@dataclass(frozen=True)
class ValueKey:
    """A number, a vector or matrix, or a formula."""

    item: Item

    @cached_property
    def number(self) -> NumberKey | None:
        """The number, where the key is one."""
        return number_key(self.item.key, self.item) if self.item.kind == "numeric" else None

    @cached_property
    def matrix(self) -> MatrixKey | None:
        """The entries, where the key has several."""
        if self.item.kind != "matrix":
            return None
        return MatrixKey(tuple(number_key(value, self.item) for value in flat_entries(self.item.key)))

    def is_given(self, text: str, as_view: bool = False) -> bool:
        """The value in any form."""
        if self.number:
            return self.number.is_said(text, self.item.language) or self.number.is_pieced([text])
        if self.matrix:
            return self.matrix.is_said(text)
        return gives_formula(str(self.item.key), text, self.item.language)

    def told(self, text: str) -> Told:
        """Nothing: the parts are read from the texts."""
        return Told()

    def adds_up(self, told: Sequence[Told], texts: Sequence[str]) -> bool:
        """The digits one after the other, the entries over several texts, or the formula in pieces."""
        if self.number:
            return self.number.is_pieced(texts)
        if self.matrix:
            return self.matrix.is_said(" ; ".join(texts))
        return False


@dataclass(frozen=True)
class PointsKey:
    """The required points of a short answer."""

    item: Item
    reader: ShortReader

    @cached_property
    def points(self) -> tuple[tuple[Wording, ...], ...]:
        """For each point its wordings."""
        language = self.item.language
        asked = stems_of(self.item.stem, language)
        found = []
        for point in map(str, self.item.key):
            texts = (point, *self.item.accept.get(point, ()))
            each = (Wording(text, language, stems_of(text, language) - asked or stems_of(text, language), asked,
                            self.reader) for text in texts)  # fmt: skip
            found.append(tuple(each))
        return tuple(found)

    def is_given(self, text: str, as_view: bool = False) -> bool:
        """Most of the points said in one text."""
        if as_view:
            told = _squeezed(text)
            return any(len(_squeezed(str(point))) > 3 and _squeezed(str(point)) in told for point in self.item.key)
        said = sum(any(self._says(text, wording) for wording in point) for point in self.points)
        return said * 2 > len(self.points) or is_solution(text, self.item)

    def told(self, text: str) -> Told:
        """Its words, and the points that it says."""
        said = {place for place, point in enumerate(self.points) if any(self._says(text, one) for one in point)}
        return Told(right=frozenset(said), words=stems_of(text, self.item.language))

    def adds_up(self, told: Sequence[Told], texts: Sequence[str]) -> bool:
        """Most of the points said, each by one of the texts."""
        right = frozenset().union(*(one.right for one in told))
        return len(right) * 2 > len(self.points)

    def _says(self, text: str, wording: Wording) -> bool:
        told = stems_of(text, self.item.language)
        hits = len(wording.own & told)
        if len(wording.own) <= 2:
            return hits == len(wording.own) and len(wording.all & told) >= CLAIM * len(wording.all)
        return (hits >= POINT * len(wording.own) and hits >= FEWEST_STEPS) or bool(wording.stance(text))


@dataclass(frozen=True)
class StepsKey:
    """An order of steps."""

    item: Item
    reader: ShortReader

    @cached_property
    def wordings(self) -> tuple[Wording, ...]:
        """The steps, in the order in which the item shows them."""
        return wordings(self.item.options, "", self.item.language, self.reader)

    def is_given(self, text: str, as_view: bool = False) -> bool:
        """Their letters or numbers in most of the right order."""
        return self._is_order(options_named(text, len(self.item.options)).sequence)

    def told(self, text: str) -> Told:
        """The steps that a text speaks of, in its order."""
        steps: list[int] = []
        for sentence in split_sentences(text, self.item.language):
            shares = {place: one.share(sentence) for place, one in enumerate(self.wordings)}
            here = [place for place, share in shares.items() if share >= MOST]
            steps += sorted(here, key=lambda place: self.wordings[place].place(sentence))
        return Told(steps=tuple(steps))

    def adds_up(self, told: Sequence[Told], texts: Sequence[str]) -> bool:
        """Most of the steps spoken of in the right order."""
        return self._is_order([step for one in told for step in one.steps])

    def _is_order(self, steps: Sequence[int]) -> bool:
        key = list(self.item.key)
        enough = min(len(key), max(FEWEST_STEPS, math.ceil(MOST * len(key))))
        return longest_shared(steps, key) >= enough


@dataclass(frozen=True)
class PairsKey:
    """What goes with what (match)."""

    item: Item
    reader: ShortReader

    @cached_property
    def claims(self) -> tuple[Wording, ...]:
        """What the right pairs say, one for each line; all of a claim sets it apart."""
        language = self.item.language
        return tuple(
            Wording(text, language, stems_of(text, language), frozenset(), self.reader) for text in self.item.claims
        )

    def is_given(self, text: str, as_view: bool = False) -> bool:
        """Most pairs by number and letter, or the letters in the order of the lines."""
        key = list(self.item.key)
        pairs = pairs_named(text)
        hits = sum(pairs.get(line) == wanted for line, wanted in enumerate(key))
        sequence = options_named(text, len(self.item.options)).sequence
        return hits * 2 > len(key) or (len(sequence) == len(key) and self._matches(sequence))

    def told(self, text: str) -> Told:
        """The pairs that a text gives."""
        pairs = pairs_named(text)
        said = {line for line, claim in enumerate(self.claims) if claim.is_stated(text)}
        return Told(right=frozenset(said | {line for line, one in enumerate(self.item.key) if pairs.get(line) == one}))

    def adds_up(self, told: Sequence[Told], texts: Sequence[str]) -> bool:
        """More than half of the pairs."""
        right = frozenset().union(*(one.right for one in told))
        return len(right) * 2 > len(self.item.key)

    def _matches(self, sequence: Sequence[int]) -> bool:
        return sum(one == wanted for one, wanted in zip(sequence, self.item.key, strict=True)) * 2 > len(sequence)


def key_of(item: Item, reader: ShortReader) -> Key:
    """The key of an item, by its kind."""
    if item.kind in {"numeric", "matrix", "formula"}:
        return ValueKey(item)
    made: dict[str, Any] = {
        "mcq": OptionsKey, "multi": OptionsKey, "true_false": TruthKey, "short": PointsKey, "order": StepsKey,
        "match": PairsKey,
    }  # fmt: skip
    key: Key = made[item.kind](item, reader)
    return key


def _squeezed(text: str) -> str:
    """Letters and digits alone."""
    return re.sub(r"\W+", "", folded(plain(text)))
