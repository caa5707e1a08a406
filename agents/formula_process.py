"""Algebra in a process of its own, which is ended when it takes too long: what people type must not hold up a tutor.

The process is started when it is first needed and kept; one that was ended is started anew for the next question.
"""

import atexit
import json
import subprocess
import sys
import threading
from pathlib import Path
from queue import Empty, Queue

from knowledge.processes import end_process

LIMIT = 3.0  # seconds for one pair of formulas
START = 20.0  # seconds for the first, until sympy has been imported
MOST_CHARACTERS = 300
CHILD = Path(__file__).with_name("formula_child.py")


class Algebra:
    """Says whether two formulas in LaTeX are equal, None where it cannot tell within the limit. Any thread may ask."""

    def __init__(self, limit: float = LIMIT) -> None:
        self.limit = limit
        self._turn = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._said: Queue[str] = Queue()
        atexit.register(self.close)

    def equal(self, key: str, answer: str) -> bool | None:
        """Whether they are equal by algebra. Letters count without case and products commute: for numbers alone."""
        if max(len(key), len(answer)) > MOST_CHARACTERS:
            return None
        with self._turn:
            warm = self._running()
            if not warm and self._ask("1", "1", START) is None:
                return None
            return self._ask(key, answer, self.limit)

    def close(self) -> None:
        """End the process."""
        child, self._child = self._child, None
        end_process(child)

    def _ask(self, key: str, answer: str, limit: float) -> bool | None:
        child = self._child
        if child is None or child.stdin is None:
            return None
        try:
            child.stdin.write(json.dumps({"key": key, "answer": answer}) + "\n")
            child.stdin.flush()
            found = json.loads(self._said.get(timeout=limit) or "null")
        except (OSError, Empty, json.JSONDecodeError):
            self.close()
            return None
        return found if isinstance(found, bool) else None

    def _running(self) -> bool:
        """Whether the process was there already; one is started where it was not."""
        if self._child is not None and self._child.poll() is None:
            return True
        self.close()
        try:
            self._child = subprocess.Popen(  # noqa: S603  this Python, and a file of ours
                [sys.executable, "-I", str(CHILD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
            )  # fmt: skip
        except OSError:
            return False
        self._said = Queue()
        threading.Thread(target=_listen, args=(self._child, self._said), daemon=True).start()
        return False


def _listen(child: "subprocess.Popen[str]", said: "Queue[str]") -> None:
    """Hand on what the process says, line by line, and an empty line when it ends."""
    assert child.stdout is not None
    try:
        for line in child.stdout:
            said.put(line)
    except ValueError:  # closed while it was read
        pass
    said.put("")
