"""What an item of a concept needs: the concept itself, and, the less surely the farther off, what it stands on."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from knowledge.course import Concept

FARTHEST = 3  # steps down the graph; what lies below is reached through what lies between
NONE = -1


@dataclass(frozen=True)
class Needs:
    """The prerequisite graph as numbers. `concepts`: ids in the course's order, C of them.

    `padded_rows`, `steps`: (C, M), for each concept the places of what its items need, itself first, and how many steps
    of the graph away each is; filled up with the place 0 and the step `NONE`. `need`: the probability that an item of a
    concept needs one of its prerequisites; of what is n steps away, its n-th power.
    """

    concepts: tuple[str, ...]
    padded_rows: NDArray[np.int64]
    steps: NDArray[np.int64]
    need: float

    @cached_property
    def padded_weights(self) -> NDArray[np.float64]:
        """(C, M): the probability of each need, 0 where there is none."""
        return np.where(self.steps == NONE, 0.0, self.need ** np.maximum(self.steps, 0))

    @cached_property
    def rows(self) -> tuple[NDArray[np.int64], ...]:
        """For each concept the places of its needs."""
        return tuple(row[step != NONE] for row, step in zip(self.padded_rows, self.steps, strict=True))

    @cached_property
    def weights(self) -> tuple[NDArray[np.float64], ...]:
        """For each concept the probabilities of its needs."""
        return tuple(row[step != NONE] for row, step in zip(self.padded_weights, self.steps, strict=True))

    @cached_property
    def whole(self) -> NDArray[np.float64]:
        """(C, C): the need of each concept (row) for each (column)."""
        found = np.zeros((len(self.concepts), len(self.concepts)))
        for at, (rows, weights) in enumerate(zip(self.rows, self.weights, strict=True)):
            found[at, rows] = weights
        return found

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {concept: at for at, concept in enumerate(self.concepts)}

    def place(self, concept: str) -> int:
        """Where a concept stands in `concepts`. Raises `KeyError` for one that the course does not hold."""
        return self._places[concept]


def needs_of(concepts: Mapping[str, Concept], need: float) -> Needs:
    """The needs of a course's concepts. The graph has no cycle (`atenea course validate`)."""
    places = {name: at for at, name in enumerate(concepts)}
    found = [_below(concepts, name) for name in concepts]
    shape = (len(found), max(map(len, found)))
    rows, steps = np.zeros(shape, np.int64), np.full(shape, NONE)
    for at, below in enumerate(found):
        rows[at, : len(below)] = [places[name] for name in below]
        steps[at, : len(below)] = list(below.values())
    return Needs(tuple(concepts), rows, steps, need)


def _below(concepts: Mapping[str, Concept], name: str) -> dict[str, int]:
    """The concept and what it stands on, nearest first, each with its distance."""
    found, edge = {name: 0}, [name]
    for step in range(1, FARTHEST + 1):
        edge = list(dict.fromkeys(
            before for one in edge for before in concepts[one].prerequisites if before not in found
        ))  # fmt: skip
        found.update(dict.fromkeys(edge, step))
    return found
