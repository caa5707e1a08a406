"""Whether whoever asked is still there: what waits for a server or a model looks now and then, and stops.

A listener stands in the context, so that threads that work for it find it, whatever lies between: a graph's nodes run
in threads of their own, which a caller that goes cannot reach otherwise.
"""

import threading
from contextlib import suppress
from contextvars import Context, ContextVar, copy_context
from queue import Empty, SimpleQueue
from typing import TypeVar

LOOK = 0.05  # seconds between two looks at whether the listener has gone
Piece = TypeVar("Piece")
_HERE: ContextVar["Listener | None"] = ContextVar("listener", default=None)


class HungUp(BaseException):
    """The listener has gone. No error, so that nothing on the way takes it for one."""


class Listener:
    """Someone who waits for work, until they leave; one who works for another has gone when that one has."""

    def __init__(self) -> None:
        self._left = threading.Event()
        self._beyond = _HERE.get()

    @property
    def gone(self) -> bool:
        """Whether nobody waits for the work any more."""
        return self._left.is_set() or (self._beyond is not None and self._beyond.gone)

    def leave(self) -> None:
        """Wait no more."""
        self._left.set()

    def context(self) -> Context:
        """A context in which this is the listener; what runs in it changes nothing outside."""
        made = copy_context()
        made.run(_HERE.set, self)
        return made


def listener_gone() -> bool:
    """Whether the one that the present work is for has gone; where nobody is named, nobody goes."""
    here = _HERE.get()
    return here is not None and here.gone


def take(pieces: "SimpleQueue[Piece]") -> Piece:
    """The next of some pieces, waited for as long as anybody wants it. Raises `HungUp`."""
    while not listener_gone():
        with suppress(Empty):
            return pieces.get(timeout=LOOK)
    raise HungUp
