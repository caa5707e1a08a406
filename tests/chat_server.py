"""An OpenAI-compatible server on loopback that does as it is told, faults included; made for the tests.

Run as a program it prints its port: python tests/chat_server.py --said TEXT [--die-after N]
"""

import argparse
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Part = bytes | float | Callable[[], None]  # bytes to send, seconds to wait, something to do


def event(text: str = "", **more: Any) -> bytes:
    """One event of a stream as most servers write it."""
    choice: dict[str, Any] = {"index": 0, "delta": {"content": text} | more.pop("delta", {}), "finish_reason": None}
    return b"data: " + json.dumps({"choices": [choice | more]}, ensure_ascii=False).encode() + b"\n\n"


END = event(finish_reason="stop", delta={"content": None})
DONE = b"data: [DONE]\n\n"


def speech(said: str) -> list[Part]:
    """The events of a text, a word each, with their end."""
    return [*(event(word + " ") for word in said.split(" ")), END, DONE]


@dataclass
class Reply:
    """An answer: its parts in order. `chunked`: with a length for each part, so that a cut is seen; else the end of the
    connection is that of the answer. `cut`: the connection ends before the answer does."""

    parts: list[Part] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/event-stream"})
    chunked: bool = True
    cut: bool = False


@dataclass
class Play:
    """What the server does: `replies` one after the other, the last again and again; `models` is what it lists."""

    replies: list[Reply] = field(default_factory=list)
    models: Reply | None = None
    health: int = 200
    answer: Callable[[dict[str, Any]], Reply] | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def says(self, *texts: str) -> "Play":
        """Answer with texts from now on."""
        self.replies = [Reply(speech(text)) for text in texts]
        return self


def listed(*names: str) -> Reply:
    """A list of models."""
    body = json.dumps({"object": "list", "data": [{"id": name, "object": "model"} for name in names]}).encode()
    return Reply([body], headers={"Content-Type": "application/json"})


def as_json(value: Any, status: int = 200, **headers: str) -> Reply:
    """A JSON answer."""
    return Reply([json.dumps(value).encode()], status, {"Content-Type": "application/json"} | headers)


def handler(play: Play) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            if self.path == "/health":
                self._send(as_json({}, play.health))
            elif self.path == "/v1/models":
                self._send(play.models or listed("tiny"))
            else:
                self._send(as_json({"error": {"message": "Not Found"}}, 404))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            play.asked.append(body)
            play.headers.append(dict(self.headers))
            if self.path != "/v1/chat/completions":
                self._send(as_json({"error": {"message": "Not Found"}}, 404))
            elif play.answer:
                self._send(play.answer(body))
            else:
                self._send(play.replies.pop(0) if len(play.replies) > 1 else play.replies[0])

        def _send(self, reply: Reply) -> None:
            self.close_connection = True
            try:
                self._speak(reply)
            except OSError:
                play.gone.set()

        def _speak(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header(
                "Transfer-Encoding" if reply.chunked else "Connection", "chunked" if reply.chunked else "close"
            )
            self.end_headers()
            for part in reply.parts:
                if isinstance(part, bytes):
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if reply.chunked else part)
                    self.wfile.flush()
                elif isinstance(part, int | float):
                    self._wait(part)
                else:
                    part()
            if reply.cut:
                self.connection.shutdown(socket.SHUT_RDWR)
            elif reply.chunked:
                self.wfile.write(b"0\r\n\r\n")

        def _wait(self, seconds: float) -> None:
            """Wait, and notice at once when the caller hangs up."""
            ends = time.monotonic() + seconds
            self.connection.settimeout(0.02)
            while time.monotonic() < ends:
                with suppress(TimeoutError):
                    if not self.connection.recv(1):
                        raise ConnectionResetError
            self.connection.settimeout(None)

    return Handler


@contextmanager
def serving(play: Play, port: int = 0) -> Iterator[Play]:
    """The server on a free port of this machine; `play.url` is its address."""
    server = ThreadingHTTPServer(("127.0.0.1", port), handler(play))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    play.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield play
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Serve one text until killed; with --die-after the whole process dies after so many words."""
    reader = argparse.ArgumentParser()
    reader.add_argument("--said", required=True)
    reader.add_argument("--die-after", type=int, default=0)
    chosen = reader.parse_args()
    parts: list[Part] = speech(chosen.said)
    if chosen.die_after:
        parts = [*parts[: chosen.die_after], 0.2, lambda: os._exit(9)]
    with serving(Play([Reply(parts)])) as play:
        print(play.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
