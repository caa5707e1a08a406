"""The key as something that is said: the verdict on a statement (true_false), the points of a short answer (short)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from agents.item import Item
from agents.keys.claims import Wording, is_solution, stems_of
from agents.keys.options import options_named
from agents.keys.parts import Told, is_in, squeezed, union
from agents.keys.words import listed, table
from agents.short_reading import ShortReader
from knowledge.terms import folded, plain

BRIEF = 7  # words of a text in which a verdict is on the statement, whatever else it says
CLAIM = 0.75  # share of the words of a statement by which a text speaks of it
POINT, FEWEST = 0.6, 3  # share and number of a point's words beyond the question, from which a text says it
FEWEST_LETTERS, MOST_SPELLED = 4, 12  # of a verdict, and of a point, that initials spell
SHORT = 2  # words of a point that needs all of them
_LETTERS = frozenset("vft")  # by which a verdict is written


@dataclass(frozen=True)
class TruthKey:
    """Whether a statement is true."""

    item: Item
    reader: ShortReader

    @cached_property
    def statement(self) -> Wording:
        """What is to be judged."""
        text, language = self.item.claims[0] if self.item.claims else self.item.stem, self.item.language
        return Wording(text, text, language, stems_of(text, language), frozenset(), self.reader)

    def is_given(self, text: str) -> bool:
        """A verdict, the statement said or denied, or why it is right or wrong."""
        if self._is_judged(text) or re.match(r"\W*(?:si|yes|no)\s*[,.;:]", folded(plain(text))):
            return True
        return self._is_stated(text) or is_solution(text, self.item)

    def is_spelled(self, view: str) -> bool:
        """A verdict or the statement."""
        spelled = squeezed(view) in {*_LETTERS, *self._verdicts} or squeezed(self.statement.text) in squeezed(view)
        return spelled or self._is_judged(view)

    def is_in_letters(self, letters: str, fewest: int) -> bool:
        """A verdict."""
        return is_in(letters, self._verdicts, max(fewest, FEWEST_LETTERS))

    def told(self, text: str) -> Told:
        """A verdict has no parts."""
        return Told(text)

    def adds_up(self, told: Sequence[Told]) -> bool:
        """Whether one of the texts gives the verdict."""
        return any(self.is_given(one.text) for one in told)

    @cached_property
    def _verdicts(self) -> frozenset[str]:
        lists = table()["verdict"]
        return frozenset(map(squeezed, (*lists["true"], *lists["false"], *self.item.options)))

    def _is_judged(self, text: str) -> bool:
        """Whether a text judges something, in few words or with a word for the statement, or names an option."""
        flat = folded(plain(text))
        brief = len(re.findall(r"\w+", flat)) <= BRIEF
        if any(listed("verdict", name).search(flat) for name in ("true", "false")):
            return brief or listed("verdict", "of").search(flat) is not None
        return brief and bool(options_named(text, len(self.item.options)).named)

    def _is_stated(self, text: str) -> bool:
        told = stems_of(text, self.item.language)
        share = len(self.statement.all & told) / max(1, len(self.statement.all))
        return share >= CLAIM or bool(self.statement.stance(text))


@dataclass(frozen=True)
class PointsKey:
    """The required points of a short answer."""

    item: Item
    reader: ShortReader

    @cached_property
    def points(self) -> tuple[tuple[Wording, ...], ...]:
        """For each point its wordings; what sets a wording apart is what the question does not say."""
        language = self.item.language
        asked = stems_of(self.item.stem, language)
        texts = [(point, *self.item.accept.get(point, ())) for point in map(str, self.item.key)]
        return tuple(
            tuple(
                Wording(text, text, language, mine - asked or mine, asked, self.reader)
                for text in wordings_of
                for mine in (stems_of(text, language),)
            )
            for wordings_of in texts
        )

    def is_given(self, text: str) -> bool:
        """Most of the points said in one text, or what the worked solution says."""
        return self.adds_up([self.told(text)]) or is_solution(text, self.item)

    def is_spelled(self, view: str) -> bool:
        """A point letter by letter."""
        told = squeezed(view)
        return any(len(point) > FEWEST and point in told for point in map(squeezed, map(str, self.item.key)))

    def is_in_letters(self, letters: str, fewest: int) -> bool:
        """The beginning of a point."""
        points = (re.sub(r"[\d_]", "", squeezed(str(point))) for point in self.item.key)
        return is_in(letters, (point[:MOST_SPELLED] for point in points), fewest)

    def told(self, text: str) -> Told:
        """The points that a text says."""
        said = (place for place, point in enumerate(self.points) if any(self._says(text, one) for one in point))
        return Told(text, right=frozenset(said))

    def adds_up(self, told: Sequence[Told]) -> bool:
        """Most of the points said, each by one of the texts."""
        return len(union([one.right for one in told])) * 2 > len(self.points)

    def _says(self, text: str, wording: Wording) -> bool:
        told = stems_of(text, self.item.language)
        hits = len(wording.own & told)
        if len(wording.own) <= SHORT:
            return hits == len(wording.own) and len(wording.all & told) >= CLAIM * len(wording.all)
        return (hits >= FEWEST and hits >= POINT * len(wording.own)) or bool(wording.stance(text))
