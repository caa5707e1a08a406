"""A family of computed items: numbers drawn by a seed, and a key that two independent computations agree on.

A family is a Python file, which computes, and a TOML file of the same name, which holds its words in both languages
(agents/families/words.py). Nothing is delivered unproven: `work` draws numbers until the gate (`faults`) finds nothing
against them.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from agents.item import Bloom

Given = Mapping[str, Any]  # what is drawn: name -> number, text, or (nested) tuple of them
Value = Any  # an answer: int, float, str, or (nested) tuple of them
Answer = Literal["number", "matrix", "choice"]

AGREEMENT = 1e-9  # relative: two exact computations in double precision
TRIES = 60  # draws before a family gives up on a seed
OPTIONS = 4  # of a multiple-choice item, the key among them
FEWEST_MISTAKES = 2  # three options are adequate (Haladyna, Downing and Rodriguez 2002, rule 18)


class NoItem(Exception):
    """A family found no numbers that pass its gate: a fault of the family, which its tests must find first."""


@dataclass(frozen=True, slots=True)
class Family:
    """How items of one kind are made.

    `id`: also the name of its two files, "_" for "-". `concept`: of the course. `answer`: "number" (typed, or chosen
    among options), "matrix" (a tuple of numbers or of rows, typed), "choice" (only chosen: shapes, tokens, words).
    `levels`: the difficulties, 1 to 5, that `draw` knows. `draw(rng, difficulty)`: the given numbers; `rng` is its only
    source of chance. `key(**given)`: the answer by reference code (NumPy, torch). `again(**given)`: the answer by
    another way: exact fractions, a closed formula, brute force, another library; it shares no code with `key`.
    `mistakes`: name -> the answer of who makes that mistake, on the same numbers; a name is the id of a misconception
    of the course or one that the words of the family explain. A mistake that is impossible on the numbers gives None.
    `working(**given)`: intermediate results for the words. `decimals`: to how many the answer is asked, None where it
    is exact. `unit`: what it is counted in ("bytes", "FLOP", ...), a key of units.toml, "" for a bare number; a
    function of the given numbers where what is asked differs from draw to draw.
    """

    id: str
    concept: str
    bloom: Bloom
    sources: tuple[str, ...]
    levels: tuple[int, ...]
    draw: Callable[[Random, int], Given]
    key: Callable[..., Value]
    again: Callable[..., Value]
    mistakes: Mapping[str, Callable[..., Value]]
    answer: Answer = "number"
    working: Callable[..., Mapping[str, Any]] = field(default=lambda **_: {})
    decimals: int | None = None
    unit: str | Callable[..., str] = ""

    @property
    def tolerance(self) -> float:
        """Absolute: one unit of the last decimal asked for, so that rounding on the way is no mistake."""
        return 0.0 if self.decimals is None else 10.0**-self.decimals

    def unit_of(self, given: Given) -> str:
        """What the answer to these numbers is counted in."""
        return self.unit if isinstance(self.unit, str) else self.unit(**given)

    def work(self, seed: int, difficulty: int) -> "Work":
        """The first draw of this seed that passes the gate. Raises `NoItem` when none does, with the reasons."""
        if difficulty not in self.levels:
            raise NoItem(f"{self.id} knows the difficulties {self.levels}, not {difficulty}")
        reasons: dict[str, int] = {}
        rng = Random(f"{self.id}:{seed}:{difficulty}")  # noqa: S311  reproducible on purpose
        for _ in range(TRIES):
            work = self._worked(dict(self.draw(rng, difficulty)), rng)
            found = faults(self, work)
            if not found:
                return work
            for fault in found:
                reasons[fault] = reasons.get(fault, 0) + 1
        raise NoItem(f"{self.id}, seed {seed}, difficulty {difficulty}: {reasons}")

    def _worked(self, given: Given, rng: Random) -> "Work":
        key, again = self.key(**given), self.again(**given)
        wrong: dict[str, Value] = {}
        names = list(self.mistakes)
        rng.shuffle(names)
        for name in names:
            value = self.mistakes[name](**given)
            if finite(value) and all(apart(value, other, self.tolerance) for other in (key, *wrong.values())):
                wrong[name] = value
        return Work(given, key, again, wrong)


@dataclass(frozen=True, slots=True)
class Work:
    """One draw: what is given, the key, the second computation of it, and the wrong answers that differ from all."""

    given: Given
    key: Value
    again: Value
    wrong: Mapping[str, Value]


def faults(family: Family, work: Work) -> list[str]:
    """What stands against a draw, by name; empty for one whose key is proven."""
    found = []
    if not finite(work.key):
        found.append("not-finite")
    elif not agree(work.key, work.again):
        found.append("disagree")
    if family.answer != "matrix" and len(work.wrong) < FEWEST_MISTAKES:
        found.append("few-distractors")
    return found


def numbers(value: Value) -> list[float]:
    """The numbers in a value, row by row; none of a text."""
    if isinstance(value, str) or value is None:
        return []
    if isinstance(value, tuple):
        return [number for part in value for number in numbers(part)]
    return [float(value)]


def finite(value: Value) -> bool:
    """Whether a value has something in it and no infinity or NaN."""
    if isinstance(value, tuple):
        return all(part is None or finite(part) for part in value)
    return value is not None and (isinstance(value, str) or math.isfinite(value))


def agree(one: Value, other: Value, tolerance: float = AGREEMENT) -> bool:
    """Whether two computations gave the same: the same texts and shape, numbers within a relative tolerance."""
    return _alike(one, other, lambda mine, theirs: math.isclose(mine, theirs, rel_tol=tolerance, abs_tol=tolerance))


def apart(one: Value, other: Value, tolerance: float) -> bool:
    """Whether no answer could pass for both: they differ in shape or text, or some number by more than twice the
    tolerance."""
    least = 2 * tolerance * (1 + 1e-9)
    return not _alike(
        one, other, lambda mine, theirs: abs(mine - theirs) <= least or math.isclose(mine, theirs, rel_tol=1e-9)
    )


def _alike(one: Value, other: Value, same: Callable[[float, float], bool]) -> bool:
    """Whether two values have one shape and the same texts, and all their numbers are the `same`."""
    if isinstance(one, tuple):
        if not isinstance(other, tuple) or len(one) != len(other):
            return False
        return all(_alike(mine, theirs, same) for mine, theirs in zip(one, other, strict=True))
    if isinstance(one, str) or one is None or isinstance(other, str | tuple) or other is None:
        return bool(one == other)
    return same(float(one), float(other))
