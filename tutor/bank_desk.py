"""A teacher's desk for the item bank: everything that can be asked, searched, opened with its proof, and with what
became of it: the exams that asked it, and what the answers said. What is returned is plain data.

An entry of the bank is a recipe for one kind of item. A computed one gives other numbers with each seed; any other asks
the same knowledge.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.errors import NoExercise
from agents.families.family import NoItem
from agents.item import Item
from agents.recipe import Recipe
from knowledge.terms import fold
from tutor.bank_texts import BankTexts
from tutor.difficulty import Difficulties, difficulty_key, read_difficulties
from tutor.errors import BadExam
from tutor.exam_bank import Bank, Draw, recipe_of, renewable
from tutor.exam_records import read_record
from tutor.item_shown import item_shown, title
from tutor.results import FILE

ORIGINS = ("computed", "authored", "grounded")
AUTHORED = "question:"  # how recipes of the course's own questions are called
OFF = 1.0  # levels off the stated one that are worth a word, as in the results
Flags = Callable[[str], Iterable[Mapping[str, Any]]]  # language -> flagged items of all results


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for: `text` in questions and options, and else what an entry has to be; empty: any."""

    text: str = ""
    concepts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    bloom: tuple[str, ...] = ()
    difficulty: tuple[int, ...] = ()
    origins: tuple[str, ...] = ()


class BankDesk:
    """The bank of one course. `flagged`: what results found wrong with items."""

    def __init__(self, bank: Bank, data_dir: Path, flagged: Flags) -> None:
        self.bank = bank
        self.data_dir = data_dir
        self.flagged = flagged
        self.course = bank.exercises.course
        self.texts = BankTexts(
            bank, lambda recipe, spoken: self._item(recipe, recipe.levels[0], 0, spoken), data_dir / "cache"
        )

    def search(self, wanted: Wanted, language: str) -> dict[str, Any]:
        """The entries that fit, in the order of the course's bank: `found` (recipe, kind). Words are looked for in what
        was `read` of all (`of`); the rest is being read in the background from the first search for words on."""
        words = fold(wanted.text).split()
        if words:
            self.texts.begin(language)
        found = [
            (recipe.id, recipe.kind) for recipe in self.bank.exercises.recipes
            if _fits(recipe, wanted) and (not words or _holds(self.texts.of(recipe, language), words))
        ]  # fmt: skip
        of = len(self.bank.exercises.recipes)
        return {"found": found, "read": self.texts.read(language) if words else of, "of": of}

    def rows(self, entries: Sequence[tuple[str, str]], language: str) -> list[dict[str, Any]]:
        """Entries as a list shows them: `recipe`, `kind`, `concept`, `bloom`, `levels`, `origin`, `title`, how often it
        was `asked`, and what is known of its difficulty (`measured`), as `_measured` says."""
        known, asked = self._difficulties(), self._asked()
        rows = []
        for name, kind in entries:
            recipe = self._recipe(name, kind)
            item = self._item(recipe, recipe.levels[0], 0, language)
            rows.append({
                **_facts(recipe), "title": title(item) if item else "", "asked": len(asked.get(name, ())),
                "measured": _measured(item, known) if item else None,
            })  # fmt: skip
        return rows

    def entry(self, recipe: str, kind: str, level: int, seed: int, language: str) -> dict[str, Any]:
        """One entry with an item of it: `item` (or None where this seed gives none that can be proven), `shown` as a
        teacher sees it, `asked` (the exams), `measured`, `flags` of results. Raises `BadExam` where there is none."""
        made = self._recipe(recipe, kind)
        level = level if level in made.levels else made.levels[0]
        item = self._item(made, level, seed, language)
        return {
            **_facts(made), "level": level, "renewable": renewable(recipe),
            "item": item.as_json() if item else None,
            "shown": item_shown(item, language, self.course.sources) if item else None,
            "asked": self._asked().get(recipe, []), "measured": _measured(item, self._difficulties()) if item else None,
            "flags": [one for one in self.flagged(language) if one["recipe"] == recipe and one["kind"] == kind],
        }  # fmt: skip

    def _recipe(self, name: str, kind: str) -> Recipe:
        found = next((recipe for key, recipe in self.bank.recipes.items() if key == (name, kind)), None)
        if found is None:
            raise BadExam("bank-no-entry", entry=f"{name[:60]} {kind[:20]}")
        return found

    def _item(self, recipe: Recipe, level: int, seed: int, language: str) -> Item | None:
        try:
            return self.bank.item(Draw(recipe.id, recipe.kind, seed, level), language)
        except (NoItem, NoExercise):
            return None

    def _asked(self) -> dict[str, list[dict[str, Any]]]:
        """Recipe -> the exams that asked it: `title`, `language`, `versions`."""
        found: dict[str, list[dict[str, Any]]] = {}
        for file in sorted((self.data_dir / "exams").glob("*.json")):
            kept = read_record(file) or {"items": ()}
            versions: dict[str, list[str]] = {}
            for item in kept["items"]:
                versions.setdefault(item["recipe"], []).append(item.get("version", ""))
            for recipe, letters in versions.items():
                told = {"title": kept["title"], "language": kept["language"], "versions": sorted(set(letters))}
                found.setdefault(recipe, []).append(told)
        return found

    def _difficulties(self) -> Difficulties:
        return read_difficulties(self.data_dir / FILE)


def flagged_items(results: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What analyses found wrong with items: `recipe`, `kind`, `title` of the exam, `says`, `do`, `sure`."""
    return [
        {"recipe": recipe, "kind": item["kind"], "title": found["title"],
         **{name: flag[name] for name in ("says", "do", "sure")}}
        for found in results for item in found["items"] for flag in item["flags"]
        for recipe in dict.fromkeys(recipe_of(one) for one in item["ids"].values())
    ]  # fmt: skip


def _holds(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


def _fits(recipe: Recipe, wanted: Wanted) -> bool:
    return (
        (not wanted.concepts or recipe.concept in wanted.concepts)
        and (not wanted.kinds or recipe.kind in wanted.kinds) and (not wanted.bloom or recipe.bloom in wanted.bloom)
        and (not wanted.difficulty or not set(wanted.difficulty).isdisjoint(recipe.levels))
        and (not wanted.origins or origin(recipe.id) in wanted.origins)
    )  # fmt: skip


def origin(recipe: str) -> str:
    """Where an entry comes from: a computed family, a question of the course, or what the course says."""
    return "computed" if renewable(recipe) else "authored" if recipe.startswith(AUTHORED) else "grounded"


def _facts(recipe: Recipe) -> dict[str, Any]:
    return {"recipe": recipe.id, "kind": recipe.kind, "concept": recipe.concept, "bloom": recipe.bloom,
            "levels": list(recipe.levels), "origin": origin(recipe.id)}  # fmt: skip


def _measured(item: Item, known: Difficulties) -> dict[str, Any] | None:
    """What answers say of items like this one: their `level`, on how many `answers` it rests, the share that was
    `right`, and whether it is `off` the stated level ("harder", "easier", ""); None without answers."""
    estimate = known.estimate(item)
    if not estimate.answers:
        return None
    mine = difficulty_key(item)
    tallies = [tally for sitting in known.sittings.values() for tally in sitting.tallies if tally.key == mine]
    far = estimate.level - item.difficulty
    sure = abs(far) >= max(OFF, 2 * estimate.error)
    return {
        "level": estimate.level, "answers": estimate.answers,
        "right": sum(tally.right for tally in tallies) / sum(tally.answers for tally in tallies),
        "off": ("harder" if far > 0 else "easier") if sure else "",
    }  # fmt: skip
