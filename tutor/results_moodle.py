r"""Answers as Moodle's "Responses" report writes them, put as a student types them.

Moodle gives the text of what was chosen, with formulas as \( \): "uno; tres" of several options, "line -> choice;
line -> choice" of a match, "part 1: 0.5; part 2: 0.25" of a cloze (summarise_response of the question types
multichoice, match and multianswer). An order is exported as a match of its steps with their places.
"""

import re
from collections.abc import Sequence

from agents.grade_options import LETTERS
from agents.item import Item
from knowledge.terms import fold
from tutor.export.graded import cells
from tutor.export.pairing import pairing

_PART = re.compile(r"(?:^|; )(?:part|parte) (\d{1,4}): ?")


def as_typed(item: Item, cell: str) -> str:
    """The answer in letters, pairs or rows; as it stands where it is nothing that Moodle would write."""
    if item.kind in {"mcq", "true_false"}:
        chosen = [place for place, option in enumerate(item.options) if _plain(option) == _plain(cell)]
        return LETTERS[chosen[0]] if len(chosen) == 1 and chosen[0] < len(LETTERS) else dollars(cell)
    if item.kind == "multi":
        several = _split(_plain(cell), [_plain(option) for option in item.options])
        return ", ".join(LETTERS[place] for place in several) if several else dollars(cell)
    if item.kind in {"order", "match"}:
        return _paired(item, cell) or dollars(cell)
    return (_rows(item, cell) if item.kind == "matrix" else "") or dollars(cell)


def dollars(text: str) -> str:
    r"""A text with its formulas between $ instead of \( \) or \[ \]."""
    return re.sub(r"\\[()\[\]]", "$", text)


def _plain(text: str) -> str:
    """A text without case, accents and the marks of Markdown, formulas and HTML, which Moodle's plain text lacks."""
    bare = re.sub(r"<[^<>]*>|[*`_$]|\\[()\[\]]", "", text)
    return " ".join(fold(bare).split())


def _split(text: str, parts: Sequence[str]) -> list[int]:
    """The places of the parts that a text joins by "; ", each once; [] where it is not made of them."""
    if not text:
        return []
    for place, part in enumerate(parts):
        if part and (text == part or text.startswith(f"{part}; ")):
            if text == part:
                return [place]
            rest = _split(text[len(part) + 2 :], [other if at != place else "" for at, other in enumerate(parts)])
            if rest:
                return [place, *rest]
    return []


def _paired(item: Item, cell: str) -> str:
    paired = pairing(item)
    if paired is None:
        return ""
    pairs = [(left, right) for left in range(len(paired.lefts)) for right in range(len(paired.rights))]
    written = [_plain(f"{paired.lefts[left]} -> {paired.rights[right]}") for left, right in pairs]
    found = dict(pairs[place] for place in _split(_plain(cell), written))
    if len(found) != len(paired.lefts):
        return ""
    if item.kind == "match":
        return ", ".join(f"{left + 1}-{LETTERS[right]}" for left, right in sorted(found.items()))
    if len(set(found.values())) != len(found):
        return ""
    return ", ".join(LETTERS[step] for step in sorted(found, key=lambda step: found[step]))


def _rows(item: Item, cell: str) -> str:
    """The entries of a cloze as rows, where all are there."""
    wanted = cells(item)
    parts = _PART.split(cell)
    entries = dict(zip(map(int, parts[1::2]), (part.strip() for part in parts[2::2]), strict=True))
    if wanted is None or parts[0] or sorted(entries) != list(range(1, sum(map(len, wanted)) + 1)):
        return ""
    each = iter(entries[place] for place in sorted(entries))
    rows = [[next(each) for _ in row] for row in wanted]
    return "; ".join("(" + "; ".join(row) + ")" for row in rows) if all(map(all, rows)) else ""
