"""Which bracket closes which in a LaTeX text, found in one pass, so that a text of open brackets costs no more."""

import re
from dataclasses import dataclass

from knowledge.errors import BadDocument

_MARK = re.compile(
    r"\\begin\{(?P<kept>verbatim\*?|lstlisting|minted|Verbatim)\}|\\(?P<side>begin|end)\s?\{(?P<name>[A-Za-z@]+\*?)\}"
    r"|\\.|(?P<brace>[{}])",
    re.S,
)
_COLOUR = re.compile(r"\\(?:color\s*\{(?!\s*white)|normalcolor)")


@dataclass(frozen=True, slots=True)
class Pairs:
    """What closes what, by place.

    `groups`: from an opening brace to its closing one. `environments`: from a `\\begin` to where its `\\end` begins and
    ends; one that never ends is not there.
    """

    groups: dict[int, int]
    environments: dict[int, tuple[int, int]]

    def end_of_white(self, text: str, at: int, after: int, end: int) -> int:
        """Where what follows a `\\color{white}` is seen again: at the next colour, or where its group ends."""
        stop = min((close for start, close in self.groups.items() if start < at < close), default=end)
        colour = _COLOUR.search(text, after, min(stop, end))
        return colour.start() if colour else min(stop, end)


def pairs_of(text: str, path: str, depth: int) -> Pairs:
    """The pairs of a text. Raises `BadDocument("document-deep")` where more than `depth` stand inside one another."""
    groups: dict[int, int] = {}
    environments: dict[int, tuple[int, int]] = {}
    open_groups: list[int] = []
    open_environments: list[tuple[str, int]] = []
    at = 0
    while mark := _MARK.search(text, at):
        at = mark.end()
        if name := mark["kept"]:
            closing = f"\\end{{{name}}}"
            end = text.find(closing, at)
            end = len(text) if end < 0 else end
            environments[mark.start()] = (end, min(end + len(closing), len(text)))
            at = environments[mark.start()][1]
        elif mark["side"] == "begin":
            open_environments.append((mark["name"], mark.start()))
        elif mark["side"] == "end":
            names = [name for name, _ in open_environments[-depth:]]
            if mark["name"] in names:  # what was opened in between was never closed
                while open_environments[-1][0] != mark["name"]:
                    open_environments.pop()
                environments[open_environments.pop()[1]] = (mark.start(), mark.end())
        elif mark["brace"] == "{":
            open_groups.append(mark.start())
        elif mark["brace"] and open_groups:
            groups[open_groups.pop()] = mark.start()
        if max(len(open_groups), len(open_environments)) > depth:
            raise BadDocument("document-deep", path=path, limit=depth)
    return Pairs(groups, environments)
