"""The review of an exam: what a teacher decides about its items, and what becomes of them.

All decisions of one call are followed, or none: the first that cannot be is an error, and nothing changes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from agents.item import Item
from tutor.errors import BadReview
from tutor.exam_bank import Bank, paper_flaws, question, renewable
from tutor.exam_draft import Draft, Slot
from tutor.exam_draw import MOST_TRIES, STEMS, Seeding, drawn
from tutor.exam_papers import Entry, Versions, edited, entry
from tutor.exam_request import LETTERS, Request
from tutor.item_files import item_from

ALL = "all"
MOST_SHOWN = 4  # failing checks named


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a teacher says in one call. Items go by their id or by their place as printed ("A3"); `accept` may say
    "all"; `edit`: items as they are to be, each with the id of the one that it replaces."""

    accept: tuple[str, ...] = ()
    reject: tuple[str, ...] = ()
    replace: tuple[str, ...] = ()
    edit: tuple[Item, ...] = ()
    write: bool = False

    def as_json(self) -> dict[str, Any]:
        """Plain values, from which `decisions_from` makes the same decisions."""
        return asdict(self)


def decisions_from(value: Mapping[str, Any]) -> Decisions:
    """Decisions from plain values."""
    names = {name: tuple(value[name]) for name in ("accept", "reject", "replace")}
    return Decisions(**names, edit=tuple(item_from(item) for item in value["edit"]), write=value["write"])


@dataclass(slots=True)
class Reviewed:
    """An exam under review. `accepted`: ids. `removed`: (version, place) of the items that were rejected. `refused`:
    questions that were turned down and do not come again."""

    versions: Versions
    accepted: list[str]
    removed: list[tuple[int, int]]
    refused: list[str]

    def waiting(self) -> list[str]:
        """The ids of the items that nobody has accepted yet."""
        return [one.item.id for row in self.versions for one in row if one.item.id not in self.accepted]


def review(
    state: Reviewed, draft: Draft, decisions: Decisions, request: Request, bank: Bank, prove: Callable[[Item], Item]
) -> None:
    """Follow the decisions on copies that the caller gives. Raises `BadReview` where one cannot be followed."""
    at = {one: _find(state.versions, one) for one in {*decisions.reject, *decisions.replace, *decisions.accept} - {ALL}}
    for item in decisions.edit:
        _edit(state, item, request, prove)
    for name in decisions.replace:
        _replace(state, draft, at[name], request, bank)
    for version, entry_ in sorted((at[name] for name in decisions.reject), key=lambda one: (one[0], one[1].place)):
        state.versions[version] = [one for one in state.versions[version] if one.place != entry_.place]
        state.removed.append((version, entry_.place))
        state.refused.extend(entry_.questions)
        draft.take_out(version, entry_.place, "rejected-in-review")
    everything = [one.item.id for row in state.versions for one in row] if ALL in decisions.accept else []
    kept = [at[name][1].item.id for name in decisions.accept if name != ALL]
    state.accepted = list(dict.fromkeys([*state.accepted, *kept, *everything]))
    if decisions.write and state.waiting():
        raise BadReview("review-waiting", count=len(state.waiting()), item=state.waiting()[0], exam=request.id)


def _find(versions: Versions, name: str) -> tuple[int, Entry]:
    """(version, entry) of an item by its id or its place. Raises `BadReview`."""
    for version, entries in enumerate(versions):
        for number, one in enumerate(entries, start=1):
            if name in (one.item.id, f"{LETTERS[version]}{number}"):
                return version, one
    raise BadReview("review-no-item", item=name[:80])


def _edit(state: Reviewed, item: Item, request: Request, prove: Callable[[Item], Item]) -> None:
    version, old = _find(state.versions, item.id)
    if item.language != request.language:
        raise BadReview("edit-language", item=item.id, spoken=request.language)
    proven = prove(item)
    failing = [check for check in proven.proof.checks if not check.ok]
    if not proven.proof.holds:
        raise BadReview("edit-unproven", item=item.id, checks=_named(failing))
    row = [edited(old, proven) if one is old else one for one in state.versions[version]]
    broken = _broken(row, state.versions[version])
    if broken:
        raise BadReview("edit-unproven", item=item.id, checks=", ".join(broken))
    state.versions[version] = row
    state.accepted.append(item.id)


def _named(checks: Sequence[Any]) -> str:
    shown = [f"{check.name} ({check.detail})" if check.detail else check.name for check in checks[:MOST_SHOWN]]
    return ", ".join(shown) or "no checks"


def _broken(row: Sequence[Entry], before: Sequence[Entry]) -> list[str]:
    """The rules on stems that a version breaks now and did not before."""
    now, then = ({flaw.name for flaw in paper_flaws([one.item for one in part])} for part in (row, before))
    return sorted((now - then) & STEMS)


def _replace(state: Reviewed, draft: Draft, at: tuple[int, Entry], request: Request, bank: Bank) -> None:
    """Another item of the same concept, kind, Bloom level and difficulty, in the same place."""
    version, old = at
    slot = draft.slots[old.place]
    assert slot is not None
    seeding = Seeding(f"{request.blueprint.digest}:review", request.seed)
    state.refused.extend(old.questions)
    used = {*request.used, *state.refused, *(one for row in state.versions for other in row for one in other.questions)}
    draft.take_out(version, old.place, "replaced-in-review")
    for recipe in _recipes(slot, version, draft, request, bank):
        draft.tries[version][old.place] = 0
        for _ in range(MOST_TRIES):
            other = replace(slot, recipes=(recipe,))
            one = drawn(draft, other, (version, old.place), seeding, bank, used, (request.language,))
            if one is None:
                break
            item = bank.item(one, request.language)
            new = entry(item, old.place, sorted(bank.questions(one)), request)
            row = [new if there is old else there for there in state.versions[version]]
            if not _broken(row, state.versions[version]) and question(item) not in state.refused:
                draft.draws[version][old.place] = one
                state.versions[version] = row
                state.accepted = [name for name in state.accepted if name != old.item.id]
                return
            draft.reject("stems-distinct")
    raise BadReview("review-no-other", item=old.item.id)


def _recipes(slot: Slot, version: int, draft: Draft, request: Request, bank: Bank) -> list[str]:
    """The recipe of a slot, where it has other numbers, and those like it that stand nowhere in the exam; a recipe that
    only has other words comes last."""
    taken = {recipe for other in draft.slots if other for recipe in other.recipes}
    able = bank.exercises.able([slot.concept], kinds=[slot.kind], blooms=[slot.bloom], levels=[slot.level])
    others = [recipe.id for recipe in able if recipe.id not in taken and recipe.id not in request.spent]
    own = slot.recipe(version)
    return [own, *others] if renewable(own) else [*others, own]
