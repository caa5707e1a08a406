"""Rules on the stem of an item: what is wrong with it, "" for nothing."""

import re

from agents.item import Item
from agents.item_text import ATOM, HIDDEN, asking, content_words, embolden, pieces, prose, prose_words, sentences
from agents.rule_words import find
from knowledge.lexicon import lexicon
from knowledge.terms import WORD, fold, stop_stems

FEWEST_PIECES = 3  # words and formulas of a stem
FEWEST_CONTENT_WORDS = 3  # of a sentence that the options go on with
_BLANK = re.compile(r"(?<![\w\\])_{2,}(?!\w)")
_OPEN_END = re.compile(r"(?:[:,…]|\.{3}|_{2,}\.?|[^\s.?!)»\"”])\s*\**\s*$")
_AFTER_BLANK = re.compile(r"\s*(?:[.?!…:)]|$)")
_CLAUSE = re.compile(r"[,;:()—]|\.\s")


def short_stem(item: Item) -> str:
    """A stem that is empty or has fewer than three words and formulas."""
    count = len(pieces(item.stem, item.language))
    return f"{count} words" if count < FEWEST_PIECES else ""


def unfocused_stem(item: Item) -> str:
    """A stem that cannot be answered with the options covered: no question, no instruction and no sentence to go on
    with; or a question about nothing ("which is correct?")."""
    if _only_generic(item):
        return f"asks about nothing: {item.stem.strip()}"
    if asking(item.stem, item.language) or _goes_on(item):
        return ""
    return f"no question and no instruction: {item.stem.strip()[-60:]}"


def hidden_negation(item: Item) -> str:
    """A negation in what is asked that stands neither in bold nor in capitals; in a statement to judge, any.

    Where nothing asks, the last sentence does, which the options go on with.
    """
    asked = [item.stem] if item.kind == "true_false" else asking(item.stem, item.language)
    asked = asked or sentences(item.stem, item.language)[-1:]
    for sentence in asked:
        for clause in _CLAUSE.split(prose(embolden(sentence))):
            if hidden := _plain_negation(clause, item.language):
                return f"“{hidden}” is neither bold nor in capitals"
    return ""


def blank_inside(item: Item) -> str:
    """A blank to fill that does not stand at the end of its sentence."""
    text = ATOM.sub(HIDDEN, item.stem)
    for blank in _BLANK.finditer(text):
        if not _AFTER_BLANK.match(text, blank.end()):
            return f"words after the blank: {text[blank.end() :].strip()[:40]}"
    return ""


def _only_generic(item: Item) -> bool:
    return bool(item.stem.strip()) and not ATOM.search(item.stem) and not content_words(item.stem, item.language)


def _goes_on(item: Item) -> bool:
    """Whether a stem without question is a sentence that the options go on with, and says enough to be answered."""
    row = prose_words(item.stem)
    if not row or not _OPEN_END.search(item.stem):
        return False
    unfinished = row[-1] in stop_stems(item.language)
    states = any((word,) in lexicon(item.language).phrases["verbs"] for word in row)
    content = len(content_words(item.stem, item.language)) + len(ATOM.findall(item.stem))
    return (unfinished or states) and content >= FEWEST_CONTENT_WORDS


def _plain_negation(clause: str, language: str) -> str:
    raw = WORD.findall(clause)
    row = [fold(word).replace("’", "'") for word in raw]
    circumstances = [start for start, _ in find("subordinators", row, language)]
    for start, end in find("negations", row, language):
        emphasised = any(word.isupper() and len(word) > 1 for word in raw[start:end])
        if not emphasised and not any(place < start for place in circumstances):
            return " ".join(raw[start:end])
    return ""
