"""Simulated students, made by a model that is not the one being judged.

Nothing here is Bayesian knowledge tracing. A student has a continuous skill in each concept, 0 to 1, that answers
follow by a logistic curve (as in item response theory), that practice raises by a share of what is missing, and that
fades by half-lives which grow with practice (Ebbinghaus' curve, not FSRS' power law). Students differ in background by
topic, in speed, in slips, and in how soon they forget; half of them fall for misconceptions, which spoil answers on a
concept, however skilled, until feedback happens to remove them. Concepts build on the weakest of their prerequisites,
not on a product. The scale is that of 27 data sets of online practice (Koedinger, Carvalho, Liu and McLaughlin 2023,
PNAS 120(13), e2221311120): about two answers in three right at the beginning, students far apart there and much less so
in speed, and some seven items from there to 80 %. The constants below were set by hand to that end (docs/LOG.md says
how the result depends on them); no answer of a real learner stands behind them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.course import Course

Array = NDArray[np.float64]
SPEED, HALF_LIFE, SLIP = (0.06, 0.4), (60.0, 0.5), (2.0, 20.0)  # lognormal (median, sigma) twice; beta (a, b)
BACKGROUND, TOPIC, OWN, LEVEL = (0.4, 1.0), 1.0, 1.0, 0.3  # log-odds of a first skill: learner, topic, concept, level
HOLDS, FALLS, CURED = 0.15, 0.65, 0.4  # misconceptions: share of concepts, of answers spoiled, of feedback that cures
STEEP, HARD, HARDER = 10.0, 0.4, 0.05  # of the answer's curve: slope, skill of even chance at level 3, more a level
FOUNDATION = 0.5  # of learning and of answering, how much rests on the weakest prerequisite
PAST = 4.0  # answers of practice elsewhere that a whole first skill stands for: it fades as slowly
MASTERED = 0.8  # share of items at a concept's own level that are known, luck and slips apart: truly mastered
SESSION, GAP = 12, (1, 3)  # items a sitting, days between two


@dataclass(frozen=True, slots=True)
class Question:
    """What a student is asked. `place`: of the concept in the course."""

    place: int
    kind: str
    options: int
    difficulty: int


@dataclass
class Student:
    """One simulated student. Arrays over the course's concepts."""

    rng: np.random.Generator
    before: NDArray[np.int64]  # (C, P): places of the prerequisites, filled up with C, where nothing is missing
    skill: Array
    speed: float
    half_life: float
    slip: float
    wrong: NDArray[np.bool_]
    practised: Array
    last: Array
    levels: Array
    day: float = 0.0
    asked: int = 0

    def effective(self) -> Array:
        """What the student can do now: the skill that is left, on what is left of its foundation."""
        now = self._left()
        weakest = np.min(np.append(now, 1.0)[self.before], axis=1)
        found: Array = now * (1 - FOUNDATION + FOUNDATION * weakest)
        return found

    def mastered(self) -> NDArray[np.bool_]:
        """Which concepts are truly mastered."""
        return (self.able() >= MASTERED) & ~self.wrong

    def able(self) -> Array:
        """The share of items at each concept's own level that the student knows now, slips, luck and misconceptions
        apart."""
        found: Array = self._knows(self.effective(), self.levels)
        return found

    def would_answer(self, question: Question) -> bool:
        """An answer from which nothing is learned."""
        return self._right(question, float(self.effective()[question.place]))

    def answer(self, question: Question) -> bool:
        """Answer, hear whether it was right and why, and learn from it; then perhaps go home until another day."""
        place = question.place
        now = self._left()
        weakest = float(np.min(np.append(now, 1.0)[self.before[place]]))
        able = now[place] * (1 - FOUNDATION + FOUNDATION * weakest)
        right = self._right(question, able)
        gain = self.speed * (1 - FOUNDATION + FOUNDATION * weakest)
        self.skill[place] = now[place] + (1 - now[place]) * min(0.9, gain)
        self.practised[place] += 1
        self.last[place] = self.day
        if self.wrong[place] and not right and self.rng.random() < CURED:
            self.wrong[place] = False
        self._tire()
        return right

    def _right(self, question: Question, able: float) -> bool:
        if self.wrong[question.place] and self.rng.random() < FALLS:
            return False
        guess = 1 / question.options if question.options else 0.03
        if self.rng.random() < self._knows(able, question.difficulty):
            return bool(self.rng.random() >= self.slip)
        return bool(self.rng.random() < guess)

    @staticmethod
    def _knows(able: Any, level: Any) -> Any:
        return 1 / (1 + np.exp(-STEEP * (able - HARD - HARDER * (level - 3))))

    def _left(self) -> Array:
        days = self.day - self.last
        lives = self.half_life * (1 + self.practised) ** 0.8
        found: Array = self.skill * 0.5 ** (days / lives)
        return found

    def _tire(self) -> None:
        self.asked += 1
        self.day += 0.001
        if self.asked % SESSION == 0:
            self.day += float(self.rng.integers(GAP[0], GAP[1] + 1))


@dataclass
class Cohort:
    """Makes students of a course; the same seed and number make the same student."""

    course: Course
    seed: int
    topics: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        names = dict.fromkeys(concept.topic for concept in self.course.concepts.values())
        self.topics = {name: at for at, name in enumerate(names)}

    def student(self, number: int) -> Student:
        """A student, new to the tutor."""
        rng = np.random.default_rng([self.seed, number])
        concepts = list(self.course.concepts.values())
        places = {concept.id: at for at, concept in enumerate(concepts)}
        most = max(1, *(len(concept.prerequisites) for concept in concepts))
        before = np.full((len(concepts), most), len(concepts))
        for at, concept in enumerate(concepts):
            before[at, : len(concept.prerequisites)] = [places[one] for one in concept.prerequisites]
        background = rng.normal(*BACKGROUND) + rng.normal(0, TOPIC, len(self.topics))
        levels = np.array([concept.difficulty for concept in concepts], float)
        own = rng.normal(0, OWN, len(concepts))
        odds = np.array([background[self.topics[concept.topic]] for concept in concepts]) + own - LEVEL * (levels - 2)
        skill = 1 / (1 + np.exp(-odds))
        holder = rng.random() < 0.5
        return Student(
            rng, before, skill, float(SPEED[0] * np.exp(rng.normal(0, SPEED[1]))),
            float(HALF_LIFE[0] * np.exp(rng.normal(0, HALF_LIFE[1]))), float(rng.beta(*SLIP)),
            (rng.random(len(concepts)) < 2 * HOLDS) & holder, PAST * skill, np.zeros(len(concepts)),
            levels,
        )  # fmt: skip
