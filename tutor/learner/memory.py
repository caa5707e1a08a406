"""When a concept is about to be forgotten: FSRS-6, a card for each concept (the `fsrs` package, by its authors).

The library keeps a card's stability (days until recall has fallen to 0.9) and difficulty; its probability of recall is
a power law of the days since the last answer. Ratings: a right answer without help is Good, one with help or partly
right is Hard, a wrong one Again. No learning steps within minutes and no fuzz: the same answers give the same dates.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fsrs import Card, Rating, Scheduler

RETENTION = 0.9  # recall at which a review is due, as FSRS proposes
HALF = 0.5  # of the points, from which an answer is partly right rather than wrong
_SCHEDULER = Scheduler(desired_retention=RETENTION, learning_steps=(), relearning_steps=(), enable_fuzzing=False)
_NEVER = 1e-6  # the least recall that is divided by


@dataclass
class Memory:
    """What one learner remembers. `cards`: of the concepts that were answered; `looked`: when each concept's mastery
    was last reckoned, which what is left is counted from. Moments need a time zone (`ValueError`)."""

    cards: dict[str, Card] = field(default_factory=dict)
    looked: dict[str, datetime] = field(default_factory=dict)

    def review(self, concept: str, at: datetime, score: float, helped: bool) -> None:
        """Take an answer in. One that a wrong clock puts before the last counts as given at that one."""
        card, at = self.cards.get(concept) or Card(card_id=0), utc(at)
        if card.last_review is not None:
            at = max(at, card.last_review)
        self.cards[concept] = _SCHEDULER.review_card(card, rating(score, helped), at)[0]

    def look(self, concepts: Sequence[str], at: datetime) -> None:
        """The mastery of these concepts is reckoned anew at a moment."""
        at = utc(at)
        for concept in concepts:
            self.looked[concept] = max(at, self.looked.get(concept, at))

    def recall(self, concept: str, at: datetime) -> float:
        """The probability that what was known at the last answer is still known; 1 for a concept never answered."""
        card = self.cards.get(concept)
        return _SCHEDULER.get_card_retrievability(card, utc(at)) if card else 1.0

    def kept(self, concept: str, at: datetime) -> float:
        """How much is not forgotten since the concept was last looked at, 0..1."""
        if concept not in self.cards:
            return 1.0
        return min(1.0, self.recall(concept, at) / max(_NEVER, self.recall(concept, self.looked[concept])))

    def due(self, concept: str) -> datetime | None:
        """When the concept should be looked at again; None for one that was never answered."""
        card = self.cards.get(concept)
        return card.due if card else None


def utc(at: datetime) -> datetime:
    """The moment in UTC, which FSRS asks for. Raises `ValueError` for one without a time zone."""
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return at.astimezone(UTC)


def rating(score: float, helped: bool) -> Rating:
    """What FSRS is told of an answer."""
    if score < HALF:
        return Rating.Again
    return Rating.Hard if helped or score < 1 else Rating.Good
