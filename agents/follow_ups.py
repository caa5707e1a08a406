"""Messages that go on with what the conversation was about: "¿y por qué?", "simpler", "how does it work?"."""

import re

from agents.dialogue_acts import ACTS

FOLLOW_UPS = frozenset({"simpler", "deeper", "again", "other_language"})
AT_HAND = frozenset({"hint", "reveal", "dispute", "skip"})  # what is wanted about the exercise at hand
_OF_THE_THREAD = frozenset({"test_me", "review", "know", "check_claim"})  # of its concept when nothing else is named
_BARE = frozenset({"why", "how", "example", "compare", "formula", "code", "mistakes", "explain"})
_OPENS = re.compile(r"^(y|pero|entonces|and|but|so|then)\b|^(por ?que|porque|why|how|como|para que)\W*$")
_POINTS = re.compile(
    r"\b(eso|esto|ello|esa|ese|it|that|this|them|they)\b"
    # "¿quién lo creó?", "¿cómo se lo enseñan?", but not "lo que", "lo mejor"
    r"|\b(?:quien(?:es)?|como|cuando|donde|cuanto|por que|para que) (?:(?:se|me|te|nos) )?lo"
    r" (?!(?:que|de|del|mas|menos|mejor|peor|mismo|unico)\b)\w+"
)
_CLITIC = re.compile(r"\b((?!charl)\w{2,}[aeiáéí]r)(?:me|te|se|nos)?l[oa]s?\b")  # "usarlo", "explicármela"


def points_back(folded: str) -> bool:
    """Whether a folded text holds a word that stands for something said before."""
    return bool(_POINTS.search(folded) or _CLITIC.search(folded))


def without_pronoun(word: str, language: str) -> str:
    """A Spanish infinitive without the pronoun behind it: "usar" for "usarlo"; any other word as it is."""
    found = _CLITIC.fullmatch(word) if language == "es" else None
    return found[1] if found else word


def opens_on(folded: str) -> bool:
    """Whether a folded text begins as what goes on with something, or holds a word that stands for it."""
    return bool(_OPENS.search(folded)) or points_back(folded)


def goes_on(folded: str, intent: str, focus: tuple[str, ...]) -> bool:
    """Whether a folded message that names no concept is about the thread's; `focus`: what it says of its own."""
    if intent in ACTS:
        return intent in AT_HAND or (intent in _OF_THE_THREAD and not focus)
    if intent in FOLLOW_UPS and len(focus) <= 2:
        return True
    if not focus and intent in _BARE:
        return True
    return len(focus) <= 3 and opens_on(folded)
