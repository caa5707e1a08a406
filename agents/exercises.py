"""The exercise generator: one proven item on a concept."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from random import Random

from agents.computed_items import computed_item, kinds_of
from agents.errors import NoExercise
from agents.families import FAMILIES
from agents.families.family import Family
from agents.item import Bloom, Item, Kind
from agents.item_rules import RULES, rule_checks
from agents.recipe import Recipe
from knowledge.course import Course
from knowledge.terms import typed

MOST_NAMED = 12  # concepts that an error names
ATTEMPTS, STRIDE = 20, 1_000_003  # seeds tried before giving up, and how far apart


def ruled(item: Item) -> Item:
    """The item with the rules of item writing among the checks of its proof, once."""
    if any(check.name in RULES for check in item.proof.checks):
        return item
    return replace(item, proof=replace(item.proof, checks=(*item.proof.checks, *rule_checks(item))))


class Exercises:
    """Makes items on the concepts of a course. `recipes`: everything that it can make."""

    def __init__(
        self, course: Course, families: Mapping[str, Family] = FAMILIES, grounded: Iterable[Recipe] = ()
    ) -> None:
        self.course = course
        computed = [
            Recipe(family.id, family.concept, kind, family.bloom, family.levels, partial(_computed, family, kind))
            for family in families.values() for kind in kinds_of(family)
        ]  # fmt: skip
        self.recipes = tuple(recipe for recipe in (*computed, *grounded) if recipe.concept in course.concepts)

    def item(self, concept: str, *, kind: Kind | None, difficulty: int, seed: int, language: str) -> Item:
        """The item of a seed on a concept, by id or by name; `difficulty` 0 takes any. The same arguments give the same
        item. Raises `NoExercise` where the course has no such concept, or nothing of this kind and difficulty."""
        known = self.concept(concept, language)
        able = self.able([known], kinds=(kind,) if kind else (), levels=(difficulty,) if difficulty else ())
        if not able:
            raise self._nothing(known, kind, difficulty)
        rng = Random(f"{known}:{seed}:{kind}:{difficulty}")  # noqa: S311  the same seed gives the same item
        for attempt in range(ATTEMPTS):
            recipe = rng.choice(able)
            item = self.made(recipe, seed + attempt * STRIDE, difficulty or rng.choice(recipe.levels), language)
            if item.proof.holds:
                return item
        raise NoExercise("unproven", concept=known)

    def _nothing(self, concept: str, kind: Kind | None, difficulty: int) -> NoExercise:
        """What to say where nothing of this kind and difficulty can be made: what else there is."""
        own = self.able([concept])
        asked, level = kind or "-", difficulty or "-"
        if not own:
            others = sorted({recipe.concept for recipe in self.recipes})
            there = ", ".join(others[:MOST_NAMED])
            return NoExercise("no-exercise", concept=concept, kind=asked, difficulty=level, there=there)
        kinds = ", ".join(sorted({recipe.kind for recipe in own}))
        levels = ", ".join(map(str, sorted({level for recipe in own for level in recipe.levels})))
        return NoExercise("no-such-exercise", concept=concept, kind=asked, difficulty=level, kinds=kinds, levels=levels)

    def able(
        self,
        concepts: Iterable[str],
        *,
        kinds: Iterable[Kind] = (),
        blooms: Iterable[Bloom] = (),
        levels: Iterable[int] = (),
    ) -> list[Recipe]:
        """The recipes on these concepts (ids) that make such items, in a fixed order; an empty list takes any."""
        concepts, kinds, blooms, levels = set(concepts), set(kinds), set(blooms), set(levels)
        return [
            recipe for recipe in self.recipes
            if recipe.concept in concepts and (not kinds or recipe.kind in kinds)
            and (not blooms or recipe.bloom in blooms) and (not levels or levels.intersection(recipe.levels))
        ]  # fmt: skip

    def made(self, recipe: Recipe, seed: int, difficulty: int, language: str) -> Item:
        """The item of a recipe with its whole proof, which need not hold: who delivers it looks at `proof.holds`."""
        return ruled(recipe.make(seed, difficulty, language))

    def concept(self, said: str, language: str) -> str:
        """The id of a concept that is named by its id, its name or an alias. Raises `NoExercise`."""
        if said in self.course.concepts:
            return said
        for concept in self.course.concepts.values():
            names = [*concept.name.values(), *(alias for found in concept.aliases.values() for alias in found)]
            if typed(said) in map(typed, names):
                return concept.id
        near = self.course.concept_name(next(iter(self.course.concepts)), language)
        raise NoExercise("no-concept", concept=said[:60], example=near)


def _computed(family: Family, kind: Kind, seed: int, difficulty: int, language: str) -> Item:
    return computed_item(family, seed, difficulty, language, kind)
