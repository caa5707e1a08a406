"""How common a word is in a language at large, from the lists of the package `wordfreq` (Speer 2022).

A question may hold many common words that no source of a course holds; a rare one that none holds is likelier what the
question is about. The package's own loader takes a third of a second, so its files are read here.
"""

import gzip
import importlib.util
import math
from functools import cache
from pathlib import Path

import msgpack

from knowledge.terms import fold, stem

RAREST = 3.0  # Zipf frequency below which the small lists hold no word: once in a million words
OPENING = 3  # letters that words of one stem share
_HEADER = {"format": "cB", "version": 1}


def zipf(word: str, language: str) -> float:
    """The Zipf frequency: log10 of how often the word stands in a thousand million words; 0 for one under `RAREST`.

    Accents do not count. "de" has 7.6, "agua" 5.3, "olla" 3.9.
    """
    return _frequencies(language).get(fold(word), 0.0)


def family_zipf(word: str, language: str) -> float:
    """The Zipf frequency of all words that share this word's stem: "acabaron" counts with "acabar" and "acaba"."""
    own = stem(word, language)
    near = _by_opening(language).get(fold(word)[:OPENING], ())
    family = [zipf(other, language) for other in near if stem(other, language) == own]
    return math.log10(sum(10**value for value in family)) if family else 0.0


@cache
def _by_opening(language: str) -> dict[str, list[str]]:
    """The first letters of words -> the words."""
    found: dict[str, list[str]] = {}
    for word in _frequencies(language):
        found.setdefault(word[:OPENING], []).append(word)
    return found


@cache
def common_words(language: str, least: float) -> list[str]:
    """The words with at least this Zipf frequency, folded, the commonest first; at least four letters long."""
    return [word for word, value in _frequencies(language).items() if value >= least and len(word) >= 4]


@cache
def _frequencies(language: str) -> dict[str, float]:
    """Folded word -> Zipf frequency, from a list of lists: place n holds the words of -n hundredths of log10."""
    spec = importlib.util.find_spec("wordfreq")
    assert spec is not None
    assert spec.origin is not None
    file = Path(spec.origin).parent / "data" / f"small_{language}.msgpack.gz"
    with gzip.open(file, "rb") as stream:
        header, *levels = msgpack.load(stream, raw=False)
    if header != _HEADER:
        raise ValueError(f"{file} has another form than this reads: {header}")
    found: dict[str, float] = {}
    for place, level in enumerate(levels):
        for word in level:
            found.setdefault(word if word.isascii() else fold(word), 9.0 - place / 100)  # they are in lower case
    return found
