"""Regular expressions of which there are many: each is compiled when a text is met that it might match.

Most cannot do without some word: "\\bput me to the test\\b" matches no text without "put me to the test", and
"\\b(?:hint|clue)s?\\b" none without "hint" or "clue". Looking for such words costs a fiftieth of compiling.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

Needs = tuple[str, ...]  # every match holds one of them; empty where nothing is known
_SPECIAL = re.compile(r"\(\?(?!:|=|!|<=|<!)")  # groups with a name or flags, which are not read here
# Beginning of a group, its end or a bar, what is not one text alone, letters; and how often what stands before comes.
_PIECES = re.compile(
    r"(\((?:\?(?::|=|!|<=|<!))?)"
    r"|(?:([)|])|(\\.|\[\^?\]?(?:[^\]\\]|\\.)*\]|[.^$])|([^\\\[\](){}|.^$?*+]+(?![?*+{])|.))((?:[?*+]|\{[\d,]*\})?)[?+]?",
    re.S,
)
_Piece = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Expression:
    """A regular expression without flags."""

    text: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The expression, compiled."""
        return re.compile(self.text)

    @cached_property
    def needs(self) -> Needs:
        """Texts of which every match holds one; empty where none is known."""
        return () if _SPECIAL.search(self.text) else _read(iter(_PIECES.findall(self.text)))[0]

    def search(self, text: str) -> re.Match[str] | None:
        """As `re.search`."""
        if self.needs and not any(need in text for need in self.needs):
            return None
        return self.pattern.search(text)


def _read(pieces: Iterator[_Piece]) -> tuple[Needs, bool]:
    """What the rest of a group needs, one of each of its branches, and whether the group may be left out."""
    branches: list[Needs] = []
    best: Needs = ()
    run = ""
    left_out = False
    for opened, mark, _, letters, often in pieces:
        if letters and often in {"", "+"}:
            run += letters
            if not often:
                continue
        best, run = _longer(best, (run,)), ""
        if opened:
            inner, perhaps = _read(pieces)
            if not perhaps and opened in {"(", "(?:"}:
                best = _longer(best, inner)
        elif mark == "|":
            branches.append(best)
            best = ()
        elif mark:
            left_out = often not in {"", "+"}
            break
    branches.append(_longer(best, (run,)))
    return tuple(need for branch in branches for need in branch) if all(branches) else (), left_out


def _longer(one: Needs, other: Needs) -> Needs:
    """Of two needs that both hold, the one that fewer texts meet."""
    return max(one, other, key=lambda needs: min(map(len, needs), default=0)) if all(other) else one
