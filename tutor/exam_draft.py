"""The draft of an exam: what each place of it is to hold, and the item drawn for it in each version. All plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents.item import KINDS, Bloom, Kind
from tutor.exam_bank import Draw

Cell = tuple[str, Kind, Bloom, int]  # concept, kind, Bloom level, difficulty: what counts for coverage and mix
Choice = tuple[str, Kind, int]  # a recipe, its kind and one of its difficulties


@dataclass(frozen=True, slots=True)
class Slot:
    """What one place of an exam holds in all versions: their expected difficulty is equal. `section`: its number from 0
    on; `recipes`: what the versions are drawn from in turn, one where another seed gives other numbers."""

    section: int
    recipes: tuple[str, ...]
    concept: str
    kind: Kind
    bloom: Bloom
    level: int

    @property
    def cell(self) -> Cell:
        """What counts of it for coverage and mix."""
        return self.concept, self.kind, self.bloom, self.level

    def recipe(self, version: int) -> str:
        """What a version is drawn from."""
        return self.recipes[version % len(self.recipes)]


@dataclass(slots=True)
class Draft:
    """An exam in the making. `slots`: one a place, None where it is still to be planned. `draws` and `tries` (how many
    items were tried): version -> place. `faults`: how often a rule on the whole paper spoke against a place. `banned`
    cannot be drawn; `barred`: recipes that do not go with the others. `rounds`: how often the keys of a version were
    moved."""

    slots: list[Slot | None]
    draws: list[list[Draw | None]]
    tries: list[list[int]]
    faults: list[int]
    banned: list[Choice]
    barred: list[str]
    rounds: list[int]
    rejected: dict[str, int]

    def reject(self, reason: str) -> None:
        """Count an item that was made and is not delivered."""
        self.rejected[reason] = self.rejected.get(reason, 0) + 1

    def take_out(self, version: int, place: int, reason: str) -> None:
        """Let go of the item in one place of one version."""
        if self.draws[version][place] is not None:
            self.reject(reason)
        self.draws[version][place] = None

    def give_up(self, place: int, recipe: str) -> None:
        """Open a place again: a recipe in it gives nothing more that fits."""
        slot = self.slots[place]
        assert slot is not None
        if any(recipe in other.recipes for at, other in enumerate(self.slots) if other and at != place):
            self.banned.extend((recipe, kind, slot.level) for kind in KINDS)  # it has no second question
        elif self.faults[place]:
            self.barred.append(recipe)
        else:
            self.banned.append((recipe, slot.kind, slot.level))
        self.slots[place], self.faults[place] = None, 0
        for version in range(len(self.draws)):
            self.take_out(version, place, "slot-given-up")
            self.tries[version][place] = 0

    def as_json(self) -> dict[str, Any]:
        """Plain values, from which `draft_from` makes the same draft."""
        return {
            "slots": [_plain(slot) for slot in self.slots],
            "draws": [[_plain(draw) for draw in row] for row in self.draws],
            "tries": [list(row) for row in self.tries], "faults": list(self.faults),
            "banned": [list(choice) for choice in self.banned], "barred": list(self.barred),
            "rounds": list(self.rounds), "rejected": dict(self.rejected),
        }  # fmt: skip


def empty_draft(places: int, versions: int) -> Draft:
    """A draft with nothing planned."""
    return Draft(
        [None] * places, [[None] * places for _ in range(versions)], [[0] * places for _ in range(versions)],
        [0] * places, [], [], [0] * versions, {},
    )  # fmt: skip


def draft_from(value: Mapping[str, Any]) -> Draft:
    """A draft from plain values."""
    slots = [Slot(slot[0], tuple(slot[1]), *slot[2:]) if slot else None for slot in value["slots"]]
    draws = [[Draw(*draw) if draw else None for draw in row] for row in value["draws"]]
    tries = [list(row) for row in value["tries"]]
    banned = [(recipe, kind, level) for recipe, kind, level in value["banned"]]
    return Draft(
        slots, draws, tries, list(value["faults"]), banned, list(value["barred"]),
        list(value["rounds"]), dict(value["rejected"]),
    )  # fmt: skip


def _plain(one: Slot | Draw | None) -> list[Any] | None:
    """The values of the fields in their order."""
    if isinstance(one, Slot):
        return [one.section, list(one.recipes), *one.cell]
    return [one.recipe, one.kind, one.seed, one.level] if one else None
