"""A model server for measuring, which speaks at a stated speed: `python -m evals.model_server [--words N] COMMAND...`.

The command runs with `ATENEA_MODEL` set to it, as in

    python -m evals.model_server --words 50 atenea eval latency --sessions 1,8,32 --turns 2

It is OpenAI-compatible, on loopback, in a process of its own, and streams to every session, however many there are,
its words a second, after `--first` seconds: as a server does that is not yet full. What it says are sentences on the
course (`evaluation/liars.jsonl`), in the language of the question, three true ones and a false one an answer, none
twice before all were said, so that a verdict that was reached is seldom of use again.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path
from typing import Any

from knowledge.course import BUNDLED_COURSE
from knowledge.messages import LANGUAGES
from knowledge.text_guard import text_language

SENTENCES = BUNDLED_COURSE / "evaluation" / "liars.jsonl"
MODEL = "spoken"
TRUE_ONES = 3  # of an answer's sentences; one is false
WORDS, FIRST = 50.0, 0.2  # a second, of each session; seconds before the first


class Speaker:
    """What is said: `answer` gives the next one in a language, for whichever thread asks."""

    def __init__(self, file: Path = SENTENCES) -> None:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        self._said = {
            (language, label): cycle([row["text"] for row in rows if (row["lang"], row["label"]) == (language, label)])
            for language in LANGUAGES for label in (True, False)
        }  # fmt: skip
        self._lock = threading.Lock()

    def answer(self, language: str) -> str:
        """Four sentences, each with a mark as the prompt asks for."""
        with self._lock:
            said = [next(self._said[language, True]) for _ in range(TRUE_ONES)]
            said.append(next(self._said[language, False]))
        return " ".join(f"{text} [1]" for text in said)


class Server(ThreadingHTTPServer):
    """The server: `words` a second to each session, the first after `first` seconds."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, words: float = WORDS, first: float = FIRST) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.speaker = Speaker()
        self.words = words
        self.first = first

    @property
    def model(self) -> str:
        """The setting that names it."""
        return f"openai:http://127.0.0.1:{self.server_address[1]}/v1#{MODEL}"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *args: Any) -> None:
        """Nothing is logged."""

    def do_GET(self) -> None:
        """What models there are."""
        body = json.dumps({"object": "list", "data": [{"id": MODEL, "object": "model"}]}).encode()
        self._begin("application/json")
        self.wfile.write(body)

    def do_POST(self) -> None:
        """An answer to the last message, word by word, each at its time; later ones make up for one that was late."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["messages"]
        said = self.server.speaker.answer(text_language(str(asked[-1]["content"]), "auto", LANGUAGES[0])).split()
        self._begin("text/event-stream")
        began = time.monotonic() + self.server.first
        for place, word in enumerate(said):
            time.sleep(max(began + place / self.server.words - time.monotonic(), 0.0))
            self._send({"choices": [{"index": 0, "delta": {"content": f"{word} "}, "finish_reason": None}]})
        read = sum(len(str(one["content"]).split()) for one in asked)
        self._send({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self._send({"choices": [], "usage": {"prompt_tokens": read, "completion_tokens": len(said)}})
        self.wfile.write(b"data: [DONE]\n\n")

    def _begin(self, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        self.end_headers()

    def _send(self, event: dict[str, Any]) -> None:
        self.wfile.write(b"data: " + json.dumps(event, ensure_ascii=False).encode() + b"\n\n")
        self.wfile.flush()


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """The server at work."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Serve while the command runs, and end as it does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=float, default=WORDS, help="a second, to each session")
    parser.add_argument("--first", type=float, default=FIRST, help="seconds before the first word")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="what runs beside it")
    chosen = parser.parse_args()
    if not chosen.command:
        parser.error("a command is missing")
    with serving(Server(chosen.words, chosen.first)) as server:
        print(f"{chosen.words:g} words/s, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
        ended = subprocess.run(chosen.command, env={**os.environ, "ATENEA_MODEL": server.model}, check=False)
    raise SystemExit(ended.returncode)


if __name__ == "__main__":
    main()
