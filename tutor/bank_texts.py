"""The words of every question of the bank, to be searched: read once in the background, and kept on the disk."""

import json
from collections.abc import Callable
from pathlib import Path

from agents.item import Item
from agents.recipe import Recipe
from knowledge.course import course_digest
from knowledge.storage import write_text_atomically
from knowledge.terms import fold
from tutor.exam_bank import Bank
from tutor.jobs import Jobs, Watch

FORMAT = "1"  # raise it when what is kept of an entry changes
EVERY = 20  # entries between two looks at whether to stop
Make = Callable[[Recipe, str], Item | None]  # an item of a recipe in a language, if there is one


class BankTexts:
    """The texts of one bank. `make`: an item of a recipe; `folder`: where they are kept."""

    def __init__(self, bank: Bank, make: Make, folder: Path) -> None:
        self.recipes = bank.exercises.recipes
        self.course = bank.exercises.course
        self.make = make
        self.folder = folder
        self.jobs = Jobs()
        self._texts: dict[str, dict[str, str]] = {}

    def of(self, recipe: Recipe, language: str) -> str:
        """What is known of a recipe: the name of its concept always, question and options when they were read."""
        name = f"{fold(self.course.concept_name(recipe.concept, language))} {fold(recipe.id)}"
        return f"{name} {self._known(language).get(_key(recipe), '')}"

    def read(self, language: str) -> int:
        """How many entries were read."""
        return len(self._known(language))

    def begin(self, language: str) -> None:
        """Read what was not read yet, in the background."""
        if self.read(language) < len(self.recipes):
            self.jobs.start(language, lambda watch: self._read(language, watch))

    def _known(self, language: str) -> dict[str, str]:
        if language not in self._texts:
            self._texts[language] = self._kept(language)
        return self._texts[language]

    def _read(self, language: str, watch: Watch) -> None:
        known = self._known(language)
        for number, recipe in enumerate(self.recipes):
            if number % EVERY == 0:
                watch("read", number, len(self.recipes))
            if _key(recipe) not in known:
                item = self.make(recipe, language)
                known[_key(recipe)] = fold(" ".join([item.stem, *item.options])) if item else ""
        write_text_atomically(self._file(language), json.dumps(known, ensure_ascii=False))

    def _kept(self, language: str) -> dict[str, str]:
        """What lies on the disk; nothing where it is missing or damaged."""
        try:
            found = json.loads(self._file(language).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        sound = isinstance(found, dict) and all(isinstance(text, str) for text in found.values())
        return found if sound else {}

    def _file(self, language: str) -> Path:
        return self.folder / f"bank-{FORMAT}-{course_digest(self.course.path)}-{language}.json"


def _key(recipe: Recipe) -> str:
    return f"{recipe.kind} {recipe.id}"
