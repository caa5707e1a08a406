"""Pieces of a sentence: a model that stops in the middle names a thing and says nothing of it."""

from knowledge.claims import is_verbal
from knowledge.terms import plain, words

SHORT = 9  # words below which a text without a verb that is known is taken for a piece


def may_be_fragment(text: str, language: str) -> bool:
    """Whether a short text has no verb that is known: "A causal language model.", "El siguiente token." A formula is
    none."""
    return "=" not in text and len(words(plain(text))) < SHORT and not is_verbal(text, language)
