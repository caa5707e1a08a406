"""One request in a thread of its own, so that the one who listens decides how long to wait, and when to hang up."""

import socket
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from agents.ahead import Line
from agents.listener import HungUp

WAITING = 64  # pieces that may wait for the listener; then the server waits


class ServerCall(Line[bytes]):
    """Runs `answer(call)`, which puts pieces of bytes; the listener takes them with `next`.

    What `answer` raises, the listener gets. Leaving the `with` block cuts the connection at once.
    """

    def __init__(self, answer: Callable[[Self], None]) -> None:
        super().__init__(answer, WAITING, "atenea-chat-call")
        self._socket: socket.socket | None = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        super().__exit__(kind, error, trace)
        if self._socket is not None:
            with suppress(OSError):  # it may have ended by itself
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # of TLS too, which has a shutdown of its own

    def holds(self, stream: Any) -> None:
        """Remember the connection, which is cut when the listener goes. Raises `HungUp`."""
        self._socket = stream.get_extra_info("socket")
        if self.gone:
            raise HungUp
