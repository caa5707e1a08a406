"""Probability of a sentence: the product of P(x_t | x_1 ... x_t-1), also with bigrams (Bengio et al. 2003, §1)."""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import prod
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_SENTENCES = (  # the same in both languages, word by word
    ("the cat sleeps", "el gato duerme"), ("the girl reads", "la niña lee"), ("my brother sings", "mi hermano canta"),
    ("the train arrives", "el tren llega"), ("a dog barks", "un perro ladra"), ("your friend laughs", "tu amiga ríe"),
    ("our neighbour works", "nuestro vecino trabaja"), ("the sun rises", "el sol sale"),
)  # fmt: skip
_ANIMALS = (("cat", "gato"), ("dog", "perro"), ("horse", "caballo"), ("bird", "pájaro"), ("bear", "oso"))
_CHANCES = tuple(chance / 10 for chance in range(1, 10))
_SHARES = (0.1, 0.15, 0.2, 0.25, 0.3)  # of a word in a tiny training text
_KINDS = 3  # of animals in a corpus
_LINES = 4
_START, _END = "<s>", "</s>"
_LEAST = 0.005
_EDGE = 0.1  # of a unit of the last decimal: as near as an answer may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        given = _bigrams(rng) if difficulty == 3 else _chain(rng, difficulty)
        answer = _again(**given)
        if answer > _LEAST and abs(10_000 * answer % 1 - 0.5) > _EDGE:
            return given


def _chain(rng: Random, difficulty: int) -> dict[str, Any]:
    english, spanish = rng.choice(_SENTENCES)
    ends = difficulty == 2
    p, overall = rng.choices(_CHANCES, k=3 + ends), rng.choices(_SHARES, k=3 * ends)
    return {"p": tuple(p), "overall": tuple(overall), "text_en": english, "text_es": spanish,
            "corpus_en": (), "corpus_es": ()}  # fmt: skip


def _bigrams(rng: Random) -> dict[str, Any]:
    animals = rng.sample(_ANIMALS, _KINDS)
    pictures = [rng.sample(animals, rng.choice((1, 2))) for _ in range(_LINES)]
    joined = [[one[0], other[-1]] for one in pictures if len(one) == 2 for other in pictures if one[0] != other[-1]]
    asked = rng.choice(joined or [animals[:2]])
    text_en, *corpus_en = (" and ".join(f"the {animal}" for animal, _ in picture) for picture in (asked, *pictures))
    text_es, *corpus_es = (" y ".join(f"el {animal}" for _, animal in picture) for picture in (asked, *pictures))
    return {"p": (), "overall": (), "text_en": text_en, "text_es": text_es,
            "corpus_en": tuple(corpus_en), "corpus_es": tuple(corpus_es)}  # fmt: skip


def _key(p: Sequence[float], text_en: str, corpus_en: Sequence[str], **_: Any) -> float:
    if p:
        return float(np.exp(np.log(np.array(p)).sum()))
    place: dict[str, int] = {}
    texts = [
        np.array([place.setdefault(word, len(place)) for word in (_START, *line.split(), _END)])
        for line in (*corpus_en, text_en)
    ]
    counts = np.zeros((len(place), len(place)))
    for line in texts[:-1]:
        np.add.at(counts, (line[:-1], line[1:]), 1)
    seen = texts[-1]
    return float(np.prod(counts[seen[:-1], seen[1:]] / counts.sum(axis=1)[seen[:-1]]))


def _again(p: Sequence[float], text_es: str, corpus_es: Sequence[str], **_: Any) -> float:
    if p:
        return float(prod((Fraction(round(10 * chance), 10) for chance in p), start=Fraction(1)))
    whole = "".join(f"^ {line} $ " for line in corpus_es)
    pairs = pairwise(["^", *text_es.split(), "$"])
    return float(prod(Fraction(whole.count(f"{one} {two} "), whole.count(f"{one} ") or 1) for one, two in pairs))


@lru_cache(maxsize=2)  # every mistake on a corpus asks for it
def _counted(text: str, corpus: tuple[str, ...]) -> list[tuple[str, str, int, int]]:
    """What follows what, how often, and how often anything follows."""
    lines = [[_START, *line.split(), _END] for line in (text, *corpus)]
    pairs = [pair for line in lines[1:] for pair in pairwise(line)]
    firsts = [left for left, _ in pairs]
    return [(one, two, pairs.count((one, two)), firsts.count(one)) for one, two in pairwise(lines[0])]


def _factors(p: Sequence[float], text_en: str, corpus_en: tuple[str, ...], **_: Any) -> list[float]:
    return list(p) or [seen / total for _one, _two, seen, total in _counted(text_en, corpus_en)]


def _frequencies(overall: Sequence[float], text_en: str, corpus_en: Sequence[str], **_: Any) -> list[float]:
    words = " ".join(corpus_en).split()
    return list(overall) or [words.count(word) / len(words) for word in text_en.split() if words]


FAMILY = Family(
    id="sequence-probability",
    concept="language-modeling",
    bloom="apply",
    sources=("bengio2003 §1", "radford2019 §2"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "adds-up": lambda **given: sum(_factors(**given)),
        "averages": lambda **given: sum(_factors(**given)) / len(_factors(**given)),
        "last-step-only": lambda **given: _factors(**given)[-1],
        "forgets-the-end": lambda p, **given: None if len(p) == 3 else prod(_factors(p, **given)[:-1]),
        "ignores-context": lambda **given: prod(_frequencies(**given)) if _frequencies(**given) else None,
        "counts-whole-sentences": lambda text_en, corpus_en, **_: (
            corpus_en.count(text_en) / len(corpus_en) if corpus_en else None
        ),
    },
    working=lambda p, text_en, text_es, corpus_en, corpus_es, **_: {
        "words_en": text_en.split(), "words_es": text_es.split(), "ends": len(p) == 4,
        "pairs_en": _counted(text_en, corpus_en), "pairs_es": _counted(text_es, corpus_es),
        "factors": _factors(p, text_en, corpus_en),
    },
    decimals=4,
)  # fmt: skip
