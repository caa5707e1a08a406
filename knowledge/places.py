"""Where a sentence stands in a document's text, so that a citation can be shown in its place."""

import re

from knowledge.documents import Document

_GAP = re.compile(r"\s+(?:>[\s>]*)?")  # between two words: white space, and the marks of a quotation's next line


def find_quote(document: Document, passage_start: int, quote: str) -> tuple[int, int] | None:
    """(start, end) in `document.text` of a quotation, whatever the white space between its words.

    It is looked for from `passage_start` on, then from the beginning. None where the document does not say it.
    """
    words = quote.split()
    text = document.text
    return find_words(text, words, max(passage_start, 0)) or find_words(text, words)


def find_words(text: str, words: list[str], start: int = 0, end: int | None = None) -> tuple[int, int] | None:
    """(start, end) of the first place in `text[start:end]` where the words follow one another, else None."""
    last = len(text) if end is None else end
    at = text.find(words[0], start, last) if words else -1
    while at >= 0:
        stop = _follow(text, words, at, last)
        if stop is not None:
            return at, stop
        at = text.find(words[0], at + 1, last)
    return None


def _follow(text: str, words: list[str], at: int, last: int) -> int | None:
    """Where the words end that begin at `at`, None where others stand there."""
    stop = at + len(words[0])
    for word in words[1:]:
        gap = _GAP.match(text, stop, last)
        if gap is None or not text.startswith(word, gap.end(), last):
            return None
        stop = gap.end() + len(word)
    return stop
