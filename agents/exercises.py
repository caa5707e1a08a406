"""The exercise generator: one proven item on a concept."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from agents.computed_items import computed_item, kinds_of
from agents.errors import NoExercise
from agents.families import FAMILIES
from agents.families.family import Family
from agents.item import Item, Kind
from agents.item_rules import rule_checks
from knowledge.course import Course
from knowledge.terms import fold, words

ATTEMPTS, STRIDE = 20, 1_000_003  # seeds tried before giving up, and how far apart


def _ruled(item: Item) -> Item:
    """The item with the rules of item writing among the checks of its proof."""
    return replace(item, proof=replace(item.proof, checks=(*item.proof.checks, *rule_checks(item))))


def _called(name: str) -> list[str]:
    """A name without accents, capitals and marks, as people type it."""
    return [fold(word) for word in words(name)]


class Exercises:
    """Makes items on the concepts of a course."""

    def __init__(self, course: Course, families: Mapping[str, Family] = FAMILIES) -> None:
        self.course = course
        self.families = [family for family in families.values() if family.concept in course.concepts]

    def item(self, concept: str, *, kind: Kind | None, difficulty: int, seed: int, language: str) -> Item:
        """The item of a seed on a concept, by id or by name; `difficulty` 0 takes any. The same arguments give the same
        item. Raises `NoExercise` where the course has no such concept, or nothing of this kind and difficulty."""
        known = self._concept(concept, language)
        able = [
            family for family in self.families
            if family.concept == known and (not kind or kind in kinds_of(family))
            and (not difficulty or difficulty in family.levels)
        ]  # fmt: skip
        if not able:
            there = sorted({family.concept for family in self.families})
            raise NoExercise("no-exercise", concept=known, kind=kind or "-", difficulty=difficulty or "-",
                             there=", ".join(there))  # fmt: skip
        rng = Random(f"{known}:{seed}:{kind}:{difficulty}")  # noqa: S311  the same seed gives the same item
        for attempt in range(ATTEMPTS):
            family = rng.choice(able)
            level = difficulty or rng.choice(family.levels)
            item = _ruled(computed_item(family, seed + attempt * STRIDE, level, language, kind))
            if item.proof.holds:
                return item
        raise NoExercise("unproven", concept=known)

    def _concept(self, said: str, language: str) -> str:
        """The id of a concept that is named by its id, its name or an alias."""
        if said in self.course.concepts:
            return said
        for concept in self.course.concepts.values():
            names = [*concept.name.values(), *(alias for found in concept.aliases.values() for alias in found)]
            if _called(said) in map(_called, names):
                return concept.id
        near = self.course.concept_name(next(iter(self.course.concepts)), language)
        raise NoExercise("no-concept", concept=said[:60], example=near)
