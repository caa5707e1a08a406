"""The process that reads files for `parsing`: it may be ended at any time, and no file can make it more than it is.

A line of JSON in, {"kind", "path", "root"}; a frame out: eight bytes that say how long (big-endian), then JSON:
{"document": ..., "passages": n}, for a list of references {"references": [...], "problems": [...]}, or for what cannot
be read {"code": ..., "values": {...}}. An empty frame says that it is ready. Its own
limits come as its argument. It writes nowhere else, whatever the libraries in it print.
"""

import json
import os
import signal
import struct
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from knowledge.errors import BadDocument
from knowledge.formats.limits import Limits
from knowledge.parsed import parse
from knowledge.readers import references_of

HEADER = struct.Struct(">Q")
GRACE = 5  # seconds after which it ends itself, should its parent be gone
PAGE = 4096  # bytes; /proc counts memory in pages


def main(limits: str) -> None:
    """Answer until the input ends."""
    said = Limits(**json.loads(limits))
    if hasattr(signal, "SIGINT"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to hear
    out = _own_output()
    _bound(said)
    _send(out, b"")
    for line in sys.stdin.buffer:
        request = json.loads(line)
        _set_alarm(said.seconds)
        _send(out, _encoded(_answer(request, said), said))
        _set_alarm(None)


def _answer(request: dict[str, str], limits: Limits) -> dict[str, Any]:
    path = Path(request["path"])
    try:
        if request["kind"] == "references":
            return _references(path, limits)
        parsed = parse(path, Path(request["root"]) if request["root"] else None, limits)
    except BadDocument as error:
        return _problem(error)
    except MemoryError:
        return {"code": "document-memory", "values": {"path": str(path), "limit": limits.memory_megabytes}}
    except Exception as error:  # noqa: BLE001  whatever a file breaks in a library, it is this file alone
        return {"code": "document-crashed", "values": {"path": str(path), "reason": type(error).__name__}}
    return {"document": asdict(parsed.document), "passages": parsed.passages}


def _references(path: Path, limits: Limits) -> dict[str, Any]:
    references, problems = references_of(path, limits)
    return {"references": [asdict(one) for one in references], "problems": [_problem(one) for one in problems]}


def _problem(error: BadDocument) -> dict[str, Any]:
    values = {name: value if isinstance(value, int | float) else str(value) for name, value in error.values.items()}
    return {"code": error.code, "values": values}


def _encoded(answer: dict[str, Any], limits: Limits) -> bytes:
    try:
        data = json.dumps(answer, ensure_ascii=False).encode(errors="replace")
    except MemoryError:
        data = b'{"code": "document-memory", "values": {}}'
    most = limits.expanded_megabytes * 1e6
    return data if len(data) <= most else b'{"code": "document-memory", "values": {}}'


def _send(out: BinaryIO, data: bytes) -> None:
    out.write(HEADER.pack(len(data)))
    out.write(data)
    out.flush()


def _own_output() -> BinaryIO:
    """The pipe to the parent; what anything else writes to standard output goes nowhere."""
    out = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return out


def _bound(limits: Limits) -> None:
    """Hold this process to its memory, counted from what it has now, where the system can."""
    try:
        import resource  # noqa: PLC0415  Unix alone has it

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        most = _memory() + limits.memory_megabytes * 1_000_000
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    except (ImportError, ValueError, OSError):
        return


def _memory() -> int:
    """The address space that this process takes, 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * PAGE
    except OSError:
        return 0


def _set_alarm(seconds: float | None) -> None:
    """Be ended when a file takes too long and nobody is left to end it, in time and in time of computing."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0 if seconds is None else seconds + GRACE)
        signal.setitimer(signal.ITIMER_PROF, 0 if seconds is None else seconds + GRACE)
