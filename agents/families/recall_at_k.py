"""The recall@k of a retrieved list, |relevant among the first k| / |relevant|, of one question or as the mean over
several (Gao et al. 2023, "Retrieval-augmented generation for large language models", on the evaluation of retrieval).
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_Question = tuple[tuple[int, ...], tuple[int, ...]]  # the passages in the order retrieved, and all the relevant ones

_NUMBERS = range(1, 100)  # of the passages
_LENGTHS = {1: (8, 9, 10), 2: (8, 9, 10), 3: (10,)}
_RELEVANT = range(3, 8)
_QUESTIONS = 3  # at difficulty 3
_LEAST, _MOST = 0.05, 0.95
_EDGE = 0.1  # of a unit of the last decimal: as near as the recall may come to where rounding turns


def _draw(rng: Random, difficulty: int) -> Given:
    while True:
        length, k = rng.choice(_LENGTHS[difficulty]), rng.randint(3, 6)
        counts = rng.sample(_RELEVANT, _QUESTIONS if difficulty == 3 else 1)
        questions = tuple(_question(rng, length, count) for count in counts)
        recall = _again(questions, k)
        if _LEAST < recall < _MOST and abs(100 * recall % 1 - 0.5) > _EDGE:
            return {"questions": questions, "k": k, "shown": ("marks", "numbers", "ranks")[difficulty - 1]}


def _question(rng: Random, length: int, count: int) -> _Question:
    """Two or more of the `count` relevant passages are retrieved, at any rank, and one or more are not."""
    drawn = rng.sample(_NUMBERS, length + count)
    relevant, others = drawn[:count], drawn[count:]
    ranking = [*relevant[: rng.randint(2, count - 1)], *others][:length]
    rng.shuffle(ranking)
    return tuple(ranking), tuple(sorted(relevant))


def _key(questions: Sequence[_Question], k: int, **_: Any) -> float:
    matches = [np.array(relevant)[:, None] == np.array(ranking)[:k] for ranking, relevant in questions]
    return float(np.mean([match.any(axis=1).mean() for match in matches]))


def _again(questions: Sequence[_Question], k: int, **_: Any) -> float:
    total = Fraction(0)
    for ranking, relevant in questions:
        ranks = [ranking.index(passage) + 1 for passage in relevant if passage in ranking]
        total += Fraction(sum(rank <= k for rank in ranks), len(relevant))
    return float(total / len(questions))


def _found(question: _Question, k: int) -> int:
    ranking, relevant = question
    return len({*ranking[:k]} & {*relevant})


def _by(share: Callable[..., float]) -> Callable[..., float]:
    """The mean over the questions of some share, given how many relevant ones there are and where."""
    return lambda questions, k, **_: sum(
        share(k=k, found=_found(one, k), retrieved=_found(one, len(one[0])), relevant=len(one[1])) for one in questions
    ) / len(questions)  # fmt: skip


def _pooled(questions: Sequence[_Question], k: int, **_: Any) -> float | None:
    pooled = sum(_found(one, k) for one in questions) / sum(len(relevant) for _, relevant in questions)
    return pooled if len(questions) > 1 else None


def _working(questions: Sequence[_Question], k: int, **_: Any) -> Given:
    ranking, relevant = questions[0]
    return {
        "count": len(questions), "hits": [_found(one, k) for one in questions],
        "totals": [len(wanted) for _, wanted in questions], "length": len(ranking), "ranking": ranking,
        "marks": [passage in relevant for passage in ranking], "relevant": relevant,
        "first": [passage for passage in ranking[:k] if passage in relevant],
        "ranks": [[at for at, passage in enumerate(listed, 1) if passage in wanted] for listed, wanted in questions],
        "recalls": [_found(one, k) / len(one[1]) for one in questions],
    }  # fmt: skip


FAMILY = Family(
    id="recall-at-k",
    concept="retrieval-augmented-generation",
    bloom="apply",
    sources=("gao2023rag",),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "gives-precision": _by(lambda found, k, **_: found / k),
        "ignores-the-cut": _by(lambda retrieved, relevant, **_: retrieved / relevant),
        "divides-by-the-retrieved": _by(lambda found, retrieved, **_: found / retrieved),
        "gives-the-missed": lambda **given: 1 - _again(**given),
        "counts-one-hit-as-all": _by(lambda found, **_: min(found, 1)),
        "pools-the-questions": _pooled,
    },
    working=_working,
    decimals=2,
)  # fmt: skip
