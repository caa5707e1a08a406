"""Files read in a process that can be ended: what a file does to it, it does to nobody else.

One process reads many files, so that its start (half a second) is paid once. It is held to its memory, and ended
when a file takes longer than it may; a new one goes on with the next file. It hands back data, which is checked.
Text of at most `SMALL` bytes in which nothing looks as if it were made to take long is read here: there is nothing in
it to unpack, and starting a process would take longer than reading it.
"""

import atexit
import json
import os
import re
import signal
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from queue import Empty, Queue
from types import TracebackType
from typing import Any

from pydantic import TypeAdapter, ValidationError

from knowledge.documents import Document
from knowledge.errors import BadDocument
from knowledge.formats.limits import LIMITS, Limits
from knowledge.formats.references import Reference
from knowledge.parsed import Parsed, parse
from knowledge.parsing_child import HEADER
from knowledge.printable import printable_document
from knowledge.processes import end_process
from knowledge.readers import Found, Listed, read_all

SMALL = 32_000  # bytes
# Long lines; tables of many columns; deep indentation; heaps of marks (brackets, quotes, backticks, dashes).
_WILD = re.compile(rb"[^\n]{4000}|(?:\|[^|\n]*){30}|^[ \t]{24}|`{5}|([^\w\s])\1{79}|(?:[\[(!*_>`~]\s?){12}|\0", re.M)
PLAIN = {".md", ".markdown", ".txt", ".rst"}
START = 60.0  # seconds until the process has loaded its libraries, on a busy machine
CODE = "import sys; sys.path.append(sys.argv[1]); from knowledge.parsing_child import main; main(sys.argv[2])"
HOME = Path(__file__).parent.parent
SLOW_SIGNALS = {"SIGALRM", "SIGPROF", "SIGXCPU"}
MOST_WORKERS = 2


@dataclass(frozen=True, slots=True)
class _Problem:
    """A `BadDocument` as data."""

    code: str = ""
    values: dict[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Said(_Problem):
    """What the process says of a file: its document, the references of a list, or the code of an error."""

    document: Document | None = None
    passages: int = 0
    references: tuple[Reference, ...] = ()
    problems: tuple[_Problem, ...] = ()


class SafeReader:
    """Reads one file after the other. Any thread may ask; `close` ends the process, and so does leaving a `with`."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.limits = limits
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._said: Queue[bytes | None] = Queue()
        self._closed = False
        atexit.register(self.close)

    def read(self, path: Path, root: Path | None = None) -> Parsed:
        """The file's document, as `parse` gives it.

        Raises `BadDocument`: what a reader raises, and document-slow, -memory, -crashed, -pages, -name.
        """
        if _is_tame(path):
            return parse(path, root, self.limits)
        with self._turn:
            used = self._child is not None
            try:
                return _parsed(self._ask(path, root))
            except BadDocument as error:
                if not used or error.code not in {"document-memory", "document-crashed"} or self._closed:
                    raise
                self._end()  # it may be what earlier files left in it
                return _parsed(self._ask(path, root))

    def references(self, path: Path, limits: Limits | None = None) -> Listed:  # noqa: ARG002  as `expand` calls it
        """The entries of a list of references and its problems. Raises `BadDocument` as `read` does."""
        with self._turn:
            answer = self._ask(path, None, kind="references")
        problems = [_error(one.code, {"path": path, **one.values}) for one in answer.problems]
        return list(answer.references), [problem for problem in problems if problem]

    def close(self) -> None:
        """End the process; a file that is being read in another thread ends as document-crashed."""
        self._closed = True
        atexit.unregister(self.close)
        self._end()

    def __enter__(self) -> "SafeReader":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _ask(self, path: Path, root: Path | None, kind: str = "document") -> "_Said":
        try:
            child = self._running(path)
            assert child.stdin is not None
            request = {"kind": kind, "path": str(path.absolute()), "root": str(root.absolute()) if root else ""}
            child.stdin.write(json.dumps(request).encode() + b"\n")
            child.stdin.flush()
            said = self._said.get(timeout=self.limits.seconds)
        except Empty as error:
            self._end()
            raise BadDocument("document-slow", path=path, limit=f"{self.limits.seconds:g}") from error
        except OSError as error:
            self._end()
            raise BadDocument("document-crashed", path=path, reason=error.strerror or error) from error
        except BaseException:  # Ctrl-C: what comes back later would be taken for the next file's
            self._end()
            raise
        if said is None:
            raise self._why_it_ended(path)
        return self._understood(said, path)

    def _running(self, path: Path) -> "subprocess.Popen[bytes]":
        """The process, started when there is none."""
        if self._child is not None and self._child.poll() is None:
            return self._child
        self._end()
        child = self._child = subprocess.Popen(  # noqa: S603  this Python, and code of ours
            [sys.executable, "-P", "-c", CODE, str(HOME), json.dumps(asdict(self.limits))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment(),
        )  # fmt: skip
        said = self._said = Queue()
        if self._closed:
            self._end()
        threading.Thread(target=_listen, args=(child, said, self.limits), daemon=True).start()
        try:
            ready = said.get(timeout=START)
        except Empty:
            ready = None
        if ready is None:
            raise self._why_it_ended(path)
        return child

    def _why_it_ended(self, path: Path) -> BadDocument:
        child = self._child
        code = 0
        if child is not None:
            with suppress(subprocess.TimeoutExpired):  # it still runs, and said what it may not
                code = child.wait(timeout=1)
        self._end()
        name = _signal_name(code)
        if name in SLOW_SIGNALS:
            return BadDocument("document-slow", path=path, limit=f"{self.limits.seconds:g}")
        if name == "SIGKILL" and not self._closed:  # not by us: the system was out of memory
            return BadDocument("document-memory", path=path, limit=self.limits.memory_megabytes)
        return BadDocument("document-crashed", path=path, reason=name or code)

    def _understood(self, said: bytes, path: Path) -> "_Said":
        try:
            answer = _answer_form().validate_json(said)
        except ValidationError as error:
            self._end()
            raise BadDocument("document-crashed", path=path, reason="?") from error
        code, values = answer.code, answer.values
        if not code:
            return answer
        if code == "document-memory":
            self._end()  # so that the next file has all of it
            values = {"limit": self.limits.memory_megabytes}
        raise _error(code, {"path": path, **values}) or BadDocument("document-crashed", path=path, reason="?")

    def _end(self) -> None:
        child, self._child = self._child, None
        end_process(child)


def read_safely(
    files: Iterable[tuple[Path, Path | None]], limits: Limits = LIMITS, workers: int | None = None
) -> Generator[Parsed | BadDocument, None, None]:
    """What becomes of each (file, root), in order, while the next ones are being read; they are asked for as they go.

    Leaving the iteration, by Ctrl-C too, ends the processes that read.
    """
    count = workers or min(MOST_WORKERS, os.cpu_count() or 1)
    readers: Queue[SafeReader] = Queue()
    every = [SafeReader(limits) for _ in range(count)]
    for reader in every:
        readers.put(reader)
    pool = ThreadPoolExecutor(count, thread_name_prefix="reading")
    waiting: deque[Future[Parsed | BadDocument]] = deque()
    try:
        for file, root in files:
            waiting.append(pool.submit(_read_one, readers, file, root))
            if len(waiting) > count + 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
        for reader in every:
            reader.close()
        pool.shutdown(wait=True)


def read_sources(paths: Sequence[Path], limits: Limits = LIMITS) -> tuple[list[Document], list[BadDocument]]:
    """What `read_all` gives, each file read as by `SafeReader`. Raises `BadDocument("no-documents")`."""
    with SafeReader(limits) as reader:

        def read(found: Found) -> Document:
            document = found.document or reader.read(found.file, found.root).document
            return printable_document(found.metadata.over(document) if found.metadata else document)

        return read_all(paths, limits=limits, read=read, lists=reader.references)


def _read_one(readers: "Queue[SafeReader]", file: Path, root: Path | None) -> Parsed | BadDocument:
    reader = readers.get()
    try:
        return reader.read(file, root)
    except BadDocument as error:
        return error
    finally:
        readers.put(reader)


def told_values(error: BadDocument) -> dict[str, str | int | float]:
    """The values of an error's message as data that can be written down."""
    return {name: value if isinstance(value, int | float) else str(value) for name, value in error.values.items()}


def _parsed(said: _Said) -> Parsed:
    assert said.document is not None, "the process says a document or an error"
    return Parsed(said.document, said.passages)


def _error(code: str, values: dict[str, Any]) -> BadDocument | None:
    """The error that the process told, if it is one that can be worded."""
    try:
        error = BadDocument.from_values(code, values)
        error.message("en"), error.hint("es")
    except (KeyError, TypeError):
        return None
    return error


def _is_tame(path: Path) -> bool:
    """Whether it is a short text without anything that a reader of Markdown could take long over."""
    try:
        if path.suffix.lower() not in PLAIN or not path.is_file() or path.stat().st_size > SMALL:
            return False
        return not _WILD.search(path.read_bytes()[: SMALL + 1])
    except (OSError, ValueError):
        return False


def _environment() -> dict[str, str]:
    """This one's, with one thread for libraries of numbers: each thread more takes memory."""
    return {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"}


def _listen(child: "subprocess.Popen[bytes]", said: "Queue[bytes | None]", limits: Limits) -> None:
    """Hand on what the process says, frame by frame, and None when it ends or says what it may not."""
    assert child.stdout is not None
    try:
        while header := child.stdout.read(HEADER.size):
            (length,) = HEADER.unpack(header)
            if length > limits.expanded_megabytes * 1e6:
                break
            data = child.stdout.read(length)
            if len(data) < length:
                break
            said.put(data)
    except (ValueError, OSError, struct.error):  # closed, or ended, while it was read
        pass
    said.put(None)


def _signal_name(code: int) -> str:
    """The name of the signal that ended a process, '' when none did."""
    try:
        return signal.Signals(-code).name if code < 0 else ""
    except ValueError:
        return str(code)


@cache
def _answer_form() -> TypeAdapter[_Said]:
    return TypeAdapter(_Said)
