"""Pieces of a sentence: a model that stops in the middle names a thing and says nothing of it."""

import re

from knowledge.lexicon import lexicon
from knowledge.terms import fold, plain, words

SHORT = 9  # words below which a text without a verb that is known is taken for a piece
_VERBAL = {
    "en": re.compile(r"[a-z]{2}(?:ed|ing)$"),
    "es": re.compile(r"[a-zñ]{2}(?:ar|er|ir|[aií]d[oa]s?|ando|iendo|aron|ieron)$|ó$"),
}


def may_be_fragment(text: str, language: str) -> bool:
    """Whether a short text has no verb that is known: "A causal language model.", "El siguiente token." A formula is
    none."""
    found = words(plain(text))
    if "=" in text or len(found) >= SHORT:
        return False
    verbs = {phrase[0] for phrase in lexicon(language).phrases["verbs"]}
    return not any(fold(word) in verbs or _VERBAL[language].search(word) for word in found)
