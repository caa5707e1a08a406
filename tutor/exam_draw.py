"""Drawing the items of an exam: for each place and version one that is proven in both languages and asked once."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from random import Random

from knowledge.messages import LANGUAGES
from tutor.blueprint import Blueprint
from tutor.exam_bank import Bank, Draw, renewable
from tutor.exam_draft import Draft, Slot
from tutor.exam_plan import places
from tutor.export.graded import digest

MOST_TRIES = 8  # seeds for one place of one version
FEW_TRIES = 2  # where a seed changes little, and the recipe itself has tried many ways
SEEDS = 1_000_000
STEMS = frozenset({"stems-silent", "stems-distinct"})


@dataclass(frozen=True, slots=True)
class Seeding:
    """What fixes every draw: the blueprint's digest and the exam's seed."""

    blueprint: str
    seed: int

    def of(self, place: int, version: int, attempt: int) -> int:
        """The seed of one attempt."""
        return int(digest(f"{self.blueprint}:{self.seed}:{place}:{version}:{attempt}"), 16) % SEEDS


def draw(
    draft: Draft, seeding: Seeding, bank: Bank, used: Collection[str], heard: Callable[[int], None] = lambda _: None
) -> None:
    """Draw what is missing. A place that cannot be drawn in every version is opened again. `used`: questions that
    must not come again. `heard` hears of each place before it is drawn, and may raise to stop."""
    for place, slot in enumerate(draft.slots):
        heard(place)
        for version in range(len(draft.draws)) if slot else ():
            assert slot is not None
            if draft.draws[version][place] is None:
                found = drawn(draft, slot, (version, place), seeding, bank, used)
                if found is None:
                    draft.give_up(place, slot.recipe(version))
                    break
                draft.draws[version][place] = found


def drawn(
    draft: Draft, slot: Slot, at: tuple[int, int], seeding: Seeding, bank: Bank, used: Collection[str],
    languages: Sequence[str] = LANGUAGES,
) -> Draw | None:  # fmt: skip
    """The next item for a version and place (`at`) that nothing speaks against; None when the tries are used up.

    Where knowledge can be asked in one way only, another version is asked the same, its options in another order."""
    version, place = at
    here, elsewhere = _taken(draft, at, bank)
    said = {
        claim for where, one in enumerate(draft.draws[version]) if one and where != place for claim in bank.claims(one)
    }
    shared: Draw | None = None
    recipe = slot.recipe(version)
    again = any(one and one.recipe == recipe for one in draft.draws[version])
    most = MOST_TRIES if renewable(recipe) and not again else FEW_TRIES
    while draft.tries[version][place] < most:
        seed = seeding.of(place, version, draft.tries[version][place])
        draft.tries[version][place] += 1
        one = Draw(recipe, slot.kind, seed, slot.level)
        flaw = bank.flaw(one, languages)
        questions = bank.questions(one)
        reason = flaw or _asked_before(questions, used, here)
        reason = reason or ("said-already" if not bank.claims(one).isdisjoint(said) else "")
        reason = reason or _alike(one, draft.draws[version], bank, languages)
        if not reason and questions.isdisjoint(elsewhere):
            return one
        if not reason and not renewable(recipe):
            shared = shared or one
            continue
        reason = reason or "asked-already"
        draft.reject(reason)
        if flaw and not renewable(recipe):
            break
    return shared


def _taken(draft: Draft, at: tuple[int, int], bank: Bank) -> tuple[set[str], set[str]]:
    """What the version of a place asks besides, and what the other versions ask."""
    found: tuple[set[str], set[str]] = (set(), set())
    for number, row in enumerate(draft.draws):
        for where, one in enumerate(row):
            if one and (number, where) != at:
                found[number != at[0]].update(bank.questions(one))
    return found


def _asked_before(questions: frozenset[str], used: Collection[str], taken: Collection[str]) -> str:
    if not questions.isdisjoint(used):
        return "used-lately"
    return "" if questions.isdisjoint(taken) else "asked-already"


def _alike(one: Draw, row: Sequence[Draw | None], bank: Bank, languages: Sequence[str]) -> str:
    """The rule on stems that an item breaks in a version with those of its concept."""
    concept = bank.concept(one)
    kin = [other for other in row if other and bank.concept(other) == concept]
    flaws = [
        flaw.name for language in languages for flaw in bank.paper_flaws((*kin, one), language) if flaw.name in STEMS
    ] if kin else []  # fmt: skip
    return flaws[0] if flaws else ""


def order(blueprint: Blueprint, seed: int, versions: int) -> list[list[int]]:
    """The places of each version in the order in which they are asked: section after section, shuffled inside; no two
    versions have the same order while there are others."""
    parts: dict[int, list[int]] = {}
    for place, section in enumerate(places(blueprint)):
        parts.setdefault(section, []).append(place)
    found: list[list[int]] = []
    for version in range(versions):
        rng = Random(f"{blueprint.digest}:{seed}:order:{version}")  # noqa: S311  the same seed gives the same order
        row: list[int] = []
        for _ in range(MOST_TRIES):
            row = [place for part in parts.values() for place in rng.sample(part, len(part))]
            if row not in found:
                break
        found.append(row)
    return found
