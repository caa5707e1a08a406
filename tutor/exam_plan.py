"""The plan of an exam: which recipes and difficulty each place gets, so that every section is spread evenly.

Among what can be made, the plan first gives everything that the blueprint names its even share, rounded down, and then
makes the squares of the counts of concepts, kinds, Bloom levels and difficulties small, of what is named before what is
left open. A recipe stands in one place alone while others are there.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from random import Random

from agents.exercises import Exercises
from tutor.blueprint import Blueprint, Section
from tutor.exam_bank import renewable
from tutor.exam_draft import Cell, Draft, Slot

Pool = dict[Cell, list[str]]  # what a section may hold -> the recipes that give it
Cost = tuple[int, int, int, int]  # shares filled (negative), versions without a recipe, counts: named, left open
KEPT = -1  # the place of a recipe that stays where it is


def pools(blueprint: Blueprint, exercises: Exercises, without: Collection[str], seed: int) -> list[Pool]:
    """For each section all that it may hold, in an order that the seed draws. `without`: recipes left out."""
    found = []
    for number, section in enumerate(blueprint.sections):
        able = exercises.able(section.concepts, kinds=section.kinds, blooms=section.bloom, levels=section.difficulty)
        pairs = [
            ((recipe.concept, recipe.kind, recipe.bloom, level), recipe.id)
            for recipe in able if recipe.id not in without
            for level in recipe.levels if not section.difficulty or level in section.difficulty
        ]  # fmt: skip
        Random(f"{blueprint.digest}:{seed}:{number}").shuffle(pairs)  # noqa: S311  the same seed plans the same
        pool: Pool = {}
        for cell, recipe in pairs:
            pool.setdefault(cell, []).append(recipe)
        found.append(pool)
    return found


def places(blueprint: Blueprint) -> list[int]:
    """The section of each place of the exam."""
    return [number for number, section in enumerate(blueprint.sections) for _ in range(section.count)]


def plan(draft: Draft, blueprint: Blueprint, pool: Sequence[Pool]) -> None:
    """Give every open place of the draft a slot; those that stand are kept. A place stays open where its section has
    nothing left."""
    table = _Table(draft, blueprint, pool)
    table.fill()
    table.even_out()


class _Table:
    """A plan at work: who has which recipe, and how often each section has each concept, kind, Bloom level and
    difficulty."""

    def __init__(self, draft: Draft, blueprint: Blueprint, pool: Sequence[Pool]) -> None:
        self.pool = [_allowed(part, draft) for part in pool]
        self.slots, self.versions = draft.slots, len(draft.draws)
        self.sections = places(blueprint)
        self.open = [place for place, slot in enumerate(self.slots) if slot is None]
        self.shares = [_shares(section) for section in blueprint.sections]
        self.counts = [tuple(defaultdict[object, int](int) for _ in range(4)) for _ in blueprint.sections]
        self.owner: dict[str, int] = {}
        for slot in filter(None, self.slots):
            self.owner.update(dict.fromkeys(slot.recipes, KEPT))
            self._count(slot, 1)

    def fill(self) -> None:
        """Give open places slots, those of the section with the least to spare first."""
        for number in sorted(range(len(self.pool)), key=self._spare):
            for place in self.open:
                if self.sections[place] != number:
                    continue
                slot = self._best(number) or self._made_room(number)
                if slot:
                    self._put(place, slot)
                elif again := self._again(number):
                    self._put(place, again)
                    self.owner[again.recipes[0]] = KEPT
                else:
                    break

    def even_out(self) -> None:
        """Exchange what was just planned while that spreads a section more evenly."""
        better = True
        while better:
            better = False
            for place in self.open:
                slot = self.slots[place]
                if slot is None or self.owner[slot.recipes[0]] != place:
                    continue
                self._take(place)
                best = self._best(slot.section)
                gain = best is not None and self._whole_cost(best) < self._whole_cost(slot)
                self._put(place, best if best and gain else slot)
                better |= gain

    def _spare(self, number: int) -> tuple[int, int]:
        held = sum(1 for place in self.open if self.sections[place] == number)
        return len({recipe for recipes in self.pool[number].values() for recipe in recipes}) - held, number

    def _best(self, number: int) -> Slot | None:
        """The unused slot that speaks least against itself; of equals the first."""
        least: Cost | None = None
        best: Slot | None = None
        for cell, recipes in self.pool[number].items():
            if least is not None and self._cost(number, cell, 0) >= least:
                continue
            slot = self._slot(number, cell, recipes)
            if slot and (least is None or self._whole_cost(slot) < least):
                best, least = slot, self._whole_cost(slot)
        return best

    def _slot(self, number: int, cell: Cell, recipes: Sequence[str], without: Collection[str] = ()) -> Slot | None:
        """A slot of unused recipes: of one whose seeds give other numbers, or of another one for each version."""
        free = [recipe for recipe in recipes if recipe not in self.owner and recipe not in without]
        if not free:
            return None
        if renewable(free[0]):
            return Slot(number, (free[0],), *cell)
        return Slot(number, tuple(recipe for recipe in free if not renewable(recipe))[: self.versions], *cell)

    def _whole_cost(self, slot: Slot) -> Cost:
        lacking = 0 if renewable(slot.recipes[0]) else self.versions - len(slot.recipes)
        return self._cost(slot.section, slot.cell, lacking)

    def _made_room(self, number: int) -> Slot | None:
        """A slot whose recipe another section holds and can do without (an augmenting path, as in Kuhn 1955)."""
        seen: set[str] = set()
        for cell, recipe in self._each(number):
            if self._freed(recipe, seen):
                return Slot(number, (recipe,), *cell)
        return None

    def _freed(self, recipe: str, seen: set[str]) -> bool:
        place = self.owner.get(recipe, KEPT)
        if place == KEPT or recipe in seen:
            return False
        seen.add(recipe)
        section = self.sections[place]
        for cell, other in self._each(section):
            if other not in seen and (other not in self.owner or self._freed(other, seen)):
                self._take(place)
                self._put(place, self._slot(section, cell, [other], seen) or Slot(section, (other,), *cell))
                return True
        return False

    def _each(self, number: int) -> Iterator[tuple[Cell, str]]:
        return ((cell, recipe) for cell, recipes in self.pool[number].items() for recipe in recipes)

    def _again(self, number: int) -> Slot | None:
        """A slot of a recipe that is in use already and may have more than one question."""
        found = min(self._each(number), key=lambda pair: self._cost(number, pair[0], 0), default=None)
        return Slot(number, (found[1],), *found[0]) if found else None

    def _cost(self, number: int, cell: Cell, lacking: int) -> Cost:
        """What speaks against a slot: that versions lack a recipe, and how often the section has what it would add."""
        filled = asked = left_open = 0
        for counted, value, share in zip(self.counts[number], cell, self.shares[number], strict=True):
            held = counted[value]
            if share is None:
                left_open += held
            else:
                asked += held
                filled -= held < share
        return filled, lacking, asked, left_open

    def _put(self, place: int, slot: Slot) -> None:
        self.slots[place] = slot
        for recipe in slot.recipes:
            self.owner.setdefault(recipe, place)
        self._count(slot, 1)

    def _take(self, place: int) -> None:
        slot = self.slots[place]
        assert slot is not None
        self.slots[place] = None
        for recipe in slot.recipes:
            if self.owner[recipe] == place:
                del self.owner[recipe]
        self._count(slot, -1)

    def _count(self, slot: Slot, by: int) -> None:
        for counted, value in zip(self.counts[slot.section], slot.cell, strict=True):
            counted[value] += by


def _allowed(pool: Pool, draft: Draft) -> Pool:
    """The pool without what was found not to work."""
    banned, barred = set(draft.banned), set(draft.barred)
    found: Pool = {}
    for cell, recipes in pool.items():
        left = [one for one in recipes if one not in barred and (one, cell[1], cell[3]) not in banned]
        if left:
            found[cell] = left
    return found


def _shares(section: Section) -> tuple[int | None, ...]:
    """An even share of concepts, kinds, Bloom levels and difficulties, rounded down; None of what is left open."""
    named = (section.concepts, section.kinds, section.bloom, section.difficulty)
    return tuple(section.count // len(values) if values else None for values in named)
