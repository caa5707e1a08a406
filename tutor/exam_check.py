"""The rules on a whole paper, kept in every version and both languages: what breaks one is drawn again.

Of two items that repeat or answer one another goes the one whose section has more to choose from; keys that stand too
often in one place are moved by drawing some of their items again.
"""

import math
from collections import Counter
from collections.abc import Sequence

from agents.item import Check, Item, Kind
from knowledge.messages import LANGUAGES
from tutor.exam_bank import Bank, named_pairs, renewable
from tutor.exam_draft import Draft
from tutor.exam_draw import MOST_TRIES, STEMS
from tutor.exam_plan import Pool

MOST_FAULTS = 2  # of a place, before other numbers are no help and it gets another recipe
MOST_ROUNDS = 12  # in which a version's keys are moved
PLACED: tuple[Kind, ...] = ("mcq", "true_false")
KEYS = "key-positions-balanced"


def check(draft: Draft, bank: Bank, pool: Sequence[Pool]) -> None:
    """Take out of each version what breaks a rule on the whole paper; a draft that is whole afterwards keeps them
    all, but for keys that could not be moved (`unbalanced`)."""
    choice = [len({recipe for recipes in part.values() for recipe in recipes}) for part in pool]
    for version, row in enumerate(draft.draws):
        for language in LANGUAGES:
            draws = tuple(one for one in row if one)
            if len(draws) < len(row):  # something went already
                break
            flaws = bank.paper_flaws(draws, language)
            for flaw in flaws:
                if flaw.name in STEMS:
                    _part(flaw, draft, version, choice)
            if None not in row:
                for place in _misplaced(flaws, [bank.item(one, language) for one in draws], draft, version):
                    draft.take_out(version, place, KEYS)


def unbalanced(draft: Draft, bank: Bank, version: int, language: str) -> bool:
    """Whether a version's keys stay in one place too often, however they were moved."""
    draws = tuple(one for one in draft.draws[version] if one)
    return any(flaw.name == KEYS for flaw in bank.paper_flaws(draws, language))


def _part(flaw: Check, draft: Draft, version: int, choice: Sequence[int]) -> None:
    """Of each pair that breaks a rule on stems take out one, and after some faults give its recipe up."""
    for pair in named_pairs(flaw):
        standing = [(slot, place) for place in pair if (slot := draft.slots[place]) and draft.draws[version][place]]
        if len(standing) == 2:
            slot, place = max(standing, key=lambda one: (choice[one[0].section], one[1]))
            draft.take_out(version, place, flaw.name)
            draft.faults[place] += 1
            recipe = slot.recipe(version)
            if draft.faults[place] >= MOST_FAULTS or not renewable(recipe):
                draft.give_up(place, recipe)


def _misplaced(flaws: Sequence[Check], items: Sequence[Item], draft: Draft, version: int) -> list[int]:
    """The places to draw again so that the keys spread; none when that was tried often enough."""
    flaw = next((flaw for flaw in flaws if flaw.name == KEYS), None)
    if flaw is None or draft.rounds[version] >= MOST_ROUNDS:
        return []
    draft.rounds[version] += 1
    kinds = [kind for kind in PLACED if f"{kind}:" in flaw.detail]
    return [place for kind in kinds for place in _surplus(kind, items, draft.tries[version])]


def _surplus(kind: Kind, items: Sequence[Item], tries: Sequence[int]) -> list[int]:
    """The items of a kind above an even share in the fullest place of a key, the least tried first."""
    mine = [(place, item) for place, item in enumerate(items) if item.kind == kind]
    counts = Counter(item.key for _, item in mine)
    shares = {at: sum(1 / len(item.options) for _, item in mine if len(item.options) > at) for at in counts}
    fullest = max(sorted(counts), key=lambda at: counts[at] - shares[at])
    there = [place for place, item in mine if item.key == fullest and tries[place] < MOST_TRIES]
    there.sort(key=lambda place: tries[place])
    return there[: max(1, math.ceil((counts[fullest] - shares[fullest]) / 2))]
