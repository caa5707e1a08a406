"""Whether a learner's placement test goes on, and with which question: one rule for who asks and for who advises."""

from dataclasses import dataclass
from datetime import datetime

from agents.exercises import Exercises
from knowledge.course import Course
from tutor.learner.choosing import telling_kind
from tutor.learner.placement import Probe, best_probe, finished
from tutor.learner.state import LearnerState
from tutor.learner.view import USUAL_OPTIONS, way_to


@dataclass(frozen=True)
class Placing:
    """The placement test of one learner at a moment."""

    state: LearnerState
    course: Course
    exercises: Exercises
    at: datetime

    @property
    def asked(self) -> int:
        """How many of its questions were handed out."""
        return sum(one.placement for one in self.state.exercises.values())

    @property
    def wanted(self) -> bool:
        """Whether it was begun or may begin; not for a learner who began by themselves."""
        return self.state.profile.placement == "ask" and bool(self.asked or not self.state.seen)

    @property
    def goes_on(self) -> bool:
        """Whether there is a next question; what it is is found only where that decides."""
        if not self.wanted:
            return False
        sure = not finished(self.asked, 0.0)  # even after a question that tells nothing
        return any(self._kind(name) for name in self._way) if sure else self.probe() is not None

    def probe(self) -> Probe | None:
        """The next question; None when the test is over."""
        probes = []
        for name in self._way:
            kind = self._kind(name)
            if kind:
                rates = self.state.tracer.rates(kind, USUAL_OPTIONS, self.course.concepts[name].difficulty)
                probes.append(Probe(name, *rates))
        probe, bits = best_probe(self.state.tracer, probes, self._way, self.at) if probes else (None, 0.0)
        return None if finished(self.asked, bits) else probe

    @property
    def _way(self) -> tuple[str, ...]:
        return way_to(self.course, self.state.profile.goal)

    def _kind(self, concept: str) -> str:
        return telling_kind(self.exercises, concept)
