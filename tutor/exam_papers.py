"""The versions of an exam as papers that are kept, shown, reviewed and written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agents.item import Item
from tutor.exam_bank import Bank, question
from tutor.exam_draft import Draft
from tutor.exam_draw import order
from tutor.exam_plan import places
from tutor.exam_request import LETTERS, Request
from tutor.item_files import item_from
from tutor.paper import Paper


@dataclass(frozen=True, slots=True)
class Entry:
    """An item in one place of one version. `questions`: what it asks, in both languages."""

    item: Item
    place: int
    questions: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values, from which `entry_from` makes the same entry."""
        return {"item": self.item.as_json(), "place": self.place, "questions": list(self.questions)}


Versions = list[list[Entry]]


def entry_from(value: Mapping[str, Any]) -> Entry:
    """An entry from plain values. Raises `BadItem`."""
    return Entry(item_from(value["item"]), value["place"], tuple(value["questions"]))


def drawn_versions(draft: Draft, request: Request, bank: Bank) -> Versions:
    """The versions of a whole draft, their items in order and worth what the blueprint says."""
    return [
        [
            entry(bank.item(one, request.language), place, sorted(bank.questions(one)), request)
            for place in row if (one := draft.draws[version][place])
        ]
        for version, row in enumerate(order(request.blueprint, request.seed, request.versions))
    ]  # fmt: skip


def entry(item: Item, place: int, questions: Sequence[str], request: Request) -> Entry:
    """An item in its place, worth what its section says."""
    section = request.blueprint.sections[places(request.blueprint)[place]]
    return Entry(replace(item, points=section.points_each), place, tuple(questions))


def edited(old: Entry, item: Item) -> Entry:
    """The entry with another item in it; what the old one asked stays known."""
    return Entry(item, old.place, tuple(sorted({*old.questions, question(item)})))


def paper(request: Request, version: int, entries: Sequence[Entry]) -> Paper:
    """One version as the writers get it."""
    blueprint = request.blueprint
    return Paper(
        blueprint.title, request.language, LETTERS[version], blueprint.minutes, tuple(one.item for one in entries),
        request.seed, blueprint.digest,
    )  # fmt: skip
