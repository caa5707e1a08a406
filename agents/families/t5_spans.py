"""Input or target of T5's span corruption, its sentinels named as in the released code (Raffel et al. 2020, §3.1.4)."""

from collections.abc import Sequence
from itertools import groupby
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_SENTENCES = tuple(sentence.split() for sentence in (  # no word twice, so that a word tells its place
    "the old lighthouse guides many ships safely home at night", "my sister plays chess with her best friend every day",
    "we walked along a quiet river until sunset last summer", "three small birds sing outside our kitchen window today",
    "that train leaves from platform nine on cold mornings", "five children built an enormous castle of wet sand",
    "a strong wind suddenly closed every door upstairs again", "your teacher explained why some metals rust so quickly",
    "nobody in town knew where he had hidden those keys", "fresh warm bread smells better than any garden flower",
))  # fmt: skip
_SPANS = {1: (1,), 2: (2,), 3: (2, 3)}
_LONGEST = 3  # words of a span, the mean length of T5's own


def _draw(rng: Random, difficulty: int) -> Given:
    words = rng.choice(_SENTENCES)
    count = rng.choice(_SPANS[difficulty])
    at_edge = difficulty == 3  # a span begins or ends the sentence
    while True:
        spans: list[tuple[int, int]] = []
        place = rng.randint(0 if at_edge else 1, 3 if count > 1 else 6)
        for _span in range(count):
            spans.append((place, rng.randint(1 if count > 1 else 2, _LONGEST)))
            place = sum(spans[-1]) + rng.randint(1, 3)
        first, last = spans[0][0], sum(spans[-1])
        several = any(length > 1 for _start, length in spans)
        if several and last <= len(words) and at_edge == (first == 0 or last == len(words)):
            return {"words": tuple(words), "spans": tuple(spans), "asked": rng.choice(("input", "target"))}


def _key(words: Sequence[str], spans: Sequence[tuple[int, int]], asked: str, **_: Any) -> tuple[str, ...]:
    removed = np.zeros(len(words), dtype=bool)
    for start, length in spans:
        removed[start : start + length] = True
    starts = removed & ~np.concatenate(([False], removed[:-1]))
    numbers = np.cumsum(starts) - 1
    text = []
    for place, word in enumerate(words):
        if starts[place]:
            text.append(_sentinel(int(numbers[place])))
        if removed[place] == (asked == "target"):
            text.append(word)
    return (*text, _sentinel(len(spans))) if asked == "target" else tuple(text)


def _again(words: Sequence[str], spans: Sequence[tuple[int, int]], asked: str, **_: Any) -> tuple[str, ...]:
    text, target = f" {' '.join(words)} ", ""
    for number, (start, length) in enumerate(spans):
        piece = " ".join(words[start : start + length])
        text = text.replace(f" {piece} ", f" <extra_id_{number}> ", 1)
        target += f"<extra_id_{number}> {piece} "
    return tuple((text if asked == "input" else f"{target}<extra_id_{len(spans)}>").split())


def _sentinel(number: int) -> str:
    return f"<extra_id_{number}>"


def _built(
    words: Sequence[str], spans: Sequence[tuple[int, int]], asked: str, *, each: bool = False, marked: bool = True
) -> tuple[str, ...]:
    """As it should be, or with a sentinel for each removed word, or without sentinels."""
    gone = {place for start, length in spans for place in range(start, start + length)}
    text, number = [], 0
    for removed, stretch in groupby(range(len(words)), key=gone.__contains__):
        unit = [words[place] for place in stretch]
        for part in [[word] for word in unit] if each and removed else [unit]:
            if removed and marked:
                text.append(_sentinel(number))
                number += 1
            if removed == (asked == "target"):
                text += part
    return (*text, _sentinel(number)) if asked == "target" and marked else tuple(text)


def _all_named(name: str, text: Sequence[str]) -> tuple[str, ...]:
    return tuple(name if token.startswith("<") else token for token in text)


FAMILY = Family(
    id="t5-spans",
    concept="t5",
    bloom="apply",
    sources=("raffel2020 §3.1.4",),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "t5.same-as-mlm": lambda words, spans, asked, **_: (
            _all_named("[MASK]", _built(words, spans, asked, each=True)) if asked == "input" else None
        ),
        "sentinel-for-each-word": lambda words, spans, asked, **_: _built(words, spans, asked, each=True),
        "no-sentinels": lambda words, spans, asked, **_: _built(words, spans, asked, marked=False),
        "same-sentinel": lambda words, spans, asked, **_: (
            _all_named(_sentinel(0), _built(words, spans, asked))
        ),
        "no-final-sentinel": lambda words, spans, asked, **_: (
            _built(words, spans, asked)[:-1] if asked == "target" else None
        ),
        "swaps-input-and-target": lambda words, spans, asked, **_: (
            _built(words, spans, "target" if asked == "input" else "input")
        ),
        "rewrites-everything": lambda words, asked, **_: words if asked == "target" else None,
    },
    answer="choice",
    working=lambda words, spans, **_: {
        "count": len(spans), "final": _sentinel(len(spans)),
        "removed": [" ".join(words[start : start + length]) for start, length in spans],
        "marks": [_sentinel(number) for number in range(len(spans))],
    },
)  # fmt: skip
