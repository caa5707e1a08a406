"""Items that rest on the course: what they are made of, that both languages ask the same, and what their proof says."""

import re
from collections import Counter
from random import Random

import pytest

from agents.exercises import Exercises
from agents.grounded import grounded_recipes
from agents.item import Item
from agents.recipe import Recipe
from knowledge.course import BUNDLED_COURSE, Course
from knowledge.course_loader import load_course
from knowledge.facts import FactTable
from knowledge.rulings import Rulings


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(BUNDLED_COURSE, units=False)


@pytest.fixture(scope="module")
def exercises(course: Course) -> Exercises:
    return Exercises(course, {}, grounded_recipes(course, Rulings(course, None).of))


def form(recipe: Recipe) -> str:
    return recipe.id.partition(":")[0]


@pytest.fixture(scope="module")
def made(exercises: Exercises) -> list[tuple[Item, Item]]:
    """Up to 40 recipes of every form, each item in English and in Spanish."""
    rng = Random(20261127)
    forms: dict[str, list[Recipe]] = {}
    for recipe in exercises.recipes:
        forms.setdefault(form(recipe), []).append(recipe)
    chosen = [recipe for found in forms.values() for recipe in rng.sample(found, min(40, len(found)))]
    return [
        (exercises.made(recipe, seed, recipe.levels[0], "en"), exercises.made(recipe, seed, recipe.levels[0], "es"))
        for seed, recipe in enumerate(chosen)
    ]


def test_every_concept_can_be_asked_about_in_several_kinds(course: Course, exercises: Exercises) -> None:
    for concept in course.concepts:
        kinds = {recipe.kind for recipe in exercises.able([concept])}
        assert {"mcq", "multi", "true_false", "short"} <= kinds, concept
    kinds = Counter(recipe.kind for recipe in exercises.recipes)
    assert {"mcq", "multi", "true_false", "order", "match", "short"} <= kinds.keys()
    names = [(recipe.id, recipe.kind) for recipe in exercises.recipes]
    assert len(set(names)) == len(names)


def test_both_languages_ask_the_same(made: list[tuple[Item, Item]]) -> None:
    for english, spanish in made:
        assert (english.key if english.kind != "short" else len(english.key)) == (
            spanish.key if spanish.kind != "short" else len(spanish.key)
        ), english.id
        assert english.misconceptions == spanish.misconceptions
        assert len(english.hints) == len(spanish.hints) >= 2
        assert english.id.replace(".en.", ".es.") == spanish.id


def test_most_items_hold_and_those_that_do_not_say_why(made: list[tuple[Item, Item]]) -> None:
    items = [item for pair in made for item in pair]
    assert sum(item.proof.holds for item in items) > 0.8 * len(items)
    for item in items:
        assert item.proof.method == "grounded"
        assert item.sources
        assert item.rationale
        if item.kind in {"mcq", "multi"}:
            assert len(item.claims) == len(item.options)
        for check in item.proof.checks:
            assert check.ok or check.detail, (item.id, check.name)


def test_the_key_of_a_held_item_is_quoted(made: list[tuple[Item, Item]]) -> None:
    for item in (item for pair in made for item in pair if item.proof.holds):
        key = next(check for check in item.proof.checks if check.name in {"key-supported", "key-refuted"})
        assert re.search(r"[“].+[”]", key.detail), item.id


def test_distractors_and_keys_are_what_the_course_says_they_are(course: Course, made: list[tuple[Item, Item]]) -> None:
    """Against the course's own lists, by a reading of the options that shares nothing with the generator."""
    for pair in made:
        for item, language in zip(pair, ("en", "es"), strict=True):
            true = {text for one in course.statements for text in one.wordings[language]}
            true |= {one.refutation[language] for one in course.misconceptions}
            false = {one.statement[language] for one in course.misconceptions}
            keys = {item.key} if isinstance(item.key, int) else set(item.key) if item.kind == "multi" else set()
            if item.family.startswith(("true:", "several:")):
                assert all((option in true) == (place in keys) for place, option in enumerate(item.options))
            if item.family.startswith("error:"):
                assert all((option in false) == (place in keys) for place, option in enumerate(item.options))
            if item.family.startswith(("judge:", "judge-mistake:")):
                assert item.claims[0] in (true if item.key == 0 else false)


def test_what_is_asked_of_facts_is_what_the_table_holds(course: Course, made: list[tuple[Item, Item]]) -> None:
    table: FactTable = course.facts
    seen = Counter(item.family.partition(":")[0] for pair in made for item in pair)
    assert min(seen[name] for name in ("fact", "unpublished", "match", "order", "compare")) >= 2
    for english, _ in made:
        if english.family.startswith("fact:"):
            entity, _, attribute = english.family.removeprefix("fact:").rpartition(".")
            fact = table.find(entity, attribute)
            assert fact is not None
            assert fact.value is not None
            assert english.options[english.key] == table.written(attribute, fact.value, "en")
        if english.family == "order:year":
            named = [english.options[step] for step in english.key]
            years = [fact.value for name in named for fact in table.facts
                     if fact.attribute == "year" and table.entities[fact.entity].name == name]  # fmt: skip
            assert years == sorted(years, key=str)
            assert len(set(years)) == len(named)
