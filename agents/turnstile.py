"""A turnstile before work that keeps a core busy: so many at a time, and of those who wait, whoever's turn it is.

Where more sessions ask than the cores can serve, all would else be served at once and end late together.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from heapq import heappop, heappush
from itertools import count


class Turnstile:
    """Lets `most` through at a time, and whoever waits in the order of what they come with."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._free = most
        self._lock = threading.Lock()
        self._number = count()  # of two who come with the same, the first to ask goes first
        self._waiting: list[tuple[tuple[float, ...], int, threading.Event]] = []

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @contextmanager
    def through(self, *order: float) -> Iterator[None]:
        """Wait for a place and hold it; the least `order` of those who wait gets the next one."""
        self._enter(order)
        try:
            yield
        finally:
            self._leave()

    def _enter(self, order: tuple[float, ...]) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            called = threading.Event()
            heappush(self._waiting, (order, next(self._number), called))
        called.wait()

    def _leave(self) -> None:
        """Hand the place to whoever is next; it is free only when nobody waits."""
        with self._lock:
            if self._waiting:
                heappop(self._waiting)[2].set()
            else:
                self._free += 1
