"""The two or three tokens that greedy decoding writes, each the argmax of p(v | the tokens so far), or the sequence
with the largest product of these probabilities (Holtzman et al. 2020; Sutskever et al. 2014, §2; Stahlberg 2019).
"""

from collections.abc import Callable, Sequence
from itertools import product
from math import prod
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_Tokens = tuple[str, ...]
_Parts = tuple[int, ...]  # probabilities, in tenths
_Row = tuple[_Tokens, _Parts]  # the tokens so far, and the probabilities of the next one

_NOTES = ("do", "re", "mi", "fa", "sol", "la")  # tokens that both languages write alike
_ROWS = {
    size: [parts for parts in product(range(1, 10), repeat=size) if sum(parts) == 10 and parts.count(max(parts)) == 1]
    for size in (2, 3)
}  # with one largest, so that greedy decoding never ties
_CLOSE = {size: [parts for parts in rows if max(parts) <= 6] for size, rows in _ROWS.items()}  # a first choice in doubt


def _draw(rng: Random, difficulty: int) -> Given:
    length = {1: 2, 2: rng.choice((2, 3)), 3: 3}[difficulty]
    asked = "best" if difficulty == 3 or (difficulty == 2 and length == 2) else "greedy"
    size, tokens = (3, rng.sample(_NOTES, 3)) if length == 2 else (2, rng.sample(_NOTES, 2))
    prefixes = [prefix for count in range(length) for prefix in product(tokens, repeat=count)]
    while True:
        first = rng.choice(_CLOSE[size])
        rows = [first, *rng.choices(_ROWS[size], k=len(prefixes) - 1)]
        heads = first if length == 2 else [one * two for one, row in zip(first, rows[1:3], strict=True) for two in row]
        ends = [head * max(row) for head, row in zip(heads, rows[-len(heads) :], strict=True)]
        best = ends.index(max(ends)) * size // len(ends)  # the first token of the most probable sequence
        if ends.count(max(ends)) == 1 and best != first.index(max(first)):
            break
    return {"tokens": tuple(tokens), "rows": tuple(zip(prefixes, rows, strict=True)), "length": length, "asked": asked}


def _key(tokens: _Tokens, rows: Sequence[_Row], length: int, asked: str) -> _Tokens:
    table = {prefix: np.array(parts) / 10 for prefix, parts in rows}
    if asked == "greedy":
        written = tokens[:0]
        while len(written) < length:
            written += (tokens[int(table[written].argmax())],)
        return written
    joint = table[()]
    for size in range(1, length):
        joint = (joint[:, None] * np.array([table[prefix] for prefix in product(tokens, repeat=size)])).ravel()
    return tuple(tokens[int(place)] for place in np.unravel_index(joint.argmax(), (len(tokens),) * length))


def _again(tokens: _Tokens, rows: Sequence[_Row], length: int, asked: str) -> _Tokens:
    return (_greedy if asked == "greedy" else _best)(tokens, rows, length)


def _by(worth: Callable[[_Parts], Any]) -> Callable[..., _Tokens]:
    """Who compares all the sequences and takes the one with the most `worth` of its probabilities."""

    def chosen(tokens: _Tokens, rows: Sequence[_Row], length: int, **_: Any) -> _Tokens:
        table = {(*prefix, token): part for prefix, parts in rows for token, part in zip(tokens, parts, strict=True)}
        steps = {path: tuple(table[path[: at + 1]] for at in range(length)) for path in product(tokens, repeat=length)}
        return max(steps, key=lambda path: worth(steps[path]))

    return chosen


_best = _by(prod)
_greedy = _by(tuple)  # the larger first probability wins, then the larger second: the order of a dictionary


def _columns(tokens: _Tokens, rows: Sequence[_Row], length: int, **_: Any) -> _Tokens:
    totals = [np.sum([parts for prefix, parts in rows if len(prefix) == size], axis=0) for size in range(length)]
    return tuple(tokens[int(total.argmax())] for total in totals)


def _working(tokens: _Tokens, rows: Sequence[_Row], length: int, **_: Any) -> Given:
    table, worth = dict(rows), dict.fromkeys([tokens[:0]], 1.0)
    for prefix, parts in rows:
        worth |= {(*prefix, token): worth[prefix] * part / 10 for token, part in zip(tokens, parts, strict=True)}
    greedy = _greedy(tokens, rows, length)
    return {
        "choices": [(greedy[:at], greedy[at], max(table[greedy[:at]]) / 10) for at in range(length)],
        "ends": [(prefix, tokens[parts.index(max(parts))], worth[prefix], max(parts) / 10)
                 for prefix, parts in rows if len(prefix) == length - 1],
        "greedy": greedy, "greedy_worth": worth[greedy], "best_worth": worth[_best(tokens, rows, length)],
    }  # fmt: skip


FAMILY = Family(
    id="greedy-sequence",
    concept="decoding",
    bloom="apply",
    sources=("holtzman2020", "sutskever2014 §2", "stahlberg2019"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "decoding.greedy-best": lambda asked, **given: _greedy(**given) if asked == "best" else None,
        "searches-all-sequences": lambda asked, **given: _best(**given) if asked == "greedy" else None,
        "adds-probabilities": _by(sum),
        "looks-at-last-step-only": _by(lambda steps: steps[-1]),
        "reuses-first-row": lambda tokens, rows, length, **_: (_greedy(tokens, rows, length)[0],) * length,
        "ignores-earlier-tokens": _columns,
    },
    working=_working,
    answer="choice",
)  # fmt: skip
