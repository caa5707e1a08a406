"""The placement test: where a newcomer stands, in at most fifteen questions.

Each question is the one whose answer is expected to tell most about all concepts on the way to the goal: the fall of
the summed entropy of their masteries (Lindley 1956, expected information), with every answer's effect on prerequisites
and on the learner's level taken in. It stops when no question is expected to tell much more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from tutor.learner.mastery import SURE, Array, Evidence
from tutor.learner.tracer import Tracer

MOST = 15
FEWEST = 4
ENOUGH = 0.35  # bits that the best question is expected to tell over all concepts, under which the test stops


@dataclass(frozen=True, slots=True)
class Probe:
    """A question that could be asked: its concept and the slip and guess of the item."""

    concept: str
    slip: float
    guess: float


def best_probe(tracer: Tracer, probes: Iterable[Probe], concepts: tuple[str, ...], at: datetime) -> tuple[Probe, float]:
    """The question that is expected to tell most about `concepts`, and how many bits. `probes` is not empty."""
    places = np.array([tracer.model.place(name) for name in concepts])
    kept = tracer.kept(at)
    now = _entropy(tracer.model.mastery(tracer.belief, kept)[places])
    told = [(probe, now - _after(tracer, probe, places, kept)) for probe in probes]
    return max(told, key=lambda pair: (pair[1], pair[0].concept))


def finished(asked: int, bits: float) -> bool:
    """Whether the test is over after so many questions, when the next would tell so many bits."""
    return asked >= MOST or (asked >= FEWEST and bits < ENOUGH)


def _after(tracer: Tracer, probe: Probe, places: "np.typing.NDArray[np.int64]", kept: Array) -> float:
    """The entropy that is expected to be left."""
    model, place = tracer.model, tracer.model.place(probe.concept)
    rows = kept[model.needs.rows[place]]
    right = model.right_at(tracer.belief, place, rows, probe.slip, probe.guess)
    left = 0.0
    for score, chance in ((1.0, right), (0.0, 1 - right)):
        belief = tracer.belief.copy()
        model.observed(belief, Evidence(place, probe.slip, probe.guess, score, 1.0, rows, teaches=False))
        fresh = kept.copy()
        fresh[model.needs.rows[place]] = 1.0  # what is forgotten of them is in the belief now
        left += chance * _entropy(model.mastery(belief, fresh)[places])
    return left


def _entropy(chances: Array) -> float:
    """Bits, summed."""
    inside = np.clip(chances, SURE, 1 - SURE)
    return float(-np.sum(inside * np.log2(inside) + (1 - inside) * np.log2(1 - inside)))
