"""One learner followed through time: the mastery filter and the FSRS cards, moved together by each answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import exp, log

import numpy as np

from tutor.learner.mastery import Array, Belief, Evidence, MasteryModel
from tutor.learner.memory import Memory, utc

MIDDLE = 3  # difficulty of an item at which a slip is what the rates say
HELP = 1.0  # a hint or an earlier try halves the worth of a right answer, two make a third of it: 1 / (1 + HELP * n)
MOST_CHANCE = 0.95  # of a slip and a guess together: knowing must speak for a right answer


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as the model sees it. `kind`, `options`, `difficulty`: of the item; `help`: hints taken and tries
    before this one; `told`: whether the solution had been shown, after which a right answer says nothing."""

    concept: str
    kind: str
    options: int
    difficulty: int
    score: float
    at: datetime
    help: int = 0
    told: bool = False

    @property
    def worth(self) -> float:
        """The power of its likelihood. A wrong answer after help is as wrong as one without."""
        if self.told:
            return 0.0
        return 1.0 if self.score < 1 else 1 / (1 + HELP * self.help)


@dataclass
class Tracer:
    """What is believed of one learner, to be asked for any later moment."""

    model: MasteryModel
    belief: Belief
    memory: Memory = field(default_factory=Memory)

    @classmethod
    def new(cls, model: MasteryModel) -> "Tracer":
        """Of a learner of whom nothing is known."""
        return cls(model, model.prior())

    def rates(self, kind: str, options: int, difficulty: int) -> tuple[float, float]:
        """The slip and the guess of an item."""
        rates = self.model.rates
        slip, guess = rates.slipped(kind), rates.guessed(kind, options)
        odds = log(slip / (1 - slip)) + rates.slip_difficulty * (difficulty - MIDDLE)
        return min(1 / (1 + exp(-odds)), MOST_CHANCE - guess), guess

    def predicted(self, concept: str, kind: str, options: int, difficulty: int, at: datetime) -> float:
        """The probability that an item will be answered rightly."""
        place = self.model.place(concept)
        rates = self.rates(kind, options, difficulty)
        return self.model.right_at(self.belief, place, self._kept_rows(place, at), *rates)

    def mastery_of(self, concept: str, at: datetime) -> float:
        """The mastery of one concept at a moment."""
        place = self.model.place(concept)
        return self.model.right_at(self.belief, place, self._kept_rows(place, at), 0.0, 0.0)

    def answer(self, given: Answered) -> None:
        """Take an answer in."""
        rates = self.rates(given.kind, given.options, given.difficulty)
        self.observe(given.concept, rates, given.score, given.worth, given.at)
        self.memory.review(given.concept, given.at, given.score, bool(given.help or given.told))

    def observe(
        self, concept: str, rates: tuple[float, float], score: float, worth: float, at: datetime, teaches: bool = True
    ) -> None:
        """Take in evidence of any kind, without a review of memory."""
        place, at = self.model.place(concept), utc(at)
        seen = Evidence(place, *rates, score, worth, self._kept_rows(place, at), teaches)
        self.model.observed(self.belief, seen)
        self.memory.look([self.model.needs.concepts[row] for row in self.model.needs.rows[place]], at)

    def kept(self, at: datetime) -> Array:
        """(C,): how much of each concept is not forgotten since it was last looked at."""
        return self._kept(self.model.needs.concepts, at)

    def _kept_rows(self, place: int, at: datetime) -> Array:
        return self._kept([self.model.needs.concepts[row] for row in self.model.needs.rows[place]], at)

    def _kept(self, concepts: Sequence[str], at: datetime) -> Array:
        left = np.array([self.memory.kept(name, at) for name in concepts])
        kept: Array = left**self.model.rates.forget
        return kept

    def mastery(self, at: datetime) -> Array:
        """(C,): the mastery of each concept at a moment."""
        return self.model.mastery(self.belief, self.kept(at))
