"""Arguments of LaTeX commands: where the next one in braces stands, and the options in brackets before it."""

import re

from knowledge.formats.latex_pairs import Pairs

SPACE = re.compile(r"[ \t]*\n?[ \t]*")
_LONGEST_OPTIONS = 1000  # characters


class Arguments:
    """The arguments in one source, whose brackets are paired."""

    def __init__(self, source: str, pairs: Pairs) -> None:
        self._source = source
        self._pairs = pairs
        self._without: dict[tuple[str, int], int] = {}

    def raw(self, at: int, end: int) -> tuple[str, int]:
        """The source of the next argument in braces, and where it has ended."""
        start, stop, after = self.group(at, end)
        return self._source[start:stop], after

    def group(self, at: int, end: int) -> tuple[int, int, int]:
        """(start, stop, after) of the next argument in braces; nothing at all where none follows."""
        place = SPACE.match(self._source, at, end)
        here = place.end() if place else at
        while self._source[here : here + 1] == "[" or self._source[here : here + 1] == "(":
            after = self.after_options(here, end)
            if after == here:
                break
            here = after
        close = self._pairs.groups.get(here, -1)
        if self._source[here : here + 1] != "{" or close < 0 or close > end:
            return at, at, at
        return here + 1, close, close + 1

    def after_options(self, at: int, end: int) -> int:
        """Where the options in square (or round) brackets that open at `at` have ended; `at` where there are none."""
        opening = self._source[at : at + 1]
        if opening not in {"[", "("}:
            return at
        closing = self._source.find("]" if opening == "[" else ")", at, min(at + _LONGEST_OPTIONS, end))
        return closing + 1 if closing >= 0 else at

    def closing(self, mark: str, at: int, end: int) -> int:
        """Where a closing mark stands, -1 where there is none; what was sought in vain is not sought again."""
        if at >= self._without.get((mark, end), end):
            return -1
        found = self._source.find(mark, at, end)
        if found < 0:
            self._without[mark, end] = min(at, self._without.get((mark, end), end))
        return found
