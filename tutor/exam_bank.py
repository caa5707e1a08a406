"""The bank of an exam: everything that could be asked, by name, and the items made of it, each once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from agents.errors import NoExercise
from agents.exercises import Exercises
from agents.families import FAMILIES
from agents.families.family import NoItem
from agents.item import Check, Item, Kind
from agents.paper_rules import paper_checks
from knowledge.messages import LANGUAGES
from tutor.export.graded import digest

MOST_KEPT = 4096  # items
NOT_MADE = "not-made"


@dataclass(frozen=True, slots=True)
class Draw:
    """An item that a recipe gives, the same in either language. `seed`: the recipe's."""

    recipe: str
    kind: Kind
    seed: int
    level: int


def question(item: Item) -> str:
    """What an item asks, as sixteen hexadecimal digits: its stem; of one that was not computed its options too, since
    "Which of these is true?" alone says nothing."""
    said = [item.stem] if item.proof.method == "computed" else [item.stem, *sorted(item.options)]
    return digest("\n".join(" ".join(text.split()) for text in said))


def renewable(recipe: str) -> bool:
    """Whether another seed gives a recipe other numbers, and not the same knowledge in other words."""
    return recipe in FAMILIES


def recipe_of(item: Item | str) -> str:
    """The recipe behind an item, or behind the id of one, which begins with it."""
    return (item if isinstance(item, str) else item.id).rsplit(".", 4)[0]


class Bank:
    """Makes the items of exams. What it made is kept for a while: an exam's second language costs half.

    `item(draw, language)`; `questions(draw)`: what it asks, in either language; `paper_flaws(draws, language)`: the
    rules on a whole paper that these items break, named by their place in `draws`.
    """

    def __init__(self, exercises: Exercises) -> None:
        self.exercises = exercises
        self.recipes = {(recipe.id, recipe.kind): recipe for recipe in exercises.recipes}
        self.item = lru_cache(MOST_KEPT)(self._made)
        self.questions = lru_cache(MOST_KEPT)(self._questions)
        self.claims = lru_cache(MOST_KEPT)(self._claims)
        self.paper_flaws = lru_cache(MOST_KEPT // 16)(self._flaws)

    def flaw(self, draw: Draw, languages: Sequence[str] = LANGUAGES) -> str:
        """The first check that fails in one of the languages, "" for a proven item."""
        for language in languages:
            try:
                proof = self.item(draw, language).proof
            except (NoItem, NoExercise):
                return NOT_MADE
            if not proof.holds:
                return next((check.name for check in proof.checks if not check.ok), NOT_MADE)
        return ""

    def concept(self, draw: Draw) -> str:
        """What a draw is about."""
        return self.recipes[draw.recipe, draw.kind].concept

    def _made(self, draw: Draw, language: str) -> Item:
        recipe = self.recipes[draw.recipe, draw.kind]
        return self.exercises.made(recipe, draw.seed, draw.level, language)

    def _questions(self, draw: Draw) -> frozenset[str]:
        """What a draw asks, in each language."""
        return frozenset(question(self.item(draw, language)) for language in LANGUAGES)

    def _claims(self, draw: Draw) -> frozenset[str]:
        """What a draw says to be true or false, option by option: one item must not judge what another one asks."""
        return frozenset(self.item(draw, LANGUAGES[0]).claims)

    def _flaws(self, draws: tuple[Draw, ...], language: str) -> tuple[Check, ...]:
        return paper_flaws([self.item(draw, language) for draw in draws])


def paper_flaws(items: Sequence[Item]) -> tuple[Check, ...]:
    """The rules on a whole paper that fail; `detail` names items by their place: "3 = 17", "0 answers 4"."""
    placed = [replace(item, id=str(place)) for place, item in enumerate(items)]
    return tuple(check for check in paper_checks(placed) if not check.ok)


def named_pairs(flaw: Check) -> list[tuple[int, int]]:
    """The places of the two items of each pair that a rule on stems names, the earlier one first."""
    pairs = [sorted(int(word) for word in part.split() if word.isdecimal())[:2] for part in flaw.detail.split("; ")]
    return [(pair[0], pair[1]) for pair in pairs if len(pair) == 2]
