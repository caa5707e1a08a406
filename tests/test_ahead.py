"""Work ahead keeps its order, waits for who listens, and stops when they leave."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from queue import SimpleQueue
from typing import Any

import pytest

from agents.ahead import Line, Slow, ahead
from agents.listener import HungUp, Listener, listener_gone, take

NAME = "atenea-test"


def until(true: Callable[[], bool]) -> None:
    """Wait for what is bound to become true."""
    ends = time.monotonic() + 5
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.002)


def running() -> bool:
    return any(thread.name == NAME for thread in threading.enumerate())


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    until(lambda: not running())


def test_items_come_in_order_from_another_thread() -> None:
    made: list[str] = []

    def make() -> Iterator[int]:
        for number in range(50):
            made.append(threading.current_thread().name)
            yield number

    assert list(ahead(make, 3, NAME)) == list(range(50))
    assert set(made) == {NAME}


def test_what_making_raises_comes_behind_what_was_made() -> None:
    def make() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("no third")

    items = ahead(make, 8, NAME)
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(ValueError, match="no third"):
        next(items)


def test_no_more_is_made_than_may_wait_and_leaving_closes_the_maker_in_its_thread() -> None:
    made: list[int] = []
    closed: list[str] = []

    def make() -> Iterator[int]:
        try:
            while True:
                made.append(len(made))
                yield made[-1]
        finally:
            closed.append(threading.current_thread().name)

    with closing(ahead(make, 3, NAME)) as items:  # type: ignore[type-var]
        assert next(items) == 0
        until(lambda: len(made) == 5)  # the one that was taken, three that wait, one in hand
        time.sleep(0.02)
        assert len(made) == 5
        assert not closed
    until(lambda: closed == [NAME])


def test_work_that_waits_learns_that_its_listener_has_gone() -> None:
    seen: list[bool] = []

    def make() -> Iterator[int]:
        yield 1
        until(listener_gone)
        seen.append(listener_gone())

    with closing(ahead(make, 3, NAME)) as items:  # type: ignore[type-var]
        assert next(items) == 1
    until(lambda: seen == [True])
    assert not listener_gone(), "here nobody has gone"


def test_who_works_for_one_that_has_gone_hangs_up() -> None:
    listener, ended = Listener(), threading.Event()

    def make() -> Iterator[int]:
        yield 1
        until(listener_gone)
        ended.set()

    def work() -> list[int]:
        items = ahead(make, 3, NAME)
        found = [next(items)]
        listener.leave()
        with pytest.raises(HungUp):
            next(items)
        return found

    assert listener.context().run(work) == [1]
    assert ended.wait(5), "also what works for the one who works"


def test_an_error_that_says_all_is_lost_is_no_hanging_up() -> None:
    assert not issubclass(HungUp, Exception), "nobody on the way may take it for a fault"


def test_waiting_has_an_end() -> None:
    release = threading.Event()

    def work(line: Line[Any]) -> None:
        release.wait(5)
        line.put("late")
        line.pause(0.0)

    with Line(work, 1, NAME) as line:
        for seconds in (0.0, 0.06):
            with pytest.raises(Slow):
                line.next(seconds)
        release.set()
        assert line.next(5) == "late"
        assert line.next(5) is None


def test_a_pause_ends_when_the_listener_goes() -> None:
    began = threading.Event()

    def work(line: Line[int]) -> None:
        began.set()
        line.pause(60)

    with Line(work, 1, NAME):
        assert began.wait(5)


def test_pieces_are_taken_while_anybody_wants_them() -> None:
    pieces: SimpleQueue[int] = SimpleQueue()
    pieces.put(1)
    assert take(pieces) == 1
    listener = Listener()
    threading.Timer(0.02, listener.leave).start()
    with pytest.raises(HungUp):
        listener.context().run(take, pieces)
    pieces.put(2)
    assert take(pieces) == 2, "nothing was lost"
