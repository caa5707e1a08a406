"""Long work that goes on while a person does something else: its step, how far it is, and a way to stop it.

A job lives in this process. What it makes lies on the disk by itself, so that a job which is lost with the process can
be started again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Literal

Watch = Callable[[str, int, int], None]  # step, done, of how many
Work = Callable[[Watch], object]


def unwatched(step: str, done: int, total: int) -> None:
    """Who does not watch."""


class Stopped(Exception):
    """The person has stopped the job; its work is left at the step where it was."""


@dataclass
class Job:
    """One job. `step`, `done`, `total`: how far it is, "" and 0 before its first step. `error`: why it has failed."""

    state: Literal["running", "done", "failed", "stopped"] = "running"
    step: str = ""
    done: int = 0
    total: int = 0
    error: Exception | None = None
    stopping: Event = field(default_factory=Event)
    ended: Event = field(default_factory=Event)

    def watch(self, step: str, done: int, total: int) -> None:
        """Hear of a step. Raises `Stopped` when the person has asked for it."""
        if self.stopping.is_set():
            raise Stopped
        self.step, self.done, self.total = step, done, total


class Jobs:
    """The jobs of one process by name; of one name there is one at a time."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = Lock()

    def start(self, name: str, work: Work) -> Job:
        """Begin a job, or find the one of that name that runs already. `work` gets what hears of its steps."""
        with self._lock:
            found = self._jobs.get(name)
            if found and found.state == "running":
                return found
            job = self._jobs[name] = Job()
        Thread(target=_run, args=(job, work), daemon=True).start()
        return job

    def get(self, name: str) -> Job | None:
        """A job that runs or has ended and was not forgotten."""
        return self._jobs.get(name)

    def wait(self, name: str, seconds: float) -> bool:
        """Wait for the end of a job, so long at most; whether it has ended."""
        job = self._jobs.get(name)
        return job is None or job.ended.wait(seconds)

    def stop(self, name: str) -> None:
        """Ask a job to stop at its next step."""
        if job := self._jobs.get(name):
            job.stopping.set()

    def forget(self, name: str) -> None:
        """Forget a job that has ended."""
        with self._lock:
            if (job := self._jobs.get(name)) and job.state != "running":
                del self._jobs[name]


def _run(job: Job, work: Work) -> None:
    try:
        work(job.watch)
    except Stopped:
        job.state = "stopped"
    except Exception as error:  # noqa: BLE001  the edge of a thread: whoever looks at the job is told
        job.error, job.state = error, "failed"
    else:
        job.state = "done"
    finally:
        job.ended.set()
