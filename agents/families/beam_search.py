"""The sequence that a beam search of width 2 returns from a table of p(next token | last token): each step extends the
two sequences kept and keeps the two with the largest products (Sutskever et al. 2014, §3.2; Stahlberg 2019).
"""

from collections.abc import Callable, Sequence
from itertools import product
from math import prod
from random import Random

import numpy as np

from agents.families.family import Family, Given

_Tokens = tuple[str, ...]
_Parts = tuple[int, ...]  # probabilities, in hundredths
_Candidate = tuple[int, tuple[int, ...], _Parts]  # what it is ranked by, its tokens by place, their probabilities

_WIDTH = 2
_NOTES = ("do", "re", "mi", "fa", "sol", "la")  # tokens that both languages write alike
_STARTS = [parts for parts in product(range(15, 50, 5), repeat=3) if sum(parts) == 100 and len(set(parts)) == 3]
_ROWS = [parts for parts in product(range(10, 90, 10), repeat=3) if sum(parts) == 100 and parts.count(max(parts)) == 1]
_FLAT, _PEAKED = [row for row in _ROWS if max(row) <= 50], [row for row in _ROWS if max(row) >= 70]
_FOUND, _MISSED = (_FLAT, _PEAKED, _ROWS), (_FLAT, _FLAT, _PEAKED)  # rows after the best start, the second, the third


def _draw(rng: Random, difficulty: int) -> Given:
    """The beam finds what greedy decoding misses; at difficulty 3 it misses the most probable sequence itself."""
    length = 2 if difficulty == 1 else 3
    while True:
        start = rng.choice(_STARTS)
        order = sorted(start, reverse=True)
        rows = tuple(rng.choice((_MISSED if difficulty == 3 else _FOUND)[order.index(part)]) for part in start)
        steps = _steps(start, rows, length, _WIDTH)
        if any(step[_WIDTH - 1][0] == step[_WIDTH][0] for step in steps) or steps[-1][0][0] == steps[-1][1][0]:
            continue
        best, second, *_ = _steps(start, rows, length, 9)[-1]
        rival = best if difficulty == 3 else _steps(start, rows, length, 1)[-1][0]
        if best[0] > second[0] and rival[0] != steps[-1][0][0]:
            return {"tokens": tuple(rng.sample(_NOTES, 3)), "start": start, "rows": rows, "length": length}


def _key(tokens: _Tokens, start: _Parts, rows: Sequence[_Parts], length: int) -> _Tokens:
    after, scores = np.log(np.array(rows) / 100), np.log(np.array(start) / 100)
    kept = np.argsort(-scores)[:_WIDTH]
    scores, paths = scores[kept], kept[:, None]
    for _ in range(length - 1):
        longer = scores[:, None] + after[paths[:, -1]]
        parents, last = np.divmod(np.argsort(-longer, axis=None)[:_WIDTH], len(tokens))
        scores, paths = longer[parents, last], np.hstack((paths[parents], last[:, None]))
    return tuple(tokens[place] for place in paths[0].tolist())


def _again(tokens: _Tokens, start: _Parts, rows: Sequence[_Parts], length: int) -> _Tokens:
    return _named(tokens, _steps(start, rows, length, _WIDTH)[-1][0])


def _steps(
    start: _Parts, rows: Sequence[_Parts], length: int, width: int, worth: Callable[[_Parts], int] = prod
) -> list[list[_Candidate]]:
    """Every step's candidates, the best first; a width of 9 keeps all that there are before the third token."""
    steps: list[list[_Candidate]] = []
    kept: list[_Candidate] = [(1, (), ())]
    for _ in range(length):
        longer = [
            (worth((*parts, part)), (*path, place), (*parts, part))
            for _, path, parts in kept for place, part in enumerate(rows[path[-1]] if path else start)
        ]  # fmt: skip
        steps.append(sorted(longer, reverse=True))
        kept = steps[-1][:width]
    return steps


def _named(tokens: _Tokens, candidate: _Candidate) -> _Tokens:
    return tuple(tokens[place] for place in candidate[1])


def _by(width: int, worth: Callable[[_Parts], int] = prod, rank: int = 0) -> Callable[..., _Tokens]:
    """What a search returns that keeps `width` sequences by `worth` and takes the one at `rank`."""
    return lambda tokens, start, rows, length: _named(tokens, _steps(start, rows, length, width, worth)[-1][rank])


def _working(tokens: _Tokens, start: _Parts, rows: Sequence[_Parts], length: int) -> Given:
    shown = [
        [(_named(tokens, one), prod(one[2][:-1]) / 100 ** len(one[2][:-1]), one[2][-1] / 100,
          prod(one[2]) / 100 ** len(one[2])) for one in step]
        for step in _steps(start, rows, length, _WIDTH)
    ]  # fmt: skip
    best = _steps(start, rows, length, 9)[-1][0]
    tops = [max(rows[tokens.index(path[-1])]) / 100 for path, *_ in shown[-2][:_WIDTH]]
    return {"first": shown[0], "extended": shown[1:], "kept": shown[-2][:_WIDTH], "tops": tops,
            "best": _named(tokens, best), "best_worth": best[0] / 100**length, "worth": shown[-1][0][3]}  # fmt: skip


FAMILY = Family(
    id="beam-search",
    concept="decoding",
    bloom="apply",
    sources=("sutskever2014 §3.2", "stahlberg2019"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "keeps-only-one": _by(1),
        "searches-all-sequences": _by(9),
        "returns-the-other-one": _by(_WIDTH, rank=1),
        "reuses-first-row": lambda tokens, start, length, **_: (tokens[start.index(max(start))],) * length,
        "ranks-by-last-token": _by(_WIDTH, lambda parts: parts[-1]),
    },
    working=_working,
    answer="choice",
)  # fmt: skip
