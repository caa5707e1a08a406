"""The numbers of the worked example of language-modeling."""

import math
from collections import Counter
from itertools import pairwise
from typing import Any

given: list[float] = [1, 2, 3, 4]  # counts of the corpus, checked below

corpus = ["the cat sleeps", "the cat sleeps", "the cat eats", "the dog sleeps"]
pairs: Counter[tuple[str, str]] = Counter()
firsts: Counter[str] = Counter()
for sentence in corpus:
    words = ["<s>", *sentence.split()]
    for left, right in pairwise(words):
        pairs[left, right] += 1
        firsts[left] += 1
assert (pairs["the", "cat"], firsts["the"], pairs["cat", "sleeps"], firsts["cat"]) == (3, 4, 2, 3)


def probability(sentence: str) -> float:
    """The product of the bigram probabilities of a sentence."""
    words = ["<s>", *sentence.split()]
    return math.prod(pairs[pair] / firsts[pair[0]] for pair in pairwise(words))


assert probability("the cat eats") == probability("the dog sleeps")
computed: dict[str, Any] = {
    "0.75": pairs["the", "cat"] / firsts["the"],
    "0.667": pairs["cat", "sleeps"] / firsts["cat"],
    "0.5": probability("the cat sleeps"),
    "0.25": probability("the cat eats"),
    "0": probability("the dog eats"),
    "0.693": -math.log(probability("the cat sleeps")),
    "0.231": -math.log(probability("the cat sleeps")) / len("the cat sleeps".split()),
}
