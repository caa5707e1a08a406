"""Mastery by Bayesian knowledge tracing over the prerequisite graph.

Each concept is known or not (Corbett and Anderson 1995, "Knowledge tracing", UMUAI 4:253-278): an answer moves the
probability p that it is known by Bayes, and working on it may teach it, p + (1 - p) T. Three things are added.

* An item needs its concept and, with probability w, each of its prerequisites: a noisy AND (Pearl 1988, section 4.3.2;
  with w = 1 the conjunctive tracing of Koedinger et al. 2011, EDM). What it needs is there with probability

      ready = p_c * prod_j (1 - w_j (1 - p_j)),     P(right) = g + (1 - s - g) ready     (s: slip, g: guess)

  and each needed concept i moves by the odds P(answer | i known) / P(answer | i unknown), where what else is needed is
  taken at its mean for the middle of all learners. So a right answer speaks for the prerequisites, and blame for a
  wrong one falls on what is least surely known. `ready` is what is called mastery here: that the learner can do it.
* Learners differ in what they bring and how fast they learn, by one standard normal variable a learner (individual
  priors and rates: Yudelson, Koedinger and Gordon 2013, AIED). It is carried as K Gauss-Hermite nodes whose weights
  move with every answer, so that five answers on one topic say something of the next. How much the concepts of one
  learner differ is a second variable, as J nodes of fixed weight: the spread of p over K and J is the interval.
* Evidence that is worth less (a hint was taken, it is the second try) has its likelihood raised to a power under 1.

From this follows, and the tests hold it: a right answer lowers no mastery and a wrong one, before what is learned at
it, raises none (p grows with the K nodes, and so do the weights of a right answer); answers on concepts that share
nothing may come in any order; with one node, no prerequisites and no difference between learners it is the textbook's
filter, and equals pyBKT.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from knowledge.course import Course
from knowledge.course_learning import Learning
from tutor.learner.needs import Needs, needs_of

Array = NDArray[np.float64]
LEARNERS, OWN = 9, 3  # nodes of the two variables (K, J)
BELOW, ABOVE = 0.05, 0.95  # quantiles of the interval
SURE = 1e-9  # no probability comes nearer to 0 or 1, so that no answer is impossible


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation of a concept. `place`: of the concept. `score`: 0..1, how much of it was right. `worth`: 0..1,
    the power of its likelihood. `kept`: for each need of the concept, how much of it is not forgotten since it was last
    looked at. `teaches`: whether working on it may have taught it."""

    place: int
    slip: float
    guess: float
    score: float
    worth: float
    kept: Array
    teaches: bool = True


@dataclass
class Belief:
    """What is believed of one learner. `known`: (C, K, J), that each concept is known, as of the moment it was last
    looked at. `weights`: (K,), of the learner's nodes, in logarithms and not normalised."""

    known: Array
    weights: Array = field(default_factory=lambda: np.zeros(LEARNERS))

    def copy(self) -> "Belief":
        """The same, to be changed apart."""
        return Belief(self.known.copy(), self.weights.copy())


class MasteryModel:
    """The filter of one course and its rates. Values are arrays over concepts, in the order of `needs.concepts`."""

    def __init__(self, course: Course, rates: Learning, learners: int = LEARNERS, own: int = OWN) -> None:
        self.rates = rates
        self.needs: Needs = needs_of(course.concepts, rates.need)
        self.levels = np.array([concept.difficulty for concept in course.concepts.values()], float)
        self.nodes, self.base = _normal(learners)
        self.own_nodes, self.own_base = _normal(own)

    def place(self, concept: str) -> int:
        """Where a concept stands."""
        return self.needs.place(concept)

    @cached_property
    def learns(self) -> Array:
        """(C, K): that one answered item teaches its concept, where all that it stands on is known."""
        rates = self.rates
        odds = rates.learn + rates.learn_difficulty * (self.levels - 1)
        return _logistic(odds[:, None] + rates.learn_spread * self.nodes)

    @cached_property
    def _prior(self) -> Array:
        rates = self.rates
        odds = (rates.start + rates.start_difficulty * (self.levels - 1))[:, None, None]
        return _logistic(odds + rates.start_spread * self.nodes[:, None] + rates.own_spread * self.own_nodes)

    def prior(self) -> Belief:
        """What is believed of a learner of whom nothing is known."""
        return Belief(self._prior.copy(), np.log(self.base))

    def observed(self, belief: Belief, seen: Evidence) -> None:
        """Move the belief by an observation, in place."""
        rows, weights = self.needs.rows[seen.place], self.needs.weights[seen.place]
        known = belief.known[rows] * seen.kept[:, None, None]  # (M, K, J)
        middle = known @ self.own_base  # (M, K)
        slope = 1 - seen.slip - seen.guess
        right = seen.guess + slope * np.prod(1 - weights[:, None] * (1 - middle), axis=0)
        belief.weights += seen.worth * _tempered(right, seen.score)
        means = middle @ self.base  # (M,)
        there = np.clip(1 - weights * (1 - means), SURE, None)
        rest = np.prod(there) / there
        if_known, if_not = seen.guess + slope * rest, seen.guess + slope * rest * (1 - weights)
        odds = np.exp(seen.worth * (_tempered(if_known, seen.score) - _tempered(if_not, seen.score)))
        moved = known * odds[:, None, None]
        known = np.clip(moved / (moved + 1 - known), SURE, 1 - SURE)
        if seen.teaches:
            after = known[1:] @ self.own_base @ self.base
            taught = self.learns[seen.place] * np.prod(1 - weights[1:] * (1 - after))
            known[0] = np.minimum(known[0] + (1 - known[0]) * taught[:, None], 1 - SURE)
        belief.known[rows] = known

    # What is believed

    def shares(self, belief: Belief) -> Array:
        """(K,): the weights of the learner's nodes, summing to 1."""
        found = np.exp(belief.weights - belief.weights.max())
        shares: Array = found / found.sum()
        return shares

    def ready(self, known: Array) -> Array:
        """(C, K): that a learner of each node can do each concept. `known`: (C, K)."""
        needed = self.needs.padded_weights[:, :, None] * (1 - known[self.needs.padded_rows])
        found: Array = np.prod(1 - needed, axis=1)
        return found

    def mastery(self, belief: Belief, kept: Array) -> Array:
        """(C,): the mastery of each concept now. `kept`: (C,), how much is not forgotten since it was looked at."""
        mastery: Array = self.ready((belief.known @ self.own_base) * kept[:, None]) @ self.shares(belief)
        return mastery

    def interval(self, belief: Belief, kept: Array) -> tuple[Array, Array]:
        """(C,) twice: the bounds that hold 90 % of what the mastery may be.

        How fast this learner forgets is not known: the lower bound takes twice as much forgotten as is expected, the
        upper one nothing.
        """
        low, _ = self._bounds(belief, np.maximum(0.0, 2 * kept - 1))
        _, high = self._bounds(belief, np.ones_like(kept))
        return low, high

    def _bounds(self, belief: Belief, kept: Array) -> tuple[Array, Array]:
        """The quantiles over learners and concepts, where this much is kept."""
        known = belief.known * kept[:, None, None]
        middle = known @ self.own_base
        others = self.ready(middle) / np.clip(middle, SURE, None)  # (C, K): all that is needed but the concept itself
        values = (known * others[:, :, None]).reshape(len(known), -1)
        weights = (self.shares(belief)[:, None] * self.own_base).ravel()
        order = np.argsort(values, axis=1)
        sums = np.cumsum(weights[order], axis=1)
        bounds = [
            np.take_along_axis(values, np.take_along_axis(order, _first(sums, share), 1), 1)[:, 0]
            for share in (BELOW, ABOVE)
        ]  # fmt: skip
        return bounds[0], bounds[1]

    def right_at(self, belief: Belief, place: int, kept: Array, slip: float, guess: float) -> float:
        """The probability that the next answer on one concept is right. `kept`: as of `Evidence`."""
        rows, weights = self.needs.rows[place], self.needs.weights[place]
        middle = (belief.known[rows] @ self.own_base) * kept[:, None]
        ready = np.prod(1 - weights[:, None] * (1 - middle), axis=0)
        return float(guess + (1 - slip - guess) * (ready @ self.shares(belief)))

    def gains(self, belief: Belief, kept: Array, goal: Array) -> Array:
        """(C,): how much one more item on each concept is expected to add to the mastery of the goal's concepts,
        summed.

        Answers alone move a probability by nothing on average; what is gained is what is learned. `goal`: (C,), the
        weight of each concept in the goal.
        """
        means = ((belief.known @ self.own_base) * kept[:, None]) @ self.shares(belief)
        there = np.clip(1 - self.needs.whole * (1 - means), SURE, None)  # (C, C)
        mastery = np.prod(there, axis=1)
        slopes = mastery[:, None] * self.needs.whole / there  # of each mastery (row) by each p (column)
        learned = (1 - means) * (self.learns @ self.shares(belief)) * mastery / np.clip(means, SURE, None)
        gained: Array = (goal @ slopes) * learned
        return gained


def _normal(count: int) -> tuple[Array, Array]:
    """Nodes and weights for the mean over a standard normal variable, nodes ascending (Gauss-Hermite)."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    return nodes, weights / weights.sum()


def _logistic(odds: Array) -> Array:
    return np.clip(1 / (1 + np.exp(-odds)), SURE, 1 - SURE)


def _tempered(right: Array, score: float) -> Array:
    """The log-likelihood of a score between wrong (0) and right (1)."""
    found: Array = score * np.log(right) + (1 - score) * np.log1p(-right)
    return found


def _first(sums: Array, share: float) -> NDArray[np.int64]:
    """(C, 1): the first place at which each row of growing sums reaches a share."""
    found: NDArray[np.int64] = np.minimum((sums < share).sum(axis=1, keepdims=True), sums.shape[1] - 1)
    return found
