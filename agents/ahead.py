"""Work that runs ahead of whoever uses it, in a thread of its own, so that making and using overlap.

A line holds a bounded number of pieces: who makes them waits when it is full, who uses them when it is empty. Order is
kept; what the work raises comes behind the pieces before it; whoever leaves stops the work.
"""

import math
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from functools import partial
from queue import Empty, Full, Queue
from types import TracebackType
from typing import Generic, Self, TypeVar

from agents.listener import LOOK, HungUp, Listener, listener_gone

Made = TypeVar("Made")


class Slow(Exception):
    """Nothing has come in time."""


class Line(Generic[Made]):
    """Runs `work(line)`, which puts pieces; the listener takes them with `next`. To be used in a `with` block: leaving
    it stops the work at its next `put` or `pause`, or where it looks at `listener_gone`."""

    def __init__(self, work: Callable[[Self], None], most: int, name: str) -> None:
        self._work = partial(work, self)
        self._queue: Queue[tuple[Made] | Exception | None] = Queue(most)
        self._listener = Listener()
        self._thread = threading.Thread(target=self._listener.context().run, args=(self._run,), daemon=True, name=name)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        self._listener.leave()

    def next(self, seconds: float = math.inf) -> Made | None:
        """The next piece; None at the end. Raises `Slow`, `HungUp` when whoever this is for has gone, or what the work
        raised."""
        ends = time.monotonic() + seconds
        while not listener_gone():
            try:
                found = self._queue.get(timeout=max(min(ends - time.monotonic(), LOOK), 0.0))
            except Empty:
                if time.monotonic() >= ends:
                    raise Slow from None
                continue
            if isinstance(found, Exception):
                raise found
            return found[0] if found else None
        raise HungUp

    # For the one who works

    @property
    def gone(self) -> bool:
        """Whether the listener has gone."""
        return self._listener.gone

    def put(self, piece: Made) -> None:
        """Hand a piece over, when there is room. Raises `HungUp`."""
        self._put((piece,))

    def pause(self, seconds: float) -> None:
        """Wait. Raises `HungUp`."""
        ends = time.monotonic() + seconds
        while not self.gone:
            left = ends - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, LOOK))
        raise HungUp

    def _put(self, found: tuple[Made] | Exception | None) -> None:
        while not self.gone:
            with suppress(Full):
                self._queue.put(found, timeout=LOOK)
                return
        raise HungUp

    def _run(self) -> None:
        with suppress(HungUp):
            try:
                self._work()
                self._put(None)
            except Exception as error:  # noqa: BLE001  it is raised again where the listener is
                self._put(error)


def ahead(make: Callable[[], Iterator[Made]], most: int, name: str) -> Generator[Made, None, None]:
    """The items of `make()`, none of them None, made by a thread called `name` up to `most` before they are asked for.

    What making raises is raised behind the items before it. Closing this iterator stops the making, and closes its
    iterator in the thread that it runs in.
    """

    def work(line: Line[Made]) -> None:
        items = make()
        try:
            for item in items:
                line.put(item)
        finally:
            if isinstance(items, Generator):
                items.close()

    with Line(work, most, name) as line:
        while (found := line.next()) is not None:
            yield found
