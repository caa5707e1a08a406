"""One request in a thread of its own, so that the one who listens decides how long to wait, and when to hang up."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, Full, Queue
from types import TracebackType
from typing import Any, Self

WAITING = 64  # pieces that may wait for the listener; then the server waits
_TURN = 0.05  # seconds between two looks at whether the listener has gone


class Slow(Exception):
    """Nothing has come in time."""


class HungUp(Exception):
    """The listener has gone."""


class ServerCall:
    """Runs `answer(call)`, which puts pieces of bytes; the listener takes them with `next`.

    What `answer` raises, the listener gets. Leaving the `with` block cuts the connection at once.
    """

    def __init__(self, answer: Callable[["ServerCall"], None]) -> None:
        self._answer = answer
        self._queue: Queue[bytes | Exception | None] = Queue(WAITING)
        self._gone = threading.Event()
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, daemon=True, name="atenea-chat-call")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        self._gone.set()
        self._cut()

    def next(self, seconds: float) -> bytes | None:
        """The next piece; None at the end. Raises `Slow`, or what the answer raised."""
        try:
            found = self._queue.get(timeout=max(seconds, 0.0))
        except Empty:
            raise Slow from None
        if isinstance(found, Exception):
            raise found
        return found

    # For the one who answers

    def holds(self, stream: Any) -> None:
        """Remember the connection, which is cut when the listener goes. Raises `HungUp`."""
        self._socket = stream.get_extra_info("socket")
        if self._gone.is_set():
            raise HungUp

    def put(self, data: bytes | Exception | None) -> None:
        """Hand a piece over, when there is room. Raises `HungUp`."""
        while not self._gone.is_set():
            with suppress(Full):
                self._queue.put(data, timeout=_TURN)
                return
        raise HungUp

    def pause(self, seconds: float) -> None:
        """Wait. Raises `HungUp`."""
        if self._gone.wait(seconds):
            raise HungUp

    def _run(self) -> None:
        with suppress(HungUp):
            try:
                self._answer(self)
                self.put(None)
            except HungUp:
                raise
            except Exception as error:  # noqa: BLE001  it is raised again where the listener is
                self.put(error)

    def _cut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # it may have ended by itself
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # of TLS too, which has a shutdown of its own
