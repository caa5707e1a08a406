"""Which positions a causal mask lets queries attend to, as rows of 1 and 0: j <= i (Vaswani et al. 2017, §3.2.3)."""

from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

Rows = tuple[Any, ...]  # one row, or a row for each of several queries

_HIDDEN = ((1, 0), (2, 0), (3, 0), (0, 2), (0, 3), (1, 3), (2, 3), (2, 4))  # positions of padding, size of the window


def _draw(rng: Random, difficulty: int) -> Given:
    """Queries `first` to `last` of `n` positions; `left` and `right` count the padding at the ends."""
    window = left = right = 0
    if difficulty == 1:
        n = rng.randint(4, 12)
        first = last = rng.randint(1, n)
    elif difficulty == 2:
        n, (left, window) = rng.randint(6, 10), rng.choice(_HIDDEN)
        first = last = rng.randint(left + 1, n)
    elif difficulty == 3:
        n = rng.randint(3, 5)
        first, last, window = 1, n, rng.choice((0, *range(2, n)))
        right = rng.randrange(window or n - 1)  # every query keeps a position to attend to
    else:
        first = rng.randint(3, 7)
        last = n = first + rng.randint(1, 3)
        left, window = rng.randrange(3), rng.choice((0, 2, 3, 4))
    return {"n": n, "first": first, "last": last, "left": left, "right": right, "window": window}


def _key(n: int, first: int, last: int, left: int, right: int, window: int) -> Rows:
    query, key = np.indices((n, n)) + 1
    allowed = (key <= query) & (key > left) & (key <= n - right)
    if window:
        allowed &= query - key < window
    rows = tuple(map(tuple, allowed[first - 1 : last].astype(int).tolist()))
    return rows if len(rows) > 1 else rows[0]


def _again(n: int, first: int, last: int, left: int, right: int, window: int) -> Rows:
    rows = []
    for query in range(first, last + 1):
        start, stop = max(left, query - window if window else 0), min(query, n - right)
        rows.append((0,) * start + (1,) * (stop - start) + (0,) * (n - stop))
    return tuple(rows) if first < last else rows[0]


def _each(rows: Rows, change: Any) -> Rows:
    """Every row with its entries changed by a function of entry, row number and column number."""
    several = rows if isinstance(rows[0], tuple) else (rows,)
    changed = tuple(
        tuple(change(entry, at, column) for column, entry in enumerate(row)) for at, row in enumerate(several)
    )
    return changed if len(changed) > 1 else changed[0]


def _without_itself(first: int, **given: int) -> Rows:
    return _each(_again(first=first, **given), lambda entry, at, column: entry if column != first + at - 1 else 0)


def _ahead(first: int, **given: int) -> Rows:
    return _each(_again(first=first, **given), lambda _, at, column: int(column >= first + at - 1))


def _working(**given: int) -> Given:
    rows = _again(**given)
    several = rows if isinstance(rows[0], tuple) else (rows,)
    return {"count": len(several), "ones": [sum(row) for row in several]}


FAMILY = Family(
    id="causal-mask-row",
    concept="attention-masks",
    bloom="apply",
    sources=("vaswani2017 §3.2.3", "pytorch2024mha", "beltagy2020 §3.1", "jiang2023 §2"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "hides-itself": _without_itself,
        "looks-ahead": _ahead,
        "inverts": lambda **given: _each(_again(**given), lambda entry, *_: 1 - entry),
        "ignores-padding": lambda left, right, **given: (
            _again(left=0, right=0, **given) if left or right else None
        ),
        "ignores-window": lambda window, **given: _again(window=0, **given) if window else None,
        "ignores-cache": lambda first, last, **given: (
            _again(first=1, last=last - first + 1, **(given | {"left": 0})) if 1 < first < last else None
        ),
    },
    answer="matrix",
    working=_working,
)  # fmt: skip
