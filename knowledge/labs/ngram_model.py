"""A language model counted from text: how often each word follows those before it. No smoothing: only what was seen."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from knowledge.labs.softmax import Array

END = "</s>"
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’-][^\W_]+)*|,")

Words = tuple[str, ...]


@dataclass(frozen=True)
class Following:
    """What follows a context: words from the most probable to the least, with their counts and probabilities."""

    context: Words
    words: Words
    counts: tuple[int, ...]
    probabilities: Array  # (len(words),), sums to 1


@dataclass(frozen=True)
class NgramModel:
    """Counts of what follows each context of up to `order` - 1 words."""

    order: int
    counts: dict[Words, Counter[str]]
    words_read: int  # commas are not counted
    _known: dict[Words, Following] = field(default_factory=dict, repr=False, compare=False)

    def following(self, words: Sequence[str]) -> Following:
        """What follows the longest context that was seen at the end of `words`; of none, what words there are."""
        context = tuple(words[max(0, len(words) - self.order + 1) :])
        while context not in self.counts:
            context = context[1:]
        if context not in self._known:
            pairs = sorted(self.counts[context].items(), key=lambda pair: (-pair[1], pair[0]))
            counts = np.array([count for _, count in pairs], dtype=np.float64)
            self._known[context] = Following(
                context, tuple(word for word, _ in pairs), tuple(count for _, count in pairs), counts / counts.sum()
            )
        return self._known[context]


def words_of(text: str) -> Words:
    """Words, numbers and commas of a text, in lower case."""
    return tuple(_WORD.findall(text.lower()))


def count_ngrams(sentences: Iterable[str], order: int) -> NgramModel:
    """The model of the sentences: each ends in `END`, and no context reaches over its beginning."""
    counts: dict[Words, Counter[str]] = {(): Counter()}
    read = 0
    for sentence in sentences:
        words = (*words_of(sentence), END)
        read += sum(word not in (",", END) for word in words)
        for place, word in enumerate(words):
            for size in range(min(place, order - 1) + 1):
                counts.setdefault(words[place - size : place], Counter())[word] += 1
    return NgramModel(order, counts, read)
