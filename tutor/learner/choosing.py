"""Which exercise to hand out: of the right concept and difficulty, and not the same question again."""

import zlib
from collections.abc import Iterable, Sequence
from random import Random
from typing import cast

from agents.exercises import Exercises
from agents.item import Item, Kind
from agents.recipe import Recipe
from tutor.exam_bank import question

TRIES = 40
FRESH = 60  # questions back that are not asked again while there are others
TELLING = ("numeric", "short", "matrix", "multi", "order", "match", "formula", "mcq", "true_false")  # least luck first


def chosen_item(
    exercises: Exercises, learner: str, concept: str, difficulty: int, language: str, asked: Sequence[str],
    kind: str = "",
) -> Item:  # fmt: skip
    """An exercise on a concept, as near to the difficulty as there is, whose question the learner has not met lately.

    The same learner after the same questions gets the same one. Raises `NoExercise` where the concept has none.
    """
    able = [one for one in exercises.able([concept]) if not kind or one.kind == kind]
    if not able:
        wanted = cast("Kind", kind) if kind else None
        return exercises.item(concept, kind=wanted, difficulty=0, seed=0, language=language)
    rng = Random(zlib.crc32(f"{learner}:{concept}:{len(asked)}".encode()))  # noqa: S311  the same exercise again
    lately, fallback = set(asked[-FRESH:]), None
    for recipe in _spread(rng, able, difficulty):
        item = exercises.made(recipe, rng.randrange(10**6), _level(recipe, difficulty), language)
        if not item.proof.holds:
            continue
        if question(item) not in lately:
            return item
        fallback = fallback or item
    return fallback or exercises.item(concept, kind=None, difficulty=0, seed=len(asked), language=language)


def _spread(rng: Random, able: Iterable[Recipe], difficulty: int) -> list[Recipe]:
    """Recipes to try in turn: those near the difficulty first, kinds mixed."""
    kinds: dict[str, list[Recipe]] = {}
    for recipe in able:
        kinds.setdefault(recipe.kind, []).append(recipe)
    found = []
    names = sorted(kinds)
    for _ in range(TRIES):
        own = kinds[rng.choice(names)]
        nearest = min(abs(_level(one, difficulty) - difficulty) for one in own)
        found.append(rng.choice([one for one in own if abs(_level(one, difficulty) - difficulty) == nearest]))
    return found


def _level(recipe: Recipe, difficulty: int) -> int:
    return min(recipe.levels, key=lambda level: (abs(level - difficulty), level))


def telling_kind(exercises: Exercises, concept: str) -> str:
    """The kind of exercise on a concept that luck helps least with."""
    kinds = {one.kind for one in exercises.able([concept])}
    return next((kind for kind in TELLING if kind in kinds), "")
