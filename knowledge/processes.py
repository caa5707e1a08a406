"""Processes of our own that are asked over pipes."""

import subprocess
from contextlib import suppress
from typing import Any


def end_process(child: "subprocess.Popen[Any] | None") -> None:
    """Kill a process, wait for its end and close its pipes; nothing for None."""
    if child is None:
        return
    child.kill()
    child.wait()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            with suppress(OSError):  # it may still hold what the process had not read
                stream.close()
