"""The tokens of a word under BPE: its letters, with the learned merges applied in the order in which they were learned
(Sennrich et al. 2016, §3.2).
"""

from collections.abc import Sequence
from itertools import pairwise
from random import Random

from agents.families.family import Family, Given

# Spelled alike in English and Spanish; the merges are learned from them.
_WORDS = (
    "animal", "cardinal", "cereal", "colonial", "coral", "corporal", "cultural", "director", "doctoral",
    "editorial", "electoral", "error", "federal", "formal", "general", "hospital", "horror", "instrumental",
    "lateral", "liberal", "literal", "material", "memorial", "mental", "mineral", "monumental", "moral",
    "natural", "normal", "oral", "panorama", "pastoral", "polar", "popular", "regular", "rural", "sentimental",
    "similar", "singular", "solar", "temporal", "tensor", "terrible", "total", "tropical", "tutorial",
    "visible", "vocal",
)  # fmt: skip
_MERGES = {1: 4, 2: 5, 3: 7}
_OWN = 0.6  # the share of merges that come from the word itself
_APPLIED = {1: 2, 2: 3, 3: 3}  # at least so many of them change the word

Pair = tuple[str, str]
Tokens = tuple[str, ...]


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        word, *_others = chosen = rng.sample(_WORDS, 3)
        merges: list[Pair] = []
        if difficulty == 3:  # of three letters the last two are joined first, so that the first two no longer can be
            place = rng.randrange(len(word) - 2)
            merges += [(word[place + 1], word[place + 2]), (word[place], word[place + 1])]
        words = [_key(one, merges) for one in chosen]
        while len(merges) < _MERGES[difficulty]:  # of neighbours that are still apart, as training does
            symbols = words[0] if rng.random() < _OWN else rng.choice(words[1:])
            if len(symbols) == 1:
                break
            place = rng.randrange(len(symbols) - 1)
            merges.append((symbols[place], symbols[place + 1]))
            words = [_merged(symbols, merges[-1]) for symbols in words]
        told = len(_trace(word, merges)) > _APPLIED[difficulty] and 1 < len(words[0]) < len(word)
        if told and (difficulty < 3 or _longest(word, merges) != words[0]) and len(merges) == _MERGES[difficulty]:
            return {"word": word, "merges": tuple(merges)}


def _merged(word: Sequence[str], pair: Pair) -> Tokens:
    out: list[str] = []
    for symbol in word:
        if out and (out[-1], symbol) == pair:
            out[-1] += symbol
        else:
            out.append(symbol)
    return tuple(out)


def _trace(word: str, merges: Sequence[Pair]) -> list[tuple[int, Tokens]]:
    """The letters, and the word after each merge that changes it, with the number of the merge."""
    states = [(0, tuple(word))]
    for number, pair in enumerate(merges, 1):
        after = _merged(states[-1][1], pair)
        if after != states[-1][1]:
            states.append((number, after))
    return states


def _key(word: str, merges: Sequence[Pair]) -> Tokens:
    symbols = tuple(word)
    for pair in merges:
        symbols = _merged(symbols, pair)
    return symbols


def _again(word: str, merges: Sequence[Pair]) -> Tokens:
    """As GPT-2's code does: join the neighbours whose merge comes first in the list, until none has a merge."""
    ranks, symbols = {pair: rank for rank, pair in enumerate(merges)}, list(word)
    while True:
        known = [(ranks[pair], place) for place, pair in enumerate(pairwise(symbols)) if pair in ranks]
        if not known:
            return tuple(symbols)
        place = min(known)[1]
        symbols[place : place + 2] = [symbols[place] + symbols[place + 1]]


def _longest(word: str, merges: Sequence[Pair]) -> Tokens:
    known, out, start = {*word, *(left + right for left, right in merges)}, [], 0
    while start < len(word):
        end = next(end for end in range(len(word), start, -1) if word[start:end] in known)
        out.append(word[start:end])
        start = end
    return tuple(out)


FAMILY = Family(
    id="bpe-tokens",
    concept="bpe",
    bloom="apply",
    sources=("sennrich2016 §3.2",),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "longest-pieces-first": _longest,
        "last-merge-first": lambda word, merges: _key(word, merges[::-1]),
        "only-merges-letters": lambda word, merges: _key(word, [pair for pair in merges if len("".join(pair)) == 2]),
        "stops-a-merge-early": lambda word, merges: _trace(word, merges)[-2][1],
        "bpe.unknown-words": lambda **_: ("[UNK]",),
        "tokenization.token-is-word": lambda word, **_: (word,),
    },
    answer="choice",
    working=lambda word, merges: {
        "letters": tuple(word), "trace": _trace(word, merges)[1:], "before": _trace(word, merges)[-2],
    },
)  # fmt: skip
