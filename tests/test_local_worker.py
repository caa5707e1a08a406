"""One thread for all: turns, errors, listeners that leave, and the end."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from agents.local.worker import AT_ONCE, Closed, Worker


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker("test")
    yield worker
    worker.close()


def counting(count: int, seen: list[Any] | None = None, name: str = "") -> Iterator[int | None]:
    for number in range(count):
        if seen is not None:
            seen.append((name, number))
        yield number


def test_values_come_in_order_and_none_is_only_a_step(worker: Worker) -> None:
    assert list(worker.run(iter([None, 1, None, 2]))) == [1, 2]
    assert worker.call(lambda: "x") == "x"
    assert worker.call(lambda: None) is None


def test_all_steps_are_taken_by_one_thread_in_inference_mode_and_in_turns(worker: Worker) -> None:
    import torch

    threads = {worker.call(threading.get_ident) for _ in range(3)}
    assert len(threads) == 1
    assert threads != {threading.get_ident()}
    assert worker.call(torch.is_inference_mode_enabled)
    assert not torch.is_inference_mode_enabled()

    held, go = threading.Event(), threading.Event()

    def waiting() -> Iterator[None]:
        held.set()
        go.wait(5)
        yield None

    seen: list[tuple[str, int]] = []
    listeners = [
        threading.Thread(target=lambda steps=steps: list(worker.run(steps)))
        for steps in (waiting(), counting(3, seen, "a"), counting(3, seen, "b"))
    ]
    for listener in listeners:
        listener.start()
        held.wait(5)
    go.set()
    for listener in listeners:
        listener.join(5)
    firsts = [name for name, number in seen if number < 3]
    assert sorted(firsts) == ["a"] * 3 + ["b"] * 3
    assert firsts[:4] in (["a", "b", "a", "b"], ["b", "a", "b", "a"])


def test_an_urgent_step_waits_for_nobody(worker: Worker) -> None:
    endless = [worker.run(iter(int, 1)) for _ in range(AT_ONCE + 2)]
    begun = [next(job) for job in endless[:AT_ONCE]]
    assert begun == [0] * AT_ONCE
    assert worker.call(lambda: "at once") == "at once"
    for job in endless:
        job.close()


def test_a_job_ends_when_its_listener_leaves(worker: Worker) -> None:
    ended = threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            ended.set()

    job = worker.run(endless())
    next(job)
    job.close()
    assert ended.wait(5)


def test_an_error_reaches_the_listener_and_only_that_one(worker: Worker) -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ZeroDivisionError("oh")

    job = worker.run(broken())
    assert next(job) == 1
    with pytest.raises(ZeroDivisionError, match="oh"):
        next(job)
    assert worker.call(lambda: 2) == 2


def test_a_closed_worker_says_so_to_who_listens_who_waits_and_who_comes() -> None:
    worker = Worker("test")
    jobs = [worker.run(iter(int, 1)) for _ in range(AT_ONCE)]
    for job in jobs:
        next(job)
    worker.close()
    for job in (*jobs, worker.run(counting(1))):
        with pytest.raises(Closed):
            list(job)
    worker.close()


def test_others_rest_while_a_step_is_taken() -> None:
    inside: list[bool] = []

    @contextmanager
    def alone() -> Iterator[None]:
        inside.append(True)
        yield
        inside.append(False)

    worker = Worker("test", alone)
    assert list(worker.run(counting(2))) == [0, 1]
    assert inside == [True, False] * 3
    worker.close()
