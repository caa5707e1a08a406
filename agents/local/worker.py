"""One thread that runs one model, for all who wait.

A job is an iterator: each of its steps takes about as long as one token. The thread takes a step of each job in turn,
so that a long answer holds up no short question, and a job whose listener has gone ends after at most one step.
"""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, TypeVar

from agents.listener import take

AT_ONCE = 4  # jobs that take turns; each holds keys and values of its own. Urgent ones are short and never wait
ENDING = 5.0  # seconds that the end of the process waits for the step under way
T = TypeVar("T")
_END = object()


class Closed(RuntimeError):
    """The model has been put away."""


@dataclass(eq=False)
class _Job:
    steps: Iterator[Any]
    urgent: bool
    heard: "SimpleQueue[_Heard]" = field(default_factory=SimpleQueue)
    left: bool = False  # its listener has gone


@dataclass(frozen=True, slots=True)
class _Heard:
    """What one step gives: a value, or the end with what ended it."""

    value: Any = None
    ended: bool = False
    error: BaseException | None = None


class Worker:
    """The thread. `alone` is entered around every step: what else uses the model rests meanwhile."""

    def __init__(self, name: str, alone: Callable[[], AbstractContextManager[Any]] = nullcontext) -> None:
        self._alone = alone
        self._inbox: SimpleQueue[_Job | None] = SimpleQueue()
        self._lock = threading.Lock()  # between the last job handed in and the end
        self._closed = False
        self._waiting: deque[_Job] = deque()
        self._turns: deque[_Job] = deque()
        self._thread = threading.Thread(target=self._run, daemon=True, name=name)
        self._thread.start()

    def run(self, steps: Iterator[T | None], urgent: bool = False) -> Generator[T, None, None]:
        """The values of a job's steps that are not None, as they come. Closing this ends the job after the step under
        way. Raises what the job raises, and `Closed`."""
        job = _Job(steps, urgent)
        with self._lock:
            if self._closed:
                raise Closed
            self._inbox.put(job)
        try:
            while not (heard := take(job.heard)).ended:
                yield heard.value
            if heard.error is not None:
                raise heard.error
        finally:
            job.left = True

    def call(self, function: Callable[[], T]) -> T:
        """What a function gives that is run as one urgent step."""

        def once() -> Iterator[tuple[T]]:
            yield (function(),)

        return next(self.run(once(), urgent=True))[0]

    def close(self) -> None:
        """End the thread after the step under way; jobs that are not done raise `Closed`."""
        with self._lock:
            self._closed = True
            self._inbox.put(None)
        self._thread.join(ENDING)

    # In the thread

    def _run(self) -> None:
        import torch  # noqa: PLC0415  seconds to import; only a chat model needs it

        torch.set_num_threads(torch.get_num_threads())  # a pool of this thread's own, which no other thread slows down
        with torch.inference_mode():
            while not self._closed:
                self._let_in()
                if self._turns:
                    self._step(self._turns.popleft())
        while not self._inbox.empty():
            if (job := self._inbox.get()) is not None:
                self._waiting.append(job)
        for job in (*self._turns, *self._waiting):
            job.heard.put(_Heard(ended=True, error=Closed()))

    def _let_in(self) -> None:
        while not self._inbox.empty() or not (self._turns or self._waiting):
            job = self._inbox.get()
            if job is None:
                return
            (self._turns if job.urgent else self._waiting).append(job)
        while self._waiting and len(self._turns) < AT_ONCE:
            self._turns.append(self._waiting.popleft())

    def _step(self, job: _Job) -> None:
        if job.left:
            with suppress(Exception):  # nobody is there to hear what its end raises
                job.steps.close()  # type: ignore[attr-defined]
            return
        try:
            with self._alone():
                value = next(job.steps, _END)
        except BaseException as error:  # noqa: BLE001  it is raised again where the listener is
            job.heard.put(_Heard(ended=True, error=error))
            return
        if value is not None:
            job.heard.put(_Heard(ended=True) if value is _END else _Heard(value))
        if value is not _END:
            self._turns.append(job)
