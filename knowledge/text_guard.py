"""Text from people, before anything works on it: not empty, not huge, not binary, in a language that Atenea has."""

import unicodedata

from knowledge.errors import BadText
from knowledge.language import detect_language
from knowledge.messages import LANGUAGES

# White space that word processors and PDF viewers leave in copied text.
_HARMLESS = {"\n", "\r", "\t", "\f", "\v", "\x85"}
_INVISIBLE = {"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad"}


def guard_text(text: str, limit: int) -> str:
    """The text, normalised (NFC, invisible characters removed). Raises `BadText` when it cannot be worked on."""
    if len(text) > limit:
        raise BadText("too-long", length=len(text), limit=limit)
    for position, char in enumerate(text):
        if unicodedata.category(char) in {"Cc", "Cs"} and char not in _HARMLESS:
            raise BadText("control-characters", point=f"{ord(char):04X}", position=position)
    clean = unicodedata.normalize("NFC", "".join(char for char in text if char not in _INVISIBLE))
    if not any(char.isalnum() for char in clean):
        raise BadText("empty-text")
    return clean


def text_language(text: str, asked: str, default: str) -> str:
    """'es' or 'en': as asked, else the text's own. Raises `BadText` when it is clearly in another language."""
    if asked in LANGUAGES:
        return asked
    found = detect_language(text[:4000], default)
    if found not in LANGUAGES:
        raise BadText("other-language", found=found)
    return found
