"""What an exam does not have of what its blueprint asks for."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tutor.blueprint import Blueprint, Section
from tutor.exam_draft import Slot
from tutor.exam_plan import Pool


@dataclass(frozen=True, slots=True)
class Shortfall:
    """`section`: from 1 on; `line`: of its heading. `of`: "concept", "kind", "bloom" or "difficulty" with its `value`,
    "items" (taken out in the review) or "keys" (that stand too often in one place). `wanted`: an even share, rounded
    down. `version`: where it is not of all."""

    section: int
    line: int
    of: str
    value: str
    wanted: int
    got: int
    version: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def shortfalls(blueprint: Blueprint, slots: Sequence[Slot], pool: Sequence[Pool]) -> list[Shortfall]:
    """What each section has less of than an even share, of what it names; and what it names one by one and cannot be
    had at all."""
    found: list[Shortfall] = []
    for number, section in enumerate(blueprint.sections):
        mine = [slot for slot in slots if slot.section == number]
        for of, values, each in _named(section):
            place = ("concept", "kind", "bloom", "difficulty").index(of)
            counts = Counter(slot.cell[place] for slot in mine)
            there = {cell[place] for cell in pool[number]}
            share = section.count // len(values)
            for value in values:
                wanted = max(share, 1) if value in each and value not in there else share
                if counts[value] < wanted:
                    found.append(Shortfall(number + 1, section.line, of, str(value), wanted, counts[value]))
    return found


def _named(section: Section) -> Iterator[tuple[str, Sequence[Any], Sequence[Any]]]:
    """(dimension, what is asked for, what of it was named one by one)."""
    yield "concept", section.concepts, section.named
    for of, values in (("kind", section.kinds), ("bloom", section.bloom), ("difficulty", section.difficulty)):
        if values:
            yield of, values, values
