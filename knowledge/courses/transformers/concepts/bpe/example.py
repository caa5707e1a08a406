"""The numbers of the worked example of bpe."""

from collections import Counter
from itertools import pairwise
from typing import Any

given: list[float] = [4, 3, 2]  # how often each word occurs

Words = dict[tuple[str, ...], int]


def count(words: Words) -> Counter[tuple[str, str]]:
    """How often each pair of neighbours occurs."""
    counts: Counter[tuple[str, str]] = Counter()
    for word, frequency in words.items():
        for pair in pairwise(word):
            counts[pair] += frequency
    return counts


def merge(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    """The word with every occurrence of the pair joined."""
    out: list[str] = []
    for symbol in word:
        if out and (out[-1], symbol) == pair:
            out[-1] += symbol
        else:
            out.append(symbol)
    return tuple(out)


def size(words: Words) -> int:
    """How many symbols the corpus has."""
    return sum(len(word) * frequency for word, frequency in words.items())


start: Words = {tuple("sea"): 4, tuple("seat"): 3, tuple("eat"): 2}
first = max(count(start), key=lambda pair: count(start)[pair])
once = {merge(word, first): frequency for word, frequency in start.items()}
second = max(count(once), key=lambda pair: count(once)[pair])
twice = {merge(word, second): frequency for word, frequency in once.items()}
alphabet = {symbol for word in start for symbol in word}
computed: dict[str, Any] = {
    "7": count(once)["s", "ea"],
    "9": count(start)[first],
    "5": count(once)["ea", "t"],
    "30": size(start),
    "21": size(once),
    "14": size(twice),
    "6": len(alphabet) + len([first, second]),
    "3": len(merge(merge(tuple("seats"), first), second)),
}
