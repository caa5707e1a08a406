"""What happened when, as the sources say: statements that name a year, in the order of their years."""

import re
from collections.abc import Sequence

from agents.research.stretches import Stretch, shown

_YEAR = re.compile(r"(?<![\w.,/-])((?:1[89]|20)\d\d)(?![\w-]|[.,/]\d)")
_NO_YEAR = re.compile(r"^\s*(?:samples?|tokens?|examples?|steps?|words?|parameters?|muestras|ejemplos|pasos|palabras)")


def years_in(stretch: Stretch) -> list[int]:
    """The years that the last sentence of a stretch names outside its references to literature, earliest first: what
    stands before it is there to be understood, and is a stretch of its own."""
    text = shown(stretch.passage.sentences[stretch.last].text, stretch.language)
    found = {int(match[1]) for match in _YEAR.finditer(text) if not _NO_YEAR.match(text[match.end() :])}
    return sorted(found)


def events_of(stretches: Sequence[Stretch]) -> list[tuple[int, list[Stretch]]]:
    """Years with what is said of each, earliest first; a stretch stands under the first year that it names."""
    events: dict[int, list[Stretch]] = {}
    for stretch in stretches:
        years = years_in(stretch)
        if years:
            events.setdefault(years[0], []).append(stretch)
    return sorted(events.items())
