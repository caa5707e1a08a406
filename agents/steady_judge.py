"""A verifier that goes on judging when the model behind it is away: another one judges meanwhile."""

import time
from collections.abc import Callable, Sequence

from agents.errors import BadModel
from knowledge.judgement import Judgement
from knowledge.verifier import Verifier

AWAY = 60.0  # seconds in which a model that failed is not asked again


class SteadyJudge:
    """Judges with `judge`, a chat model; when it fails, and for AWAY seconds from then, with what `substitute` makes.
    `heard` hears of each failure."""

    def __init__(
        self, judge: Verifier, substitute: Callable[[], Verifier], heard: Callable[[BadModel], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._judge = judge
        self._make = substitute
        self._heard = heard
        self._clock = clock
        self._until = float("-inf")
        self._substitute: Verifier | None = None

    @property
    def name(self) -> str:
        """Of the one that judges now."""
        return self._now.name

    @property
    def languages(self) -> tuple[str, ...]:
        """The same."""
        return self._now.languages

    @property
    def general(self) -> bool:
        """The same."""
        return self._now.general

    def begin(self, claim: str) -> None:
        """Told to the one that judges now."""
        self._now.begin(claim)

    def score(self, evidence: Sequence[Sequence[str]], claims: Sequence[str]) -> list[Judgement]:
        """The judgements of the model, else of the other one."""
        if self._now is self._judge:
            try:
                return self._judge.score(evidence, claims)
            except BadModel as error:
                self._until = self._clock() + AWAY
                self._heard(error)
        return self._now.score(evidence, claims)

    @property
    def _now(self) -> Verifier:
        if self._clock() >= self._until:
            return self._judge
        if self._substitute is None:
            self._substitute = self._make()
        return self._substitute
