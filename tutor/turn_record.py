"""One turn as it is recorded: its name for the calls that are made for it, and its end for those who work for it."""

import uuid
from collections.abc import Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from agents.listener import Listener
from agents.model_call import TURN
from tutor.calls import CallLog

if TYPE_CHECKING:
    from tutor.spans import Spans

Event = dict[str, Any]


class TurnRecord:
    """A turn that begins now. `spans`: where it is traced, None when it is not."""

    def __init__(self, log: CallLog, spans: "Spans | None" = None) -> None:
        self.name = uuid.uuid4().hex[:16]
        self.log = log
        self._listener = Listener()
        self._context = self._listener.context()
        self._context.run(TURN.set, self.name)
        self._span = spans.turn(self._context) if spans else None

    def events(self, made: Iterator[Event]) -> Iterator[Event]:
        """The events of `made`, which runs in a context that knows this turn, in whatever thread its parts run.

        Whoever closes this iterator stops the turn at once: what works for it finds that its listener has gone.
        """
        try:
            while (event := self._context.run(next, made, None)) is not None:
                yield event
        finally:
            self._listener.leave()
            if isinstance(made, Generator):
                self._context.run(made.close)
            if self._span:
                self._span.end()

    def judge(self, tally: Mapping[str, Any]) -> None:
        """Keep what became of the sentences that a chat model worded, as its turn counts them."""
        sentences = counts(tally)
        if sentences:
            self.log.judge(self.name, sentences)
            if self._span:
                self._span.judge(sentences)


def counts(tally: Mapping[str, Any]) -> dict[str, int]:
    """The counts of a turn's tally, without the seconds."""
    return {name: count for name, count in tally.items() if isinstance(count, int)}
