"""Answers that name the right words without answering: pleas to the grader, alternatives, lists of terms."""

import re
from collections.abc import Sequence

from agents.short_lexicon import other_language, short_lexicon, table
from agents.short_mention import Said, says
from knowledge.terms import fold

MOST_CHARACTERS = 2_000
LIST = 5  # things named from which a text without the words that join them is a list
SENTENCE = 0.12  # share of joining words that a sentence has at least
_JOINED = frozenset({"y", "and", "o", "or", "pero", "but"})
NEAR = 3  # words between an alternative and what it stands beside


def plea(answer: str) -> bool:
    """Whether a text speaks to who grades it: asks for marks, gives orders, pretends to be a form."""
    told = " ".join(fold(answer).split())
    return any(re.search(pattern, told) for pattern in table()["pleas"]["patterns"])


def doubt(answer: Said, points: Sequence[Said]) -> str:
    """Why what an answer names may not be what it says: "alternatives", "list", or "" for nothing."""
    if _chooses(answer, points) and not any(point.chooses for point in points):
        return "alternatives"
    strong = [one for one in answer.mentions if not one.weak and not one.inner]
    if len(strong) >= LIST and answer.grammar < SENTENCE * len(answer.tokens) and not _listed(points):
        return "list"
    return ""


def _chooses(answer: Said, points: Sequence[Said]) -> bool:
    """Whether a word of choice stands beside something that a point says, or yes beside no."""
    if (
        answer.opens
        and len(answer.tokens) > 2
        and answer.tokens[1] in _JOINED
        and answer.tokens[2] in {"no", "yes", "si"}
    ):
        return True
    places = [
        one.place for one in answer.mentions if any(says(mine, one) for point in points for mine in point.mentions)
    ]
    for spoken in (answer.language, other_language(answer.language)):
        lexicon = short_lexicon(spoken)
        for start, _ in lexicon.spans("choices", answer.tokens):
            if any(abs(place - start) <= NEAR for place in places):
                return True
    return False


def _listed(points: Sequence[Said]) -> bool:
    """Whether the points themselves are lists of terms."""
    return any(sum(not one.weak for one in point.mentions) >= LIST for point in points)
