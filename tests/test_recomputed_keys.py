"""The keys of more than 1,000 delivered items against what they must be by their text alone (recomputed_keys.py)."""

import math
import re
from fractions import Fraction
from functools import cache
from itertools import chain
from typing import Any

import pytest
from recomputed_keys import RECOMPUTED, recomputed
from recomputed_reading import NUMBER, plain, ticked, value

from agents.computed_items import computed_item, kinds_of
from agents.families import FAMILIES
from agents.item import Item

SEEDS = range(5101, 5104)  # other ones than the tests of the families take
ITEMS = 1000  # at least
EXACT = 1e-9  # relative: two computations in double precision, of which one is written with 12 digits
FIVE_DIGITS = 1e13  # from here on a number is written as a power of ten and five digits
families = pytest.mark.parametrize("family", FAMILIES)


@cache
def delivered(name: str) -> list[Item]:
    """The items of a family, of every difficulty and kind."""
    family = FAMILIES[name]
    return [
        computed_item(family, seed, difficulty, "en", kind)
        for difficulty in family.levels for kind in kinds_of(family) for seed in SEEDS
    ]  # fmt: skip


def flat(answer: Any) -> list[Any]:
    """The entries of an answer, row by row."""
    return list(chain.from_iterable(map(flat, answer))) if isinstance(answer, list | tuple) else [answer]


def form(answer: Any) -> Any:
    """How an answer is nested."""
    return tuple(map(form, answer)) if isinstance(answer, list | tuple) else None


def same(answer: Any, mine: Any, tolerance: float = 0.0) -> bool:
    """Whether an answer is mine: the same words, the same form, numbers within the tolerance."""
    if form(answer) != form(mine):
        return False
    return all(
        one == other if isinstance(one, str) or isinstance(other, str) else
        math.isclose(one, other, rel_tol=EXACT, abs_tol=max(tolerance, EXACT))
        for one, other in zip(flat(answer), flat(mine), strict=True)
    )  # fmt: skip


def written(option: str) -> Any:
    """What an option says: tokens, a shape, a number."""
    if "`" in option:
        return tuple(ticked(option))
    numbers = [value(found) for found in re.findall(NUMBER, plain(option))]
    return tuple(numbers) if "(" in option else numbers[0]


def rounding(option: str, mine: Any) -> float:
    """By how much an option may differ from the exact answer, because of the digits it is written with."""
    if isinstance(mine, tuple):
        return 0.0
    if abs(mine) >= FIVE_DIGITS:
        return abs(float(mine)) * 0.5e-4
    _, mark, decimals = plain(option).split()[0].partition(".")
    return 0.5001 * 10.0 ** -len(decimals) if mark else 0.0


def faults(item: Item) -> list[str]:
    """What is wrong with the key of an item."""
    mine = recomputed(item.family, item.stem)
    if item.kind != "mcq":
        right = [] if same(item.key, mine) else [f"the key is {item.key}"]
        near = [told for told in item.misconceptions if same(listed(told), mine, item.tolerance)]
        return right + [f"a mistake gives {told}" for told in near]
    found = []
    for place, option in enumerate(item.options):
        if place == item.key and not same(written(option), mine, rounding(option, mine)):
            found.append(f"the key is {option}")
        if place != item.key and same(written(option), mine, item.tolerance):
            found.append(f"{option} is right too")
    return found


def listed(told: str) -> Any:
    """A wrong answer as an item has it, `[[1,0],[1,1]]` or `0.25`."""
    if not re.fullmatch(r"[-\d.,e+\[\] ]+", told):
        return told
    if "[" not in told:
        return float(told)
    rows = [tuple(map(float, row.split(","))) for row in re.findall(r"\[([^\[\]]+)\]", told)]
    return tuple(rows) if told.startswith("[[") else rows[0]


def test_every_family_is_recomputed_and_the_items_are_a_thousand() -> None:
    assert set(RECOMPUTED) == set(FAMILIES)
    assert sum(len(family.levels) * len(kinds_of(family)) for family in FAMILIES.values()) * len(SEEDS) >= ITEMS


@families
def test_every_key_is_right(family: str) -> None:
    wrong = {
        item.id: (recomputed(item.family, item.stem), found) for item in delivered(family) if (found := faults(item))
    }
    assert not wrong


def told_numbers(stem: str, language: str) -> set[Fraction]:
    """Every number that a stem states."""
    texts = stem.replace("{,}", "." if language == "es" else "")
    return {value(found) for found in re.findall(NUMBER, plain(texts))}


@families
def test_the_spanish_item_asks_the_same(family: str) -> None:
    for english in delivered(family)[:: len(SEEDS)]:  # one seed is enough of each difficulty and kind
        spanish = computed_item(FAMILIES[family], SEEDS[0], english.difficulty, "es", english.kind)
        assert spanish.kind == english.kind
        assert spanish.key == english.key
        assert len(spanish.options) == len(english.options)
        assert told_numbers(spanish.stem, "es") == told_numbers(english.stem, "en"), spanish.stem
