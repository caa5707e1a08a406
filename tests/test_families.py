"""Every computed family: its keys are proven on 2,000 seeds, its words are whole, its mistakes are what they say."""

import re
import tomllib
from functools import cache
from typing import Any

import pytest

from agents.computed_items import computed_item, kinds_of
from agents.families import FAMILIES
from agents.families.family import FEWEST_MISTAKES, Family, agree, apart, faults, finite
from agents.families.words import FOLDER
from agents.grader import Grader
from agents.item import BLOOM, DIFFICULTIES, Item, Kind
from knowledge.course import BUNDLED_COURSE, Course
from knowledge.course_loader import load_course

SEEDS = 2000
READ = 5  # seeds whose words are read, for each difficulty, language and kind
LANGUAGES = ("es", "en")
families = pytest.mark.parametrize("family", FAMILIES.values(), ids=list(FAMILIES))


@cache
def course() -> Course:
    return load_course(BUNDLED_COURSE)


@cache
def made_item(family: str, seed: int, difficulty: int, language: str, kind: Kind) -> Item:
    return computed_item(FAMILIES[family], seed, difficulty, language, kind)


def words_of(family: Family) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{family.id.replace('-', '_')}.toml").read_text(encoding="utf-8"))


def test_there_are_families_over_the_whole_curriculum() -> None:
    assert len(FAMILIES) >= 45
    assert len({family.concept for family in FAMILIES.values()}) >= 25


@families
def test_two_thousand_seeds_are_proven(family: Family) -> None:
    for seed in range(SEEDS):
        difficulty = family.levels[seed % len(family.levels)]
        work = family.work(seed, difficulty)
        assert agree(work.key, work.again)
        if seed % 10 == 0:
            assert not faults(family, work)
            assert all(finite(value) and apart(work.key, value, family.tolerance) for value in work.wrong.values())


@families
def test_the_same_seed_gives_the_same_numbers_and_another_seed_others(family: Family) -> None:
    level = family.levels[0]
    assert family.work(3, level) == family.work(3, level)
    assert len({repr(family.work(seed, level).given) for seed in range(60)}) > 10


@families
def test_it_is_about_something_that_the_course_teaches_and_cites(family: Family) -> None:
    assert family.concept in course().concepts
    assert family.bloom in BLOOM
    assert set(family.levels) <= set(DIFFICULTIES)
    assert family.sources
    for source in family.sources:
        assert source.split()[0] in course().sources, source
    known = {item.id for item in course().misconceptions}
    assert {name for name in family.mistakes if "." in name} <= known
    assert len(family.mistakes) >= FEWEST_MISTAKES + 1


@families
def test_its_words_are_there_in_both_languages(family: Family) -> None:
    words = words_of(family)
    assert set(words) <= {"stem", "steps", "hints", "mistakes", "values"}
    texts = [words["stem"], *words["steps"], *words["hints"], *words["mistakes"].values()]
    assert all(
        set(text) == set(LANGUAGES) and all(text.values()) for text in [*texts, *words.get("values", {}).values()]
    )
    assert len(words["hints"]) == 3
    assert set(words["mistakes"]) == set(family.mistakes)
    for text in texts:
        for language in LANGUAGES:
            for place in re.findall(r"\{\{(.*?)\}\}", text[language]):
                bare = place.split("|")[0] if "|" in place else ""
                assert not re.search(r"\w\s*[-+*/%]", re.sub(r"\([^|]*\)|\[[^\]]*\]", "", bare)), (
                    f"a filter binds first: {place}"
                )


@families
@pytest.mark.parametrize("language", LANGUAGES)
def test_its_items_read_whole_and_prove_their_key(family: Family, language: str) -> None:
    telling = made = 0
    for difficulty in family.levels:
        for kind in kinds_of(family):
            for seed in range(READ):
                item = made_item(family.id, seed, difficulty, language, kind)
                failed = {check.name for check in item.proof.checks if not check.ok}
                assert failed <= {"hints-silent"}, item.proof
                telling, made = telling + bool(failed), made + 1
                for text in (item.stem, *item.options, item.rationale, *item.hints, *item.feedback.values()):
                    assert text
                    assert not re.search(r"\{\{|\{%|\bNone\b(?! of)|\bnan\b|\binf\b|\d\.\d{9}", text), text
                    assert text.count("$") % 2 == 0, text
                    assert text.count("{") == text.count("}"), text
                if language == "es":
                    assert not re.search(r"\d\.\d", re.sub(r"`[^`]*`", "", item.stem)), item.stem
    assert telling <= 0.1 * made, "a number of a hint may be the key by chance; such an item is not delivered"


@families
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_right_answer_is_right_and_each_mistake_is_recognised(family: Family, language: str) -> None:
    grader = Grader()
    for difficulty in family.levels:
        for kind in kinds_of(family):
            for seed in range(READ // 2):
                item = made_item(family.id, seed, difficulty, language, kind)
                if item.options:
                    assert grader.grade(item, item.options[item.key]).verdict == "correct"
                    for place, mistake in item.misconceptions.items():
                        assert grader.grade(item, "abcdef"[int(place)]).misconception == mistake
                else:
                    assert grader.grade(item, str(item.key)).verdict == "correct", item
                    if kind == "numeric":  # as an option writes it: in the language's way and with its unit
                        chosen = made_item(family.id, seed, difficulty, language, "mcq")
                        assert grader.grade(item, chosen.options[chosen.key]).verdict == "correct", chosen.options
                    for answer, mistake in item.misconceptions.items():
                        grade = grader.grade(item, answer)
                        assert grade.verdict in {"incorrect", "partial"}, (item.stem, item.key, answer)
                        assert grade.misconception == mistake, (item.stem, answer)
