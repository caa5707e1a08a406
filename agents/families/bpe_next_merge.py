"""Which pair of neighbouring symbols BPE merges next in a small corpus: the most frequent one, where a pair counts as
often as the words that contain it occur (Sennrich et al. 2016, §3.2).
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random
from typing import Any

from agents.families.family import Family, Given

# Spelled alike in English and Spanish, with pairs that several words share.
_CORPORA = {
    1: ("coral molar plan", "real solo area", "radio drama color", "oral canal arena", "motor actor error",
        "idea area real", "total metal pasta", "cargo mango gala", "panda plan canal", "solo polar color",
        "humor motor honor", "beta delta total", "audio radio idea", "altar total plan", "moral drama rural",
        "panel hotel plan"),
    2: ("radio extra color polar solo", "color solar normal mental metal", "dental pasta horror vector animal",
        "plan singular sensor sector horrible", "cargo tango error terror oral", "actor error hospital dental ideal",
        "panel hotel rural material real", "trio material director sector oral", "lunar regular legal final plural",
        "central metal editor rumor sensor", "beta hospital formal color honor", "plan polar crisis audio oasis",
        "material patio crisis radio visa", "pasta beta radar drama natural", "tutor rumor gala natural hospital"),
    3: ("moral rural horror humor", "plural natural central gala", "arena penal canal horrible",
        "metal hospital gala fatal", "horrible metal beta total", "animal fatal dental formal",
        "extra color natural central", "motor tensor director vector", "oasis error material terrible",
        "beta metal mango total", "polar cargo singular honor", "legal color gala saga", "radio polar audio diva",
        "moral natural sensor drama", "ideal zoo natural real", "plural gala legal oral"),
    4: ("tutor vector terror director factor", "gala polar zoo singular circular", "formal diva natural oral moral",
        "altar formal moral oral legal", "cactus doctor normal director vector", "vocal penal central mental panel",
        "ideal moral capital oral rumor", "delta rural oral moral canal", "plural rural mental moral formal",
        "molar solar idea similar altar", "actor cactus horrible factor vector", "beta molar popular altar circular"),
}  # fmt: skip
_DONE = {1: 0, 2: 0, 3: 1, 4: 2}  # merges that are made before
_OFTEN, _SELDOM = range(6, 10), range(2, 6)  # counts

Pair = tuple[str, str]
Parts = list[tuple[list[str], int]]


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        chosen = rng.choice(_CORPORA[difficulty]).split()
        if difficulty == 2:  # a pair of two frequent words against one of more words that are rarer
            counts = rng.sample(_OFTEN, 2) + rng.sample(_SELDOM, len(chosen) - 2)
        else:
            counts = rng.sample((*_SELDOM, *_OFTEN), len(chosen))
        given = list(zip(chosen, counts, strict=True))
        rng.shuffle(given)
        words, merges = tuple(given), _train(given, _DONE[difficulty] + 1)
        if len(merges) > _DONE[difficulty] and _tells(difficulty, words, merges):
            return {"words": words, "merges": merges[:-1]}


def _train(words: Any, steps: int) -> tuple[Pair, ...]:
    """The first merges, up to where the most frequent pair is not the only one, or stands in one word only."""
    parts = _parts(words, ())
    merges: tuple[Pair, ...] = ()
    for _ in range(steps):
        (pair, most), (_next, second) = _count(parts).most_common(2)
        if most == second or sum(pair in pairwise(symbols) for symbols, _often in parts) < 2:
            break
        parts, merges = _merge(parts, pair), (*merges, pair)
    return merges


def _tells(difficulty: int, words: Any, merges: tuple[Pair, ...]) -> bool:
    """Whether the counts of the words, or the merges made before, change what comes next."""
    if difficulty == 2:
        return _unweighted(words, ()) not in (None, merges[-1])
    return difficulty == 1 or _second(words, merges[:-2]) != merges[-1]


def _count(parts: Parts) -> Counter[Pair]:
    counts: Counter[Pair] = Counter()
    for symbols, count in parts:
        for pair in pairwise(symbols):
            counts[pair] += count
    return counts


def _merge(parts: Parts, pair: Pair) -> Parts:
    merged: Parts = []
    for symbols, count in parts:
        out: list[str] = []
        for symbol in symbols:
            if out and (out[-1], symbol) == pair:
                out[-1] += symbol
            else:
                out.append(symbol)
        merged.append((out, count))
    return merged


def _parts(words: Any, merges: Sequence[Pair]) -> Parts:
    parts: Parts = [(list(word), count) for word, count in words]
    for pair in merges:
        parts = _merge(parts, pair)
    return parts


def _key(words: Any, merges: Sequence[Pair]) -> Pair:
    return _count(_parts(words, merges)).most_common(1)[0][0]


def _again(words: Any, merges: Sequence[Pair]) -> Pair:
    text = " ".join(" ".join(["".join(f"<{letter}>" for letter in word)] * count) for word, count in words)
    for left, right in merges:
        text = text.replace(f"<{left}><{right}>", f"<{left}{right}>")
    seen = re.findall(r"(?=<(\w+)><(\w+)>)", text)
    counts = Counter(seen)
    best = max(counts.values())
    ((left, right),) = (pair for pair, count in counts.items() if count == best)
    return left, right


def _wrong(choose: Callable[[Parts], Counter[Pair]]) -> Callable[..., Pair | None]:
    """The pair that comes first by another count; none where two do."""

    def made(words: Any, merges: Sequence[Pair]) -> Pair | None:
        ranked = choose(_parts(words, merges)).most_common(2)
        return None if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]) else ranked[0][0]

    return made


_unweighted = _wrong(lambda parts: _count([(symbols, 1) for symbols, _ in parts]))


def _second(words: Any, merges: Sequence[Pair]) -> Pair:
    return _count(_parts(words, merges)).most_common(2)[1][0]


def _symbols(words: Any, merges: Sequence[Pair]) -> Pair:
    counts: Counter[str] = Counter()
    for symbols, count in _parts(words, merges):
        for symbol in symbols:
            counts[symbol] += count
    (first, _), (second, _) = counts.most_common(2)
    return first, second


def _working(words: Any, merges: Sequence[Pair]) -> Given:
    parts = _parts(words, merges)
    top = [
        {"pair": pair, "count": count, "terms": [
            times for symbols, times in parts for found in pairwise(symbols) if found == pair
        ]}
        for pair, count in _count(parts).most_common(3)
    ]  # fmt: skip
    return {"parts": parts, "top": top, "rival": top[1]}


FAMILY = Family(
    id="bpe-next-merge",
    concept="bpe",
    bloom="apply",
    sources=("sennrich2016 §3.2",),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "forgets-how-often": _unweighted,
        "only-the-top-word": _wrong(lambda parts: Counter([next(pairwise(max(parts, key=lambda part: part[1])[0]))])),
        "bpe.morphology": _wrong(lambda parts: _count([(symbols[-2:], count) for symbols, count in parts])),
        "counts-single-symbols": _symbols,
        "forgets-the-merges": lambda words, merges: _second(words, merges[:-1]) if merges else None,
        "second-most-frequent": _second,
    },
    answer="choice",
    working=_working,
)  # fmt: skip
