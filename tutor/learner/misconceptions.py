"""Mistakes that a learner holds, by id: Bayes over the answers that could have shown them.

A mistake is held or not, with the prior below. An item can show it when one of its wrong answers leads there. Who holds
it falls into it at such an item with `FALLS`, who does not chooses that answer by chance with `STRAYS`; a right answer
there refutes it, and one elsewhere on the same concept a little. The rates are set by hand and stated here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

PRIOR = 0.1
FALLS, STRAYS = 0.6, 0.1
RIGHT_HOLDING, RIGHT_NOT = 0.65, 0.8  # a right answer on the concept at an item that cannot show the mistake
HELD, GONE = 0.35, 0.12  # from which a mistake is spoken of, and under which no longer


@dataclass(frozen=True, slots=True)
class Held:
    """A mistake: the probability that it is held, whether it is spoken of, and the answers (by number) that showed
    it."""

    id: str
    concept: str
    probability: float = PRIOR
    active: bool = False
    shown: tuple[int, ...] = ()


def after_answer(
    held: Mapping[str, Held], number: int, concept: str, shown: str, could_show: Iterable[str], right: bool
) -> dict[str, Held]:  # fmt: skip
    """The mistakes after an answer. `shown`: the mistake that it shows, "" for none; `could_show`: those of the
    item."""
    found = dict(held)
    if shown:
        one = found.get(shown, Held(shown, concept))
        found[shown] = _moved(replace(one, shown=(*one.shown, number)), FALLS, STRAYS)
    possible = set(could_show)
    for one in list(found.values()):
        if one.id == shown:
            continue
        if one.id in possible:
            found[one.id] = _moved(one, 1 - FALLS, 1 - STRAYS)
        elif right and one.concept == concept:
            found[one.id] = _moved(one, RIGHT_HOLDING, RIGHT_NOT)
    return found


def _moved(one: Held, if_held: float, if_not: float) -> Held:
    top = one.probability * if_held
    probability = top / (top + (1 - one.probability) * if_not)
    active = probability >= HELD or (one.active and probability >= GONE)
    return replace(one, probability=probability, active=active)
