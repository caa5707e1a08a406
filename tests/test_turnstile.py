"""The turnstile: no more than so many at a time, those who wait in their order, and no place is lost."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from agents.turnstile import Turnstile


def until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + 5
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.002)


def test_whoever_waits_goes_in_order_and_of_equals_the_first_to_ask() -> None:
    turnstile, went = Turnstile(1), list[str]()

    def go(name: str, *order: float) -> None:
        with turnstile.through(*order):
            went.append(name)

    asked = {"late": (1, 1.0), "first of equals": (1, 0.5), "second of equals": (1, 0.5), "beginning": (0, 9.0)}
    with ThreadPoolExecutor(4) as pool, turnstile.through(0):
        for number, (name, order) in enumerate(asked.items(), start=1):
            pool.submit(go, name, *order)
            until(lambda number=number: turnstile.waiting == number)  # type: ignore[misc]
        assert went == []
    assert went == ["beginning", "first of equals", "second of equals", "late"]


def test_no_more_than_so_many_are_through_at_a_time() -> None:
    turnstile, inside, seen = Turnstile(3), set[int](), list[int]()
    full = threading.Barrier(3)

    def go(number: int) -> None:
        with turnstile.through(number):
            inside.add(number)
            full.wait(5)  # three are through together, or this breaks
            seen.append(len(inside))
            full.wait(5)
            inside.discard(number)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(go, range(12)))
    assert len(seen) == 12
    assert max(seen) == 3


def test_a_place_is_free_again_after_an_error() -> None:
    turnstile = Turnstile(1)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), turnstile.through(0):
            raise ZeroDivisionError
    with turnstile.through(0):
        assert turnstile.waiting == 0
